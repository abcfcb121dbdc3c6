"""The chain of a request's events: each holds a hash over itself and the one before, so that what is changed, taken out
or put in another order shows. Pure: plain values in, a hash out."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

written = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode


@dataclass(frozen=True)
class Link:
    """What of an event is hashed: everything it says."""

    request: str
    seq: int
    kind: str
    from_status: str
    to_status: str
    actor: int | None
    subject: int | None
    at: datetime
    detail: str
    before: dict[str, Any] | None

    def digest(self, previous: str) -> str:
        """SHA-256, in hex, over the event and the hash of the one before it ("" for the first)."""
        # Written by hand, as json.dumps with sorted keys would: that costs five times as much, and a night has many.
        text = (
            f'[{quoted(previous)},{{"actor":{_number(self.actor)},'
            f'"at":"{self.at.astimezone(UTC).isoformat(timespec="microseconds")}",'
            f'"before":{"null" if self.before is None else written(self.before)},"detail":{quoted(self.detail)},'
            f'"from_status":{quoted(self.from_status)},"kind":{quoted(self.kind)},"request":{quoted(self.request)},'
            f'"seq":{self.seq},"subject":{_number(self.subject)},"to_status":{quoted(self.to_status)}}}]'
        )
        return hashlib.sha256(text.encode()).hexdigest()


def _number(number: int | None) -> str:
    return "null" if number is None else str(number)


def broken_at(links: Iterable[tuple[Link, str, str]]) -> int | None:
    """The place of the first event that is not what was written, of (event, hash before it, its hash) in order; None
    when all hold together. A gap in the numbers is such a place too."""
    previous = ""
    for number, (link, before, own) in enumerate(links, start=1):
        if link.seq != number or before != previous or own != link.digest(previous):
            return number
        previous = own
    return None
