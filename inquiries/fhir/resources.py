"""The resources of a request's Bundle, one function each. Pure."""

import base64
from collections.abc import Iterator

from inquiries.fhir import answers
from inquiries.fhir.answers import JSON, plain
from inquiries.fhir.parts import clinic, head, identifier, instant, own, sender, text, to
from inquiries.fhir.record import Agreement, Helper, Person, Record, Step, Update
from inquiries.states import Status

# Status of the request: that of the Task (how far the clinic is), its word, and that of the ServiceRequest (the asking).
STATUSES = {
    Status.NEW: ("requested", "new", "active"),
    Status.IN_REVIEW: ("received", "in-review", "active"),
    Status.AWAITING_PATIENT: ("received", "awaiting-patient", "active"),
    Status.ACCEPTED: ("accepted", "accepted", "active"),
    Status.BOOKED: ("completed", "booked", "completed"),
    Status.DECLINED: ("rejected", "declined", "revoked"),
    Status.REDIRECTED: ("rejected", "redirected", "revoked"),
    Status.WITHDRAWN: ("cancelled", "withdrawn", "revoked"),
    Status.UNREACHABLE: ("cancelled", "unable-to-contact", "revoked"),
    Status.MERGED: ("cancelled", "duplicate", "revoked"),
}
PRIORITIES = ("stat", "asap", "urgent", "routine")  # by level
SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
PRIVACY = frozenset({"health_data", "privacy_notice"})  # consents about data; any other is an acknowledgement


def resources(record: Record) -> Iterator[JSON]:
    """Every resource, the person first."""
    yield _patient(record)
    if record.helper:
        yield _related_person(record, record.helper)
    yield _questionnaire_response(record)
    for number, update in enumerate(record.updates, 1):
        yield _update(record, update, number)
    yield _service_request(record)
    yield _task(record)
    for agreement in record.agreements:
        yield _consent(record, agreement)
    yield _sending(record)
    for step in record.steps:
        yield _step(record, step)


def _patient(record: Record) -> JSON:
    ways = {} if record.helper else _ways(record.person)
    return {**head(record, "Patient"), **_named(record.person.name), **ways}


def _related_person(record: Record, helper: Helper) -> JSON:
    relation = {"relationship": [text(helper.relation)]} if plain(helper.relation) else {}
    patient = {"patient": to(record, "Patient")}
    return {**head(record, "RelatedPerson"), **patient, **_named(helper.name), **relation, **_ways(record.person)}


def _named(name: str) -> JSON:
    """Whole, as typed: which part of a name is which cannot be known."""
    return {"name": [text(name)]} if plain(name) else {}


def _ways(person: Person) -> JSON:
    """How to reach whoever sent it; what they chose comes first in rank."""
    given = (
        ("phone", "sms" if person.contact_method == "text" else "phone", plain(person.phone)),
        ("email", "email", plain(person.email)),
    )
    chosen = {"phone": "phone", "text": "phone", "email": "email"}.get(person.contact_method)
    telecom = [
        {"system": system, "value": value, **({"rank": 1} if way == chosen else {})}
        for way, system, value in given
        if value
    ]
    return {"telecom": telecom} if telecom else {}


def _questionnaire_response(record: Record) -> JSON:
    codes = own(record)
    asked = [
        *answers.items("health", record.health, codes),
        *answers.sign_items(record.signs),
        *answers.items("reach", record.reach, codes),
    ]
    return {
        **head(record, "QuestionnaireResponse"),
        "identifier": identifier(record),
        "questionnaire": f"{codes}/Questionnaire/consultation-request|{record.questionnaire}",
        "status": "completed",
        "subject": to(record, "Patient"),
        "authored": instant(record.received_at),
        "source": sender(record),
        "author": clinic(record) if record.was_typed_by_staff else sender(record),
        **({"item": asked} if asked else {}),
    }


def _update(record: Record, update: Update, number: int) -> JSON:
    said = {"answer": [{"valueString": plain(update.text)}]} if plain(update.text) else {}
    words: JSON = {"linkId": "update", "text": plain(update.words), **said}
    return {
        **head(record, "QuestionnaireResponse", f"update {number}"),
        "questionnaire": f"{own(record)}/Questionnaire/update-{update.kind}",
        "status": "completed",
        "subject": to(record, "Patient"),
        "authored": instant(update.at),
        "source": sender(record),
        "item": [words, *answers.sign_items(update.signs)],
    }


def _service_request(record: Record) -> JSON:
    asked = {
        **({"reasonCode": [text(f"Asked about: {record.condition}")]} if record.condition else {}),
        **({"orderDetail": [text(f"Asked about: {record.treatment}")]} if record.treatment else {}),
        **({"bodySite": [text(record.region)]} if record.region else {}),
    }
    return {
        **head(record, "ServiceRequest"),
        "identifier": [identifier(record)],
        "status": STATUSES[record.status][2],
        "intent": "proposal",
        "priority": PRIORITIES[record.level],
        "code": text("Consultation"),
        "subject": to(record, "Patient"),
        "authoredOn": instant(record.received_at),
        "requester": sender(record),
        "performer": [clinic(record)],
        "supportingInfo": [to(record, "QuestionnaireResponse")],
        **asked,
    }


def _task(record: Record) -> JSON:
    status, word, _ = STATUSES[record.status]
    ended = {"statusReason": text(record.outcome)} if record.outcome and status in ("rejected", "cancelled") else {}
    promised = {"restriction": {"period": {"end": instant(record.promised_at)}}} if record.promised_at else {}
    day = record.appointment_on
    output = [{"type": text("Day of the consultation"), "valueDate": day.isoformat()}] if day else []
    return {
        **head(record, "Task"),
        "identifier": [identifier(record)],
        "status": status,
        **ended,
        "businessStatus": {"coding": [{"system": f"{own(record)}/CodeSystem/request-status", "code": word}]},
        "intent": "proposal",
        "priority": PRIORITIES[record.level],
        "code": text("Answer a consultation request"),
        "focus": to(record, "ServiceRequest"),
        "for": to(record, "Patient"),
        "authoredOn": instant(record.received_at),
        "lastModified": instant(record.changed_at),
        "requester": sender(record),
        "owner": clinic(record),
        **promised,
        **_worked_on(record),
        **({"output": output} if output else {}),
    }


def _worked_on(record: Record) -> JSON:
    """From the first contact to the close. One that was closed before anybody was reached has no beginning."""
    begun, ended = record.first_contact_at, record.closed_at
    if begun and ended and begun > ended:
        begun = None
    period = {
        **({"start": instant(begun)} if begun else {}),
        **({"end": instant(ended)} if ended else {}),
    }
    return {"executionPeriod": period} if period else {}


def _consent(record: Record, agreement: Agreement) -> JSON:
    given = "inactive" if agreement.withdrawn_at else "active"
    scope = {"coding": [{"system": SCOPE, "code": "patient-privacy"}]} if agreement.purpose in PRIVACY else {}
    until = {"end": instant(agreement.withdrawn_at)} if agreement.withdrawn_at else {}
    return {
        **head(record, "Consent", f"consent {agreement.version}"),
        "status": given if agreement.given else "rejected",
        "scope": {**scope, "text": plain(agreement.words)},
        "category": [text(agreement.words)],
        "patient": to(record, "Patient"),
        "dateTime": instant(agreement.at),
        "performer": [sender(record)],
        "organization": [clinic(record)],
        "sourceAttachment": {
            "contentType": "text/plain; charset=utf-8",
            "language": agreement.language,
            "data": base64.b64encode(agreement.wording.encode()).decode(),
        },
        # The notice in the version that was read: its words are in the attachment.
        "policy": [{"uri": f"{record.clinic.site}/about/privacy/#{agreement.version}"}],
        "provision": {"period": {"start": instant(agreement.at), **until}},
    }


def _sending(record: Record) -> JSON:
    parts = [
        "Patient",
        *(["RelatedPerson"] if record.helper else []),
        "QuestionnaireResponse",
        "ServiceRequest",
        "Task",
    ]
    consents = [to(record, "Consent", f"consent {each.version}") for each in record.agreements]
    typed = [{"type": text("Enterer"), "who": clinic(record)}] if record.was_typed_by_staff else []
    return {
        **head(record, "Provenance"),
        "target": [*(to(record, part) for part in parts), *consents],
        "recorded": instant(record.received_at),
        "activity": text("The request was sent"),
        "agent": [{"type": text("Author"), "who": sender(record)}, *typed],
    }


def _step(record: Record, step: Step) -> JSON:
    who = {"patient": sender(record), "staff": clinic(record), "site": clinic(record)}[step.by]
    return {
        **head(record, "Provenance", f"step {step.seq}"),
        "target": [to(record, "Task")],
        "recorded": instant(step.at),
        "activity": text(step.words),
        "agent": [{"type": text("By the site itself" if step.by == "site" else "Author"), "who": who}],
    }
