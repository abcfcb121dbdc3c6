"""How times and groups are kept and told without telling of anybody: steps of time, and groups of at least five. Pure.

A median of a quarter cannot be made of the medians of its days. So each day keeps how many times fell into each step;
steps of several days add up, and the whole says within which step half, or nine in ten, of all times lie.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import ceil

HOUR = 60
# Upper ends in open minutes: by the quarter up to 4 hours, by the half up to 10, then by the hour; at last "more".
STEPS = (*range(15, 4 * HOUR, 15), *range(4 * HOUR, 10 * HOUR, 30), *range(10 * HOUR, 40 * HOUR + 1, HOUR))
MORE = STEPS[-1] + HOUR
COARSE = (HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 40 * HOUR)  # for what takes days
FORM = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 45, 60)  # for a form: minutes by the clock on the wall
FORM_LONGER = FORM[-1] + 1
CHANGES = (0, 10, 25, 50, 100)  # upper ends in percent: how much of a text is another
FEWEST = 5  # of fewer people somebody might guess who they are
HALF, NINE_IN_TEN = 0.5, 0.9


def minutes_of(time: timedelta) -> float:
    """A time in minutes, to the tenth."""
    return round(time / timedelta(minutes=1), 1)


def step_of(minutes: float) -> int:
    """The end of the step a time falls into: what took 61 minutes was done within 75."""
    return next((step for step in STEPS if minutes <= step), MORE)


def coarse_step_of(minutes: float) -> int:
    """The same for what takes days: fewer steps, so fewer rows."""
    return next((step for step in COARSE if minutes <= step), MORE)


def form_step_of(minutes: float) -> int:
    """The same for how long somebody took for a form."""
    return next((step for step in FORM if minutes <= step), FORM_LONGER)


def change_step_of(percent: float) -> int:
    """The same for how much of a text was changed; 0 is nothing at all."""
    return next(step for step in CHANGES if percent <= step)


def at_share(times: Iterable[float], share: float) -> float | None:
    """The time within which this share of them lies, by nearest rank: one of the times themselves. None of none."""
    ordered = sorted(times)
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None


def step_at_share(steps: Mapping[int, int], share: float) -> int | None:
    """The step within which this share lies, of how many fell into each. None when they are fewer than FEWEST."""
    total = sum(steps.values())
    if total < FEWEST:
        return None
    left = ceil(share * total)
    for step in sorted(steps):
        left -= steps[step]
        if left <= 0:
            return step
    return None


def told(groups: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """The groups that may be told, largest first, and how many are in all others together.

    The others are none or at least FEWEST: while they are fewer, the smallest group that could be told joins them, so
    that nobody finds a small number by taking the told ones from the whole. When all together are fewer than FEWEST
    they stay untold.
    """
    ordered = sorted(((count, name) for name, count in groups.items() if count), key=lambda pair: (-pair[0], pair[1]))
    kept = [(count, name) for count, name in ordered if count >= FEWEST]
    others = sum(count for count, _ in ordered) - sum(count for count, _ in kept)
    while 0 < others < FEWEST and kept:
        others += kept.pop()[0]
    return {name: count for count, name in kept}, others


def crossed(cells: Mapping[tuple[str, str], int], columns: Iterable[str]) -> dict[str, tuple[dict[str, int], int]]:
    """What `told` says of each column, of numbers by (row, column). A column that may be told itself adds up, so its small
    numbers are told together too, and no row has a sum from which one could be worked out."""
    return {wanted: told({row: n for (row, column), n in cells.items() if column == wanted}) for wanted in columns}


def percent(part: int, whole: int) -> int | None:
    """A share of at least FEWEST, in whole percent; None of fewer. 100 and 0 only where it is all or none."""
    if whole < FEWEST:
        return None
    share = 100 * part / whole
    return min(99, max(1, round(share))) if 0 < part < whole else round(share)


def shown(value: int) -> str:
    """A number as it may be read: "0", "fewer than 5", or the number itself."""
    return f"fewer than {FEWEST}" if 0 < value < FEWEST else str(value)


def in_words(minutes: float) -> str:
    """Minutes as people say them: "45 min", "1 h 10", "12 h"."""
    hours, rest = divmod(round(minutes), HOUR)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def step_in_words(step: int) -> str:
    """The time within which something was done; the last step has no end."""
    return in_words(step) if step < MORE else f"over {STEPS[-1] // HOUR} h"


def form_step_in_words(step: int) -> str:
    """The time within which a form was filled in; the last step has no end."""
    return in_words(step) if step < FORM_LONGER else f"over {in_words(FORM[-1])}"


def about(total: int) -> str:
    """A sum in fives, so that nobody works out a small number of a day by subtracting the days beside it."""
    return shown(total) if total < FEWEST else f"about {FEWEST * round(total / FEWEST)}"
