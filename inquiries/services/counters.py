"""Daily numbers that name nobody."""

import contextlib
from datetime import tzinfo

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.utils import timezone

from clinic.models import ClinicProfile
from inquiries.models import DailyCounter


def count(*names: str, zone: tzinfo | None = None) -> None:
    """Add one to each of today's counters, by the clinic's calendar (`zone`, if who calls knows it). One statement."""
    if not names:
        return
    today = timezone.localdate(timezone=zone or ClinicProfile.zone())
    # In the same order everywhere: two that count the same names never wait for each other.
    rows = [(today, name) for name in sorted(set(names))]
    table = connection.ops.quote_name(DailyCounter._meta.db_table)
    statement = (
        f"INSERT INTO {table} (date, name, value) VALUES {', '.join(['(%s, %s, 1)'] * len(rows))} "  # noqa: S608
        f"ON CONFLICT (date, name) DO UPDATE SET value = {table}.value + 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])


def count_if_possible(*names: str, zone: tzinfo | None = None) -> None:
    """The same where a number is not worth a page: while the database cannot, nothing is counted and nobody is told."""
    with contextlib.suppress(OperationalError, InterfaceError, InternalError):
        count(*names, zone=zone)
