"""The rows of pages as page documents: the working copy in the form that is frozen, compared and exported.

The number of queries does not depend on how many pages or rows there are.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from therapies import documents
from therapies.document_shapes import LEFT_OUT
from therapies.models import (
    AdverseOutcome,
    AnsweredClaim,
    Article,
    ClaimRule,
    Condition,
    GlossaryTerm,
    MedicalCode,
    OutcomeEvidence,
    Page,
    QuestionToAsk,
    RegulatoryStatus,
    Source,
    Treatment,
    TreatmentOption,
)
from therapies.shapes import trimmed

Row = dict[str, Any]
Keys = dict[int, list[str]]

MODELS: dict[str, type[Page]] = {"condition": Condition, "treatment": Treatment, "article": Article}
OF_EVERY_KIND = (
    "sections",
    "synonyms",
    "answered_claims",
    Prefetch("codes", MedicalCode.objects.select_related("verified_by")),
)
OF_A_KIND: dict[str, tuple[Any, ...]] = {
    "condition": (
        "care_advice",
        "evidence",
        Prefetch("options", TreatmentOption.objects.select_related("treatment")),
    ),
    "treatment": (
        "contraindications",
        "adverse_outcomes",
        Prefetch("regulatory_statuses", RegulatoryStatus.objects.select_related("source")),
    ),
    "article": (),
}
OPTION_TEXTS = (
    "description",
    "who_might_consider",
    "what_it_takes",
    "time_to_effect",
    "duration_of_effect",
    "main_harms",
)
EVIDENCE_BEFORE_SOURCES = (
    "outcome",
    "population",
    "comparator",
    "time_point",
    "direction",
    "certainty",
    "certainty_basis",
    "trials",
    "participants",
    "detail",
    "figure",
    "mean_difference",
    "range_low",
    "range_high",
    "intervention_n",
    "intervention_total",
    "comparator_n",
    "comparator_total",
    "search_date",
)


# file -> (model, name in the file -> field)
LISTS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "sources": (
        Source,
        (
            "key",
            "authors",
            "title",
            "publisher",
            "year",
            "doi",
            "url",
            "kind",
            "status",
            "check_state",
            "note",
            "superseded_by__key",
            "next_check_due",
        ),
    ),
    "claim_rules": (
        ClaimRule,
        ("key", "pattern", "category", "severity", "message", "suggestion", "basis", "is_active"),
    ),
    "glossary": (GlossaryTerm, ("term", "definition")),
    "questions": (QuestionToAsk, ("key", "treatment__slug", "text", "why", "kind")),
}


def document_of(page: Page) -> Row:
    """The document of one page as its rows are now. An unfinished working copy gives one that may not be valid."""
    return documents_of(page.kind, [page.pk])[page.pk]


def documents_of(kind: str, pks: Iterable[int] | None = None) -> dict[int, Row]:
    """The documents of many pages of one kind (all of them without `pks`), by primary key."""
    model = MODELS[kind]
    pages = model._default_manager.all() if pks is None else model._default_manager.filter(pk__in=list(pks))
    if kind == "condition":
        pages = pages.select_related("parent")
    found = list(pages.prefetch_related(*OF_EVERY_KIND, *OF_A_KIND[kind]))
    numbers = [page.pk for page in found]
    body = {"condition": _conditions, "treatment": _treatments, "article": _articles}[kind](numbers)
    claim_sources = _keys(AnsweredClaim.sources.through, "answeredclaim", "source__key", page__in=numbers)
    return {
        page.pk: documents.in_reading_order(
            {**_head(page), **body(page), "answered_claims": _claims(page, claim_sources)}
        )
        for page in found
    }


def items_of(list_name: str) -> dict[str, Row]:
    """The sources, glossary terms or questions in the form and order of their file, by their own key."""
    model, fields = LISTS[list_name]
    order = ["position", "pk"] if any(field.name == "position" for field in model._meta.fields) else ["pk"]
    items = (_item(row) for row in model._default_manager.order_by(*order).values(*fields))
    return {item[documents.LISTS[list_name][1]]: item for item in items}


def _item(row: Row) -> Row:
    said = {
        field.split("__")[0]: _plain(value if value is not None or field == "year" else "")
        for field, value in row.items()
    }
    return {name: value for name, value in said.items() if name not in LEFT_OUT or value != LEFT_OUT[name]}


def _head(page: Page) -> Row:
    return {
        "format": documents.FORMAT,
        "kind": page.kind,
        "slug": page.slug,
        "title": _plain(page.title),
        "medical_name": _plain(page.medical_name),
        "summary": _plain(page.summary),
        "key_facts": _lines(page.key_facts),
        "review_interval_months": page.review_interval_months,
    }


def _names_and_sections(page: Any) -> Row:
    return {
        "synonyms": [_values(row, "text", "is_misspelling") for row in page.synonyms.all()],
        "codes": [
            {
                **_values(row, "system", "code", "display", "edition"),
                "verified_by": row.verified_by.slug if row.verified_by else "",
                "verified_on": _plain(row.verified_on) or "",
            }
            for row in page.codes.all()
        ],
        "sections": [_values(row, "aspect", "heading", "body") for row in page.sections.all()],
    }


def _claims(page: Any, sources: Keys) -> list[Row]:
    return [
        {**_values(row, "claim", "verdict", "answer"), "sources": sources[row.pk]} for row in page.answered_claims.all()
    ]


def _conditions(numbers: list[int]) -> Any:
    options = _keys(
        OutcomeEvidence.options.through, "outcomeevidence", "treatmentoption__treatment__slug", condition__in=numbers
    )
    sources = _keys(OutcomeEvidence.sources.through, "outcomeevidence", "source__key", condition__in=numbers)

    def body(page: Any) -> Row:
        return {
            "body_region": page.body_region,
            "parent": page.parent.slug if page.parent else "",
            "when_chronic": _plain(page.when_chronic),
            "natural_progression": _plain(page.natural_progression),
            **_names_and_sections(page),
            "care_advice": [
                {
                    **_values(row, "level", "action"),
                    "red_flags": _lines(row.red_flags),
                    "items": _lines(row.items),
                }
                for row in page.care_advice.all()
            ],
            "options": [
                {"treatment": row.treatment.slug if row.treatment else "", **_values(row, "role", *OPTION_TEXTS)}
                for row in page.options.all()
            ],
            "evidence": [
                {
                    "key": row.key,
                    "options": options[row.pk],
                    **_values(row, *EVIDENCE_BEFORE_SOURCES),
                    "sources": sources[row.pk],
                    "note": _plain(row.note),
                }
                for row in page.evidence.all()
            ],
        }

    return body


def _treatments(numbers: list[int]) -> Any:
    sources = _keys(AdverseOutcome.sources.through, "adverseoutcome", "source__key", treatment__in=numbers)

    def body(page: Any) -> Row:
        return {
            **_values(page, "category", "is_regenerative", "procedure", "cell_source", "recovery", "offered_here"),
            "alternatives": _lines(page.alternatives),
            **_names_and_sections(page),
            "contraindications": [
                _values(row, "name", "degree", "explanation") for row in page.contraindications.all()
            ],
            "adverse_outcomes": [
                {
                    **_values(row, "name", "serious", "frequency_n", "frequency_denominator", "frequency_words"),
                    "sources": sources[row.pk],
                }
                for row in page.adverse_outcomes.all()
            ],
            "regulatory": [
                {
                    **_values(row, "jurisdiction", "status", "public_statement"),
                    "source": row.source.key if row.source else "",
                    "checked_on": _plain(row.checked_on) or "",
                    "recheck_due": _plain(row.recheck_due) or "",
                }
                for row in page.regulatory_statuses.all()
            ],
        }

    return body


def _articles(numbers: list[int]) -> Any:
    def body(page: Any) -> Row:
        return {"category": page.category, **_names_and_sections(page)}

    return body


def _keys(through: type[Model], owner: str, key: str, **of: Any) -> Keys:
    """For each row the keys it points to, in the order they were put there."""
    found: Keys = defaultdict(list)
    rows: QuerySet[Any] = through._default_manager.filter(**{f"{owner}__{name}": value for name, value in of.items()})
    for number, value in rows.order_by("pk").values_list(f"{owner}_id", key):
        found[number].append(value or "")
    return found


def _values(row: object, *names: str) -> Row:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return trimmed(value)
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in trimmed(text).split("\n") if line.strip()]
