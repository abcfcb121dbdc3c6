"""Who opened far more requests on a day than is usual for them, or far more while the clinic was closed.

It is counted from the access log, as numbers: which requests they were stands in the log alone. It is a reason to ask
and proves nothing: cover for a colleague, a late shift or a busy day look the same.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max

from clinic.business_time import DAY, is_open
from inquiries import spread
from inquiries.day_figures import Figure, Span
from inquiries.models import AccessLog, DailyFigures

OPENED, WHILE_CLOSED = "opened", "opened_while_closed"
UNUSUAL = {OPENED: "opened_unusual", WHILE_CLOSED: "opened_while_closed_unusual"}
NAMES = (*UNUSUAL, *UNUSUAL.values())
LOOKED_BACK = 28  # days before: what is usual changes with the season and with the person's work
FEWEST_DAYS = 5  # of their own, before anything is called usual
TIMES = 3
MOST_TOLD = 20


@dataclass(frozen=True)
class Limit:
    """How many different requests a day are nothing to tell: at `least` so many for anybody, `unknown` where nothing is
    usual yet, and never more than `most`, so that what grows slowly is told at last."""

    least: int
    unknown: int
    most: int


LIMITS = {OPENED: Limit(20, 60, 200), WHILE_CLOSED: Limit(5, 10, 50)}


@dataclass(frozen=True)
class Look:
    """What somebody (by key) opened on a day, and what is usual for them; None: not known."""

    day: datetime.date
    staff: int
    count: int
    usual: float | None
    is_while_closed: bool


def is_unusual(name: str, count: int, usual: float | None) -> bool:
    """Are so many far from what is usual for this person?"""
    limit = LIMITS[name]
    return count > (limit.unknown if usual is None else min(limit.most, max(limit.least, TIMES * usual)))


def looks_of(span: Span) -> Iterator[Figure]:
    """How many different requests each colleague opened on a day, and which of these numbers are unusual. Two queries."""
    rows = AccessLog.objects.filter(action=AccessLog.Action.VIEW, inquiry__isnull=False, **span.within("at")).order_by()
    opened: dict[str, defaultdict[int, set[int]]] = {name: defaultdict(set) for name in UNUSUAL}
    for staff, inquiry, at in rows.values_list("staff_id", "inquiry_id", "at").iterator():
        opened[OPENED][staff].add(inquiry)
        # A clinic that gave no hours is not closed at any of them.
        if span.calendar.hours and not is_open(span.calendar, at):
            opened[WHILE_CLOSED][staff].add(inquiry)
    usual = _usual(span.day)
    for name, by_staff in opened.items():
        for staff, inquiries in sorted(by_staff.items()):
            count, theirs = len(inquiries), usual[name].get(str(staff))
            yield Figure(name, str(staff), count)
            if is_unusual(name, count, theirs):
                yield Figure(UNUSUAL[name], str(staff), count, theirs)


def _usual(day: datetime.date) -> dict[str, dict[str, float | None]]:
    """The median of the days before on which they opened any: of all, and of what they opened while the clinic was closed."""
    counts: defaultdict[str, dict[tuple[str, datetime.date], int]] = defaultdict(dict)
    rows = DailyFigures.objects.filter(
        date__gte=day - LOOKED_BACK * DAY, date__lt=day, name__in=list(UNUSUAL)
    ).order_by()
    for name, staff, date, count in rows.values_list("name", "group", "date", "count"):
        counts[name][staff, date] = count
    days: defaultdict[str, list[datetime.date]] = defaultdict(list)
    for staff, date in counts[OPENED]:
        days[staff].append(date)
    return {
        name: {
            staff: spread.at_share((counts[name].get((staff, date), 0) for date in dates), spread.HALF)
            for staff, dates in days.items()
            if len(dates) >= FEWEST_DAYS
        }
        for name in UNUSUAL
    }


def unusual(days: int) -> tuple[Look, ...]:
    """Those of the last `days` days that were counted, newest first, then the largest. Two queries."""
    last = DailyFigures.objects.filter(name="received", group="").aggregate(last=Max("date"))["last"]
    if last is None:
        return ()
    rows = DailyFigures.objects.filter(date__gt=last - days * DAY, date__lte=last, name__in=list(UNUSUAL.values()))
    return tuple(
        Look(day, int(staff), count, usual, name == UNUSUAL[WHILE_CLOSED])
        for day, name, staff, count, usual in rows.order_by("-date", "-count", "group", "name").values_list(
            "date", "name", "group", "count", "value"
        )[:MOST_TOLD]
    )
