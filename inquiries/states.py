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


_WITHDRAW = Move(Status.WITHDRAWN, "The patient withdrew it", Right.MOVE)
_MERGE = Move(Status.MERGED, "Merge into another request", Right.DECIDE, ("merge_target",))
_ACCEPT = Move(Status.ACCEPTED, "Accept", Right.DECIDE, ("owner",))
_DECLINE = Move(Status.DECLINED, "Decline", Right.DECIDE)
_REDIRECT = Move(Status.REDIRECTED, "Send elsewhere", Right.DECIDE)
_REOPEN = Move(Status.IN_REVIEW, "Reopen", Right.REOPEN, ("owner",))
_RELEASE = Move(Status.NEW, "Give back to the queue", Right.MOVE)

MOVES: dict[Status, tuple[Move, ...]] = {
    Status.NEW: (
        Move(Status.IN_REVIEW, "Take", Right.MOVE, ("owner",)),
        Move(Status.SPAM, "Mark as spam", Right.DECIDE),
        _MERGE,
        _WITHDRAW,
    ),
    Status.IN_REVIEW: (
        Move(Status.AWAITING_PATIENT, "Wait for the patient", Right.MOVE, ("owner",)),
        _ACCEPT,
        _DECLINE,
        _REDIRECT,
        _RELEASE,
        _MERGE,
        _WITHDRAW,
    ),
    Status.AWAITING_PATIENT: (
        Move(Status.IN_REVIEW, "Back to review", Right.MOVE, ("owner",)),
        Move(Status.UNREACHABLE, "Could not be reached", Right.DECIDE),
        _ACCEPT,
        _DECLINE,
        _REDIRECT,
        _MERGE,
        _WITHDRAW,
    ),
    Status.ACCEPTED: (
        Move(Status.BOOKED, "Booked", Right.MOVE),
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


@dataclass(frozen=True)
class Facts:
    """What the guards look at, as it would be after the move."""

    has_owner: bool = False
    has_merge_target: bool = False


@dataclass(frozen=True)
class Guard:
    """Something that must be true before a move; `needs` is what staff read when it is not."""

    needs: str
    holds: Callable[[Facts], bool]


GUARDS = {
    "owner": Guard("an owner", lambda facts: facts.has_owner),
    "merge_target": Guard("the request it is merged into", lambda facts: facts.has_merge_target),
}


def move_between(status: Status, to: Status) -> Move | None:
    """The move from one status to another, or None when there is none."""
    return next((move for move in MOVES[status] if move.to == to), None)


def unmet(move: Move, facts: Facts) -> tuple[str, ...]:
    """What is still needed for this move, in words. Empty: it may be made."""
    return tuple(GUARDS[name].needs for name in move.guards if not GUARDS[name].holds(facts))
