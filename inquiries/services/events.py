"""The one pen that writes into a request's history. Codes only; each event is chained to the one before it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.encryption import keyed_hash
from clinic.models import Staff
from inquiries.chain import Link
from inquiries.models import Inquiry, InquiryEvent

CODE = re.compile(r"[a-z0-9_:.-]{0,40}")
PURPOSE = "inquiries.events"


@dataclass(frozen=True)
class Draft:
    """An event about to be written, and what the request keeps of it: how many there are, and the head of the chain."""

    event: InquiryEvent
    head: str

    @property
    def fields(self) -> dict[str, Any]:
        """What is written into the request together with the event."""
        return {"event_count": self.event.seq, "event_head": self.head}


def draft(
    inquiry: Inquiry,
    kind: str,
    *,
    actor: Staff | None,
    at: datetime,
    from_status: str = "",
    to_status: str = "",
    subject_id: int | None = None,
    detail: str = "",
    before: Mapping[str, Any] | None = None,
) -> Draft:
    """The next event of a request whose row is locked or held by its version. Nothing is written yet.

    `detail` is a code; anything else raises ValueError, since what a person types belongs in a note.
    """
    if not CODE.fullmatch(detail):
        raise ValueError("An event holds codes only.")
    previous = inquiry.event_head.partition(".")[0]
    event = InquiryEvent(
        inquiry=inquiry,
        seq=inquiry.event_count + 1,
        kind=kind,
        from_status=from_status,
        to_status=to_status,
        actor=actor,
        subject_id=subject_id,
        at=at,
        detail=detail,
        before=dict(before) if before is not None else None,
        prev_hash=previous,
    )
    event.hash = link_of(event, inquiry).digest(previous)
    return Draft(event, head(event.hash))


def link_of(event: InquiryEvent, inquiry: Inquiry) -> Link:
    """What of a stored or drafted event is hashed."""
    return Link(
        request=str(inquiry.public_id),
        seq=event.seq,
        kind=event.kind,
        from_status=event.from_status,
        to_status=event.to_status,
        actor=event.actor_id,
        subject=event.subject_id,
        at=event.at,
        detail=event.detail,
        before=event.before,
    )


def head(digest: str) -> str:
    """The head of a chain that ends in this hash: the hash, and a keyed hash that only the site can make."""
    return f"{digest}.{keyed_hash(digest, purpose=PURPOSE)}"
