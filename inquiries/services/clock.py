"""Our clock of a request: by when we owe the next thing. What the patient was told, the promise, is another clock and
never moves with this one."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone

from clinic.business_time import Calendar, close_of_open_day
from inquiries import due
from inquiries.models import Inquiry, ReplyTarget
from therapies import library

Step: Any = Inquiry.NextStep
DAYS_TO_DECIDE = 2  # open days, when nobody names a day


def calendar() -> Calendar:
    """The clinic's hours as they are now."""
    return library.current().clinic.calendar


def target(level: int, held: library.Library | None = None) -> due.Target:
    """How soon a request of this priority is answered: what the clinic set, or what it starts with."""
    return _own_targets((held or library.current()).version).get(level) or due.TARGETS[level]


@lru_cache(maxsize=1)
def _own_targets(version: str) -> dict[int, due.Target]:
    """What the clinic set. Every Send asks, so it is read once for a version of the library, which its change is too."""
    return {each.level: due.Target(minutes=each.minutes, days=each.days) for each in ReplyTarget.objects.all()}


def first_reply(level: int, points: int, received_at: datetime, held: library.Library | None = None) -> datetime:
    """By when a request of this priority is answered. A clinic without opening hours counts every hour."""
    held = held or library.current()
    wait = target(level, held)
    counted = due.reply_due(held.clinic.calendar, received_at, wait, points)
    if counted is not None:
        return counted
    return received_at + (timedelta(minutes=wait.minutes) if wait.minutes else timedelta(days=wait.days or 1))


def waiting_for_reply(due_at: datetime, step: str = "", hours: Calendar | None = None) -> dict[str, Any]:
    """The fields of a request that waits for our first word."""
    day = timezone.localdate(due_at, (hours or calendar()).zone)
    return {"due_at": due_at, "minutes_left": None, "next_step": step or Step.REPLY, "next_step_on": day}


def planned(step: str, now: datetime, on: date | None = None) -> dict[str, Any]:
    """The fields of a request whose next step is ours, on a day or within DAYS_TO_DECIDE: due when that day closes."""
    hours = calendar()
    if on is None:
        closes = close_of_open_day(hours, now, DAYS_TO_DECIDE) or now + timedelta(days=DAYS_TO_DECIDE)
    else:
        midnight = datetime(on.year, on.month, on.day, tzinfo=hours.zone)
        closes = close_of_open_day(hours, midnight - timedelta(minutes=1), 1) or midnight + timedelta(days=1)
    day = on or timezone.localdate(closes, hours.zone)
    return {"due_at": closes, "minutes_left": None, "next_step": step, "next_step_on": day}


def stopped(inquiry: Inquiry, now: datetime, on: date) -> dict[str, Any]:
    """The fields of a request that now waits for the patient; we look at it again on a day."""
    left = _minutes_left(inquiry.due_at, now) if inquiry.due_at else 0
    return {"due_at": None, "minutes_left": left, "next_step": Step.HEAR_BACK, "next_step_on": on}


def going_on(inquiry: Inquiry, now: datetime, step: str) -> dict[str, Any]:
    """The fields of a request whose clock runs again with the minutes it had left."""
    left = max(inquiry.minutes_left or 0, 0)
    due_at = due.resumed(calendar(), left, now) or now + timedelta(minutes=left)
    return waiting_for_reply(due_at, step)


def _minutes_left(due_at: datetime, now: datetime) -> int:
    hours = calendar()
    # Without opening hours every minute counts, as it did when the due time was made.
    return due.minutes_left(hours, due_at, now) if hours.hours else (due_at - now) // timedelta(minutes=1)


def ended() -> dict[str, Any]:
    """The fields of a closed request: nothing is owed any more."""
    return {"due_at": None, "minutes_left": None, "next_step": "", "next_step_on": None, "needs_call_first": False}
