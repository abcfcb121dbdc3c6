"""Nobody forgotten: what must never be true of a request, looked for every night and each time the dashboard is opened.

Each rule is read through an index that holds little else than what breaks it, so that finding nothing costs nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from clinic.models import ClinicProfile, Staff
from inquiries.models import Inquiry
from inquiries.models.inquiry import InquiryQuerySet
from inquiries.models.rules import OWNED_CODES
from inquiries.queues import all_counted, to_count
from inquiries.states import Status

LONG_PAST = timedelta(days=7)
FEWEST_ALERTED = 2  # one may be ill, or with a patient
# What the patient must have been told; spam, a withdrawal and a merged request need no word of ours.
OWED_A_WORD = (Status.BOOKED, Status.DECLINED, Status.REDIRECTED, Status.UNREACHABLE)


@dataclass(frozen=True)
class Rule:
    """Something that must not happen: a name for addresses, the words staff read, and the requests it is true of."""

    name: str
    words: str
    broken_by: Callable[[datetime], InquiryQuerySet]


def _open() -> InquiryQuerySet:
    # The time of closing and not the status: it is what the indexes of open requests are made of.
    return Inquiry.objects.filter(closed_at=None)


def _nobodys(now: datetime) -> InquiryQuerySet:
    return _open().filter(owner=None, status__in=OWNED_CODES)


def _without_a_clock(now: datetime) -> InquiryQuerySet:
    return _open().filter(due_at=None).exclude(status=Status.AWAITING_PATIENT.value)


def _without_a_step(now: datetime) -> InquiryQuerySet:
    return _open().filter(next_step_on=None)  # no step has no day: the day is what there is an index of


def _step_long_past(now: datetime) -> InquiryQuerySet:
    return _open().filter(next_step_on__lt=timezone.localdate(now, ClinicProfile.zone()) - LONG_PAST)


def _owner_has_left(now: datetime) -> InquiryQuerySet:
    return _open().filter(owner__in=list(Staff.objects.filter(is_active=False).values_list("pk", flat=True)))


def _owner_is_away(now: datetime) -> InquiryQuerySet:
    away = list(Staff.objects.filter(is_active=True, on_duty=False).values_list("pk", flat=True))
    due = Q(due_at__lt=now) | Q(due_at=None, next_step_on__lt=timezone.localdate(now, ClinicProfile.zone()))
    return _open().filter(due, owner__in=away)


def _not_called(now: datetime) -> InquiryQuerySet:
    return _open().filter(Q(due_at__lt=now) | Q(due_at=None), needs_call_first=True)


def _not_told(now: datetime) -> InquiryQuerySet:
    return Inquiry.objects.filter(
        closed_at__isnull=False, patient_told="", status__in=[status.value for status in OWED_A_WORD]
    )


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("not-called", "Emergency sign, and the call is late", _not_called),
        Rule("nobodys", "In work, and nobody has it", _nobodys),
        Rule("owner-left", "Owned by somebody who has left", _owner_has_left),
        Rule("owner-away", "Due, and its owner is off duty", _owner_is_away),
        Rule("no-step", "No next step", _without_a_step),
        Rule("step-long-past", "Next step more than a week past", _step_long_past),
        Rule("no-clock", "Waits for us without a due time", _without_a_clock),
        Rule("not-told", "Closed, and the patient was not told", _not_told),
    )
}


def broken(now: datetime) -> dict[str, int]:
    """How many requests break each rule, those of none left out; CAP + 1 stands for any number above the cap."""
    found = all_counted(to_count(rule.broken_by(now).order_by()) for rule in RULES.values())
    return {name: count for name, count in zip(RULES, found, strict=True) if count}


def alerted() -> int:
    """How many people are on duty who get the mail that says a request needs someone now."""
    return Staff.objects.filter(is_active=True, on_duty=True, receives_alerts=True).exclude(email="").count()
