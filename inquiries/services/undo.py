"""Taking a move back: by who made it, within ten minutes, as long as nothing has happened since."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import OutboxEmail, Staff
from inquiries.models import Inquiry, InquiryEvent
from inquiries.services import acknowledgement, contact_mails
from inquiries.services.changing import MoveNotAllowed, at_version, change
from inquiries.states import Status

Kind: Any = InquiryEvent.Kind
CAN_BE_UNDONE = (Kind.MOVED, Kind.GIVEN)
NEVER = (Status.MERGED.value,)


def undoable(inquiry: Inquiry, actor: Staff, now: datetime) -> InquiryEvent | None:
    """The move that this person can still take back: the last thing that happened, and theirs. Merges never are."""
    last = InquiryEvent.objects.filter(inquiry=inquiry, seq=inquiry.event_count).first()
    if last is None or last.kind not in CAN_BE_UNDONE or last.actor_id != actor.pk or last.before is None:
        return None
    if last.to_status in NEVER or inquiry.anonymised_at or now - last.at >= contact_mails.TIME_TO_UNDO:
        return None
    return last


@transaction.atomic
def undo(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """Bring a request back to where it stood before the last move of `actor`; mail that waited for it is cancelled.

    Both stay in the history. Raises MoveNotAllowed when it is too late or something has happened since, StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    now = timezone.now()
    last = undoable(inquiry, actor, now)
    if last is None:
        raise MoveNotAllowed(
            f"{inquiry.reference}: only who made a move can take it back, within ten minutes, while nothing has "
            "happened since. Make the opposite move instead."
        )
    fields = {name: _field(name).to_python(value) for name, value in last.before.items() if name != "status"}
    back = Status(last.before["status"]) if "status" in last.before else None
    owner = fields.get("owner_id", inquiry.owner_id)
    undone = change(
        inquiry,
        Kind.UNDONE,
        actor=actor,
        at=now,
        version=version,
        to=back,
        detail=str(last.seq),
        subject_id=owner if owner != inquiry.owner_id else None,
        **fields,
    )
    _cancel_mail(undone, last)
    return undone


def _field(name: str) -> Any:
    field = next(field for field in Inquiry._meta.fields if name in (field.name, field.attname))
    return field.target_field if field.is_relation else field


def _cancel_mail(inquiry: Inquiry, event: InquiryEvent) -> None:
    about = OutboxEmail.objects.filter(about_app="inquiries", about_id=inquiry.public_id, created_at__gte=event.at)
    waiting = about.waiting().filter(kind__in=(contact_mails.UPDATE, acknowledgement.KIND))
    waiting.update(state=OutboxEmail.State.CANCELLED)
