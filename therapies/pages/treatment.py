"""A treatment page: its own document, and the evidence of every live condition that has it as an option."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from therapies import prose, wording
from therapies.library import Library, LivePage
from therapies.models import Treatment
from therapies.pages import approval, compare, evidence, for_machines, headline, parts
from therapies.pages.approval import Approval
from therapies.pages.compare import Side
from therapies.pages.evidence import Result
from therapies.pages.parts import Claim, Code, Link, Review, Section, ShownSource

CATEGORIES = dict(Treatment.Category.choices)
PROCEDURES = dict(Treatment.Procedure.choices)
CELL_SOURCES = dict(Treatment.CellSource.choices)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Harm:
    """A harm with how often it happens, as "3 in 100 people" or in words."""

    name: str
    how_often: str
    cites: SafeString


@dataclass(frozen=True)
class ForCondition:
    """What studies found for one condition."""

    title: str
    url: str
    results: list[Result]


@dataclass(frozen=True)
class TreatmentPage:
    page: LivePage
    crumbs: list[tuple[str, str]]
    procedure: str
    cell_source: str
    facts: list[tuple[str, str]]
    synonyms: list[str]
    review: Review
    contents: list[tuple[str, str]]
    approvals: list[Approval]
    notice: str  # said of an unapproved cell therapy
    best: Result | None  # the most certain result, and the condition it is about
    best_for: Link | None
    paid: bool
    about: list[Section]
    evidence: list[ForCondition]
    not_assessed: list[Link]  # conditions with this option and no row of evidence
    limits: list[Section]
    suitability: list[Section]
    never: list[Mapping[str, Any]]
    judged: list[Mapping[str, Any]]
    day: list[Section]
    recovery: str
    common_harms: list[Harm]
    serious_harms: list[Harm]
    compared_for: Link | None  # the condition that the alternatives are compared for
    compared: list[Side]  # this treatment and what else there is for that condition
    alternatives: list[Link]  # what else there is besides, in words
    compare_links: list[Link]  # all options of each condition it is an option for
    cost: list[Section]
    price: str
    price_includes: str
    when_to_call: list[Section]
    report_harm: Link | None
    more_sections: list[Section]
    claims: list[Claim]
    questions: list[dict[str, Any]]
    sources: list[ShownSource]
    related: list[Link]
    codes: list[Code]
    structured_data: list[dict[str, Any]]

    @property
    def charges(self) -> str:
        """What is said where we ask for a consultation, if we could be paid for this treatment."""
        return "We charge for this treatment." if self.paid else ""


def treatment_page(library: Library, page: LivePage, today: datetime.date) -> TreatmentPage:
    """What the page of a treatment shows on a day, everything resolved."""
    document, clinic = page.document, library.clinic
    category = document["category"]
    citations = prose.Citations(library.sources)
    sections = parts.Sections(document, citations, clinic)
    found = [(condition, row) for condition, row in library.evidence_of(page.slug) if wording.is_result(row)]
    best_for, best_row = max(found, key=lambda pair: headline.sureness(pair[1]), default=(None, None))
    conditions = _conditions(library, page)
    subject = best_for or next(iter(conditions), None)
    harm = approval.REPORT_HARM.get(approval.jurisdiction(clinic.country))
    # Everything that cites is built in reading order; keyword arguments are evaluated as written.
    shown = TreatmentPage(
        page=page,
        crumbs=[("Treatments", "/treatments/"), (CATEGORIES[category], f"/treatments/#{category.replace('_', '-')}")],
        procedure=PROCEDURES[document["procedure"]],
        cell_source="" if document["cell_source"] == "none" else CELL_SOURCES[document["cell_source"]],
        facts=parts.facts(document),
        synonyms=parts.synonyms(document),
        review=parts.review(page, today),
        contents=[],
        approvals=approval.approvals(page, clinic, citations, today),
        notice=approval.notice(page, clinic, today),
        best=evidence.result(best_row, library, citations, about=page.title, alone=True) if best_row else None,
        best_for=Link(best_for.title, best_for.url) if best_for else None,
        paid=document["offered_here"],
        about=sections.take("overview", "how_it_works"),
        evidence=_by_condition(page, found, library, citations),
        not_assessed=_not_assessed(page, found, library),
        limits=sections.take("limits"),
        suitability=sections.take("suitability"),
        never=[row for row in document["contraindications"] if row["degree"] == "absolute"],
        judged=[row for row in document["contraindications"] if row["degree"] == "relative"],
        day=sections.take("before", "during", "after"),
        recovery=document["recovery"],
        common_harms=_harms(document, citations, serious=False),
        serious_harms=_harms(document, citations, serious=True),
        compared_for=Link(subject.title, subject.url) if subject else None,
        compared=_compared(library, page, subject, today) if subject else [],
        alternatives=_alternatives(document, library, subject),
        compare_links=[Link(c.title, f"{c.url}compare/") for c in conditions],
        cost=sections.take("cost"),
        price=approval.price(page, clinic),
        price_includes=page.live.get("price_includes", ""),
        when_to_call=sections.take("when_to_call"),
        report_harm=Link(*harm) if harm else None,
        more_sections=sections.rest(),
        claims=parts.claims(document, citations),
        questions=parts.questions(library, [page.slug]),
        sources=parts.cited(citations, library),
        related=parts.related(_neighbours(library, page), but=page),
        codes=parts.codes(page, library),
        structured_data=[],
    )
    shown.contents.extend(_contents(shown))
    shown.structured_data.extend(for_machines.treatment(shown, library))
    return shown


def _by_condition(
    page: LivePage, found: list[tuple[LivePage, dict[str, Any]]], library: Library, citations: prose.Citations
) -> list[ForCondition]:
    gathered: dict[str, ForCondition] = {}
    for condition, row in found:
        group = gathered.setdefault(condition.slug, ForCondition(condition.title, condition.url, []))
        group.results.append(evidence.result(row, library, citations, about=page.title, alone=True))
    return list(gathered.values())


def _not_assessed(page: LivePage, found: list[tuple[LivePage, dict[str, Any]]], library: Library) -> list[Link]:
    assessed = {condition.slug for condition, _ in found}
    return [Link(c.title, c.url) for c in _conditions(library, page) if c.slug not in assessed]


def _conditions(library: Library, page: LivePage) -> list[LivePage]:
    """The conditions that have this treatment as an option."""
    return [
        condition
        for condition in library.pages("condition")
        if any(option["treatment"] == page.slug for option in condition.document["options"])
    ]


def _harms(document: Mapping[str, Any], citations: prose.Citations, *, serious: bool) -> list[Harm]:
    return [
        Harm(row["name"], _how_often(row, citations), prose.links(citations.numbers(row["sources"])))
        for row in document["adverse_outcomes"]
        if row["serious"] == serious
    ]


def _how_often(row: Mapping[str, Any], citations: prose.Citations) -> str:
    if row["frequency_n"] is None or row["frequency_denominator"] is None:
        return row["frequency_words"]
    return f"{row['frequency_n']:,} in {row['frequency_denominator']:,} people"


def _compared(library: Library, page: LivePage, condition: LivePage, today: datetime.date) -> list[Side]:
    """This treatment, usual care, and every other option of the condition that is no regenerative treatment.

    So exercise, medicines, a steroid and surgery stand beside it wherever we know them. Their sources stand on the
    page of the condition.
    """
    options = [option["treatment"] for option in library.shown_options(condition)]
    known = {slug: library.page("treatment", slug) for slug in options if slug}
    others = [slug for slug, other in known.items() if other and not other.document["is_regenerative"]]
    return compare.sides(library, condition, ["", page.slug, *others], prose.Citations(library.sources), today)


def _alternatives(document: Mapping[str, Any], library: Library, condition: LivePage | None) -> list[Link]:
    """What else there is: live treatments as links, other things in words. A treatment that is not live is left out.

    So is what is an option of the condition, because it is compared already.
    """
    compared = {option["treatment"] for option in library.shown_options(condition)} if condition else set()
    named = []
    for name in document["alternatives"]:
        page = library.page("treatment", name)
        if page and name not in compared:
            named.append(Link(page.title, page.url))
        elif not page and not SLUG.fullmatch(name):
            named.append(Link(name, ""))
    return named


def _neighbours(library: Library, page: LivePage) -> list[LivePage | None]:
    same = [p for p in library.pages("treatment") if p.document["category"] == page.document["category"]]
    return [*same, *_conditions(library, page)]


def _contents(shown: TreatmentPage) -> list[tuple[str, str]]:
    headings: list[tuple[object, str, str]] = [(True, "status", "Status and results in short")]
    headings += [(True, section.id, section.heading) for section in shown.about]
    headings += [
        (True, "evidence", "What trials found"),
        *((True, section.id, section.heading) for section in shown.limits),
        (shown.suitability or shown.never or shown.judged, "who", "Who it is for, and not for"),
        (shown.day or shown.recovery, "day", "Before, on the day and afterwards"),
        (True, "risks", "Risks"),
        (shown.compared or shown.alternatives, "alternatives", "Alternatives"),
        (shown.cost or shown.price, "cost", "Cost"),
        *((True, section.id, section.heading) for section in [*shown.when_to_call, *shown.more_sections]),
        (shown.claims, "claims", "What you may have read"),
        (shown.questions, "ask", "Questions to ask"),
        (shown.sources, "sources", "Sources"),
    ]
    return [(place, label) for there, place, label in headings if there]
