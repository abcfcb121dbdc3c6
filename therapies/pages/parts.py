"""Parts that several kinds of page share: sections, care cards, sources, answered claims, the review line."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import slugify

from therapies import prose
from therapies.library import Clinic, Library, LivePage
from therapies.models import AnsweredClaim, MedicalCode, Source
from therapies.red_flags import RED_FLAGS

VERDICTS = dict(AnsweredClaim.Verdict.choices)
STATUSES = dict(Source.Status.choices)
QUESTIONS_SHOWN = 6


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Section:
    """A headed part of a page. `id` is where the list of contents leads."""

    id: str
    heading: str
    html: SafeString


@dataclass(frozen=True)
class CareCard:
    """When to get help, and how fast. `urgency` is read out before the heading; `call` is the number to dial, if any."""

    level: str
    urgency: str
    action: str
    signs: tuple[str, ...]
    call: str


@dataclass(frozen=True)
class ShownSource:
    """A publication in a list of sources; `number` is 0 outside a page's own list."""

    number: int
    key: str
    authors: str
    title: str
    stop: str  # what ends the title: a full stop, unless it asks a question
    published: str
    year: int | None
    url: str
    kind: str
    status: str  # "" while current
    is_retracted: bool
    newer: Link | None  # what supersedes it
    to_confirm: bool

    @property
    def on_paper(self) -> str:
        """What stands behind the title where space is short: when it appeared, by whom if the title has no authors, and where."""
        appeared = str(self.year or "") if self.authors else self.published
        return " ".join(filter(None, [f"{appeared}." if appeared else "", self.url.partition("://")[2]]))


@dataclass(frozen=True)
class Claim:
    """What people are told elsewhere, and what can honestly be said."""

    claim: str
    verdict: str
    answer: str
    cites: SafeString


@dataclass(frozen=True)
class Review:
    """Who stands for a page. Without a clinician the page says so, and shows no date."""

    is_demonstration: bool
    name: str
    credentials: str
    url: str
    reviewed_on: datetime.date | None
    next_due: datetime.date | None
    is_overdue: bool
    change_note: str
    changed_on: datetime.date


@dataclass(frozen=True)
class Code:
    """A code from a classification, and who has checked that it is the right one."""

    system: str
    value: str
    display: str
    verified_by: str
    verified_on: datetime.date


def codes(page: LivePage, library: Library) -> list[Code]:
    """The codes that a clinician of ours has verified; none on a page that no clinician stands for."""
    people = {person["slug"]: person["name"] for person in library.clinicians}
    return [
        Code(
            row["system"],
            row["code"],
            row["display"],
            people[row["verified_by"]],
            datetime.date.fromisoformat(row["verified_on"]),
        )
        for row in page.document["codes"]
        if row["verified_by"] in people
        and not page.is_demonstration
        and (row["system"] != MedicalCode.System.SNOMED or settings.EMIT_SNOMED)
    ]


def facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The key facts as pairs; one without a label keeps its whole text."""
    pairs = []
    for line in document["key_facts"]:
        label, colon, text = line.partition(":")
        pairs.append((label.strip(), text.strip()) if colon else ("", line))
    return pairs


class Sections:
    """The sections of a page, turned into HTML one by one as the page comes to them: that order numbers its sources."""

    def __init__(self, document: Mapping[str, Any], citations: prose.Citations, clinic: Clinic) -> None:
        self._left = list(document["sections"])
        self._citations, self._clinic = citations, clinic

    def take(self, *aspects: str) -> list[Section]:
        """The sections of these aspects, in the order of the aspects."""
        taken = [row for aspect in aspects for row in self._left if row["aspect"] == aspect]
        self._left = [row for row in self._left if row["aspect"] not in aspects]
        return [self._section(row) for row in taken]

    def rest(self) -> list[Section]:
        """What nobody has taken, as written."""
        return [self._section(row) for row in self._left]

    def _section(self, row: Mapping[str, Any]) -> Section:
        body = with_numbers(row["body"], self._clinic)
        return Section(id=section_id(row), heading=row["heading"], html=prose.html(body, self._citations))


def section_id(row: Mapping[str, Any]) -> str:
    """Where a section stands on its page. Sections of free text may be many: their heading tells them apart."""
    return f"text-{slugify(row['heading'])}" if row["aspect"] == "text" else row["aspect"].replace("_", "-")


def with_numbers(text: str, clinic: Clinic) -> str:
    """The text with this clinic's emergency number and phone in their places."""
    emergency = clinic.emergency_number or "your emergency number"
    return text.replace("{emergency_number}", emergency).replace("{phone}", clinic.phone)


def care_cards(document: Mapping[str, Any], clinic: Clinic) -> dict[str, CareCard]:
    """The care cards of a condition by level. Their signs come from the table of red flags, then from the page."""
    urgency = {"emergency": "Emergency:", "urgent": "Urgent, the same day:", "non_urgent": "Not urgent:"}
    return {
        card["level"]: CareCard(
            level=card["level"],
            urgency=urgency[card["level"]],
            action=with_numbers(card["action"], clinic),
            signs=(*(RED_FLAGS[flag].sign for flag in card["red_flags"] if flag in RED_FLAGS), *card["items"]),
            call=clinic.emergency_number if card["level"] == "emergency" else "",
        )
        for card in document["care_advice"]
    }


def source(number: int, row: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> ShownSource:
    """A source as readers see it: "Authors. Title. Publisher, year." The title leads to the publication.

    `sources` are those of the library: one that is superseded names the newer one.
    """
    newer = sources.get(row["superseded_by"])
    return ShownSource(
        number=number,
        key=row["key"],
        authors="" if row["authors"] == row["publisher"] else row["authors"].rstrip("."),
        title=row["title"].rstrip("."),
        stop="" if row["title"].endswith(("?", "!")) else ".",
        published=", ".join(str(part) for part in (row["publisher"].rstrip("."), row["year"]) if part),
        year=row["year"],
        url=f"https://doi.org/{row['doi']}" if row["doi"] else row["url"],
        kind="" if row["kind"] == "other" else row["kind_label"],
        status="" if row["status"] == "current" else STATUSES[row["status"]],
        is_retracted=row["status"] == "retracted",
        newer=Link(newer["title"].rstrip("."), f"/sources/#{newer['key']}") if newer else None,
        to_confirm=row["check"] == "to_confirm",
    )


def cited(citations: prose.Citations, library: Library) -> list[ShownSource]:
    """The sources of a page in the order it cites them. Ask last: it lists what has been cited so far."""
    return [source(number, library.sources[key], library.sources) for number, key in enumerate(citations, 1)]


def claims(document: Mapping[str, Any], citations: prose.Citations) -> list[Claim]:
    """The answered claims of a page."""
    return [
        Claim(
            row["claim"],
            VERDICTS[row["verdict"]],
            row["answer"],
            prose.links(citations.numbers(row["sources"])),
        )
        for row in document["answered_claims"]
    ]


def review(page: LivePage, today: datetime.date) -> Review:
    """The review line of a page on a day."""
    person = page.reviewed_by or page.approved_by or {}
    return Review(
        is_demonstration=page.is_demonstration,
        name=person.get("name", ""),
        credentials=person.get("credentials", ""),
        url=person.get("url", ""),
        reviewed_on=None if page.is_demonstration else page.reviewed_on,
        next_due=None if page.is_demonstration else page.next_review_due,
        is_overdue=bool(page.next_review_due and page.next_review_due < today and not page.is_demonstration),
        change_note=page.change_note,
        changed_on=page.published_on,
    )


def questions(library: Library, treatments: Collection[str]) -> list[dict[str, Any]]:
    """A few questions worth asking any clinic: those about these treatments first, then those about every treatment."""
    asked = [question for question in library.questions if question["kind"] == "ask_clinic"]
    own = [question for question in asked if question["treatment"] in treatments]
    general = [question for question in asked if not question["treatment"]]
    return (own + general)[:QUESTIONS_SHOWN]


def synonyms(document: Mapping[str, Any]) -> list[str]:
    """Other names readers may know; misspellings are for search alone."""
    return [name["text"] for name in document["synonyms"] if not name["is_misspelling"]]


def related(pages: Iterable[LivePage | None], *, but: LivePage, most: int = 8) -> list[Link]:
    """Links to other live pages, each once, in the order given."""
    found: dict[str, Link] = {}
    for page in pages:
        if page is not None and page.url != but.url:
            found.setdefault(page.url, Link(page.title, page.url))
    return list(found.values())[:most]
