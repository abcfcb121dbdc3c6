"""The mail of half past seven, on every day the clinic opens: what each who works on requests will find."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from clinic.business_time import DAY, open_time
from clinic.models import OutboxEmail, Staff
from clinic.outbox import Message, NoLongerOwed
from inquiries import queues
from inquiries.services import clock, staff_mail
from inquiries.services.letters import letter

KIND = "inquiries.digest"
TEMPLATE = "inquiries/email/digest.txt"
AT = time(7, 30)
RIGHT = "inquiries.move_inquiry"
COUNTED = ("emergency", "overdue", "due-today", "unassigned", "mine", "patient-wrote", "mail-failed", "suspected")


def keep_digests(now: datetime) -> Iterator[str]:
    """The job of every minute. After downtime the mail of a morning still goes, as long as the clinic is open after."""
    today = timezone.localdate(now, clock.calendar().zone)
    if is_time(now, today):
        owed = staff_mail.owe_each(KIND, staff_mail.with_right(RIGHT), today.isoformat(), {"day": today.isoformat()})
        if owed:
            yield f"Mails on the queue of today owed: {owed}."


def is_time(now: datetime, today: date) -> bool:
    """Is it half past seven or later, on a day the clinic opens and has not closed yet?"""
    calendar = clock.calendar()
    if now.astimezone(calendar.zone).time() < AT:
        return False
    return bool(open_time(calendar, now, datetime.combine(today + DAY, time(), calendar.zone)))


def render(email: OutboxEmail) -> Message:
    """The numbers as they are when it leaves. Yesterday's mail, and that of somebody who has left, is not sent."""
    context: Any = email.context
    now = timezone.now()
    staff = Staff.objects.filter(pk=context["staff"], is_active=True).first()
    if staff is None or timezone.localdate(now, clock.calendar().zone).isoformat() != context["day"]:
        raise NoLongerOwed
    own = queues.QUEUES["overdue"].rows(now, staff).filter(owner=staff)
    own_count = queues.counted(own)
    shown = {
        "counts": [
            (queues.QUEUES[name].words, queues.capped(queues.QUEUES[name].count(now, staff))) for name in COUNTED
        ],
        "own": list(own.values_list("reference", flat=True)[: staff_mail.MOST_NAMED]),
        "own_count": queues.capped(own_count),
        "link": staff_mail.home_link(),
    }
    return letter(TEMPLATE, shown)
