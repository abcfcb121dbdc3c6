"""The moves of a request between its statuses. Every one goes through here, under a version check, and leaves an event."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from inquiries import safety
from inquiries.models import ContactAttempt, Inquiry, InquiryEvent, Note, PatientUpdate
from inquiries.services import acknowledgement, clock, contact_mails
from inquiries.services.changing import MoveNotAllowed, StaleInquiry, at_version, change
from inquiries.states import CLOSED, MOVES, OUTCOMES, Facts, Move, Status, move_between, unmet, unmet_before_asking

__all__ = ["Given", "MoveNotAllowed", "Offer", "StaleInquiry", "clear_suspicion", "mark_seen", "move", "offers"]

Kind: Any = InquiryEvent.Kind
Step: Any = Inquiry.NextStep
Told: Any = Inquiry.PatientTold
SPOKEN = ("phone", "in_person")
WRITTEN = ("text", "email")


@dataclass(frozen=True)
class Given:
    """What the person who makes a move says of it: codes and days; the reason is kept as a note."""

    reason: str = ""
    outcome: str = ""
    patient_told: str = ""
    next_step_on: date | None = None
    appointment_on: date | None = None
    merge_into: Inquiry | None = field(default=None, repr=False)


NOTHING_SAID = Given()


@dataclass(frozen=True)
class Offer:
    """A move of the table for one request: what is still needed before its form is worth showing. Empty: press it."""

    move: Move
    needs: tuple[str, ...]


def offers(inquiry: Inquiry, actor: Staff) -> list[Offer]:
    """Every move from where the request stands, in the order of the table. Whether `actor` has the right to it is for
    the edge to ask; a warning sign asks for a clinician here."""
    if inquiry.anonymised_at:
        return []
    tries = _tries(inquiry)
    return [
        Offer(wanted, unmet_before_asking(wanted, _facts(inquiry, wanted, actor, NOTHING_SAID, tries)))
        for wanted in MOVES[Status(inquiry.status)]
    ]


@transaction.atomic
def move(inquiry: Inquiry, to: Status, *, actor: Staff | None, version: int, given: Given = NOTHING_SAID) -> Inquiry:
    """Change the status of a request that still is at `version`, and write down who did.

    Who takes a request from the queue, or reopens one whose owner is gone, owns it; given back, nobody does. Our clock
    stops while we wait for the patient, and ends with the request. Who goes on with what looked like spam says that it
    is none, so the patient is owed what was held back. Raises MoveNotAllowed or StaleInquiry and then changes nothing.
    Whether `actor` may is for the edge to ask.
    """
    inquiry = at_version(inquiry, version)
    here = Status(inquiry.status)
    wanted = move_between(here, to)
    if wanted is None:
        raise MoveNotAllowed(f"{inquiry.reference} is “{here.label}” and cannot become “{to.label}”.")
    given = _completed(wanted, given)
    missing = unmet(wanted, _facts(inquiry, wanted, actor, given, _tries(inquiry)))
    if missing:
        raise MoveNotAllowed(f"{inquiry.reference} needs {' and '.join(missing)} first.")
    now = timezone.now()
    is_no_spam = to not in CLOSED and (inquiry.is_suspect or here == Status.SPAM)
    owner = _owner_after(inquiry, to, actor)
    fields: dict[str, Any] = {
        "owner_id": owner,
        "closed_at": now if to in CLOSED else None,
        "is_suspect": inquiry.is_suspect and not is_no_spam,
        "outcome": given.outcome if to in CLOSED else "",
        "patient_told": given.patient_told if to in CLOSED else "",
        "appointment_on": given.appointment_on if to == Status.BOOKED else None,
        "merged_into_id": given.merge_into.pk if given.merge_into and to == Status.MERGED else None,
        **_clock_after(inquiry, here, to, now, given),
        **(acknowledgement.promise_of_held_back(inquiry, now, was_closed=here == Status.SPAM) if is_no_spam else {}),
    }
    moved = change(
        inquiry,
        Kind.MOVED,
        actor=actor,
        at=now,
        version=version,
        to=to,
        detail=fields["outcome"],
        subject_id=owner if owner != inquiry.owner_id else None,
        is_undoable=True,
        **fields,
    )
    if given.reason and actor:
        Note.objects.create(inquiry=moved, author=actor, at=now, body=given.reason)
    if is_no_spam:
        acknowledgement.owe_held_back(moved, wait=contact_mails.TIME_TO_UNDO)
    if to in contact_mails.TOLD_BY_MAIL:
        contact_mails.tell_update(moved, by_staff=True)
    return moved


@transaction.atomic
def clear_suspicion(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """Somebody looked: it is a person. The patient is owed the acknowledgement that was held back.

    A request that is no suspect any more stays as it is. Raises StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    if not inquiry.is_suspect:
        return inquiry
    now = timezone.now()
    told = acknowledgement.promise_of_held_back(inquiry, now, was_closed=False)
    inquiry = change(inquiry, Kind.NOT_SUSPECT, actor=actor, at=now, version=version, is_suspect=False, **told)
    if inquiry.closed_at is None:
        acknowledgement.owe_held_back(inquiry)
    return inquiry


@transaction.atomic
def suspect(inquiry: Inquiry, *, actor: Staff, version: int) -> Inquiry:
    """Somebody thinks that it is no person: it goes to the suspects, and mail waits until a colleague decides.

    Raises MoveNotAllowed for one with a warning sign, which is never treated so, and StaleInquiry.
    """
    inquiry = at_version(inquiry, version)
    if inquiry.safety_level in safety.ALERTING:
        raise MoveNotAllowed(f"{inquiry.reference} needs to be without a warning sign first.")
    if inquiry.is_suspect or inquiry.closed_at:
        return inquiry
    return change(inquiry, Kind.SUSPECTED, actor=actor, at=timezone.now(), version=version, is_suspect=True)


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


def _completed(wanted: Move, given: Given) -> Given:
    """What nobody needs to say: the only outcome there is, and that spam and a withdrawal need no answer."""
    possible = OUTCOMES.get(wanted.to, {})
    only = next(iter(possible)) if len(possible) == 1 else ""
    outcome = given.outcome if given.outcome in possible else only
    told = given.patient_told if given.patient_told in Told.values else ""
    if "patient_told" not in wanted.guards:
        told = Told.NOT_REACHED if wanted.to == Status.UNREACHABLE else Told.NOT_NEEDED
    return Given(given.reason, outcome, told, given.next_step_on, given.appointment_on, given.merge_into)


def _clock_after(inquiry: Inquiry, here: Status, to: Status, now: datetime, given: Given) -> dict[str, Any]:
    if to in CLOSED:
        return clock.ended()
    if to == Status.AWAITING_PATIENT and given.next_step_on:
        return clock.stopped(inquiry, now, given.next_step_on)
    if to == Status.ACCEPTED:
        return clock.planned(Step.BOOK, now)
    if here == Status.AWAITING_PATIENT:
        return clock.going_on(inquiry, now, Step.DECIDE)
    if here in CLOSED:
        due_at = clock.first_reply(inquiry.level, inquiry.priority_points, now)
        flagged = {"needs_call_first": inquiry.safety_level == "emergency", "due_warned": 0}
        return {**clock.waiting_for_reply(due_at, Step.DECIDE if inquiry.first_contact_at else Step.REPLY), **flagged}
    if here == Status.ACCEPTED:
        return clock.planned(Step.DECIDE, now)
    return {}


@dataclass(frozen=True)
class Tries:
    """What was tried to reach somebody: how often, on how many of the clinic's days, and whether by voice and in writing."""

    count: int
    days: int
    spoke: bool
    wrote: bool


def _tries(inquiry: Inquiry) -> Tries:
    done = list(ContactAttempt.objects.filter(inquiry=inquiry).defer("note"))
    zone = clock.calendar().zone
    return Tries(
        count=len(done),
        days=len({timezone.localdate(attempt.at, zone) for attempt in done}),
        spoke=any(attempt.channel in SPOKEN for attempt in done),
        wrote=any(attempt.channel in WRITTEN for attempt in done),
    )


def _facts(inquiry: Inquiry, wanted: Move, actor: Staff | None, given: Given, tries: Tries) -> Facts:
    target = given.merge_into
    return Facts(
        has_owner=_owner_after(inquiry, wanted.to, actor) is not None,
        is_own=actor is not None and inquiry.owner_id == actor.pk,
        is_flagged=inquiry.safety_level in safety.ALERTING,
        may_decide_flagged=actor is not None and actor.has_perm("inquiries.decide_flagged"),
        has_unseen_update=inquiry.has_unseen_update,
        has_first_contact=inquiry.first_contact_at is not None,
        has_call=tries.spoke,
        tries=tries.count,
        days_of_tries=tries.days,
        has_written=tries.wrote,
        has_merge_target=target is not None and target.pk != inquiry.pk,
        has_outcome=bool(given.outcome),
        is_told_said=bool(given.patient_told),
        has_next_step_on=given.next_step_on is not None,
        has_appointment_on=given.appointment_on is not None,
        has_reason=bool(given.reason.strip()),
    )


def _owner_after(inquiry: Inquiry, to: Status, actor: Staff | None) -> int | None:
    if to == Status.NEW:
        return None
    if to == Status.IN_REVIEW and not (inquiry.owner and inquiry.owner.is_active):
        return actor.pk if actor else None
    return inquiry.owner_id
