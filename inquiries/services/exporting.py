"""Requests that leave the system. Who takes them out, and why, is written down before they do."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from clinic.models import Staff
from inquiries import fhir, records
from inquiries.models import AccessLog, Inquiry
from inquiries.services import access
from inquiries.states import OUTCOME_WORDS
from therapies import library

Action: Any = AccessLog.Action
RIGHT = "inquiries.export_inquiry"
READS_WHO = "inquiries.view_contact"
READS_HEALTH = ("inquiries.view_health", "inquiries.read_health_with_reason")  # either
FEWEST_LETTERS = 10  # of a reason
AT_ONCE = 500  # requests in memory
CAP = 5000  # rows of a table: more than that is a copy of the desk, which the command makes

# The columns of a table, in their order: by what staff sort and filter, and names nobody.
OPERATIONAL = {
    "reference": "Reference",
    "created_at": "Received",
    "status": "Status",
    "outcome": "Outcome",
    "level": "Priority",
    "safety_level": "Safety",
    "owner": "Owner",
    "due_at": "Due",
    "promised_at": "Promised for",
    "first_contact_at": "First contact",
    "closed_at": "Closed",
    "next_step": "Next step",
    "next_step_on": "Next step on",
    "appointment_on": "Consultation on",
    "condition": "Condition",
    "treatment": "Treatment",
    "region": "Region",
    "duration": "Duration",
    "source": "Source",
    "contact_method": "Wants to be reached by",
}
PERSONAL = {"full_name": "Name", "email": "Email", "phone": "Phone"}
LABELS = {**OPERATIONAL, **PERSONAL}
# What a spreadsheet would take for a formula, or for the beginning of one. The wide forms count in some countries.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001


class NoReason(Exception):
    """The reason is missing or too short. The text is for the person who gave it."""


class NotExported(Exception):
    """The request is no patient's: it is spam, or the person was taken out of it. The text says so."""


def may_export(staff: Staff) -> bool:
    """May this person take a whole request out of the system?"""
    return staff.has_perms([RIGHT, READS_WHO]) and any(staff.has_perm(right) for right in READS_HEALTH)


def reason_in(text: str) -> str:
    """The reason somebody gave. Raises NoReason when it says nothing."""
    if len(text.strip()) < FEWEST_LETTERS:
        raise NoReason(f"Give a reason of at least {FEWEST_LETTERS} letters. It is kept in the access log.")
    return text.strip()


def one(inquiry: Inquiry, *, staff: Staff, reason: str) -> bytes:
    """A request as a FHIR Bundle. Raises NoReason, NotExported, and records.CannotRead."""
    reason = reason_in(reason)
    row = records.with_parts(records.exportable()).filter(pk=inquiry.pk).first()
    if row is None:
        raise NotExported(f"{inquiry.reference} is spam, or the person was taken out of it: there is nobody to export.")
    document = fhir.as_bytes(fhir.bundle(records.record(row, library.current().clinic)))
    access.looked(staff, Action.EXPORT, inquiry=row, detail="fhir", reason=reason)
    return document + b"\n"


def several(rows: QuerySet[Inquiry], *, staff: Staff, reason: str) -> Iterator[bytes]:
    """These requests, one Bundle a line, without those that are not exported. Raises NoReason at once.

    Read in parts, so it takes little memory and holds no snapshot of the database. Each request has its own line in the
    access log: a patient can be told of it. What cannot be read is left out, and named by records.CannotRead at the end.
    """
    reason = reason_in(reason)
    access.looked(staff, Action.EXPORT, detail="fhir:several", reason=reason)
    return _several(rows & records.exportable(), staff)


def _several(rows: QuerySet[Inquiry], staff: Staff) -> Iterator[bytes]:
    clinic, last, unreadable = library.current().clinic, 0, []
    while part := list(records.with_parts(rows.filter(pk__gt=last).order_by("pk"))[:AT_ONCE]):
        last = part[-1].pk
        _taken_out(staff, [inquiry.pk for inquiry in part], "fhir:several")
        for inquiry in part:
            try:
                yield fhir.as_bytes(fhir.bundle(records.record(inquiry, clinic))) + b"\n"
            except records.CannotRead as error:
                unreadable.append(str(error))
    if unreadable:
        raise records.CannotRead(", ".join(unreadable))


def table(keys: Sequence[int], columns: Iterable[str], *, staff: Staff, reason: str) -> Iterator[str]:
    """The requests with these keys as lines of CSV, in this order, CAP of them at most. Raises NoReason, and
    PermissionError for a column this person may not read."""
    reason, chosen = reason_in(reason), [name for name in LABELS if name in set(columns)]
    with_names = not PERSONAL.keys().isdisjoint(chosen)
    if not staff.has_perm(RIGHT) or (with_names and not staff.has_perm(READS_WHO)):
        raise PermissionError("This person may not take that out.")
    keys = keys[:CAP]
    detail = f"csv:{'names:' if with_names else ''}{len(keys)}"
    access.looked(staff, Action.EXPORT, detail=detail, reason=reason)
    return _table(keys, chosen, staff if with_names else None)


def _table(keys: Sequence[int], columns: list[str], takes_names: Staff | None) -> Iterator[str]:
    hidden = ["answers", "how_to_reach", "priority_reasons", *(name for name in PERSONAL if name not in columns)]
    rows = Inquiry.objects.select_related("condition", "treatment", "owner").defer(*hidden)
    yield _line([LABELS[name] for name in columns])
    for begin in range(0, len(keys), AT_ONCE):
        part = keys[begin : begin + AT_ONCE]
        found = rows.in_bulk(part)
        if takes_names:
            _taken_out(takes_names, [key for key in part if key in found], "csv:names")
        for key in part:
            if key in found:
                yield _line([cell(_value(found[key], name)) for name in columns])


def cell(text: str) -> str:
    """The text as a spreadsheet shows it: what would be a formula is words."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def _value(inquiry: Inquiry, name: str) -> str:
    if name == "level":
        return str(Inquiry.Priority(inquiry.level).label)
    if name == "outcome":
        return OUTCOME_WORDS.get(inquiry.outcome, "")
    value: Any = getattr(inquiry, name)
    if value is None:
        return ""
    if name.endswith("_at"):
        return timezone.localtime(value).isoformat(" ", "minutes")
    if name == "owner":
        return value.get_full_name() or value.get_username()
    if name in ("condition", "treatment"):
        return value.title
    return str(getattr(inquiry, f"get_{name}_display", lambda: value)())


def _line(cells: list[str]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow(cells)
    return held.getvalue()


def _taken_out(staff: Staff, keys: list[int], detail: str) -> None:
    """A line in the access log for each; the reason stands with the one for all of them."""
    AccessLog.objects.bulk_create(
        AccessLog(staff=staff, action=Action.EXPORT, inquiry_id=key, detail=detail) for key in keys
    )
