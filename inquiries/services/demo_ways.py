"""Where made-up requests stand, in which shares, and how each got there. For demonstration data."""

from random import Random
from typing import Any

from inquiries.states import Status

STANDS = [(Status.NEW, 40), (Status.IN_REVIEW, 25), (Status.AWAITING_PATIENT, 25), (Status.ACCEPTED, 10)]
ENDS = [
    *((Status.BOOKED, 45), (Status.DECLINED, 15), (Status.REDIRECTED, 12), (Status.WITHDRAWN, 8)),
    *((Status.UNREACHABLE, 8), (Status.MERGED, 2), (Status.SPAM, 10)),
]
# How a request gets to each status: moves, and tries to reach the patient between them.
VOICEMAIL, REACHED, TEXT = ("phone", "voicemail"), ("phone", "reached"), ("text", "sent")
WAY: dict[Status, tuple[Any, ...]] = {
    Status.NEW: (),
    Status.IN_REVIEW: (Status.IN_REVIEW,),
    Status.AWAITING_PATIENT: (Status.IN_REVIEW, VOICEMAIL, Status.AWAITING_PATIENT),
    Status.ACCEPTED: (Status.IN_REVIEW, REACHED, Status.ACCEPTED),
    Status.BOOKED: (Status.IN_REVIEW, REACHED, Status.ACCEPTED, Status.BOOKED),
    Status.DECLINED: (Status.IN_REVIEW, REACHED, Status.DECLINED),
    Status.REDIRECTED: (Status.IN_REVIEW, REACHED, Status.REDIRECTED),
    Status.WITHDRAWN: (Status.WITHDRAWN,),
    Status.UNREACHABLE: (
        *(Status.IN_REVIEW, VOICEMAIL, Status.AWAITING_PATIENT),
        *(VOICEMAIL, TEXT, Status.UNREACHABLE),
    ),
    Status.MERGED: (Status.MERGED,),
    Status.SPAM: (Status.SPAM,),
}
STEPS = {Status.NEW: "reply", Status.IN_REVIEW: "reply", Status.AWAITING_PATIENT: "hear_back", Status.ACCEPTED: "book"}


def status(rng: Random, *, is_open: bool) -> Status:
    """A status, as often as it is met among the open or the closed ones."""
    shares = STANDS if is_open else ENDS
    return rng.choices([each for each, _ in shares], [share for _, share in shares])[0]
