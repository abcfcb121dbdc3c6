"""The one door through which a request enters."""

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.encryption import keyed_hash
from clinic.models import OutboxEmail, Staff
from clinic.new_rows import insert_with_parts
from inquiries import safety, search
from inquiries.models import ConsentRecord, ConsentText, Inquiry, InquiryEvent, SearchKey
from inquiries.models.inquiry import new_reference
from inquiries.services import acknowledgement, alerts, events, ranking
from inquiries.states import Status
from therapies import library
from therapies.models import Page

Kind: Any = InquiryEvent.Kind
REPEAT = timedelta(days=30)  # the same phone or e-mail within it: the requests are linked, and priority rises
SAME_AGAIN = timedelta(minutes=10)  # the same words within it are the same request
ATTEMPTS = 5  # how often a reference may turn out to be taken before something must be wrong


def submit(
    *,
    submission_key: uuid.UUID,
    full_name: str,
    email: str = "",
    phone: str = "",
    helper_name: str = "",
    contact_method: str = "",
    condition: str = "",
    treatment: str = "",
    region: str = "",
    duration: str = "",
    answers: dict[str, Any],
    how_to_reach: dict[str, Any] | None = None,
    safety_level: str = "none",
    advice_shown_at: datetime | None = None,
    advice_read_at: datetime | None = None,
    promised_at: datetime | None = None,
    suspect_reasons: Sequence[str] = (),
    consents: Sequence[tuple[str, str]] = (),
    country: str = "US",
    held: library.Library | None = None,
    source: str = "web",
    entered_by: Staff | None = None,
    filled_in_within: int | None = None,
    in_the_same_transaction: Callable[[Inquiry], None] = lambda inquiry: None,
) -> Inquiry:
    """Store a request once, however often its form is sent, and owe the messages that follow from it.

    `condition` and `treatment` are slugs, `answers` and `how_to_reach` the documents of the questionnaire, `consents`
    are (purpose, text as shown), `entered_by` who typed in what came by phone or at the desk, `country` says how a phone
    number without country code is meant, `held` is the library, if the caller has it already, `filled_in_within` in how
    many minutes the form was filled in, as a step of `spread.FORM`. Everything is written in one transaction, in which
    `in_the_same_transaction` is called too. The same form sent again returns the request it made and writes nothing; so
    does a new form with the same words within ten minutes, while that request is open. The same form sent again with
    other words is another request, since "sent" must never be said of words that are not kept. A request with a warning
    sign is never a suspect, whatever `suspect_reasons` say.
    """
    is_flagged = safety_level in safety.ALERTING
    held = held or library.current()
    pages = _page_ids(held, {"condition": condition, "treatment": treatment})
    fields = {
        "submission_key": submission_key,
        "full_name": full_name,
        "email": email,
        "phone": phone,
        "has_email": bool(email),
        "has_phone": bool(phone),
        "contact_method": contact_method,
        "condition_id": pages.get("condition"),
        "treatment_id": pages.get("treatment"),
        "region": region,
        "duration": duration,
        "answers": answers,
        "how_to_reach": how_to_reach,
        "safety_level": safety_level,
        "safety_advice_shown_at": advice_shown_at,
        "safety_advice_read_at": advice_read_at,
        "promised_at": promised_at,
        "is_suspect": bool(suspect_reasons) and not is_flagged,
        "suspect_reasons": list(suspect_reasons),
        "questionnaire_version": answers["questionnaire"],
        "source": source,
        "entered_by": entered_by,
        "filled_in_within": filled_in_within,
    }
    fields["content_hash"] = _content_hash(fields)
    names = f"{full_name} {helper_name}"
    keys = search.keys_of(full_name=names, email=email, phone=phone, country=country)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _store(fields, keys, consents, held, in_the_same_transaction)
        except IntegrityError:
            # Either a parallel send of the same form was first, or the reference is taken.
            _texts.forget()
            earlier = Inquiry.objects.filter(submission_key=fields["submission_key"]).first()
            if earlier and earlier.content_hash == fields["content_hash"]:
                in_the_same_transaction(earlier)
                return earlier
            if attempt == ATTEMPTS:
                raise
            if earlier:
                fields["submission_key"] = _key_of_the_corrected(earlier.submission_key, fields["content_hash"])
    raise AssertionError("unreachable")


def _page_ids(held: library.Library, slugs: dict[str, str]) -> dict[str, int]:
    """The row of the page of each kind, where there is one: live pages without a query, any other by one."""
    wanted = {kind: slug for kind, slug in slugs.items() if slug}
    live = {kind: page.page_id for kind, slug in wanted.items() if (page := held.page(kind, slug)) and page.page_id}
    if len(live) == len(wanted):
        return live
    found = Page.objects.filter(slug__in=wanted.values(), kind__in=wanted).values_list("kind", "slug", "pk")
    return {kind: pk for kind, slug, pk in found if wanted.get(kind) == slug}


def _content_hash(fields: dict[str, Any]) -> str:
    """A keyed hash of what a request says, to see whether two say the same. It tells nothing."""
    names = ("full_name", "email", "phone", "duration", "condition_id", "treatment_id", "contact_method")
    said = [*(fields[name] for name in names), fields["how_to_reach"], fields["answers"]]
    return keyed_hash(json.dumps(said, sort_keys=True), purpose="inquiries.content")


def _key_of_the_corrected(key: uuid.UUID, content: str) -> uuid.UUID:
    """A key made of what was corrected, so that the corrected form too is stored once. Keyed: it tells nothing."""
    return uuid.UUID(keyed_hash(f"{key} {content}", purpose="inquiries.corrected"))


@transaction.atomic
def _store(
    fields: dict[str, Any],
    keys: list[search.Key],
    consents: Sequence[tuple[str, str]],
    held: library.Library,
    in_the_same_transaction: Callable[[Inquiry], None],
) -> Inquiry:
    now = timezone.now()
    previous = search.last_request_of(keys, since=now - REPEAT)
    if previous and previous.content_hash == fields["content_hash"] and now - previous.created_at <= SAME_AGAIN:
        same = Inquiry.objects.get(pk=previous.pk)
        if same.closed_at is None:  # one that was withdrawn meanwhile is with nobody
            in_the_same_transaction(same)
            return same
    ranking_fields = ranking.ranked(
        fields["answers"],
        safety_level=fields["safety_level"],
        repeat_of=previous.reference if previous else "",
        received_at=now,
        held=held,
    )
    inquiry = Inquiry(
        reference=new_reference(),
        created_at=now,
        previous_id=previous.pk if previous else None,
        **{**fields, **ranking_fields},
    )
    texts = _consent_texts(consents, held.version)
    written = events.draft(inquiry, Kind.SUBMITTED, actor=inquiry.entered_by, at=now, to_status=Status.NEW.value)
    for name, value in written.fields.items():
        setattr(inquiry, name, value)
    has_mail = inquiry.has_email and not inquiry.is_suspect
    insert_with_parts(
        inquiry,
        (InquiryEvent, [vars(written.event)]),
        (SearchKey, [{"kind": kind, "key": key} for kind, key in keys]),
        (ConsentRecord, [{"text_id": text, "given": True, "at": now} for text in texts]),
        (OutboxEmail, [vars(acknowledgement.message(inquiry))] if has_mail else []),
        part_of="inquiry_id",
    )
    if inquiry.safety_level in safety.ALERTING:
        alerts.tell_duty(inquiry)
    in_the_same_transaction(inquiry)
    return inquiry


class _Texts:
    """Where the texts of consents are stored that every Send of this process shows: for one version of the library, whose
    clinic they name. Only what was committed is known here; a text is never changed or removed."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.keep("", {})

    def of(self, version: str) -> dict[str, int]:
        held, stored = self.held
        return stored if held == version else {}

    def keep(self, version: str, stored: dict[str, int]) -> None:
        self.held = (version, stored)  # in one step: other threads send too


_texts = _Texts()


def _consent_texts(consents: Sequence[tuple[str, str]], version: str, language: str = "en") -> list[int]:
    """Where the wording of each consent is stored; what was never shown before is stored now."""
    wanted = {ConsentText.digest(purpose, language, body): (purpose, body) for purpose, body in consents}
    known = _texts.of(version)
    if not known.keys() >= wanted.keys():
        known = _stored_texts(wanted, language)
        transaction.on_commit(lambda: _texts.keep(version, known))
    return [known[sha256] for sha256 in wanted]


def _stored_texts(wanted: dict[str, tuple[str, str]], language: str) -> dict[str, int]:
    stored = ConsentText.objects.filter(sha256__in=list(wanted)).values_list("sha256", "pk")
    known = dict(stored)
    if len(known) < len(wanted):
        new = [
            ConsentText(sha256=sha256, purpose=purpose, language=language, body=body)
            for sha256, (purpose, body) in wanted.items()
            if sha256 not in known
        ]
        ConsentText.objects.bulk_create(new, ignore_conflicts=True)  # another send may store them in this moment
        known = dict(stored.all())
    return known
