"""Is the history of every request what was written? Each event is chained to the one before it, and the request keeps how
many there are and a keyed head of the chain: so an event that was changed, taken out, added or moved shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from inquiries.chain import broken_at
from inquiries.models import Inquiry, InquiryEvent
from inquiries.services.events import head, link_of

BATCH = 500


@dataclass(frozen=True)
class Broken:
    """A history that is not what was written: whose, and what is wrong with it."""

    reference: str
    what: str


def broken(requests: QuerySet[Inquiry] | None = None) -> Iterator[Broken]:
    """Every request, of all or of these, whose history was tampered with or does not fit where the request stands."""
    rows = Inquiry.objects.all() if requests is None else requests
    rows = rows.only("pk", "public_id", "reference", "status", "event_count", "event_head")
    for batch in _batches(rows):
        events: dict[int, list[InquiryEvent]] = {inquiry.pk: [] for inquiry in batch}
        for event in InquiryEvent.objects.filter(inquiry_id__in=events).order_by("inquiry_id", "seq"):
            events[event.inquiry_id].append(event)
        for inquiry in batch:
            what = _wrong(inquiry, events[inquiry.pk])
            if what:
                yield Broken(inquiry.reference, what)


def sign_again() -> int:
    """Make the keyed heads anew, after a change of the key they are made with. The hash in a head stays as it is, so a
    chain that did not hold before does not hold after. Returns how many were signed."""
    count = 0
    for batch in _batches(Inquiry.objects.only("pk", "event_head")):
        for inquiry in batch:
            digest = inquiry.event_head.partition(".")[0]
            if digest:
                inquiry.event_head = head(digest)
                count += 1
        Inquiry.objects.bulk_update(batch, ["event_head"])
    return count


def _batches(rows: QuerySet[Inquiry]) -> Iterator[list[Inquiry]]:
    last = 0
    while True:
        batch = list(rows.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1].pk


def _wrong(inquiry: Inquiry, events: list[InquiryEvent]) -> str:
    place = broken_at((link_of(event, inquiry), event.prev_hash, event.hash) for event in events)
    if place is not None:
        return f"event {place} is not what was written"
    if len(events) != inquiry.event_count:
        return f"it has {len(events)} events and should have {inquiry.event_count}"
    if not events or inquiry.event_head != head(events[-1].hash):
        return "the last event is not the one the request knows"
    stands = next((event.to_status for event in reversed(events) if event.to_status), "")
    if stands != inquiry.status:
        return "the status is not that of its last move"
    return ""
