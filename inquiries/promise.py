"""By when we say we will make contact, in the clinic's own hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as date_format

from clinic.business_time import clock, close_of_open_day, is_open, moment_after
from clinic.facts import Clinic

# What is promised to everybody is the target of a routine request: so the promise tells nobody how they were ranked.
OPEN_DAYS = 2


def promised_at(clinic: Clinic, now: datetime) -> datetime | None:
    """The close of the second day the clinic opens. None: it has no opening hours yet, so nothing is promised."""
    return close_of_open_day(clinic.calendar, now, OPEN_DAYS)


def next_reading(clinic: Clinic, now: datetime) -> datetime | None:
    """When somebody will be there again. None while somebody is, or when no hours are known."""
    calendar = clinic.calendar
    return None if is_open(calendar, now) else moment_after(calendar, now, timedelta())


def in_words(clinic: Clinic, at: datetime | None) -> str:
    """A moment as people at the clinic say it: "Tuesday 25 November, 5:30 pm"; "" of None."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(clinic.time_zone))
    return f"{date_format(local, 'l j F')}, {clock(local.time())}"
