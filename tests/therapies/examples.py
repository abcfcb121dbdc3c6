"""Documents that use every part of the format, and a content folder made of them. Examples, not clinical facts."""

from tests import factories
from therapies.documents import to_yaml, validated
from therapies.yaml_text import write

SOURCES = [
    {
        **{"key": key, "authors": "", "title": f"Example {key}", "publisher": "", "year": 2020, "doi": ""},
        **{"url": f"https://example.org/{key}", "kind": "systematic_review", "status": "current"},
        **{"check_state": "checked", "note": ""},
    }
    for key in ("first-source", "second-source", "third-source")
]
GLOSSARY = [{"term": "Example", "definition": "A word explained."}, {"term": "Other", "definition": "Another one."}]
QUESTIONS = [
    {"key": "q-01", "treatment": "", "text": "What does it cost?", "why": "So that you know.", "kind": "ask_clinic"},
    {"key": "q-02", "treatment": "exercise", "text": "How often?", "why": "So that you plan.", "kind": "faq"},
]

EXERCISE = factories.treatment_document(slug="exercise", title="Exercise")
CELLS = factories.treatment_document(
    slug="cells",
    title="Cell injection",
    medical_name="Cellular injection",
    key_facts=["Status: not approved", "Cost: ask"],
    review_interval_months=6,
    category="cell_therapy",
    is_regenerative=True,
    procedure="harvest",
    cell_source="autologous",
    recovery="A few days.",
    offered_here=True,
    alternatives=["exercise", "A clinical trial"],
    synonyms=[{"text": "cell shot", "is_misspelling": False}, {"text": "sell shot", "is_misspelling": True}],
    sections=[
        factories.section("before", body="- one\n- two"),
        factories.section("overview", body="Text [@first-source]."),
    ],
    contraindications=[
        {"name": "Infection", "degree": "absolute", "explanation": "Wait until it is over."},
        {"name": "Anaemia", "degree": "relative", "explanation": ""},
    ],
    adverse_outcomes=[
        {
            **{"name": "Soreness", "serious": False, "frequency_n": 10, "frequency_denominator": 100},
            **{"frequency_words": "", "sources": ["third-source", "first-source"]},
        },
        {
            **{"name": "Infection", "serious": True, "frequency_n": None, "frequency_denominator": None},
            **{"frequency_words": "rare", "sources": []},
        },
    ],
    regulatory=[
        {
            **{"jurisdiction": jurisdiction, "status": "not_approved", "public_statement": "Not approved."},
            **{"source": source, "checked_on": "", "recheck_due": ""},
        }
        for jurisdiction, source in (("US", "second-source"), ("EU", ""))
    ],
    answered_claims=[
        {"claim": "It cures.", "verdict": "unsupported", "answer": "It does not.", "sources": ["second-source"]}
    ],
)
WIDER = factories.condition_document(slug="wider", title="Wider condition", body_region="general")
KNEE = factories.condition_document(
    slug="knee",
    title="Knee example",
    parent="wider",
    when_chronic="After some weeks.",
    natural_progression="It comes\n\nand goes.",
    synonyms=[{"text": "worn knee", "is_misspelling": False}],
    codes=[
        {
            **{"system": system, "code": code, "display": "Example", "edition": "", "verified_by": ""},
            **{"verified_on": ""},
        }
        for system, code in (("ICD-10", "M17.9"), ("SNOMED CT", "239873007"))
    ],
    sections=[factories.section("overview", body="It is so [@third-source]."), factories.section("causes")],
    care_advice=[
        {
            **{"level": "emergency", "action": "Call {emergency_number} now if:"},
            **{"red_flags": ["rf-bladder-bowel"], "items": ["another sign"]},
        },
        {"level": "non_urgent", "action": "See a clinician if:", "red_flags": [], "items": ["it stays", "it grows"]},
    ],
    options=[
        factories.option("", "usual_care", description="Rest and time."),
        factories.option("exercise", "first_line", main_harms="Soreness."),
        factories.option(
            **{"treatment": "cells", "role": "investigational", "description": "Not shown to help."},
            what_it_takes="One visit.",
            time_to_effect="unknown",
        ),
    ],
    evidence=[
        factories.evidence(
            "ev-001",
            options=["exercise", "cells"],
            trials=3,
            participants=100,
            figure="An example of a figure.",
            mean_difference=1.5,
            range_low=-0.25,
            range_high=2.0,
            sources=["third-source", "first-source"],
            note="For staff.",
        ),
        factories.evidence(
            **{"key": "ev-002", "options": ["cells"], "direction": "no_trials_found", "certainty": "no_trials"},
            sources=["first-source"],
        ),
        factories.evidence(
            "ev-003",
            options=["exercise"],
            certainty_basis="to_confirm",
            sources=["second-source"],
            intervention_n=5,
            intervention_total=10,
            comparator_n=4,
            comparator_total=10,
        ),
    ],
    answered_claims=[
        {"claim": "Rest heals.", "verdict": "partly", "answer": "Sometimes.", "sources": ["first-source"]}
    ],
)
PRIVACY = factories.article_document(slug="privacy", title="Privacy", sections=[factories.section("text")] * 2)
PAGES = [EXERCISE, CELLS, WIDER, KNEE, PRIVACY]


def write_content(folder, *, pages=PAGES, sources=SOURCES, glossary=GLOSSARY, questions=QUESTIONS, claim_rules=()):
    """Make a content folder. A page is a document, or a pair (path, text) for a file that is broken on purpose."""
    for name in ("treatments", "articles", "conditions"):
        (folder / name).mkdir(exist_ok=True, parents=True)
    for name, items in (("sources", sources), ("glossary", glossary), ("questions", questions)):
        (folder / f"{name}.yaml").write_text(write(items), encoding="utf-8")
    if claim_rules:
        (folder / "claim_rules.yaml").write_text(write(claim_rules), encoding="utf-8")
    for page in pages:
        path = folder / f"{page['kind']}s" / f"{page['slug']}.yaml"
        path.write_text(to_yaml(validated(page, where=str(path))), encoding="utf-8")
    return folder
