"""Where a revision stands, and the moves that are allowed. Pure: an editor and a clinician can read and sign it."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    DRAFT = "draft"
    EDITORIAL_REVIEW = "editorial_review"
    CLINICAL_REVIEW = "clinical_review"
    APPROVED = "approved"
    LIVE = "live"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


IN_REVIEW = frozenset({Stage.EDITORIAL_REVIEW, Stage.CLINICAL_REVIEW})
ENDED = frozenset({Stage.SUPERSEDED, Stage.REJECTED, Stage.WITHDRAWN})

REVIEW, APPROVE = "therapies.review_page", "therapies.approve_page"
PUBLISH, WITHDRAW = "therapies.publish_page", "therapies.withdraw_page"
CHANGE = "therapies.change_{kind}"


@dataclass(frozen=True)
class Move:
    """An allowed change: the button, from where, to where, the right it takes and whether it needs a reason.

    `label` "" is a move that happens by itself: it has no button. `right_for` and `target` know the special cases.
    """

    name: str
    label: str
    from_states: tuple[Stage, ...]
    to_state: Stage
    right: str
    needs_note: bool = False


_ALL = (
    Move("submit", "Submit for review", (Stage.DRAFT,), Stage.EDITORIAL_REVIEW, CHANGE),
    Move("pass_review", "Pass editorial review", (Stage.EDITORIAL_REVIEW,), Stage.CLINICAL_REVIEW, REVIEW),
    Move("approve", "Approve as a clinician", (Stage.CLINICAL_REVIEW,), Stage.APPROVED, APPROVE),
    Move(
        "reject",
        "Send back",
        (Stage.EDITORIAL_REVIEW, Stage.CLINICAL_REVIEW, Stage.APPROVED),
        Stage.REJECTED,
        REVIEW,
        needs_note=True,
    ),
    Move("schedule", "Schedule", (Stage.APPROVED,), Stage.APPROVED, PUBLISH),
    Move("publish", "Publish now", (Stage.APPROVED,), Stage.LIVE, PUBLISH),
    Move("set_expiry", "Change when it comes down", (Stage.LIVE,), Stage.LIVE, PUBLISH),
    Move("withdraw", "Withdraw: take off the site at once", (Stage.LIVE,), Stage.WITHDRAWN, WITHDRAW),
    Move("supersede", "", (Stage.LIVE,), Stage.SUPERSEDED, ""),
    Move("expire", "", (Stage.LIVE,), Stage.WITHDRAWN, ""),
)
MOVES: dict[str, Move] = {move.name: move for move in _ALL}

# Who sends back depends on who is asked: the editor, the clinician, and before it goes live whoever could take it down.
_RIGHT_TO_REJECT = {
    Stage.EDITORIAL_REVIEW: REVIEW,
    Stage.CLINICAL_REVIEW: APPROVE,
    Stage.APPROVED: WITHDRAW,
}


def allowed(state: str) -> tuple[Move, ...]:
    """The moves that start in this state, in the order of their buttons; those that happen by themselves come last."""
    return tuple(move for move in MOVES.values() if state in move.from_states)


def right_for(move: Move, *, state: str, kind: str) -> str:
    """The permission someone needs for this move of a revision in `state` of a page of this kind."""
    if move.name == "reject":
        return _RIGHT_TO_REJECT.get(Stage(state), move.right)
    return move.right.format(kind=kind)


def target(move: Move, *, needs_clinician: bool) -> Stage:
    """Where the move leads. What needs no clinician (a policy, a minor correction) passes review straight to approved."""
    if move.name == "pass_review" and not needs_clinician:
        return Stage.APPROVED
    return Stage(move.to_state)


def why_not_own_work(move: str, part: str, *, who: str = "You", author_may_edit: bool = False) -> str:
    """Why somebody with this part in a revision ("" for none) may not make this move; "" if nothing speaks against it.

    Nobody passes what they had a part in, unless the clinic has one person for both; nobody approves it, ever.
    """
    if move == "pass_review" and part and not author_may_edit:
        return f"{who} helped to make this version. Another editor must pass it."
    if move == "approve" and part == "contributor":
        return f"{who} helped to make this version. Another clinician must approve it."
    if move == "approve" and part == "editor":
        return f"{who} passed this version as its editor. Another clinician must approve it."
    return ""
