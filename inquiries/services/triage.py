"""What staff do with a request. Every change goes through here, under a version check, and leaves an event."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clinic.models import Staff
from inquiries.models import Inquiry, InquiryEvent
from inquiries.states import CLOSED, MOVES, Facts, Move, Status, move_between, unmet


class StaleInquiry(Exception):
    """A colleague changed the request first."""


class MoveNotAllowed(Exception):
    """There is no such move, or something it needs is missing. The text says which, in the words of staff."""


def possible_moves(inquiry: Inquiry, actor: Staff) -> tuple[Move, ...]:
    """The moves that nothing is missing for, if `actor` makes them. Whether they may is for the edge to ask."""
    return tuple(wanted for wanted in MOVES[Status(inquiry.status)] if not _missing(inquiry, wanted, actor))


@transaction.atomic
def move(inquiry: Inquiry, to: Status, *, actor: Staff | None, version: int) -> Inquiry:
    """Change the status of a request that still is at `version`, and write down who did.

    Who takes a request from the queue, or reopens one whose owner is gone, owns it; given back, nobody does. Raises
    MoveNotAllowed or StaleInquiry and then changes nothing. Whether `actor` may is for the edge to ask.
    """
    inquiry = Inquiry.objects.select_related("owner").get(pk=inquiry.pk)
    if inquiry.version != version:
        raise StaleInquiry(_changed(inquiry))
    here = Status(inquiry.status)
    wanted = move_between(here, to)
    if wanted is None:
        raise MoveNotAllowed(f"{inquiry.reference} is “{here.label}” and cannot become “{to.label}”.")
    missing = _missing(inquiry, wanted, actor)
    if missing:
        raise MoveNotAllowed(f"{inquiry.reference} needs {' and '.join(missing)} first.")
    now = timezone.now()
    # The version in the filter is the lock: of two people who saw the same page, one gets here first.
    changed = Inquiry.objects.filter(pk=inquiry.pk, version=version).update(
        status=to.value,
        owner_id=_owner_after(inquiry, to, actor),
        closed_at=now if to in CLOSED else None,
        version=F("version") + 1,
        event_count=F("event_count") + 1,
    )
    if not changed:
        raise StaleInquiry(_changed(inquiry))
    InquiryEvent.objects.create(
        inquiry=inquiry,
        seq=inquiry.event_count + 1,
        kind=InquiryEvent.Kind.MOVED,
        from_status=here.value,
        to_status=to.value,
        actor=actor,
        at=now,
    )
    inquiry.refresh_from_db()
    return inquiry


def _missing(inquiry: Inquiry, wanted: Move, actor: Staff | None) -> tuple[str, ...]:
    return unmet(wanted, Facts(has_owner=_owner_after(inquiry, wanted.to, actor) is not None))


def _owner_after(inquiry: Inquiry, to: Status, actor: Staff | None) -> int | None:
    if to == Status.NEW:
        return None
    if to == Status.IN_REVIEW and not (inquiry.owner and inquiry.owner.is_active):
        return actor.pk if actor else None
    return inquiry.owner_id


def _changed(inquiry: Inquiry) -> str:
    return f"{inquiry.reference} has changed since you opened it. Read it again before you decide."
