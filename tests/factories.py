"""What tests need to exist, made the way production makes it: pages from documents, live through publishing.

Plain functions; every argument has a default, and keyword arguments change what is made. Nothing here is clinical
fact: titles are kinds of things, sources are examples.
"""

import itertools
import uuid
from datetime import timedelta

from django.utils import timezone

from clinic.models import Clinician, Staff
from inquiries import questionnaire
from inquiries.models import ContactAttempt
from inquiries.services import contact, intake, triage
from inquiries.states import OUTCOMES, Status, move_between
from therapies import publishing, working_copy
from therapies.models import Source

_number = itertools.count(1)


def staff(username="", **fields):
    """A person who may enter admin; `is_superuser=True` for one who may do everything there."""
    username = username or f"person{next(_number)}"
    return Staff.objects.create(username=username, **{"is_staff": True, "is_active": True, **fields})


def clinician(slug="", **fields):
    """A clinician with an account, who can approve pages."""
    slug = slug or f"clinician-{next(_number)}"
    return Clinician.objects.create(**{"slug": slug, "name": "Example Clinician", "user": staff(), **fields})


def source(key="example-source", **fields):
    return Source.objects.create(
        **{
            "key": key,
            "title": "An example",
            "url": f"https://example.org/{key}",
            "kind": "systematic_review",
            "check_state": "checked",
            **fields,
        }
    )


def condition_document(**changes):
    """A whole, valid condition that no gate stops: usual care and a care card until `changes` says more."""
    return _document(
        "condition",
        changes,
        slug="example-condition",
        title="Example condition",
        body_region="knee",
        parent="",
        when_chronic="",
        natural_progression="",
        synonyms=[],
        codes=[],
        sections=[section()],
        care_advice=[care_card()],
        options=[option("", "usual_care")],
        evidence=[],
        answered_claims=[],
    )


def treatment_document(**changes):
    """A whole, valid treatment that no gate stops; a regenerative one makes its disclosures."""
    if changes.get("is_regenerative"):
        changes = {
            "summary": "An example that is being studied. Small trials found it no better.",
            "adverse_outcomes": [adverse_outcome(), adverse_outcome("Another", serious=True)],
            "regulatory": [regulatory()],
            **changes,
        }
    return _document(
        "treatment",
        changes,
        slug="example-treatment",
        title="Example treatment",
        category="exercise",
        is_regenerative=False,
        procedure="none",
        cell_source="none",
        recovery="",
        offered_here=False,
        alternatives=[],
        synonyms=[],
        codes=[],
        sections=[section()],
        contraindications=[],
        adverse_outcomes=[adverse_outcome()],
        regulatory=[],
        answered_claims=[],
    )


def article_document(**changes):
    return _document(
        "article",
        changes,
        slug="example-article",
        title="Example article",
        category="policy",
        synonyms=[],
        codes=[],
        sections=[section("text")],
        answered_claims=[],
    )


def _document(kind, changes, *, slug, title, **own):
    head = {
        "format": 1,
        "kind": kind,
        "slug": slug,
        "title": title,
        "medical_name": "",
        "summary": "An example.",
        "key_facts": [],
        "review_interval_months": 12,
    }
    if unknown := set(changes) - set(head) - set(own):
        raise TypeError(f"a {kind} has no {', '.join(sorted(unknown))}")
    return {**head, **own, **changes}


def section(aspect="overview", **changes):
    return {"aspect": aspect, "heading": "What it is", "body": "An example.", **changes}


def care_card(level="emergency", **changes):
    return {
        "level": level,
        "action": "Call {emergency_number} now if:",
        "red_flags": [],
        "items": ["an example"],
        **changes,
    }


def adverse_outcome(name="An example", **changes):
    return {
        "name": name,
        "serious": False,
        **dict.fromkeys(("frequency_n", "frequency_denominator")),
        "frequency_words": "",
        "sources": [],
        **changes,
    }


def regulatory(jurisdiction="US", **changes):
    return {
        "jurisdiction": jurisdiction,
        "status": "not_approved",
        "public_statement": "An example.",
        **dict.fromkeys(("source", "checked_on", "recheck_due"), ""),
        **changes,
    }


def option(treatment="example-treatment", role="first_line", **changes):
    texts = ("description", "who_might_consider", "what_it_takes", "time_to_effect", "duration_of_effect")
    harms = "Common: pain. Serious: infection." if treatment else ""
    return {"treatment": treatment, "role": role, **dict.fromkeys(texts, ""), "main_harms": harms, **changes}


def evidence(key="ev-001", **changes):
    """One evidence row; the treatments in `options` must be options of its condition."""
    return {
        "key": key,
        "options": ["example-treatment"],
        "outcome": "pain",
        "population": "",
        "comparator": "no treatment",
        "time_point": "",
        "direction": "may_slightly_improve",
        "certainty": "low",
        "certainty_basis": "source",
        **dict.fromkeys(("trials", "participants")),
        "detail": "",
        "figure": "",
        **dict.fromkeys(("mean_difference", "range_low", "range_high")),
        **dict.fromkeys(("intervention_n", "intervention_total", "comparator_n", "comparator_total")),
        "search_date": "",
        "sources": [],
        "note": "",
        **changes,
    }


def condition(*, live=False, **changes):
    """The rows of a condition; with `live=True` also on the site, as demonstration content."""
    return _page(condition_document(**changes), live)


def treatment(*, live=False, **changes):
    return _page(treatment_document(**changes), live)


def article(*, live=False, **changes):
    return _page(article_document(**changes), live)


def _page(document, live):
    page = working_copy.replace(_sourced(document))
    if live:
        publish(page)
    return page


def _sourced(document):
    """The document with a source for each evidence row that names none: no gate stops a page that is made here."""
    if all(row["sources"] for row in document.get("evidence", [])):
        return document
    if not Source.objects.filter(key="filled-in").exists():
        source("filled-in")
    return {
        **document,
        "evidence": [{**row, "sources": row["sources"] or ["filled-in"]} for row in document["evidence"]],
    }


def publish(page, **changes):
    """Put a page live: as demonstration content, or with `approved_by=` a clinician as a real one."""
    return publishing.publish(
        page,
        **{
            "actor": None if "approved_by" not in changes else staff(),
            "change_note": "First published.",
            "is_demonstration": "approved_by" not in changes,
            **changes,
        },
    )


def inquiry(*, pain_avg="6", message="", **fields):
    """A stored request, sent through the service: what a test starts from is what production can reach."""
    given = {
        "submission_key": uuid.uuid4(),
        "full_name": "Ana Example",
        "email": "ana@example.org",
        "phone": "(202) 555-0123",
        "duration": "12w_1y",
        "consents": [(consent.purpose, consent.wording("Example Clinic")) for consent in questionnaire.CONSENTS],
        **fields,
    }
    answered = {"duration": given["duration"], "pain_avg": pain_avg, "message": message}
    # Two requests of a test are two: the same words within ten minutes would be one.
    reach = {**questionnaire.reach_document({}), "form": str(given["submission_key"])}
    documents = {"answers": questionnaire.answers_document(answered, {}), "how_to_reach": reach}
    return intake.submit(**{**documents, **given})


def moved(inquiry, to, *, actor, version=None, **given):
    """The request after a move, with everything done and said that the move asks for, as a member of staff would."""
    inquiry.refresh_from_db()
    wanted = move_between(Status(inquiry.status), to)
    guards = wanted.guards if wanted else ()
    if "first_contact" in guards and inquiry.first_contact_at is None:
        contact.record(inquiry, actor=actor, channel="phone", result="reached", version=inquiry.version)
    if "three_tries" in guards:
        for days_ago, channel in enumerate(["phone", "email", "phone"]):
            at = timezone.now() - timedelta(days=days_ago)
            ContactAttempt.objects.create(inquiry=inquiry, by=actor, channel=channel, result="no_answer", at=at)
    if "all_read" in guards and inquiry.has_unseen_update:
        triage.mark_seen(inquiry, actor=actor, version=inquiry.version)
    inquiry.refresh_from_db()
    day = timezone.localdate() + timedelta(days=7)
    said = {
        "reason": "An example reason.",
        "outcome": next(iter(OUTCOMES.get(to, {})), ""),
        "patient_told": "yes",
        "next_step_on": day,
        "appointment_on": day,
        **given,
    }
    return triage.move(inquiry, to, actor=actor, version=version or inquiry.version, given=triage.Given(**said))


def submitted(page, **changes):
    """A revision in editorial review, as an author hands it in. `changes` as publishing.submit takes them."""
    return publishing.submit(page, **{"actor": staff(), "change_note": "Some words changed.", **changes})


def approved(page, *, approved_by=None, **changes):
    """A revision that an editor passed and a clinician approved: all of the page, and nothing is live yet."""
    revision = publishing.pass_review(submitted(page, **changes), actor=staff())
    if revision.state == "clinical_review":
        publishing.approve(revision, actor=(approved_by or clinician()).user)
    return revision


def released(page, **changes):
    """A live revision that went the whole way."""
    return publishing.publish_approved(approved(page, **changes), actor=staff())
