"""Writes a page document into the rows editors work on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from clinic.models import Clinician
from therapies import snapshots
from therapies.documents import LISTS, Document
from therapies.models import (
    AdverseOutcome,
    AnsweredClaim,
    CareAdvice,
    Condition,
    Contraindication,
    MedicalCode,
    OutcomeEvidence,
    Page,
    RegulatoryStatus,
    Section,
    Source,
    Synonym,
    Treatment,
    TreatmentOption,
)

HEAD = ("slug", "title", "medical_name", "summary", "review_interval_months")
OWN_FIELDS = {
    "condition": ("body_region", "when_chronic", "natural_progression"),
    "treatment": ("category", "is_regenerative", "procedure", "cell_source", "recovery", "offered_here"),
    "article": ("category",),
}


@dataclass(frozen=True)
class Known:
    """Primary keys of what a document may point to, by the name it uses."""

    sources: dict[str, int]
    treatments: dict[str, int]
    conditions: dict[str, int]
    clinicians: dict[str, int]

    @classmethod
    def read(cls) -> "Known":
        return cls(
            sources=dict(Source.objects.values_list("key", "pk")),
            treatments=dict(Treatment.objects.values_list("slug", "pk")),
            conditions=dict(Condition.objects.values_list("slug", "pk")),
            clinicians=dict(Clinician.objects.values_list("slug", "pk")),
        )

    def add(self, page: Page) -> None:
        """A page that was just made can be pointed to."""
        pages = {"condition": self.conditions, "treatment": self.treatments}.get(page.kind, {})
        pages[page.slug] = page.pk


@transaction.atomic
def replace(document: Document, known: Known | None = None) -> Page:
    """Make the rows of the document's page say exactly what it says; make the page if it is new.

    The document is valid and what it points to exists. Prices and the dates of approval checks that are not in the
    document stay as they are: they are live facts. Nothing is published.
    """
    known = known or Known.read()
    kind = document["kind"]
    page: Any = (
        snapshots.MODELS[kind]._default_manager.filter(slug=document["slug"]).first() or snapshots.MODELS[kind]()
    )
    for name in (*HEAD, *OWN_FIELDS[kind]):
        setattr(page, name, document[name])
    page.key_facts = "\n".join(document["key_facts"])
    if kind == "condition":
        page.parent_id = known.conditions[document["parent"]] if document["parent"] else None
    elif kind == "treatment":
        page.alternatives = "\n".join(document["alternatives"])
    page.save()
    known.add(page)
    _replace_common_rows(page, document, known)
    if kind == "condition":
        _replace_condition_rows(page, document, known)
    elif kind == "treatment":
        _replace_treatment_rows(page, document, known)
    return page


def write_items(list_name: str, new: list[tuple[int, Document]], changed: list[tuple[int, Document]]) -> None:
    """Write sources, glossary terms or questions: (position, item), valid, and with what they point to in place."""
    model: Any = snapshots.LISTS[list_name][0]
    own_key = LISTS[list_name][1]
    treatments = dict(Treatment.objects.values_list("slug", "pk")) if list_name == "questions" else {}

    def fields(position: int, item: Document) -> dict[str, Any]:
        if list_name == "claim_rules":
            return {"is_active": True, **item}
        if list_name == "sources":
            return {name: value for name, value in item.items() if name != "superseded_by"}
        if list_name != "questions":
            return item
        rest = {name: value for name, value in item.items() if name != "treatment"}
        treatment = treatments[item["treatment"]] if item["treatment"] else None
        return {**rest, "treatment_id": treatment, "position": position}

    model.objects.bulk_create([model(**fields(*entry)) for entry in new])
    for position, item in changed:
        model.objects.filter(**{own_key: item[own_key]}).update(**fields(position, item))
    if list_name == "sources":
        _point_to_newer([item for _, item in (*new, *changed)])


def _point_to_newer(items: list[Document]) -> None:
    """Each of these sources points to the one that took its place, or to none."""
    newer = {item["key"]: item.get("superseded_by", "") for item in items}
    rows = Source.objects.in_bulk({*newer, *newer.values()}, field_name="key")
    for key, other in newer.items():
        rows[key].superseded_by = rows.get(other)
    Source.objects.bulk_update([rows[key] for key in newer], ["superseded_by"])


def _replace_common_rows(page: Page, document: Document, known: Known) -> None:
    _rows(Section, document["sections"], page=page)
    _rows(Synonym, document["synonyms"], page=page)
    MedicalCode.objects.filter(page=page).delete()
    MedicalCode.objects.bulk_create(
        MedicalCode(
            page=page,
            verified_by_id=known.clinicians[row["verified_by"]] if row["verified_by"] else None,
            verified_on=row["verified_on"] or None,
            **{name: row[name] for name in ("system", "code", "display", "edition")},
        )
        for row in document["codes"]
    )
    _with_sources(AnsweredClaim, document["answered_claims"], known, page=page)


def _replace_condition_rows(condition: Condition, document: Document, known: Known) -> None:
    OutcomeEvidence.objects.filter(condition=condition).delete()
    CareAdvice.objects.filter(condition=condition).delete()
    CareAdvice.objects.bulk_create(
        CareAdvice(
            condition=condition,
            level=row["level"],
            action=row["action"],
            red_flags="\n".join(row["red_flags"]),
            items="\n".join(row["items"]),
        )
        for row in document["care_advice"]
    )
    TreatmentOption.objects.filter(condition=condition).delete()
    options = TreatmentOption.objects.bulk_create(
        TreatmentOption(
            condition=condition,
            treatment_id=known.treatments[row["treatment"]] if row["treatment"] else None,
            position=number,
            **{name: value for name, value in row.items() if name != "treatment"},
        )
        for number, row in enumerate(document["options"])
    )
    option_of = {row["treatment"]: option.pk for row, option in zip(document["options"], options, strict=True)}
    rows = _with_sources(OutcomeEvidence, document["evidence"], known, without="options", condition=condition)
    through: Any = OutcomeEvidence.options.through
    through.objects.bulk_create(
        through(outcomeevidence_id=row.pk, treatmentoption_id=option_of[treatment])
        for row, said in zip(rows, document["evidence"], strict=True)
        for treatment in said["options"]
    )


def _replace_treatment_rows(treatment: Treatment, document: Document, known: Known) -> None:
    _rows(Contraindication, document["contraindications"], treatment=treatment)
    _with_sources(AdverseOutcome, document["adverse_outcomes"], known, treatment=treatment)
    checked = {status.jurisdiction: status for status in RegulatoryStatus.objects.filter(treatment=treatment)}
    RegulatoryStatus.objects.filter(treatment=treatment).delete()
    RegulatoryStatus.objects.bulk_create(
        RegulatoryStatus(
            treatment=treatment,
            jurisdiction=row["jurisdiction"],
            status=row["status"],
            public_statement=row["public_statement"],
            source_id=known.sources[row["source"]] if row["source"] else None,
            **_check_dates(row, checked.get(row["jurisdiction"])),
        )
        for row in document["regulatory"]
    )


def _check_dates(row: Document, before: RegulatoryStatus | None) -> dict[str, Any]:
    if row["checked_on"] or before is None:
        return {"checked_on": row["checked_on"] or None, "recheck_due": row["recheck_due"] or None}
    return {"checked_on": before.checked_on, "recheck_due": before.recheck_due}


def _rows(model: type[Any], rows: list[Document], *, without: Iterable[str] = (), **owner: Model) -> list[Any]:
    """The rows of one owner, made anew in this order."""
    model.objects.filter(**owner).delete()
    has_position = any(field.name == "position" for field in model._meta.fields)
    return model.objects.bulk_create(
        model(
            **owner,
            **{name: value for name, value in row.items() if name not in without},
            **({"position": number} if has_position else {}),
        )
        for number, row in enumerate(rows)
    )


def _with_sources(
    model: type[Any], rows: list[Document], known: Known, *, without: str = "", **owner: Model
) -> list[Any]:
    made = _rows(model, rows, without=("sources", without), **owner)
    through = model.sources.through
    through.objects.bulk_create(
        through(**{f"{model._meta.model_name}_id": row.pk}, source_id=known.sources[key])
        for row, said in zip(made, rows, strict=True)
        for key in said["sources"]
    )
    return made
