"""A condition page: everything the template shows, in the order it shows it, so that sources are numbered as read."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from therapies import prose, wording
from therapies.library import Library, LivePage
from therapies.models import BodyRegion
from therapies.pages import evidence, for_machines, parts
from therapies.pages.approval import PLACES, approval_here, jurisdiction, notice, price
from therapies.pages.evidence import Block, Glance
from therapies.pages.parts import CareCard, Claim, Code, Link, Review, Section, ShownSource

REGIONS = dict(BodyRegion.choices)
BEFORE_OPTIONS = ("overview", "symptoms", "causes", "diagnosis", "prognosis")
USUAL, REGENERATIVE, SURGERY = "usual", "regenerative", "surgery"


@dataclass(frozen=True)
class ConditionPage:
    page: LivePage
    crumbs: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    synonyms: list[str]
    review: Review
    contents: list[tuple[str, str]]
    emergency: CareCard | None
    urgent: CareCard | None
    non_urgent: CareCard | None
    when_chronic: SafeString
    sections: list[Section]
    natural_progression: SafeString
    self_care: list[Section]
    glance: list[Glance]
    place: str  # where the approval statuses of the table hold
    usual: list[Block]
    known_unknown: list[Section]
    notice: str  # said where one of the options is an unapproved cell therapy
    regenerative: list[Block]
    surgery: list[Block]
    more_sections: list[Section]
    claims: list[Claim]
    questions: list[dict[str, Any]]
    sources: list[ShownSource]
    related: list[Link]
    codes: list[Code]
    structured_data: list[dict[str, Any]]

    @property
    def charges(self) -> str:
        """What is said where we ask for a consultation, if we could be paid for one of the options."""
        return "We charge for some of these treatments." if any(line.paid for line in self.glance) else ""


def condition_page(library: Library, page: LivePage, today: datetime.date) -> ConditionPage:
    """What the page of a condition shows on a day, everything resolved."""
    document, clinic = page.document, library.clinic
    citations = prose.Citations(library.sources)
    sections = parts.Sections(document, citations, clinic)
    options, rows = library.shown_options(page), evidence.shown_rows(page)
    cards = parts.care_cards(document, clinic)
    parent = library.page("condition", document["parent"]) if document["parent"] else None
    # Everything that cites is built in reading order; keyword arguments are evaluated as written.
    shown = ConditionPage(
        page=page,
        crumbs=_crumbs(document, parent),
        facts=parts.facts(document),
        synonyms=parts.synonyms(document),
        review=parts.review(page, today),
        contents=[],
        emergency=cards.get("emergency"),
        urgent=cards.get("urgent"),
        non_urgent=cards.get("non_urgent"),
        when_chronic=prose.html(document["when_chronic"], citations),
        sections=sections.take(*BEFORE_OPTIONS),
        natural_progression=prose.html(document["natural_progression"], citations),
        self_care=sections.take("self_care"),
        glance=[_glance(option, rows, library, citations, today) for option in options],
        place=PLACES.get(jurisdiction(clinic.country), ""),
        usual=_shelf(USUAL, options, rows, library, citations, today),
        known_unknown=sections.take("known_unknown"),
        notice=next(
            filter(None, (notice(library.page("treatment", o["treatment"]), clinic, today) for o in options)), ""
        ),
        regenerative=_shelf(REGENERATIVE, options, rows, library, citations, today),
        surgery=_shelf(SURGERY, options, rows, library, citations, today),
        more_sections=sections.rest(),
        claims=parts.claims(document, citations),
        questions=parts.questions(library, [option["treatment"] for option in options if option["treatment"]]),
        sources=parts.cited(citations, library),
        related=parts.related(_neighbours(library, page), but=page),
        codes=parts.codes(page, library),
        structured_data=[],
    )
    shown.contents.extend(_contents(shown))
    shown.structured_data.extend(for_machines.condition(shown, library))
    return shown


def _crumbs(document: Mapping[str, Any], parent: LivePage | None) -> list[tuple[str, str]]:
    region = document["body_region"]
    links = [("Conditions", "/conditions/"), (REGIONS[region], f"/conditions/#pain-{region}")]
    return links + [(parent.title, parent.url)] if parent else links


def _glance(
    option: Mapping[str, Any],
    rows: Sequence[wording.Row],
    library: Library,
    citations: prose.Citations,
    today: datetime.date,
) -> Glance:
    page = library.page("treatment", option["treatment"])
    return evidence.glance(
        option,
        rows,
        library,
        citations,
        approval=approval_here(page, library.clinic, today),
        price=price(page, library.clinic) if page and page.document["offered_here"] else "",
    )


def _shelf(
    shelf: str,
    options: Sequence[Mapping[str, Any]],
    rows: Sequence[wording.Row],
    library: Library,
    citations: prose.Citations,
    today: datetime.date,
) -> list[Block]:
    """The blocks of one heading. A row about options of several headings stands under the most cautious one."""
    kinds = {option["treatment"]: _kind(library, option["treatment"]) for option in options}
    own = [option for option in options if kinds[option["treatment"]] == shelf]
    mine = []
    for row in rows:
        found = {kinds[slug] for slug in row["options"] if slug in kinds}
        if found and shelf == next(kind for kind in (REGENERATIVE, SURGERY, USUAL) if kind in found):
            mine.append(row)
    approvals = {slug: approval_here(library.page("treatment", slug), library.clinic, today) for slug in kinds}
    return evidence.blocks(
        own, mine, library, citations, all_rows=rows, approvals=approvals if shelf == REGENERATIVE else {}
    )


def _kind(library: Library, slug: str) -> str:
    page = library.page("treatment", slug) if slug else None
    if page is None:
        return USUAL
    if page.document["is_regenerative"]:
        return REGENERATIVE
    return SURGERY if page.document["category"] == "surgery" else USUAL


def _contents(shown: ConditionPage) -> list[tuple[str, str]]:
    lines = [(card.level.replace("_", "-"), "When to get help now") for card in (shown.emergency, shown.urgent) if card]
    lines = lines[:1] + [(section.id, section.heading) for section in shown.sections]
    if shown.natural_progression:
        lines.append(("without", "If you have no procedure"))
    lines += [(section.id, section.heading) for section in shown.self_care]
    for there, place, label in (
        (shown.glance, "options", "Options at a glance"),
        (shown.usual, "usual-care", "What usual care can do"),
        (shown.regenerative, "regenerative", "Regenerative options"),
        (shown.surgery, "surgery", "Surgery"),
        *((True, section.id, section.heading) for section in shown.more_sections),
        (shown.claims, "claims", "What you may have read"),
        (shown.non_urgent, "see-a-clinician", "When to see a clinician"),
        (shown.questions, "ask", "Questions to ask"),
        (shown.sources, "sources", "Sources"),
    ):
        if there:
            lines.append((place, label))
    return lines


def _neighbours(library: Library, page: LivePage) -> list[LivePage | None]:
    document = page.document
    conditions = library.pages("condition")
    children = [other for other in conditions if other.document["parent"] == page.slug]
    nearby = [other for other in conditions if other.document["body_region"] == document["body_region"]]
    parent = library.page("condition", document["parent"]) if document["parent"] else None
    return [parent, *children, *nearby]
