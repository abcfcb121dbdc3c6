"""What stands behind the flow: when requests come, how the answered ones ended, and how the desk's own tools did.

All of it is made of the sums of the rows that the roll-up wrote; nothing is read here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from inquiries import spread
from inquiries.states import OUTCOMES, Status
from inquiries.telling import NOTHING_TOLD, Told, told_of

Sums = Mapping[str, Counter[str]]
NOT_RECORDED = "Not recorded"  # of requests closed before there was a choice
HOURS = 3  # told together: of a single hour of the night there are too few
EMERGENCY_CARE = "emergency_care"


@dataclass(frozen=True)
class Coming:
    """When requests come. `while_closed`: the share that came outside of opening hours."""

    while_closed: int | None
    hours: Told


@dataclass(frozen=True)
class Endings:
    """Why requests were declined and where people were sent. `booked`: of all that were answered."""

    booked: int | None
    declined: Told
    elsewhere: Told
    to_emergency_care: int | None


def coming_of(groups: Sums) -> Coming:
    """Of the clinic's clock."""
    by_hours: Counter[str] = Counter()
    for hour, count in groups["received_by_hour"].items():
        by_hours[str(int(hour) // HOURS * HOURS)] += count
    told, others = spread.told(by_hours)
    rows = tuple((_hours(begin), told[str(begin)]) for begin in range(0, 24, HOURS) if str(begin) in told)
    while_closed = spread.percent(groups["received_while_closed"][""], groups["received"][""])
    return Coming(while_closed, Told(rows, others))


def endings_of(groups: Sums) -> Endings:
    """Reasons are told only of an outcome that may be told itself, so that they say nothing about the others."""
    closed = groups["closed"]
    answered = sum(closed.values()) - closed[Status.SPAM] - closed[Status.MERGED]
    declined, elsewhere = _reasons(groups, Status.DECLINED), _reasons(groups, Status.REDIRECTED)
    words = OUTCOMES[Status.REDIRECTED][EMERGENCY_CARE]
    return Endings(
        booked=spread.percent(closed[Status.BOOKED], answered),
        declined=declined,
        elsewhere=elsewhere,
        to_emergency_care=dict(elsewhere.rows).get(words),
    )


def _reasons(groups: Sums, status: Status) -> Told:
    if status.value not in spread.told(groups["closed"])[0]:
        return NOTHING_TOLD
    counts = Counter({code: groups["closed_outcome"][code] for code in OUTCOMES[status]})
    counts[""] = max(0, groups["closed"][status] - counts.total())
    return told_of(counts, {**OUTCOMES[status], "": NOT_RECORDED})


def _hours(begin: int) -> str:
    return f"{begin:02}:00 to {begin + HOURS:02}:00"
