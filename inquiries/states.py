"""Where a request stands, and the moves that are allowed. Pure: a clinician can read and sign this table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    NEW = "new"
    IN_REVIEW = "in_review"
    AWAITING_PATIENT = "awaiting_patient"
    ACCEPTED = "accepted"
    BOOKED = "booked"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    MERGED = "merged"
    SPAM = "spam"

    @property
    def label(self) -> str:
        """The word staff read."""
        return LABELS[self]


LABELS = {
    Status.NEW: "New",
    Status.IN_REVIEW: "In review",
    Status.AWAITING_PATIENT: "Waiting for the patient",
    Status.ACCEPTED: "Accepted",
    Status.BOOKED: "Booked",
    Status.DECLINED: "Declined",
    Status.REDIRECTED: "Sent elsewhere",
    Status.WITHDRAWN: "Withdrawn",
    Status.UNREACHABLE: "Could not be reached",
    Status.MERGED: "Merged into another request",
    Status.SPAM: "Spam",
}

CLOSED = frozenset(
    {
        Status.BOOKED,
        Status.DECLINED,
        Status.REDIRECTED,
        Status.WITHDRAWN,
        Status.UNREACHABLE,
        Status.MERGED,
        Status.SPAM,
    }
)
OWNED = frozenset({Status.IN_REVIEW, Status.AWAITING_PATIENT, Status.ACCEPTED})


# How a request may end, by the status it ends in. Where there is one way only, nobody is asked.
OUTCOMES: dict[Status, dict[str, str]] = {
    Status.BOOKED: {"consultation_booked": "Consultation booked"},
    Status.DECLINED: {
        "outside_our_field": "Outside what the clinic does",
        "no_good_evidence": "No treatment here has enough evidence for it",
        "other_care_first": "Other care should be tried first",
        "risk_too_high": "The risks outweigh what can be gained",
        "patient_decided": "The patient decided against it",
    },
    Status.REDIRECTED: {
        "emergency_care": "To emergency care",
        "own_doctor": "To their own doctor",
        "specialist": "To a specialist",
        "physiotherapy": "To physiotherapy",
        "mental_health": "To mental health care",
        "other_service": "To another service",
    },
    Status.WITHDRAWN: {"by_patient": "The patient wants nothing more of it"},
    Status.UNREACHABLE: {"not_reached": "Not reached in three tries"},
    Status.MERGED: {"duplicate": "The same as another request"},
    Status.SPAM: {
        "advertising": "Advertising",
        "nonsense": "Nonsense, or a test",
        "abuse": "Abuse",
    },
}
OUTCOME_WORDS = {code: words for choices in OUTCOMES.values() for code, words in choices.items()} | {
    "not_recorded": "Not recorded",
}


class Right(StrEnum):
    """What someone must be allowed to do for a move. Each is a permission of the same name."""

    MOVE = "move_inquiry"  # take, contact, book
    DECIDE = "decide_inquiry"  # what a nurse or clinician decides
    REOPEN = "reopen_inquiry"


@dataclass(frozen=True)
class Move:
    """An allowed change of status: what staff press, who may, and what must be true first (names in GUARDS)."""

    to: Status
    button: str
    right: Right
    guards: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        """What is asked of the person who makes it: the guards that a form can meet."""
        return tuple(name for name in ASKED if name in self.guards)


ASKED = ("merge_target", "outcome", "patient_told", "appointment_on", "next_step_on", "reason")
CLOSE = ("all_read", "patient_told", "call_if_flagged")

_WITHDRAW = Move(Status.WITHDRAWN, "The patient withdrew it", Right.MOVE, ("all_read", "call_if_flagged"))
_MERGE = Move(Status.MERGED, "Merge into another request", Right.DECIDE, ("merge_target",))
_ACCEPT = Move(Status.ACCEPTED, "Accept", Right.DECIDE, ("owner", "first_contact", "clinician_if_flagged"))
_DECLINE = Move(Status.DECLINED, "Decline", Right.DECIDE, ("outcome", *CLOSE, "clinician_if_flagged"))
_REDIRECT = Move(Status.REDIRECTED, "Send elsewhere", Right.DECIDE, ("outcome", *CLOSE, "clinician_if_flagged"))
_REOPEN = Move(Status.IN_REVIEW, "Reopen", Right.REOPEN, ("owner", "reason"))
_RELEASE = Move(Status.NEW, "Give back to the queue", Right.MOVE, ("own", "reason"))

MOVES: dict[Status, tuple[Move, ...]] = {
    Status.NEW: (
        Move(Status.IN_REVIEW, "Take", Right.MOVE, ("owner",)),
        Move(Status.SPAM, "Mark as spam", Right.DECIDE, ("outcome", "not_flagged")),
        _MERGE,
        _WITHDRAW,
    ),
    Status.IN_REVIEW: (
        Move(
            Status.AWAITING_PATIENT,
            "Wait for the patient",
            Right.MOVE,
            ("owner", "own", "first_contact", "next_step_on"),
        ),
        _ACCEPT,
        _DECLINE,
        _REDIRECT,
        _RELEASE,
        _MERGE,
        _WITHDRAW,
    ),
    Status.AWAITING_PATIENT: (
        Move(Status.IN_REVIEW, "Back to review", Right.MOVE, ("owner", "own")),
        Move(Status.UNREACHABLE, "Could not be reached", Right.DECIDE, ("own", "three_tries", "all_read")),
        _ACCEPT,
        _DECLINE,
        _REDIRECT,
        _MERGE,
        _WITHDRAW,
    ),
    Status.ACCEPTED: (
        Move(Status.BOOKED, "Booked", Right.MOVE, ("own", "appointment_on", *CLOSE)),
        _DECLINE,
        _REDIRECT,
        _RELEASE,
        _WITHDRAW,
    ),
    Status.BOOKED: (_REOPEN,),
    Status.DECLINED: (_REOPEN,),
    Status.REDIRECTED: (_REOPEN,),
    Status.UNREACHABLE: (_REOPEN,),
    Status.WITHDRAWN: (_REOPEN,),
    Status.MERGED: (),
    Status.SPAM: (Move(Status.NEW, "Not spam", Right.DECIDE),),
}
THREE_TRIES, ON_DAYS = 3, 2  # before a patient counts as one who cannot be reached; one try is in writing


@dataclass(frozen=True)
class Facts:
    """What the guards look at, as it would be after the move."""

    has_owner: bool = False
    is_own: bool = False
    is_flagged: bool = False
    may_decide_flagged: bool = False
    has_unseen_update: bool = False
    has_first_contact: bool = False
    has_call: bool = False
    tries: int = 0
    days_of_tries: int = 0
    has_written: bool = False
    has_merge_target: bool = False
    has_outcome: bool = False
    is_told_said: bool = False
    has_next_step_on: bool = False
    has_appointment_on: bool = False
    has_reason: bool = False


@dataclass(frozen=True)
class Guard:
    """Something that must be true before a move; `needs` is what staff read when it is not."""

    needs: str
    holds: Callable[[Facts], bool]


GUARDS = {
    "owner": Guard("an owner", lambda facts: facts.has_owner),
    "own": Guard("to be yours: take it over", lambda facts: facts.is_own),
    "first_contact": Guard("a call or a message that reached the patient", lambda facts: facts.has_first_contact),
    "three_tries": Guard(
        "three tries on two days, one of them in writing",
        lambda facts: facts.tries >= THREE_TRIES and facts.days_of_tries >= ON_DAYS and facts.has_written,
    ),
    "all_read": Guard(
        "what the patient wrote to be read and marked as seen", lambda facts: not facts.has_unseen_update
    ),
    "call_if_flagged": Guard(
        "a recorded call, since it has a warning sign", lambda facts: facts.has_call or not facts.is_flagged
    ),
    "clinician_if_flagged": Guard(
        "a clinician, since it has a warning sign", lambda facts: facts.may_decide_flagged or not facts.is_flagged
    ),
    "not_flagged": Guard("to be without a warning sign", lambda facts: not facts.is_flagged),
    "merge_target": Guard("the request it is merged into", lambda facts: facts.has_merge_target),
    "outcome": Guard("an outcome", lambda facts: facts.has_outcome),
    "patient_told": Guard("whether the patient was told", lambda facts: facts.is_told_said),
    "next_step_on": Guard("a day to look at it again", lambda facts: facts.has_next_step_on),
    "appointment_on": Guard("the day of the consultation", lambda facts: facts.has_appointment_on),
    "reason": Guard("a reason", lambda facts: facts.has_reason),
}


def move_between(status: Status, to: Status) -> Move | None:
    """The move from one status to another, or None when there is none."""
    return next((move for move in MOVES[status] if move.to == to), None)


def unmet(move: Move, facts: Facts) -> tuple[str, ...]:
    """What is still needed for this move, in words. Empty: it may be made."""
    return tuple(GUARDS[name].needs for name in move.guards if not GUARDS[name].holds(facts))


def unmet_before_asking(move: Move, facts: Facts) -> tuple[str, ...]:
    """What is needed that no form of the move can give: with any of it, the button is not offered."""
    return tuple(GUARDS[name].needs for name in move.guards if name not in ASKED and not GUARDS[name].holds(facts))
