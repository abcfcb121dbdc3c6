"""One request as plain values: what leaves the system, and nothing that an export does not need. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inquiries.states import Status


@dataclass(frozen=True)
class Clinic:
    """Whose request it is. `site` is the address that names of the clinic's own begin with."""

    name: str
    site: str


@dataclass(frozen=True)
class Person:
    """Who the request is about, and how to reach who sent it."""

    name: str
    email: str = ""
    phone: str = ""
    contact_method: str = ""


@dataclass(frozen=True)
class Helper:
    """Who wrote it for them. The form asks how to reach who fills it in: the address and the number are theirs."""

    name: str
    relation: str = ""


@dataclass(frozen=True)
class Update:
    """What the patient wrote after sending, and the warning signs as asked again."""

    kind: str
    words: str
    at: datetime
    text: str = ""
    signs: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Agreement:
    """A sentence somebody agreed to, exactly as they read it. `version` is a hash of it."""

    purpose: str
    words: str
    wording: str
    version: str
    language: str
    given: bool
    at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """A change of status: its place in the history, what happened, and by whom (`patient`, `staff` or `site`)."""

    seq: int
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Record:
    """A request. `health` and `reach` are the stored rows of what was asked: key, question, hint, answer, text."""

    clinic: Clinic
    public_id: UUID
    reference: str
    status: Status
    level: int
    received_at: datetime
    changed_at: datetime
    person: Person
    questionnaire: str
    helper: Helper | None = None
    was_typed_by_staff: bool = False
    health: tuple[dict[str, Any], ...] = ()
    reach: tuple[dict[str, Any], ...] = ()
    signs: tuple[dict[str, str], ...] = ()
    updates: tuple[Update, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    steps: tuple[Step, ...] = ()
    region: str = ""
    condition: str = ""
    treatment: str = ""
    outcome: str = ""
    promised_at: datetime | None = None
    first_contact_at: datetime | None = None
    closed_at: datetime | None = None
    appointment_on: date | None = None
