"""What the clinic does to reach a patient: each try is written down, and the first word of us stops the clock."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from inquiries.models import ContactAttempt, Inquiry, InquiryEvent
from inquiries.services.changing import at_version, change

Kind: Any = InquiryEvent.Kind
REACHED = ContactAttempt.Result.REACHED


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
) -> ContactAttempt:
    """Write down a try to reach the patient of a request that stands at `version`, and what came of it.

    `channel` and `result` are codes of ContactAttempt. The first that gave the patient word of us (reached, voicemail,
    message) is the first contact. Who was reached has been called, so a call that was due is done. Raises StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    now = timezone.now()
    fields: dict[str, Any] = {}
    if inquiry.first_contact_at is None and result in ContactAttempt.COUNTS_AS_CONTACT:
        fields["first_contact_at"] = now
    if inquiry.next_step and result == REACHED:
        fields |= {"next_step": "", "next_step_on": None}
    elif inquiry.next_step and next_try_on:
        fields["next_step_on"] = next_try_on
    change(inquiry, Kind.CONTACTED, actor=actor, at=now, version=version, **fields)
    return ContactAttempt.objects.create(
        inquiry=inquiry, by=actor, at=now, channel=channel, result=result, note=note, next_try_on=next_try_on
    )
