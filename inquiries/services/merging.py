"""Two requests of one patient become one; what both say is kept. And what a person said of two that look alike."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from inquiries import safety
from inquiries.models import DuplicateDecision, Inquiry, InquiryEvent
from inquiries.services import triage
from inquiries.services.changing import MoveNotAllowed, at_version, change
from inquiries.states import Status

Kind: Any = InquiryEvent.Kind
Decision: Any = DuplicateDecision.Decision


@transaction.atomic
def merge(inquiry: Inquiry, *, into: Inquiry, actor: Staff, version: int, into_version: int) -> Inquiry:
    """Close a request as the same as another one that is open, which takes over the worse warning sign, the earlier
    due time and what nobody has read yet. Both were seen by who decides: both versions must still stand.

    Nothing is moved or lost: each keeps its answers and history. Cannot be undone. Raises MoveNotAllowed, StaleInquiry.
    Returns the one that goes on.
    """
    if inquiry.pk == into.pk:
        raise MoveNotAllowed("A request cannot be merged into itself.")
    target = at_version(into, into_version)
    source = at_version(inquiry, version)
    if target.closed_at:
        raise MoveNotAllowed(f"{target.reference} is closed. Reopen it first, or merge the other way round.")
    carried = _carried(source, target)
    triage.move(source, Status.MERGED, actor=actor, version=version, given=triage.Given(merge_into=target))
    now = timezone.now()
    merged = change(target, Kind.MERGED_HERE, actor=actor, at=now, version=into_version, **carried)
    _say(source, target, Decision.SAME, actor)
    return merged


@transaction.atomic
def decide(inquiry: Inquiry, other: Inquiry, *, decision: str, actor: Staff, version: int) -> Inquiry:
    """Somebody compared two requests: are they of the same patient? Asked no more. Raises StaleInquiry."""
    inquiry = at_version(inquiry, version)
    changed = change(
        inquiry,
        Kind.DUPLICATE_DECIDED,
        actor=actor,
        at=timezone.now(),
        version=version,
        detail=Decision(decision).value,
    )
    _say(inquiry, other, decision, actor)
    return changed


def _carried(source: Inquiry, target: Inquiry) -> dict[str, Any]:
    level = safety.worst([source.safety_level, target.safety_level])
    raised: dict[str, Any] = {
        "safety_level": level,
        "safety_advice_shown_at": target.safety_advice_shown_at or source.safety_advice_shown_at,
        "needs_call_first": target.needs_call_first or source.needs_call_first,
        "has_unseen_update": target.has_unseen_update or source.has_unseen_update,
        "is_suspect": target.is_suspect and level not in safety.ALERTING,
        "priority_level": min(source.level, target.priority_level),
        "first_contact_at": min(filter(None, [source.first_contact_at, target.first_contact_at]), default=None),
    }
    if target.due_at and source.due_at:
        raised["due_at"] = min(source.due_at, target.due_at)
    return raised


def _say(inquiry: Inquiry, other: Inquiry, decision: str, actor: Staff) -> None:
    for one, two in ((inquiry, other), (other, inquiry)):
        DuplicateDecision.objects.update_or_create(
            inquiry=one, other=two, defaults={"decision": decision, "by": actor, "at": timezone.now()}
        )
