"""Who is on duty is told when half of the time to a first reply is over, and again when all of it is."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from clinic.models import OutboxEmail, Staff
from clinic.outbox import Message, NoLongerOwed
from inquiries import due
from inquiries.models import Inquiry
from inquiries.services import clock, staff_mail
from inquiries.services.letters import letter

KIND = "inquiries.due_warning"
TEMPLATE = "inquiries/email/due_warning.txt"
SOON, LATE = 50, 100  # percent of the time that is over
AT_ONCE = 500  # requests a mail


def keep_warning(now: datetime) -> Iterator[str]:
    """The job of every minute. It says nothing: the outbox tells what was sent."""
    warn(now)
    return iter(())


def warn(now: datetime) -> int:
    """Owe a mail to everybody on duty about all requests that are half way or late now and that nobody was told of.

    Each request is told of twice at most, and by whichever worker marks it first. With nobody on duty nothing is
    marked: who comes on duty is told then. Beyond AT_ONCE there are several mails. Returns how many requests it told of.
    """
    found, told = _found(now), 0
    while some := list(islice(found, AT_ONCE)):
        people = staff_mail.on_duty()
        if not people:
            break
        told += _tell(some, people)
    return told


@transaction.atomic
def _tell(found: list[tuple[Inquiry, int]], people: list[Staff]) -> int:
    told = [(inquiry, mark) for inquiry, mark in found if _marked(inquiry, mark)]
    if told:
        names = ",".join(f"{inquiry.pk}:{mark}:{inquiry.due_at}" for inquiry, mark in told)
        part = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/{names}"))
        staff_mail.owe_each(KIND, people, part, {"requests": [inquiry.pk for inquiry, _ in told]})
    return len(told)


def render(email: OutboxEmail) -> Message:
    """What still waits of it when the mail leaves. A request that was answered meanwhile is not named."""
    context: Any = email.context
    waiting = _waiting().filter(pk__in=context["requests"])
    rows = list(waiting.order_by("due_at", "pk").values_list("reference", "due_at"))
    if not rows:
        raise NoLongerOwed
    late = [reference for reference, due_at in rows if due_at <= email.created_at]
    soon = [reference for reference, due_at in rows if due_at > email.created_at]
    most = staff_mail.MOST_NAMED
    shown = {
        "parts": [
            (words, references[:most], max(len(references) - most, 0))
            for words, references in (
                ("Late, and nobody has made contact", late),
                ("More than half of the time is over", soon),
            )
            if references
        ],
        "standing": "late or due soon" if late and soon else "late" if late else "due soon",
        "count": len(rows),
        "link": staff_mail.list_link("overdue" if late else "due-today"),
    }
    return letter(TEMPLATE, shown)


def _waiting() -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(closed_at=None, first_contact_at=None, due_at__isnull=False, is_suspect=False)


def _unwarned(mark: int) -> QuerySet[Inquiry]:
    rows = _waiting().filter(due_warned__lt=mark).order_by("due_at", "pk")
    return rows.only("pk", "created_at", "due_at")


def _found(now: datetime) -> Iterator[tuple[Inquiry, int]]:
    """All of them: whoever is due first and not yet half way hides nobody behind."""
    yield from ((inquiry, LATE) for inquiry in _in_turn(_unwarned(LATE).filter(due_at__lte=now)))
    soon = _in_turn(_unwarned(SOON).filter(due_at__gt=now))
    yield from ((inquiry, SOON) for inquiry in soon if _is_half_over(inquiry, now))


def _in_turn(rows: QuerySet[Inquiry]) -> Iterator[Inquiry]:
    """In the order of their due times, some at a time, whatever is marked meanwhile."""
    batch = list(rows[:AT_ONCE])
    while batch:
        yield from batch
        last = batch[-1]
        after = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)
        batch = list(rows.filter(after)[:AT_ONCE])


def _is_half_over(inquiry: Inquiry, now: datetime) -> bool:
    if inquiry.due_at is None:
        return False
    return 100 * due.share_used(clock.calendar(), inquiry.created_at, inquiry.due_at, now) >= SOON


def _marked(inquiry: Inquiry, mark: int) -> bool:
    """Only what duty was told of changes, and no colleague decides by it: so neither the version nor the history does."""
    rows = _waiting().filter(pk=inquiry.pk, due_warned__lt=mark, due_at=inquiry.due_at)
    return bool(rows.update(due_warned=mark))
