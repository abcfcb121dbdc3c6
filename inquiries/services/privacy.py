"""Who sent a request is forgotten when its time is over, or when they ask; unless it must be kept for legal reasons."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.models import OutboxEmail, Staff
from inquiries.models import ContactAttempt, Inquiry, InquiryEvent, Note, PatientUpdate, Reply, SearchKey
from inquiries.services import clock, contact_mails
from inquiries.services.changing import StaleInquiry, at_version, change
from inquiries.states import CLOSED, Status

Kind: Any = InquiryEvent.Kind
AT_ONCE = 1000  # requests a round
EMPTY: dict[str, Any] = {
    "full_name": "",
    "email": "",
    "phone": "",
    "has_email": False,
    "has_phone": False,
    "how_to_reach": None,
    "answers": {},
    "content_hash": "",
    "has_unseen_update": False,
    "priority_reasons": None,
    "override_reason": "",
    **clock.ended(),
}


class OnHold(Exception):
    """The request is kept for legal reasons; the text says what to do first."""


def expired(now: datetime) -> QuerySet[Inquiry]:
    """Requests whose time is over: closed RETENTION_DAYS ago, spam SPAM_RETENTION_DAYS ago, and not on legal hold.

    What the patient wrote meanwhile is read before it goes: who says it is worse may be no spam.
    """
    over = Q(closed_at__lte=now - timedelta(days=settings.RETENTION_DAYS))
    over |= Q(status=Status.SPAM.value, closed_at__lte=now - timedelta(days=settings.SPAM_RETENTION_DAYS))
    kept = {"legal_hold": False, "has_unseen_update": False}
    return Inquiry.objects.filter(over, anonymised_at=None, **kept).order_by("closed_at", "pk")


def erase_expired(now: datetime) -> int:
    """Take the person out of every request whose time is over, each in its own transaction. Returns how many."""
    erased = 0
    for inquiry in expired(now)[:AT_ONCE]:
        try:
            anonymise(inquiry, actor=None, version=inquiry.version)
        except (StaleInquiry, OnHold):
            continue  # somebody works on it in this moment; the next round looks again
        erased += 1
    return erased


def keep_retention(now: datetime) -> Iterator[str]:
    """The hourly job."""
    erased = erase_expired(now)
    if erased:
        yield f"Requests whose time is over, the person taken out: {erased}."


@transaction.atomic
def anonymise(inquiry: Inquiry, *, actor: Staff | None, version: int, with_receipt: bool = False) -> Inquiry:
    """Take the person out of a request that stands at `version`: every word typed and every way to find them.

    Reference, times, statuses, what was asked about and the events stay, for the figures. One that is still open is
    closed as withdrawn, since nobody can be called any more. What waits to be mailed is cancelled; with `with_receipt`
    one last mail says that it is done, and its address is emptied when it has left. Done twice it does nothing. It
    cannot be undone. Raises OnHold and StaleInquiry.
    """
    if Inquiry.objects.filter(pk=inquiry.pk).exclude(anonymised_at=None).exists():
        return Inquiry.objects.get(pk=inquiry.pk)
    inquiry = at_version(inquiry, version)
    if inquiry.legal_hold:
        raise OnHold(f"{inquiry.reference} is kept for legal reasons. End the hold first, or tell the patient why.")
    now, address = timezone.now(), inquiry.email
    _empty_mails(inquiry, now)
    PatientUpdate.objects.filter(inquiry=inquiry).update(text="", signs=None)
    ContactAttempt.objects.filter(inquiry=inquiry).update(note="")
    Note.objects.filter(inquiry=inquiry).update(body="")
    Reply.objects.filter(inquiry=inquiry).update(offered="", sent="")
    SearchKey.objects.filter(inquiry=inquiry).delete()
    is_open = Status(inquiry.status) not in CLOSED
    inquiry = change(
        inquiry,
        Kind.ANONYMISED,
        actor=actor,
        at=now,
        version=version,
        to=Status.WITHDRAWN if is_open else None,
        anonymised_at=now,
        closed_at=inquiry.closed_at or now,
        is_suspect=False,
        link_version=inquiry.link_version + 1,
        **({"outcome": "by_patient", "patient_told": Inquiry.PatientTold.NOT_NEEDED} if is_open else {}),
        **EMPTY,
    )
    if with_receipt and address:
        contact_mails.tell_erased(inquiry, address)
    return inquiry


@transaction.atomic
def hold(inquiry: Inquiry, *, actor: Staff, reason: str, version: int) -> Inquiry:
    """Keep a request whatever its age, for the reason given. Raises StaleInquiry, and ValueError without a reason."""
    if not reason.strip():
        raise ValueError("A legal hold needs a reason.")
    inquiry = at_version(inquiry, version)
    if inquiry.legal_hold:
        return inquiry
    now = timezone.now()
    fields: dict[str, Any] = {"legal_hold": True, "hold_reason": reason.strip(), "held_by": actor, "held_at": now}
    return change(inquiry, Kind.HELD, actor=actor, at=now, version=version, **fields)


@transaction.atomic
def end_hold(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """It need not be kept any more: its time runs as everybody's. Raises StaleInquiry."""
    inquiry = at_version(inquiry, version)
    if not inquiry.legal_hold:
        return inquiry
    fields: dict[str, Any] = {"legal_hold": False, "hold_reason": "", "held_by": None, "held_at": None}
    return change(inquiry, Kind.HOLD_ENDED, actor=actor, at=timezone.now(), version=version, **fields)


def _empty_mails(inquiry: Inquiry, now: datetime) -> None:
    about = OutboxEmail.objects.filter(about_app="inquiries", about_id=inquiry.public_id)
    about.waiting().update(state=OutboxEmail.State.CANCELLED)
    about.filter(emptied_at=None).update(recipient="", context=None, emptied_at=now)
