"""What the clinic does to reach a patient: each try is written down, and the first word of us answers the request."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from inquiries.models import ContactAttempt, Inquiry, InquiryEvent
from inquiries.services import clock
from inquiries.services.changing import at_version, change
from inquiries.states import Status

Kind: Any = InquiryEvent.Kind
Step: Any = Inquiry.NextStep
REACHED = ContactAttempt.Result.REACHED
CALLS = (Step.CALL_ABOUT_DELAY, Step.CALL_INSTEAD)
SPOKEN = (ContactAttempt.Channel.PHONE, ContactAttempt.Channel.IN_PERSON)


@transaction.atomic
def record(
    inquiry: Inquiry,
    *,
    actor: Staff,
    channel: str,
    result: str,
    version: int,
    note: str = "",
    next_try_on: date | None = None,
    kind: str = Kind.CONTACTED,
) -> ContactAttempt:
    """Write down a try to reach the patient of a request that stands at `version`, and what came of it.

    `channel` and `result` are codes of ContactAttempt. The first that gave the patient word of us (reached, voicemail,
    message) is the first contact: then a decision, or another try, is due next, on `next_try_on` or within the days
    the clinic takes. Until then the time of the first answer runs on. Who was spoken with is called. Raises StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    now = timezone.now()
    has_word = result in ContactAttempt.COUNTS_AS_CONTACT
    fields: dict[str, Any] = {}
    if inquiry.first_contact_at is None and has_word:
        fields["first_contact_at"] = now
    if inquiry.needs_call_first and result == REACHED and channel in SPOKEN:
        fields["needs_call_first"] = False
    if inquiry.closed_at is None:
        fields |= _next(inquiry, result, has_word=has_word, on=next_try_on)
    change(inquiry, kind, actor=actor, at=now, version=version, detail=f"{channel}:{result}", **fields)
    return ContactAttempt.objects.create(
        inquiry=inquiry, by=actor, at=now, channel=channel, result=result, note=note, next_try_on=next_try_on
    )


def _next(inquiry: Inquiry, result: str, *, has_word: bool, on: date | None) -> dict[str, Any]:
    now = timezone.now()
    if inquiry.status == Status.AWAITING_PATIENT:  # the clock stands until the patient answers
        return {"next_step": Step.HEAR_BACK, "next_step_on": on} if on else {}
    again = inquiry.next_step if inquiry.next_step in CALLS else Step.TRY_AGAIN  # a call that is owed stays owed
    if has_word:
        if inquiry.status == Status.ACCEPTED:
            return clock.planned(Step.BOOK, now, on)
        return clock.planned(Step.DECIDE if result == REACHED else again, now, on)
    if inquiry.first_contact_at:
        return clock.planned(again, now, on)
    return {"next_step": again, "next_step_on": on or timezone.localdate(now, clock.calendar().zone)}
