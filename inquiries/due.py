"""By when we owe the next thing, in the clinic's own time. Pure: the moment is passed in.

Hours are open minutes; "n days" is the close of the nth day the clinic opens. A due time never has to be reckoned again
as time passes, so the order of the queue is the order of due times and nothing starves in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.business_time import DAY, Calendar, clock, close_of_open_day, moment_after, open_time
from inquiries import spread

MINUTE = timedelta(minutes=1)
A_WEEK = timedelta(days=7)  # nearer than this, a weekday says which day it is


@dataclass(frozen=True)
class Target:
    """How soon something is answered: in open minutes, or by the close of the nth open day. One of the two."""

    minutes: int | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        given = [number for number in (self.minutes, self.days) if number is not None]
        if len(given) != 1 or given[0] < 1:
            raise ValueError("A target is a number of open minutes or of open days, at least 1.")


# By priority level: emergency sign, urgent, soon, routine.
TARGETS = {0: Target(minutes=30), 1: Target(minutes=120), 2: Target(days=1), 3: Target(days=2)}


def reply_due(calendar: Calendar, received_at: datetime, target: Target, points: int = 0) -> datetime | None:
    """By when what came in at `received_at` is answered. None: the clinic does not open.

    Each point pulls it one open minute earlier, in all at most half of the target's open minutes.
    """
    if target.days is not None:
        latest = close_of_open_day(calendar, received_at, target.days)
    else:
        latest = moment_after(calendar, received_at, (target.minutes or 0) * MINUTE)
    if latest is None or points <= 0:
        return latest
    whole = open_time(calendar, received_at, latest)
    pulled = min(points, whole // (2 * MINUTE))
    return moment_after(calendar, received_at, whole - pulled * MINUTE)


def minutes_left(calendar: Calendar, due_at: datetime, now: datetime) -> int:
    """Whole open minutes until something is due; negative: it is late by so many."""
    if due_at >= now:
        return open_time(calendar, now, due_at) // MINUTE
    return -(open_time(calendar, due_at, now) // MINUTE)


def resumed(calendar: Calendar, minutes_left: int, now: datetime) -> datetime | None:
    """The due time of a clock that was stopped with `minutes_left` and runs again from now. None: the clinic does not
    open. What was late is due at once, or when the clinic opens next."""
    return moment_after(calendar, now, max(minutes_left, 0) * MINUTE)


def share_used(calendar: Calendar, since: datetime, due_at: datetime, now: datetime) -> float:
    """How much of the open time from `since` to `due_at` is over: 0.5 is half, 1.0 is due, more is late.

    `since` is when the request came, or when its clock began to run again.
    """
    if now >= due_at:
        late = open_time(calendar, due_at, now)
        whole = open_time(calendar, since, due_at)
        return 1 + late / whole if whole else 1.0
    left = open_time(calendar, now, due_at)
    whole = open_time(calendar, min(since, now), due_at)
    return 1 - left / whole if whole else 0.0


def in_words(calendar: Calendar, due_at: datetime, now: datetime) -> str:
    """How soon something is due, as staff read it in a list.

    On the day itself in hours ("in 1 h 10"), later by the day ("Mon 9:30 am", "3 Dec"). Late is told in open time
    ("2 h late"), from the second open day on in days ("3 days late"), after a week with its day ("late since 3 Dec"): a
    night makes nobody later, and no row of a list costs more than a week to reckon.
    """
    today, day = (moment.astimezone(calendar.zone).date() for moment in (now, due_at))
    if abs(today - day) >= A_WEEK:
        return f"{'late since ' if due_at < now else ''}{day.day} {day:%b}"
    if due_at < now:
        days = sum(_opens_on(calendar, day + n * DAY) for n in range(1, (today - day).days + 1))
        if days > 1:
            return f"{days} days late"
        late = -minutes_left(calendar, due_at, now)
        return f"{spread.in_words(late)} late" if late else "due now"
    if day == today:
        left = minutes_left(calendar, due_at, now)
        return f"in {spread.in_words(left)}" if left else "due now"
    local = due_at.astimezone(calendar.zone)
    return f"{local:%a} {clock(local.time())}"


def queue_key(needs_call_first: bool, due_at: datetime | None, pk: int) -> tuple[bool, bool, datetime | None, int]:
    """Where a request stands in the queue: who reported an emergency sign and was not called yet, then the earliest due
    time. What waits for the patient has no due time and stands behind."""
    return (not needs_call_first, due_at is None, due_at, pk)


def _opens_on(calendar: Calendar, day: date) -> bool:
    return day not in calendar.holidays and any(weekday == day.weekday() for weekday, _, _ in calendar.hours)
