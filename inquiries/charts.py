"""Numbers to the geometry of a drawing. Pure: what comes back are attributes of SVG, written the same in every language.

Across, everything is in percent of a width that the page decides; up and down it is in units of the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 120
GAP = 24  # percent of a column's place that stays free


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart."""

    label: str
    count: int
    width: str
    tone: str = ""


@dataclass(frozen=True)
class Column:
    x: str
    y: int
    width: str
    height: int
    is_partial: bool = False


@dataclass(frozen=True)
class Segment:
    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True)
class Dot:
    x: str
    y: int


@dataclass(frozen=True)
class Line:
    """A line with gaps where nothing is known: a value without a neighbour is a dot, so is the last."""

    segments: tuple[Segment, ...]
    dots: tuple[Dot, ...]


def bars(rows: Sequence[tuple[str, int]], tones: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Bars beside each other; the longest is as wide as there is place."""
    most = max((count for _, count in rows), default=0) or 1
    padded = [*tones, *[""] * len(rows)]
    return tuple(
        Bar(label, count, _percent(100 * count / most), tone)
        for (label, count), tone in zip(rows, padded, strict=False)
    )


def top(values: Sequence[float | None]) -> int:
    """A round number, even and at least as large as the largest: the upper end of an axis."""
    most = max((value for value in values if value is not None), default=0)
    size = 1
    while True:
        for step in (2, 4, 6, 10):
            if most <= step * size:
                return step * size
        size *= 10


def columns(values: Sequence[int], upper: float, *, last_is_partial: bool = False) -> tuple[Column, ...]:
    """One column for each value, from the ground up."""
    place = 100 / (len(values) or 1)
    return tuple(
        Column(
            x=_percent(place * number + place * GAP / 200),
            y=_y(value, upper),
            width=_percent(place * (100 - GAP) / 100),
            height=HEIGHT - _y(value, upper),
            is_partial=last_is_partial and number == len(values) - 1,
        )
        for number, value in enumerate(values)
    )


def line(values: Sequence[float | None], upper: float) -> Line:
    """The values from left to right, each in the middle of its place."""
    place = 100 / (len(values) or 1)
    points = [
        None if value is None else Dot(_percent(place * (number + 0.5)), _y(value, upper))
        for number, value in enumerate(values)
    ]
    pairs = list(zip(points, points[1:], strict=False))
    segments = tuple(Segment(a.x, a.y, b.x, b.y) for a, b in pairs if a and b)
    known = [number for number, point in enumerate(points) if point]
    alone = [
        point
        for number, point in enumerate(points)
        if point and (number == known[-1] or not {number - 1, number + 1} & set(known))
    ]
    return Line(segments, tuple(alone))


def _y(value: float, upper: float) -> int:
    return HEIGHT - round(HEIGHT * value / upper)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
