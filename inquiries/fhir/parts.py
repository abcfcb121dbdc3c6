"""What every resource of a request's Bundle is made of: ids, references, names of the clinic's own, times. Pure."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from inquiries.fhir.answers import JSON, plain
from inquiries.fhir.record import Record


def head(record: Record, kind: str, part: str = "") -> JSON:
    """The beginning of a resource. `part` tells several of one kind apart."""
    return {"resourceType": kind, "id": str(_id(record, kind, part))}


def _id(record: Record, kind: str, part: str) -> UUID:
    return uuid5(record.public_id, f"{kind} {part}".strip())


def to(record: Record, kind: str, part: str = "") -> JSON:
    """A reference to a resource of the same Bundle."""
    return {"reference": f"urn:uuid:{_id(record, kind, part)}", "type": kind}


def sender(record: Record) -> JSON:
    """Who sent it: the patient, or who helped."""
    return to(record, "RelatedPerson" if record.helper else "Patient")


def clinic(record: Record) -> JSON:
    """The clinic as a whole: which of its staff did something is nobody else's business."""
    return {"type": "Organization", "display": plain(record.clinic.name) or "The clinic"}


def identifier(record: Record) -> JSON:
    """The reference people read out."""
    return {"system": f"{own(record)}/NamingSystem/request-reference", "value": record.reference}


def own(record: Record) -> str:
    """What names of the clinic's own begin with. They are names: no page answers there."""
    return f"{record.clinic.site}/fhir"


def text(words: str) -> JSON:
    """A concept in words alone."""
    return {"text": plain(words)}


def instant(at: datetime) -> str:
    """A time of the record, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
