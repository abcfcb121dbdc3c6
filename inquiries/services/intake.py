"""The one door through which a request enters."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic import outbox
from clinic.encryption import keyed_hash
from inquiries import search
from inquiries.models import ConsentRecord, ConsentText, Inquiry, InquiryEvent, SearchKey
from inquiries.models.inquiry import new_reference
from inquiries.services.acknowledgement import KIND as ACKNOWLEDGEMENT
from inquiries.states import Status
from therapies.models import Condition, Treatment

ATTEMPTS = 5  # how often a reference may turn out to be taken before something must be wrong


def submit(
    *,
    submission_key: uuid.UUID,
    full_name: str,
    email: str = "",
    phone: str = "",
    condition: str = "",
    treatment: str = "",
    region: str = "",
    duration: str = "",
    answers: dict[str, Any],
    consents: Sequence[tuple[str, str]] = (),
    country: str = "US",
    source: str = "web",
) -> Inquiry:
    """Store a request once, however often its form is sent, and owe the acknowledgement.

    `condition` and `treatment` are slugs, `answers` is questionnaire.answers_document(), `consents` are (purpose,
    text as shown), `country` says how a phone number without country code is meant. Everything is written in one
    transaction. The same form sent again returns the request it made and writes nothing; the same form sent again
    with other words is another request, since "sent" must never be said of words that are not kept.
    """
    fields = {
        "submission_key": submission_key,
        "full_name": full_name,
        "email": email,
        "phone": phone,
        "has_email": bool(email),
        "has_phone": bool(phone),
        "condition": Condition.objects.filter(slug=condition).first() if condition else None,
        "treatment": Treatment.objects.filter(slug=treatment).first() if treatment else None,
        "region": region,
        "duration": duration,
        "answers": answers,
        "questionnaire_version": answers["questionnaire"],
        "source": source,
    }
    keys = search.keys_of(full_name=full_name, email=email, phone=phone, country=country)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _store(fields, keys, consents)
        except IntegrityError:
            # Either a parallel send of the same form was first, or the reference is taken.
            earlier = Inquiry.objects.filter(submission_key=fields["submission_key"]).first()
            if earlier and _content(earlier) == _content(Inquiry(**fields)):
                return earlier
            if attempt == ATTEMPTS:
                raise
            if earlier:
                fields["submission_key"] = _key_of_the_corrected(earlier.submission_key, _content(Inquiry(**fields)))
    raise AssertionError("unreachable")


def _content(inquiry: Inquiry) -> str:
    """What a request says, to see whether two say the same."""
    about = [inquiry.condition_id, inquiry.treatment_id]
    return json.dumps([inquiry.full_name, inquiry.email, inquiry.phone, inquiry.duration, *about, inquiry.answers])


def _key_of_the_corrected(key: uuid.UUID, content: str) -> uuid.UUID:
    """A key made of what was corrected, so that the corrected form too is stored once. Keyed: it tells nothing."""
    return uuid.UUID(keyed_hash(f"{key} {content}", purpose="inquiries.corrected"))


@transaction.atomic
def _store(fields: dict[str, Any], keys: list[search.Key], consents: Sequence[tuple[str, str]]) -> Inquiry:
    now = timezone.now()
    inquiry = Inquiry.objects.create(reference=new_reference(), created_at=now, event_count=1, **fields)
    SearchKey.objects.bulk_create(SearchKey(inquiry=inquiry, kind=kind, key=key) for kind, key in keys)
    for purpose, body in consents:
        ConsentRecord.objects.create(inquiry=inquiry, text=_consent_text(purpose, body), given=True, at=now)
    InquiryEvent.objects.create(
        inquiry=inquiry, seq=1, kind=InquiryEvent.Kind.SUBMITTED, to_status=Status.NEW.value, at=now
    )
    if inquiry.has_email:
        outbox.owe(
            kind=ACKNOWLEDGEMENT,
            about=("inquiries", inquiry.public_id),
            to=inquiry.email,
            dedupe_key=f"{ACKNOWLEDGEMENT}:{inquiry.public_id}",
            context={"reference": inquiry.reference},
        )
    return inquiry


def _consent_text(purpose: str, body: str, language: str = "en") -> ConsentText:
    text, _ = ConsentText.objects.get_or_create(
        sha256=ConsentText.digest(purpose, language, body),
        defaults={"purpose": purpose, "language": language, "body": body},
    )
    return text
