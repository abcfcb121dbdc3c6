"""Conditions and treatments as schema.org knows them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from therapies.structured_data.nodes import Node, condition_id, filled, ref, term, treatment_id
from therapies.structured_data.pages import is_cited, source_title, source_url
from therapies.structured_data.site import SPECIALTY

# Regions that are one part of the body. "Elbow, wrist or hand" is three, the whole body none.
ANATOMY = {"neck", "shoulder", "back", "hip", "knee"}
# Options that a page tells about, but that are no treatment to name to machines.
NOT_A_TREATMENT = {"investigational", "not_recommended"}
TYPES: dict[str, str | list[str]] = {
    "exercise": "PhysicalTherapy",
    "medicine": "DrugClass",
    "surgery": ["MedicalTherapy", "SurgicalProcedure"],  # a plain SurgicalProcedure is out of range for a treatment
}
THROUGH_THE_SKIN = {"injection", "harvest"}


def is_service(category: str) -> bool:
    """Can a clinic be said to offer it? A class of medicines is no service."""
    return TYPES.get(category) != "DrugClass"


def condition(
    site: str,
    path: str,
    document: Mapping[str, Any],
    *,
    names: Sequence[str],
    region: str,
    texts: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    options: Iterable[tuple[str, str]],
    codes: Sequence[Node] = (),
    sources: Iterable[Mapping[str, Any]] = (),
) -> Node:
    """A condition. `names` are the other names shown, `region` the word for its place, `options` (role, path) as shown.

    `texts` may hold natural_progression and prognosis, `lists` symptoms and causes, as they stand on the page. A page
    lists causes and risks together, so each of them is said to be a risk: that is true of both.
    """
    return {
        "@type": "MedicalCondition",
        "@id": condition_id(site + path),
        "name": document["title"],
        "alternateName": _names(document, names),
        "code": list(codes),
        "associatedAnatomy": _named("AnatomicalStructure", region) if document["body_region"] in ANATOMY else None,
        "signOrSymptom": [_named("MedicalSymptom", name) for name in lists.get("symptoms", ())],
        "riskFactor": [_named("MedicalRiskFactor", name) for name in lists.get("causes", ())],
        "naturalProgression": texts.get("natural_progression", ""),
        "expectedPrognosis": texts.get("prognosis", ""),
        "possibleTreatment": [
            ref(treatment_id(site + place)) for role, place in options if place and role not in NOT_A_TREATMENT
        ],
        "guideline": _guidelines(sources),
        "study": _trials(sources),
        "relevantSpecialty": SPECIALTY,
    }


def treatment(
    site: str,
    path: str,
    document: Mapping[str, Any],
    *,
    names: Sequence[str],
    texts: Mapping[str, str],
    legal_status: Sequence[str],
    codes: Sequence[Node] = (),
    sources: Iterable[Mapping[str, Any]] = (),
) -> Node:
    """A treatment. `texts` may hold before, during and after; `legal_status` says place and status, current ones only.

    What it is for, its price and its results are not said: there are no honest words for them in the vocabulary.
    """
    kind = TYPES.get(document["category"], "MedicalTherapy")
    node: Node = {
        "@type": kind,
        "@id": treatment_id(site + path),
        "name": document["title"],
        "alternateName": _names(document, names),
        "code": list(codes),
        "legalStatus": list(legal_status),
        "guideline": _guidelines(sources),
        "study": _trials(sources),
        "relevantSpecialty": SPECIALTY,
    }
    if kind == "DrugClass":
        return node
    harms = document["adverse_outcomes"]
    return {
        **node,
        "procedureType": term("PercutaneousProcedure") if document["procedure"] in THROUGH_THE_SKIN else "",
        "preparation": texts.get("before", ""),
        "howPerformed": texts.get("during", ""),
        "followup": texts.get("after", ""),
        "contraindication": [_named("MedicalContraindication", row["name"]) for row in document["contraindications"]],
        "adverseOutcome": [_named("MedicalSymptom", row["name"]) for row in harms if not row["serious"]],
        "seriousAdverseOutcome": [_named("MedicalCondition", row["name"]) for row in harms if row["serious"]],
    }


def code(system: str, value: str) -> Node:
    """A medical code that a named person has verified."""
    return {"@type": "MedicalCode", "codeValue": value, "codingSystem": system}


def _names(document: Mapping[str, Any], others: Sequence[str]) -> list[str]:
    """The other names, each once, without the title."""
    known = {document["title"].casefold()}
    names = []
    for name in (document["medical_name"], *others):
        if name and name.casefold() not in known:
            known.add(name.casefold())
            names.append(name)
    return names


def _named(kind: str, name: str) -> Node:
    return {"@type": kind, "name": name}


def _guidelines(sources: Iterable[Mapping[str, Any]]) -> list[Node]:
    return [
        filled(
            {
                "@type": "MedicalGuideline",
                "name": source_title(row),
                "url": source_url(row),
                "guidelineDate": str(row["year"] or ""),
            }
        )
        for row in sources
        if row["kind"] == "guideline" and is_cited(row)
    ]


def _trials(sources: Iterable[Mapping[str, Any]]) -> list[Node]:
    """The trials themselves: a registry describes the trial, an article only reports it."""
    return [
        {"@type": "MedicalTrial", "name": source_title(row), "url": source_url(row)}
        for row in sources
        if row["kind"] == "registry" and is_cited(row)
    ]
