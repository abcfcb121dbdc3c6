"""Options of one condition side by side: the ones a visitor chose, and usual care always.

In the order guidelines suggest trying them, never by price; what is not recommended comes last.
"""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from therapies import prose
from therapies.library import Library, LivePage
from therapies.pages import approval, evidence, parts
from therapies.pages.evidence import Glance
from therapies.pages.parts import CareCard, Review, ShownSource


@dataclass(frozen=True)
class Choice:
    """An option to choose; `value` is its word in the address."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True)
class Side:
    """One option: the same questions answered for each."""

    line: Glance
    description: str
    time_to_effect: str
    duration_of_effect: str
    recovery: str
    cost: str
    notice: str  # said of an unapproved cell therapy
    blank: str  # what stands where nothing is recorded
    warning_mark: str = ""  # where a guideline's advice against it stands among the notes of the printed sheet
    notice_mark: str = ""


@dataclass(frozen=True)
class Note:
    """What several options share and the printed sheet says once, below them."""

    mark: str
    text: str


@dataclass(frozen=True)
class Comparison:
    page: LivePage
    crumbs: list[tuple[str, str]]
    review: Review
    emergency: CareCard | None
    urgent: CareCard | None
    choices: list[Choice]
    sides: list[Side]
    notes: list[Note]
    query: str  # what follows the address of the page: "" where nothing was chosen
    printed_on: datetime.date
    place: str  # where the approval statuses hold
    is_choice: bool  # did the visitor leave something out?
    ignored: bool  # the address names what is no option here, or one twice
    is_normal: bool  # the address names options of this condition, each once, in their order
    questions: list[dict[str, Any]]
    sources: list[ShownSource]

    @property
    def charges(self) -> str:
        """What is said where we ask for a consultation, if we could be paid for one of the options."""
        return "We charge for some of these treatments." if any(side.line.paid for side in self.sides) else ""


def comparison(library: Library, page: LivePage, asked: Sequence[str], today: datetime.date) -> Comparison:
    """The comparison an address asks for: all options where it names none that this condition has."""
    document, clinic = page.document, library.clinic
    options = library.shown_options(page)
    treatments = [option["treatment"] for option in options if option["treatment"]]
    chosen = [slug for slug in treatments if slug in asked]
    citations = prose.Citations(library.sources)
    cards = parts.care_cards(document, clinic)
    # Everything that cites is built in reading order; keyword arguments are evaluated as written.
    compared, notes = noted(sides(library, page, [*(chosen or treatments), ""], citations, today))
    return Comparison(
        page=page,
        crumbs=[("Conditions", "/conditions/"), (page.title, page.url)],
        review=parts.review(page, today),
        emergency=cards.get("emergency"),
        urgent=cards.get("urgent"),
        choices=[
            Choice(slug, library.page("treatment", slug).title, not chosen or slug in chosen) for slug in treatments
        ],
        sides=compared,
        notes=notes,
        query=f"?{urlencode([('t', slug) for slug in chosen])}" if chosen else "",
        printed_on=today,
        place=approval.PLACES.get(approval.jurisdiction(clinic.country), ""),
        is_choice=bool(chosen) and len(chosen) < len(treatments),
        ignored=bool(set(asked) - set(treatments)) or max(Counter(asked).values(), default=0) > 1,
        is_normal=list(asked) == chosen,
        questions=parts.questions(library, chosen or treatments),
        sources=parts.cited(citations, library),
    )


def sides(
    library: Library, page: LivePage, treatments: Sequence[str], citations: prose.Citations, today: datetime.date
) -> list[Side]:
    """The options of a condition with these treatments ("" is usual care), in their order on its page."""
    rows = evidence.shown_rows(page)
    return [
        _side(option, rows, library, citations, today)
        for option in library.shown_options(page)
        if option["treatment"] in treatments
    ]


def noted(compared: Sequence[Side]) -> tuple[list[Side], list[Note]]:
    """The options with the marks of their notes, and the notes in the order options come to them."""
    said = dict.fromkeys(text for side in compared for text in (side.line.warning, side.notice) if text)
    marks = {text: chr(ord("a") + place % 26) * (1 + place // 26) for place, text in enumerate(said)}
    return (
        [
            replace(side, warning_mark=marks.get(side.line.warning, ""), notice_mark=marks.get(side.notice, ""))
            for side in compared
        ],
        [Note(mark, text) for text, mark in marks.items()],
    )


def _side(
    option: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    library: Library,
    citations: prose.Citations,
    today: datetime.date,
) -> Side:
    treatment = library.page("treatment", option["treatment"]) if option["treatment"] else None
    approved = approval.approval_here(treatment, library.clinic, today)
    line = evidence.glance(option, rows, library, citations, approval=approved, price="")
    return Side(
        line=line,
        description=option["description"],
        time_to_effect=option["time_to_effect"],
        duration_of_effect=option["duration_of_effect"],
        recovery=treatment.document["recovery"] if treatment else "",
        cost=approval.cost(treatment, library.clinic),
        notice=approval.notice(treatment, library.clinic, today),
        blank="Not recorded" if treatment else "Depends on its parts",
    )
