"""When a page is due for its next review. Pure."""

import calendar
import hashlib
from datetime import date, timedelta

SPREAD = 15  # days to either side


def next_due(reviewed_on: date, *, months: int, page: str) -> date:
    """The interval later, up to 15 days sooner or later: always the same for a page, named as kind and slug.

    Thirty pages reviewed in one week so do not all come back in one week a year later.
    """
    number = int.from_bytes(hashlib.sha256(page.encode()).digest()[:4], "big")
    return _months_later(reviewed_on, months) + timedelta(days=number % (2 * SPREAD + 1) - SPREAD)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
