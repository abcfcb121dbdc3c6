"""Opening hours and holidays to due times. Pure: the moment is passed in, the clock of the machine is never asked.

Time counts while the clinic is open by the clock on its wall: a night, a holiday and the hour that a change of the
clock skips do not count, the hour it repeats counts twice. Moments come back in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LOOKED_AHEAD = 400  # days; a clinic that does not open within them has no opening hours
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """When a clinic is open: (weekday from Monday 0, opens, closes) as often as needed, and the days it is closed."""

    hours: tuple[tuple[int, time, time], ...]
    holidays: frozenset[date]
    zone: ZoneInfo


Stretch = tuple[datetime, datetime]


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Is somebody there at this moment?"""
    return any(start <= at < end for start, end in _of_day(calendar, at.astimezone(calendar.zone).date()))


def open_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How long the clinic is open between two moments. Zero when they stand the other way round."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # two moments of one zone would be subtracted by the wall
    total, day, last = timedelta(), start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in _of_day(calendar, day):
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += DAY
    return total


def moment_after(calendar: Calendar, start: datetime, wait: timedelta) -> datetime | None:
    """The first moment by which the clinic was open for `wait` since `start`. None: it never opens for so long.

    No wait at all is the next moment somebody is there.
    """
    start = start.astimezone(UTC)  # moments of another zone would be added to by the clock on the wall
    for opens, closes in _ahead(calendar, start):
        opens = max(opens, start)
        if wait <= timedelta():
            return opens
        if wait <= closes - opens:
            return opens + wait
        wait -= closes - opens
    return None


def close_of_open_day(calendar: Calendar, start: datetime, days: int) -> datetime | None:
    """When the clinic closes on the `days`th day it opens after the day of `start`; 1 is the next. None: never."""
    day = start.astimezone(calendar.zone).date()
    for _ in range(LOOKED_AHEAD):
        day += DAY
        stretches = _of_day(calendar, day)
        days -= bool(stretches)
        if stretches and days <= 0:
            return stretches[-1][1]
    return None


def clock(at: time) -> str:
    """A time of day as people say it: 8 am, noon, 5:30 pm."""
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'am' if at.hour < 12 else 'pm'}"


def _ahead(calendar: Calendar, start: datetime) -> Iterator[Stretch]:
    """The stretches that have not ended at `start`, in order."""
    day = start.astimezone(calendar.zone).date()
    for _ in range(LOOKED_AHEAD):
        yield from (stretch for stretch in _of_day(calendar, day) if stretch[1] > start)
        day += DAY


def _of_day(calendar: Calendar, day: date) -> list[Stretch]:
    """When the clinic is open on this day of its calendar, as moments in order, neighbours joined."""
    if day in calendar.holidays:
        return []
    found: list[Stretch] = []
    hours = [(opens, closes) for weekday, opens, closes in calendar.hours if weekday == day.weekday()]
    for begin, end, offset in _even_parts(calendar.zone, day) if hours else ():
        for opens, closes in hours:
            start = max(begin, datetime.combine(day, opens, UTC) - offset)
            stop = min(end, datetime.combine(day, closes, UTC) - offset)
            if start < stop:
                found.append((start, stop))
    return _joined(sorted(found))


@lru_cache(maxsize=1024)
def _even_parts(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The day from midnight to midnight, in parts without a change of the clock: (begin, end, offset from UTC)."""
    begin, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + DAY))
    parts: list[tuple[datetime, datetime, timedelta]] = []
    while begin < end:
        offset = _offset(zone, begin)
        change = _first_change(zone, begin, end, offset)
        parts.append((begin, change, offset))
        begin = change
    return tuple(parts)


def _first_change(zone: ZoneInfo, begin: datetime, end: datetime, offset: timedelta) -> datetime:
    """Clocks change on a whole minute, and once a day at most: halve until the minute is found."""
    if _offset(zone, end - timedelta(microseconds=1)) == offset:
        return end
    low, high = 0, int((end - begin) / timedelta(minutes=1))
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, begin + timedelta(minutes=middle)) == offset:
            low = middle
        else:
            high = middle
    return begin + timedelta(minutes=high)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, stop in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined
