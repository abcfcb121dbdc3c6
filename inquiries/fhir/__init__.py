"""A request as FHIR R4: one Bundle with everything another system needs to go on with it. Pure.

The same record always gives the same bytes: ids come from the request's own, times from the record, keys are sorted.
Only codes of FHIR itself and of the clinic's own; a diagnosis or a region is text, since nobody has verified a code.
"""

import json

from inquiries.fhir.answers import JSON
from inquiries.fhir.parts import identifier, instant
from inquiries.fhir.record import Agreement, Clinic, Helper, Person, Record, Step, Update
from inquiries.fhir.resources import PRIORITIES, STATUSES, resources
from inquiries.states import Status

__all__ = [
    "NOT_EXPORTED",
    "PRIORITIES",
    "STATUSES",
    "Agreement",
    "Clinic",
    "Helper",
    "Person",
    "Record",
    "Step",
    "Update",
    "as_bytes",
    "bundle",
]

NOT_EXPORTED = frozenset(Status) - set(STATUSES)


def bundle(record: Record) -> JSON:
    """The request as one Bundle. Raises ValueError for spam."""
    if record.status in NOT_EXPORTED:
        raise ValueError(f"A request that is {record.status} is not exported.")
    return {
        "resourceType": "Bundle",
        "id": str(record.public_id),
        "type": "collection",
        "identifier": identifier(record),
        "timestamp": instant(record.changed_at),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources(record)],
    }


def as_bytes(document: JSON) -> bytes:
    """One line of UTF-8, without the end of the line."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
