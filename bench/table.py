"""The lines of the result, and how they are printed."""

import math
from collections.abc import Callable
from dataclasses import dataclass

DATABASES = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Line:
    """One result on one database. `met` is None where there is no goal."""

    what: str
    shown: str
    goal: str = ""
    met: bool | None = None


def least(what: str, number: float, goal: float, show: Callable[[float], str]) -> Line:
    """A line whose number must reach its goal."""
    return Line(what, show(number), f">= {show(goal)}", number >= goal)


def most(what: str, number: float, goal: float, show: Callable[[float], str]) -> Line:
    """A line whose number must not pass its goal."""
    return Line(what, show(number), f"<= {show(goal)}", number <= goal) if goal < math.inf else Line(what, show(number))


def ratio(number: float) -> str:
    return f"{number:.2f}"


def milliseconds(number: float) -> str:
    return f"{number:.1f} ms"


def megabytes(number: float) -> str:
    return f"{number:.0f} MB"


def whole(number: float) -> str:
    return f"{number:,.0f}"


def show(results: dict[str, list[Line]]) -> None:
    """Print the lines of all databases beside each other."""
    names = list(results)
    wide = max(len(line.what) for lines in results.values() for line in lines)
    print(f"\n{'':{wide}}  " + "".join(f"{name:>18}" for name in names) + "   goal")
    for line in results[names[0]]:
        twins = [next((one for one in results[name] if one.what == line.what), None) for name in names]
        cells = "".join(f"{cell(twin):>18}" for twin in twins)
        print(f"{line.what:{wide}}  {cells}   {line.goal}".rstrip())


def cell(line: Line | None) -> str:
    if line is None:
        return ""
    return line.shown if line.met is not False else f"{line.shown} MISSED"


def without_goals(lines: list[Line]) -> list[Line]:
    return [Line(line.what, line.shown) for line in lines]


def missed(lines: list[Line]) -> list[str]:
    return [line.what for line in lines if line.met is False]
