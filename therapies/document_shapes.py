"""The shape of every part of the page document, and of the lists beside the pages.

Limits and values are those of the models' fields; a test compares them.
"""

from therapies.document_rules import ORDER
from therapies.shapes import (
    LeftOut,
    Shape,
    day,
    decimal,
    flag,
    line,
    list_of,
    one_of,
    prose,
    record,
    slug,
    whole_number,
)

FORMAT = 1
MILLION = 1_000_000

REGIONS = ("neck", "shoulder", "arm", "back", "hip", "knee", "foot", "general")
CATEGORIES = ("exercise", "medicine", "injection", "regenerative_injection", "cell_therapy", "surgery", "safety")
DIRECTIONS = (
    "probably_improves",
    "probably_slightly_improves",
    "may_improve",
    "may_slightly_improve",
    "little_or_no_difference",
    "may_worsen",
    "probably_worsens",
    "uncertain",
    "conflicting",
    "not_established",
    "no_trials_found",
    "harms_reported",
    "guideline_for",
    "guideline_against",
    "see_specific_condition",
)
CERTAINTIES = ("high", "moderate", "low", "very_low", "no_trials", "guideline", "review")
CONDITION_ASPECTS = ("overview", "symptoms", "causes", "diagnosis", "prognosis", "self_care", "known_unknown", "text")
TREATMENT_ASPECTS = (
    "overview",
    "how_it_works",
    "limits",
    "suitability",
    "before",
    "during",
    "after",
    "cost",
    "when_to_call",
    "text",
)
ARTICLE_ASPECTS = ("overview", "text")
APPROVALS = (
    "approved",
    "cleared_other_use",
    "off_label",
    "investigational",
    "not_approved",
    "exempt",
    "unclear",
)
SOURCE_KINDS = (
    "guideline",
    "systematic_review",
    "rct",
    "observational",
    "registry",
    "consensus",
    "regulator",
    "court",
    "other",
)

page_slug = slug(80)
source_keys = list_of(slug(60))
count = whole_number(0, MILLION)


def _head(kind: str) -> dict[str, Shape]:
    return {
        "format": one_of(FORMAT),
        "kind": one_of(kind),
        "slug": page_slug,
        "title": line(120, required=True),
        "medical_name": line(160),
        "summary": line(300, required=True),
        "key_facts": list_of(line(300, required=True), at_most=6),
        "review_interval_months": whole_number(1, 36, required=True),
    }


def _names() -> dict[str, Shape]:
    return {
        "synonyms": list_of(record(text=line(120, required=True), is_misspelling=flag)),
        "codes": list_of(
            record(
                system=one_of("ICD-10", "ICD-10-CM", "SNOMED CT"),
                code=line(20, required=True),
                display=line(160, required=True),
                edition=line(40),
                verified_by=slug(50, required=False),
                verified_on=day,
            )
        ),
    }


def _sections(*aspects: str) -> Shape:
    return list_of(
        record(aspect=one_of(*aspects), heading=line(120, required=True), body=prose(required=True)),
    )


_claims = list_of(
    record(
        claim=line(300, required=True),
        verdict=one_of("supported", "partly", "unsupported", "misleading"),
        answer=prose(required=True),
        sources=source_keys,
    )
)
_care_advice = list_of(
    record(
        level=one_of(*ORDER["care_advice"][1]),
        action=line(200, required=True),
        red_flags=list_of(line(60, required=True)),
        items=list_of(line(required=True)),
    ),
)
_options = list_of(
    record(
        treatment=slug(80, required=False),
        role=one_of(*ORDER["options"][1]),
        description=prose(),
        who_might_consider=prose(),
        what_it_takes=line(200),
        time_to_effect=line(120),
        duration_of_effect=line(120),
        main_harms=line(300),
    )
)
_evidence = list_of(
    record(
        key=slug(40),
        options=list_of(page_slug, at_least=1),
        outcome=line(120, required=True),
        population=line(200),
        comparator=line(120, required=True),
        time_point=line(80),
        direction=one_of(*DIRECTIONS),
        certainty=one_of(*CERTAINTIES),
        certainty_basis=one_of("source", "our_rating", "to_confirm"),
        trials=count,
        participants=count,
        detail=prose(),
        figure=prose(),
        mean_difference=decimal(-10, 10),
        range_low=decimal(-10, 10),
        range_high=decimal(-10, 10),
        intervention_n=count,
        intervention_total=count,
        comparator_n=count,
        comparator_total=count,
        search_date=line(40),
        sources=source_keys,
        note=prose(),
    )
)
_adverse_outcomes = list_of(
    record(
        name=line(200, required=True),
        serious=flag,
        frequency_n=whole_number(0, 10_000),
        frequency_denominator=one_of(None, 100, 1000, 10_000),
        frequency_words=line(120),
        sources=source_keys,
    )
)
_regulatory = list_of(
    record(
        jurisdiction=one_of(*ORDER["regulatory"][1]),
        status=one_of(*APPROVALS),
        public_statement=prose(required=True),
        source=slug(60, required=False),
        checked_on=day,
        recheck_due=day,
    )
)

KINDS: dict[str, Shape] = {
    "condition": record(
        **_head("condition"),
        body_region=one_of(*REGIONS),
        parent=slug(80, required=False),
        when_chronic=prose(),
        natural_progression=prose(),
        **_names(),
        sections=_sections(*CONDITION_ASPECTS),
        care_advice=_care_advice,
        options=_options,
        evidence=_evidence,
        answered_claims=_claims,
    ),
    "treatment": record(
        **_head("treatment"),
        category=one_of(*CATEGORIES),
        is_regenerative=flag,
        procedure=one_of("none", "injection", "harvest", "surgery"),
        cell_source=one_of("none", "autologous", "allogeneic", "either"),
        recovery=prose(),
        offered_here=flag,
        alternatives=list_of(line(120, required=True)),
        **_names(),
        sections=_sections(*TREATMENT_ASPECTS),
        contraindications=list_of(
            record(name=line(200, required=True), degree=one_of("absolute", "relative"), explanation=line(300))
        ),
        adverse_outcomes=_adverse_outcomes,
        regulatory=_regulatory,
        answered_claims=_claims,
    ),
    "article": record(
        **_head("article"),
        category=one_of("policy", "method", "about"),
        **_names(),
        sections=_sections(*ARTICLE_ASPECTS),
        answered_claims=_claims,
    ),
}

# What most items of a list say: a file leaves it out.
LEFT_OUT: dict[str, object] = {"superseded_by": "", "next_check_due": "", "is_active": True}

# What stands in lists beside the pages: name of the file -> (what one item is called, its own key, its shape).
LISTS: dict[str, tuple[str, str, Shape]] = {
    "sources": (
        "source",
        "key",
        record(
            key=slug(60),
            authors=line(200),
            title=line(400, required=True),
            publisher=line(200),
            year=whole_number(1800, 2100),
            doi=line(120),
            url=line(400),
            kind=one_of(*SOURCE_KINDS),
            status=one_of("current", "superseded", "retracted"),
            check_state=one_of("checked", "abstract", "partly", "to_confirm"),
            note=prose(),
            superseded_by=LeftOut(slug(60, required=False), LEFT_OUT["superseded_by"]),
            next_check_due=LeftOut(day, LEFT_OUT["next_check_due"]),
        ),
    ),
    "claim_rules": (
        "rule",
        "key",
        record(
            key=slug(60),
            pattern=line(400, required=True),
            category=line(60, required=True),
            severity=one_of("block", "needs_source", "warn"),
            message=line(300, required=True),
            suggestion=line(300),
            basis=line(300),
            is_active=LeftOut(flag, LEFT_OUT["is_active"]),
        ),
    ),
    "glossary": ("term", "term", record(term=line(80, required=True), definition=prose(required=True))),
    "questions": (
        "question",
        "key",
        record(
            key=slug(20),
            treatment=slug(80, required=False),
            text=line(200, required=True),
            why=prose(required=True),
            kind=one_of("ask_clinic", "faq"),
        ),
    ),
}
