"""A request with all that belongs to it, read as the plain values that an export writes."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from clinic.encryption import is_unreadable
from clinic.facts import Clinic
from inquiries import fhir, questionnaire
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, PatientUpdate
from inquiries.states import OUTCOME_WORDS, Status

Kind: Any = InquiryEvent.Kind
BY_SITE = frozenset({Kind.RETURNED, Kind.ANONYMISED})  # moves that nobody made
SPAM = [status.value for status in fhir.NOT_EXPORTED]


class CannotRead(Exception):
    """Something of the request does not decrypt: half a record is not handed out. The text is its reference."""


def exportable() -> QuerySet[Inquiry]:
    """Requests that are patients': no spam, and nobody's from whom the person was taken out."""
    return Inquiry.objects.filter(anonymised_at=None).exclude(status__in=SPAM)


def with_parts(rows: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    """The requests with what `record` reads, in the same number of queries however many they are."""
    return rows.select_related("condition", "treatment").prefetch_related(
        Prefetch("consents", ConsentRecord.objects.select_related("text").order_by("at", "text__sha256")),
        Prefetch("updates", PatientUpdate.objects.order_by("at", "pk")),
        Prefetch("events", InquiryEvent.objects.defer("before").order_by("seq")),
    )


def record(inquiry: Inquiry, clinic: Clinic) -> fhir.Record:
    """One of `exportable`, read by `with_parts`, as plain values. Raises CannotRead."""
    updates = list(inquiry.updates.all())
    health, reach = inquiry.answers, inquiry.how_to_reach
    secret = [inquiry.full_name, inquiry.email, inquiry.phone, health, reach]
    if any(is_unreadable(value) for value in [*secret, *(each for row in updates for each in (row.text, row.signs))]):
        raise CannotRead(inquiry.reference)
    events = list(inquiry.events.all())
    return fhir.Record(
        clinic=fhir.Clinic(name=clinic.name, site=settings.SITE_URL),
        public_id=inquiry.public_id,
        reference=inquiry.reference,
        status=Status(inquiry.status),
        level=inquiry.level,
        received_at=inquiry.created_at,
        changed_at=max([inquiry.created_at, *(event.at for event in events)]),
        person=fhir.Person(
            name=inquiry.full_name, email=inquiry.email, phone=inquiry.phone, contact_method=inquiry.contact_method
        ),
        helper=_helper(reach),
        was_typed_by_staff=inquiry.entered_by_id is not None,
        questionnaire=inquiry.questionnaire_version,
        health=tuple((health or {}).get("asked", [])),
        reach=tuple((reach or {}).get("asked", [])),
        signs=tuple((health or {}).get("signs", [])),
        updates=tuple(_updates(updates)),
        agreements=tuple(_agreements(inquiry)),
        steps=tuple(_steps(events)),
        region=inquiry.get_region_display(),
        condition=inquiry.condition.title if inquiry.condition else "",
        treatment=inquiry.treatment.title if inquiry.treatment else "",
        outcome=OUTCOME_WORDS.get(inquiry.outcome, ""),
        promised_at=inquiry.promised_at,
        first_contact_at=inquiry.first_contact_at,
        closed_at=inquiry.closed_at,
        appointment_on=inquiry.appointment_on,
    )


def _helper(reach: dict[str, Any] | None) -> fhir.Helper | None:
    if questionnaire.answer_in(reach, "for_whom") != "other":
        return None
    words = {row["key"]: row["text"] for row in (reach or {}).get("asked", [])}
    return fhir.Helper(name=words.get("helper_name", ""), relation=words.get("helper_relation", ""))


def _updates(rows: list[PatientUpdate]) -> Iterator[fhir.Update]:
    for row in rows:
        signs = (row.signs or {}).get("signs", [])
        yield fhir.Update(kind=row.kind, words=row.get_kind_display(), at=row.at, text=row.text, signs=tuple(signs))


def _agreements(inquiry: Inquiry) -> Iterator[fhir.Agreement]:
    for row in inquiry.consents.all():
        text = row.text
        yield fhir.Agreement(
            purpose=text.purpose,
            words=text.get_purpose_display(),
            wording=text.body,
            version=text.sha256,
            language=text.language,
            given=row.given,
            at=row.at,
            withdrawn_at=row.withdrawn_at,
        )


def _steps(events: list[InquiryEvent]) -> Iterator[fhir.Step]:
    for event in events:
        if not (event.from_status and event.to_status):
            continue
        words = f"From “{event.get_from_status_display()}” to “{event.get_to_status_display()}”"
        by = "staff" if event.actor_id else ("site" if event.kind in BY_SITE else "patient")
        yield fhir.Step(seq=event.seq, words=words, by=by, at=event.at)
