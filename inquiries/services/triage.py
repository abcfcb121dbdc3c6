"""What staff do with a request. Every change goes through here, under a version check, and leaves an event."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import OutboxEmail, Staff
from inquiries.models import Inquiry, InquiryEvent, PatientUpdate
from inquiries.promise import promised_at
from inquiries.services import acknowledgement, contact_mails
from inquiries.services.changing import MoveNotAllowed, StaleInquiry, at_version, change
from inquiries.states import CLOSED, MOVES, Facts, Move, Status, move_between, unmet
from therapies import library

Kind: Any = InquiryEvent.Kind

__all__ = ["MoveNotAllowed", "StaleInquiry", "clear_suspicion", "mark_seen", "move", "possible_moves"]


def possible_moves(inquiry: Inquiry, actor: Staff) -> tuple[Move, ...]:
    """The moves that nothing is missing for, if `actor` makes them. Whether they may is for the edge to ask."""
    if inquiry.anonymised_at:
        return ()
    return tuple(wanted for wanted in MOVES[Status(inquiry.status)] if not _missing(inquiry, wanted, actor))


@transaction.atomic
def move(inquiry: Inquiry, to: Status, *, actor: Staff | None, version: int) -> Inquiry:
    """Change the status of a request that still is at `version`, and write down who did.

    Who takes a request from the queue, or reopens one whose owner is gone, owns it; given back, nobody does. Who goes
    on with what looked like spam says that it is none, so the patient is owed what was held back. Raises
    MoveNotAllowed or StaleInquiry and then changes nothing. Whether `actor` may is for the edge to ask.
    """
    inquiry = at_version(inquiry, version)
    here = Status(inquiry.status)
    wanted = move_between(here, to)
    if wanted is None:
        raise MoveNotAllowed(f"{inquiry.reference} is “{here.label}” and cannot become “{to.label}”.")
    missing = _missing(inquiry, wanted, actor)
    if missing:
        raise MoveNotAllowed(f"{inquiry.reference} needs {' and '.join(missing)} first.")
    now = timezone.now()
    is_no_spam = to not in CLOSED and (inquiry.is_suspect or here == Status.SPAM)
    inquiry = change(
        inquiry,
        Kind.MOVED,
        actor=actor,
        at=now,
        version=version,
        to=to,
        owner_id=_owner_after(inquiry, to, actor),
        closed_at=now if to in CLOSED else None,
        is_suspect=inquiry.is_suspect and not is_no_spam,
        **(_promise_told_only_now(inquiry, now, was_closed=here == Status.SPAM) if is_no_spam else {}),
    )
    if is_no_spam:
        _owe_acknowledgement(inquiry)
    if to in contact_mails.TOLD_BY_MAIL:
        contact_mails.tell_update(inquiry, by_staff=True)
    return inquiry


@transaction.atomic
def clear_suspicion(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """Somebody looked: it is a person. The patient is owed the acknowledgement that was held back.

    A request that is no suspect any more stays as it is. Raises StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    if not inquiry.is_suspect:
        return inquiry
    now = timezone.now()
    told = _promise_told_only_now(inquiry, now, was_closed=False)
    inquiry = change(inquiry, Kind.NOT_SUSPECT, actor=actor, at=now, version=version, is_suspect=False, **told)
    if inquiry.closed_at is None:
        _owe_acknowledgement(inquiry)
    return inquiry


@transaction.atomic
def mark_seen(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """Somebody has read all that the patient wrote or changed, as it stood at `version`. Raises StaleInquiry."""
    inquiry = at_version(inquiry, version)
    if not inquiry.has_unseen_update:
        return inquiry
    now = timezone.now()
    inquiry = change(inquiry, Kind.SEEN, actor=actor, at=now, version=version, has_unseen_update=False)
    PatientUpdate.objects.filter(inquiry=inquiry, seen_at=None).update(seen_by=actor, seen_at=now)
    return inquiry


def _promise_told_only_now(inquiry: Inquiry, now: datetime, *, was_closed: bool) -> dict[str, Any]:
    """The promise that the held-back message will name. A promise somebody has by mail, or by telephone, stays."""
    if not inquiry.has_email or _was_acknowledged(inquiry):
        return {}
    if not was_closed and inquiry.promised_at and inquiry.promised_at > now:
        return {}
    promised = promised_at(library.current().clinic, now)
    return {"promised_at": promised, "late_told_at": None, "promised_again_at": None}


def _owe_acknowledgement(inquiry: Inquiry) -> None:
    if inquiry.has_email and not _was_acknowledged(inquiry):
        acknowledgement.owe(inquiry)


def _was_acknowledged(inquiry: Inquiry) -> bool:
    return OutboxEmail.objects.filter(kind=acknowledgement.KIND, about_id=inquiry.public_id).exists()


def _missing(inquiry: Inquiry, wanted: Move, actor: Staff | None) -> tuple[str, ...]:
    return unmet(wanted, Facts(has_owner=_owner_after(inquiry, wanted.to, actor) is not None))


def _owner_after(inquiry: Inquiry, to: Status, actor: Staff | None) -> int | None:
    if to == Status.NEW:
        return None
    if to == Status.IN_REVIEW and not (inquiry.owner and inquiry.owner.is_active):
        return actor.pk if actor else None
    return inquiry.owner_id
