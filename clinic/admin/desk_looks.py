"""What those who lead the desk are told of the access log: who opened far more requests than is usual for them."""

from functools import lru_cache

from django.urls import reverse

from inquiries import backlog, looks, reports
from inquiries.models import DailyFigures


def looks_for(user, days):
    """[(look, name, what is usual in words, address of their part of the log or "")]; None for whom it is no matter.

    Told to managers, and to those who may read the whole log in any case.
    """
    may_read_log = user.has_perm("inquiries.view_accesslog")
    if not (may_read_log or user.has_perm("clinic.set_duty")):
        return None
    count = DailyFigures.last_count()
    found = _looks_of(days, count) if count else looks.unusual(days)
    names = backlog.names_of({look.staff for look in found})
    log = reverse("admin:inquiries_accesslog_changelist") if may_read_log else ""
    return [
        (look, names.get(look.staff, ""), _usually(look.usual), log and f"{log}?staff__id__exact={look.staff}")
        for look in found
    ]


@lru_cache(maxsize=2 * len(reports.PERIODS))
def _looks_of(days, count):
    return looks.unusual(days)


def _usually(number):
    if number is None:
        return "not known yet"
    return f"about {number:.0f}" if number else "none"
