"""Requests that are ready to be sent, what is stored of them, and the same rows stored without anything else."""

import uuid
from dataclasses import replace

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from clinic.models import OutboxEmail
from inquiries import drafts, path
from inquiries.forms import PageForm
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, SearchKey
from inquiries.models.inquiry import new_reference
from inquiries.questionnaire import CONSENTS, PAGES
from therapies import library

SECONDS_TO_FILL_IN = 600
ANSWERS = {
    "who": {"for_whom": "me", "age_band": "55_69"},
    "where": {"body_region": "knee", "condition": "knee-osteoarthritis", "treatment": "prp-injection"},
    "safety": {"safety": ["none"]},
    "pain": {"duration": "1_5y", "trend": "same", "pain_avg": "6"},
    "more": {"message": "The knee hurts on stairs and after long walks. " * 5},
    "contact": {
        "full_name": "Ana Example",
        "contact_method": "phone",
        "phone": "(202) 555-0123",
        "email": "ana@example.org",
        "voicemail_ok": "yes",
        "name_clinic_ok": "no",
    },
}


@transaction.atomic
def ready(number: str) -> list[dict]:
    """So many requests of different people as their check pages hold them: fields, session and address of each."""
    draft = _whole_draft()
    return [_checked(replace(draft, submission_key=str(uuid.uuid4())), uuid.uuid4()) for _ in range(int(number))]


def _whole_draft() -> path.Draft:
    held = library.current()
    draft = drafts.begin()
    for page in PAGES:
        form = PageForm(page, ANSWERS[page.key], answers=draft.answers, library=held, clinic=held.clinic)
        if not form.is_valid():
            raise ValueError(f"{page.key}: {form.errors.as_text()}")
        draft = path.answered(draft, page, form.given())
    return replace(draft, begun_at=draft.begun_at - SECONDS_TO_FILL_IN)


def _checked(draft: path.Draft, person: uuid.UUID) -> dict:
    number = person.int
    phone = f"({200 + number % 800}) 555-01{number // 800 % 100:02}"
    draft = path.with_answers(draft, {"email": f"{person.hex}@example.org", "phone": phone})
    session = SessionStore()
    drafts.keep(session, draft)
    session.save()
    return {
        "path": reverse("inquiries:check"),
        "fields": {"sealed": drafts.seal(draft), "website": "", **{consent.purpose: "on" for consent in CONSENTS}},
        "cookies": {settings.SESSION_COOKIE_NAME: session.session_key},
        "address": ".".join(["10", *map(str, person.bytes[:3])]),
    }


def stored() -> dict[str, int]:
    """What the database holds of requests. One that was stored whole has one of each, and as many consents and keys."""
    return {
        "requests": Inquiry.objects.count(),
        "submitted": InquiryEvent.objects.filter(kind=InquiryEvent.Kind.SUBMITTED).values("inquiry").distinct().count(),
        "with consents": ConsentRecord.objects.values("inquiry").distinct().count(),
        "with search keys": SearchKey.objects.values("inquiry").distinct().count(),
        "acknowledged by mail": OutboxEmail.objects.values("about_id").distinct().count(),
    }


@csrf_exempt
def rows_alone(request):
    """The rows of the newest request once more, by the fewest statements the ORM has: no form, no hash, no look-up."""
    rows = _rows.get("of") or _rows.setdefault("of", _rows_of_one())
    with transaction.atomic():
        values = {**rows["inquiry"], "reference": new_reference(), "submission_key": uuid.uuid4()}
        inquiry = Inquiry.objects.create(**values)
        for model in (SearchKey, ConsentRecord, InquiryEvent):
            model.objects.bulk_create(model(inquiry=inquiry, **each) for each in rows[model])
        about = {"about_id": inquiry.public_id, "dedupe_key": inquiry.public_id.hex}
        OutboxEmail.objects.create(**rows["email"], **about)
        session = SessionStore()
        session[drafts.SENT] = inquiry.public_id.hex
        session.save()
    return HttpResponse(status=303, headers={"Location": "/"})


_rows: dict[str, dict] = {}


def _rows_of_one() -> dict:
    inquiry = Inquiry.objects.latest("pk")
    email = OutboxEmail.objects.filter(about_id=inquiry.public_id).latest("pk")
    found = {
        "inquiry": _values(inquiry, "public_id", "reference", "submission_key"),
        "email": _values(email, "public_id", "about_id", "dedupe_key"),
    }
    for model in (SearchKey, ConsentRecord, InquiryEvent):
        found[model] = [_values(row, "inquiry") for row in model.objects.filter(inquiry=inquiry)]
    return found


def _values(row, *left_out: str) -> dict:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in left_out
    }
