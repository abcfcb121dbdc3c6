"""The shapes in which the dashboard tells numbers: times, groups, and groups crossed. Pure; of fewer than five nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from inquiries import spread

OTHERS = "All others"


@dataclass(frozen=True)
class Times:
    """How many there were, and the open minutes within which half and nine in ten of them came."""

    label: str
    count: int
    half: int | None
    nine_in_ten: int | None


@dataclass(frozen=True)
class Told:
    """Groups that may be told, largest first, and how many all others are together."""

    rows: tuple[tuple[str, int], ...]
    others: int

    @property
    def all_rows(self) -> tuple[tuple[str, int], ...]:
        """The groups with the others at the end, where those are enough to be told."""
        return (*self.rows, (OTHERS, self.others)) if self.others >= spread.FEWEST else self.rows


NOTHING_TOLD = Told((), 0)


@dataclass(frozen=True)
class Crossed:
    """Two groupings at once: a row for each group of the one, a number for each column. None: too few, or none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def told_of(groups: Mapping[str, int], words: Mapping[str, str]) -> Told:
    """The groups that may be told, in the words for each."""
    told, others = spread.told(groups)
    return Told(tuple((words.get(group, OTHERS), count) for group, count in told.items()), others)


def steps_of(groups: Mapping[str, int]) -> dict[str, Counter[int]]:
    """How many in each step, by what stands before the colon of a group and ("") of all."""
    steps: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for group, count in groups.items():
        kind, _, step = group.partition(":")
        steps[kind][int(step)] += count
        steps[""][int(step)] += count
    return steps


def times_of(label: str, steps: Mapping[str, Counter[int]], kind: str) -> Times:
    """Half and nine in ten of one kind ("": of all)."""
    of_kind = steps.get(kind) or Counter()
    half, nine = (spread.step_at_share(of_kind, share) for share in (spread.HALF, spread.NINE_IN_TEN))
    return Times(label, sum(of_kind.values()), half, nine)
