"""Whose a request is: given to a colleague with a reason, given back, and back in the queue when its owner has left."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinic.models import Staff
from inquiries.models import Inquiry, InquiryEvent, Note
from inquiries.services import clock
from inquiries.services.changing import MoveNotAllowed, StaleInquiry, at_version, change
from inquiries.states import OWNED, Status

Kind: Any = InquiryEvent.Kind
Step: Any = Inquiry.NextStep
AT_ONCE = 500  # requests a round
BACKEND = "django.contrib.auth.backends.ModelBackend"  # which of the backends knows who has a right


def on_duty() -> QuerySet[Staff]:
    """Who can be given requests now, by name: active, on duty, and allowed to work on them."""
    allowed = Staff.objects.with_perm("inquiries.move_inquiry", backend=BACKEND)
    return allowed.filter(is_active=True, on_duty=True).order_by("last_name", "first_name", "username")


@transaction.atomic
def assign(inquiry: Inquiry, *, to: Staff | None, actor: Staff, reason: str, version: int) -> Inquiry:
    """Give a request to somebody who is on duty, to oneself, or (`to` None) back to the queue. The reason is kept as a
    note, and the event says whose it became, so nobody loses a request without a word.

    A request of the queue that is given to somebody is in review. Raises MoveNotAllowed without a reason, for somebody
    who cannot take it, and for a closed request; StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    here = Status(inquiry.status)
    if inquiry.closed_at:
        raise MoveNotAllowed(f"{inquiry.reference} is closed. Reopen it first.")
    if not reason.strip():
        raise MoveNotAllowed(f"{inquiry.reference} needs a reason first.")
    if to is not None and to != actor and not on_duty().filter(pk=to.pk).exists():
        raise MoveNotAllowed("Choose a colleague who is on duty and works on requests.")
    if to is not None and inquiry.owner_id == to.pk:
        raise MoveNotAllowed(f"{inquiry.reference} is theirs already.")
    if to is None and here == Status.AWAITING_PATIENT:
        raise MoveNotAllowed(
            f"{inquiry.reference} waits for the patient. Give it to a colleague, or go on with it first."
        )
    if to is None and inquiry.owner_id is None:
        raise MoveNotAllowed(f"{inquiry.reference} is in the queue already.")
    status = Status.NEW if to is None else (here if here in OWNED else Status.IN_REVIEW)
    now = timezone.now()
    changed = change(
        inquiry,
        Kind.GIVEN,
        actor=actor,
        at=now,
        version=version,
        to=status if status != here else None,
        detail="to_queue" if to is None else "",
        subject_id=to.pk if to else None,
        is_undoable=True,
        owner_id=to.pk if to else None,
    )
    Note.objects.create(inquiry=changed, author=actor, at=now, body=reason.strip())
    return changed


def return_orphans(now: datetime) -> int:
    """Bring open requests whose owner can no longer sign in back to the queue. Returns how many.

    What waited for the patient is looked at again now. Whoever changes one in this moment keeps it; the next round
    looks again.
    """
    orphans = Inquiry.objects.filter(closed_at=None, owner__is_active=False, anonymised_at=None)
    return sum(_return(inquiry, now) for inquiry in orphans.order_by("pk")[:AT_ONCE])


def _return(inquiry: Inquiry, now: datetime) -> bool:
    here = Status(inquiry.status)
    step = Step.DECIDE if inquiry.first_contact_at else Step.REPLY
    fields = clock.going_on(inquiry, now, step) if here == Status.AWAITING_PATIENT else {}
    try:
        change(
            inquiry,
            Kind.RETURNED,
            actor=None,
            at=now,
            version=inquiry.version,
            to=Status.NEW if here != Status.NEW else None,
            owner_id=None,
            **fields,
        )
    except StaleInquiry:
        return False
    return True
