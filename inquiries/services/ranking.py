"""How urgent a request is: reckoned by the rules when it comes in and when the patient writes, or set by a person."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from inquiries import priority, safety
from inquiries.models import Inquiry, InquiryEvent, PatientUpdate
from inquiries.services import clock
from inquiries.services.changing import MoveNotAllowed, at_version, change
from inquiries.states import Status
from therapies import library

Kind: Any = InquiryEvent.Kind
Answers = Mapping[str, Any]


def ranked(
    answers: Answers, *, safety_level: str, repeat_of: str, received_at: datetime, held: library.Library
) -> dict[str, Any]:
    """The fields of a new request: its priority with reasons, and by when it is answered."""
    found = priority.ranking(priority.facts_of(answers, safety_level=safety_level, repeat_of=repeat_of))
    due_at = clock.first_reply(found.level, found.points, received_at, held)
    return {
        **_fields(found),
        "needs_call_first": safety_level == "emergency",
        **clock.waiting_for_reply(due_at, hours=held.clinic.calendar),
    }


def raised(inquiry: Inquiry, now: datetime, *, safety_level: str) -> dict[str, Any]:
    """The fields of an open request after the patient wrote: never lower than before, never due later.

    Once "it is worse" was said it stays said, whatever the patient adds.
    """
    before = inquiry.previous.reference if inquiry.previous else ""
    updates = list(inquiry.updates.all())  # the newest first
    worse_on = next((_day(update.at) for update in updates if update.kind == PatientUpdate.Kind.WORSE), None)
    later = [
        {
            "signs": (update.signs or {}).get("signs", []),
            "words": [word.shown for word in safety.danger_words(update.text)],
        }
        for update in reversed(updates)
    ]
    facts = priority.facts_of(
        inquiry.answers, safety_level=safety_level, repeat_of=before, worse_on=worse_on, later=later
    )
    found = priority.ranking(facts)
    fields = _fields(found) | {"priority_level": min(found.level, inquiry.priority_level)}
    level = fields["priority_level"]
    if inquiry.override_level is not None and inquiry.override_level > level:
        # What a person set was set before the patient wrote this.
        fields |= {"override_level": None, "override_reason": "", "override_by": None, "override_at": None}
    due_at = clock.first_reply(level, found.points, now)
    if inquiry.due_at is None or due_at < inquiry.due_at:
        fields |= {"due_at": due_at, "minutes_left": None, "due_warned": 0}
    return fields


@transaction.atomic
def override(inquiry: Inquiry, *, level: int, actor: Staff, reason: str, version: int) -> Inquiry:
    """A person ranks a request otherwise than the rules, for a reason that stays visible. It is due by the target of
    that level from when it came in; what is answered already keeps its time. Raises MoveNotAllowed without a reason, for a closed
    request, and for one that would rank an emergency sign lower before anybody called; StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    if not reason.strip():
        raise MoveNotAllowed(f"{inquiry.reference} needs a reason first.")
    if inquiry.closed_at:
        raise MoveNotAllowed(f"{inquiry.reference} is closed. Reopen it first.")
    if inquiry.needs_call_first and level > inquiry.priority_level:
        raise MoveNotAllowed(f"{inquiry.reference} needs a recorded call first, since it has an emergency sign.")
    now = timezone.now()
    level = Inquiry.Priority(level).value
    fields: dict[str, Any] = {
        "override_level": level,
        "override_reason": reason.strip(),
        "override_by": actor,
        "override_at": now,
    }
    return _set(
        inquiry, now, level, kind=Kind.OVERRIDDEN, version=version, actor=actor, detail=f"level:{level}", **fields
    )


@transaction.atomic
def end_override(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """The rules count again. Raises StaleInquiry."""
    inquiry = at_version(inquiry, version)
    if inquiry.override_level is None or inquiry.closed_at:
        return inquiry
    fields: dict[str, Any] = {"override_level": None, "override_reason": "", "override_by": None, "override_at": None}
    now, level = timezone.now(), inquiry.priority_level
    return _set(inquiry, now, level, kind=Kind.RANKED, version=version, actor=actor, detail="level:rules", **fields)


def _set(
    inquiry: Inquiry, now: datetime, level: int, *, kind: str, version: int, actor: Staff, detail: str, **fields: Any
) -> Inquiry:
    waits = inquiry.first_contact_at is None and inquiry.status != Status.AWAITING_PATIENT
    if waits:
        due_at = clock.first_reply(level, inquiry.priority_points, inquiry.created_at)
        fields |= {**clock.waiting_for_reply(due_at, inquiry.next_step), "due_warned": 0}
    return change(inquiry, kind, actor=actor, at=now, version=version, detail=detail, **fields)


def _day(at: datetime) -> date:
    return timezone.localdate(at, clock.calendar().zone)


def _fields(found: priority.Ranking) -> dict[str, Any]:
    return {
        "priority_level": found.level,
        "priority_points": found.points,
        "ruleset": found.ruleset,
        "priority_reasons": {"reasons": [asdict(reason) for reason in found.reasons]},
    }
