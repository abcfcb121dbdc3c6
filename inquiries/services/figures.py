"""The nightly roll-up: what each finished day came to is written down once, for the dashboard to read."""

import datetime
import uuid
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from clinic.business_time import DAY, Calendar
from inquiries.day_desk import desk_work_of
from inquiries.day_figures import Figure, Span, figures_of
from inquiries.day_histories import histories_of
from inquiries.looks import looks_of
from inquiries.models import DailyFigures, Inquiry
from therapies import library

SETTLES_IN = 3  # days: mail is given up after so long, so the days before the newest are counted again
COUNTING = 0x46494755524553  # the lock of a count: a number that nothing else here locks
REACHES_BACK = 92  # days: what the dashboard shows is made by itself, older days by the command


def keep_figures(now: datetime.datetime) -> Iterator[str]:
    """The hourly job; there is something to do once a night. After downtime it makes good the days that are missing."""
    calendar = library.current().clinic.calendar
    yesterday = timezone.localdate(now, calendar.zone) - DAY
    last = DailyFigures.objects.filter(name="received", group="").aggregate(last=Max("date"))["last"]
    if last is not None and last >= yesterday:
        return
    since = _first_day(calendar, yesterday) if last is None else last + DAY - SETTLES_IN * DAY
    counted = roll_up(max(since, yesterday - REACHES_BACK * DAY), yesterday, calendar)
    if counted:
        yield f"Figures of the desk counted for {counted} days."


def _first_day(calendar: Calendar, yesterday: datetime.date) -> datetime.date:
    """The day of the oldest request; a desk that never had one has nothing to count."""
    oldest = Inquiry.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return timezone.localdate(oldest, calendar.zone) if oldest else yesterday + DAY


def roll_up(since: datetime.date, until: datetime.date, calendar: Calendar | None = None) -> int:
    """Count every day from `since` to `until`, each in a transaction of its own. Returns how many. A day counted again
    keeps its rows, with the numbers as they are now."""
    calendar = calendar or library.current().clinic.calendar
    days = [since + n * DAY for n in range((until - since).days + 1)]
    for day in days:
        roll_up_day(day, calendar)
    return len(days)


@transaction.atomic
def roll_up_day(day: datetime.date, calendar: Calendar) -> None:
    """Write the figures of one finished day; what the day has no more is removed."""
    _wait_for_others()
    span = Span(day, calendar)
    found = [*figures_of(day, calendar), *histories_of(span), *desk_work_of(span), *looks_of(span)]
    found.append(Figure(DailyFigures.COUNTED, uuid.uuid4().hex))
    DailyFigures.objects.bulk_create(
        [DailyFigures(date=day, name=f.name, group=f.group, count=f.count, value=f.value) for f in found],
        update_conflicts=True,
        unique_fields=["date", "name", "group"],
        update_fields=["count", "value"],
    )
    there = {(figure.name, figure.group) for figure in found}
    rows = DailyFigures.objects.filter(date=day).values_list("pk", "name", "group")
    DailyFigures.objects.filter(pk__in=[pk for pk, *key in rows if tuple(key) not in there]).delete()


def _wait_for_others() -> None:
    """One count after the other: then the one that is written last has the highest keys, by which `last_count` knows it."""
    if connection.vendor == "postgresql":  # SQLite lets one write at a time anyhow
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTING])
