"""The lists that lead to pages, and the pages made of lists: glossary, questions, sources."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from django.utils.text import slugify

from therapies.library import Library, LivePage
from therapies.models import BodyRegion, Treatment
from therapies.pages import parts
from therapies.pages.parts import Link, ShownSource

# Free and safer kinds first; what is sold without proof last.
CATEGORY_ORDER = ("exercise", "medicine", "injection", "surgery", "regenerative_injection", "cell_therapy", "safety")
CATEGORIES = dict(Treatment.Category.choices)
KINDS = {
    "guideline": "Guidelines",
    "systematic_review": "Systematic reviews",
    "rct": "Randomized trials",
    "observational": "Observational studies",
    "registry": "Trial registries",
    "consensus": "Consensus of experts",
    "regulator": "Regulators",
    "court": "Courts",
    "other": "Other",
}
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Entry:
    """A line of the A to Z: a title, or another name with the title it leads to."""

    name: str
    title: str  # "" where the name is the title
    url: str


@dataclass(frozen=True)
class Letter:
    letter: str
    entries: list[Entry]


@dataclass(frozen=True)
class Region:
    key: str
    place: str
    links: list[Link]


@dataclass(frozen=True)
class ListedTreatment:
    title: str
    url: str
    summary: str
    synonyms: list[str]
    paid: bool


@dataclass(frozen=True)
class TreatmentKind:
    id: str
    label: str
    treatments: list[ListedTreatment]


@dataclass(frozen=True)
class CellTherapies:
    """For readers who look for "stem cell therapy": how many kinds there are here, and which."""

    count: str
    links: list[Link]


@dataclass(frozen=True)
class Term:
    id: str
    term: str
    definition: str


@dataclass(frozen=True)
class QuestionGroup:
    heading: str
    url: str
    questions: list[Mapping[str, Any]]


@dataclass(frozen=True)
class SourceGroup:
    id: str
    label: str
    sources: list[ShownSource]


def a_to_z(pages: tuple[LivePage, ...]) -> list[Letter]:
    """All 26 letters with the titles and other names that begin with them; a letter may be empty."""
    entries = [Entry(page.title, "", page.url) for page in pages]
    for page in pages:
        for name in parts.synonyms(page.document):
            if name.casefold() != page.title.casefold():
                entries.append(Entry(name[:1].upper() + name[1:], page.title, page.url))
    entries.sort(key=lambda entry: entry.name.casefold())
    letters: dict[str, list[Entry]] = {letter: [] for letter in ascii_uppercase}
    for entry in entries:
        letters.setdefault(_initial(entry.name), []).append(entry)
    return [Letter(letter, found) for letter, found in letters.items()]


def _initial(name: str) -> str:
    return unicodedata.normalize("NFKD", name[:1])[:1].upper()


def by_region(pages: tuple[LivePage, ...]) -> list[Region]:
    """The conditions of each region that has any, in the order of the body map."""
    regions = []
    for key, place in BodyRegion.choices:
        links = [Link(page.title, page.url) for page in pages if page.document["body_region"] == key]
        if links:
            regions.append(Region(key, place, links))
    return regions


def by_category(pages: tuple[LivePage, ...]) -> list[TreatmentKind]:
    """The treatments of each kind that has any."""
    kinds = []
    for category in CATEGORY_ORDER:
        listed = [
            ListedTreatment(
                page.title,
                page.url,
                page.document["summary"],
                parts.synonyms(page.document),
                page.document["offered_here"],
            )
            for page in pages
            if page.document["category"] == category
        ]
        if listed:
            kinds.append(TreatmentKind(category.replace("_", "-"), CATEGORIES[category], listed))
    return kinds


def cell_therapies(pages: tuple[LivePage, ...]) -> CellTherapies | None:
    """The kinds of cell therapy, None where the library has none."""
    links = [Link(page.title, page.url) for page in pages if page.document["category"] == "cell_therapy"]
    if not links:
        return None
    return CellTherapies(WORDS[len(links)] if len(links) < len(WORDS) else str(len(links)), links)


def glossary(library: Library) -> list[Term]:
    """The words explained, each with a place of its own."""
    return [Term(f"term-{slugify(row['term'])}", row["term"], row["definition"]) for row in library.glossary]


def questions(library: Library) -> tuple[list[QuestionGroup], list[Mapping[str, Any]]]:
    """The questions to ask a clinic, general ones first, then by treatment; and the ones readers ask us."""
    asked = [row for row in library.questions if row["kind"] == "ask_clinic"]
    groups = [QuestionGroup("About any treatment", "", [row for row in asked if not row["treatment"]])]
    groups += [
        QuestionGroup(page.title, page.url, [row for row in asked if row["treatment"] == page.slug])
        for page in library.pages("treatment")
    ]
    return [group for group in groups if group.questions], [row for row in library.questions if row["kind"] == "faq"]


def sources(library: Library) -> list[SourceGroup]:
    """Every source by kind, the strongest kind first, each under its key."""
    groups = []
    for kind, label in KINDS.items():
        rows = [row for row in library.sources.values() if row["kind"] == kind]
        rows.sort(key=lambda row: ((row["authors"] or row["publisher"] or row["title"]).casefold(), row["key"]))
        if rows:
            groups.append(
                SourceGroup(kind.replace("_", "-"), label, [parts.source(0, row, library.sources) for row in rows])
            )
    return groups
