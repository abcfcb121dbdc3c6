"""What can be found: every page with the words a reader sees on it, part by part, and the names it is looked for by.

Nothing that readers do not see is in a text: no notes for staff, no figure that is still to be confirmed. Misspelled
names stand apart; they find a page and are never shown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from django.urls import reverse

from therapies import prose, wording
from therapies.library import Library, LivePage
from therapies.pages import evidence, indexes, parts
from therapies.search.words import folded

Plain = Callable[[str], str]

# Where a treatment's page shows sections that have no place of their own.
PLACES = {"suitability": "who", "before": "day", "during": "day", "after": "day", "cost": "cost"}
# Where a card stands that does not say "now".
CARDS = {"non_urgent": ("see-a-clinician", "When to see a clinician")}

# Pages that are no page of the library: title, address, summary, and words that readers look for them by.
CLINIC = (
    (
        "Contact and how to find us",
        "clinic:contact",
        "Our telephone number, address and opening hours, and how to get into the building.",
        ("phone number", "telephone", "email", "address", "location", "directions", "parking", "opening hours"),
    ),
    (
        "Request a consultation",
        "inquiries:request",
        "Tell us what you need help with. We answer every request.",
        ("appointment", "book an appointment", "booking", "referral", "see a doctor", "make an appointment"),
    ),
    ("Our clinicians", "clinic:clinicians", "Who works here.", ("doctors", "staff", "team", "clinicians")),
    (
        "Sources",
        "therapies:sources",
        "Every publication these pages rest on, and how far we have checked it.",
        ("references", "studies", "publications"),
    ),
)


@dataclass(frozen=True, slots=True)  # there are thousands
class Part:
    """A headed part of a page.

    `id` is where a link into the page leads, "" for its beginning, and `heading` what stands there. `about` is a
    heading below that one. `claim` is what others promise: it finds our answer and is never shown without it.
    """

    id: str
    heading: str
    text: str
    about: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Entry:
    """One thing that can be found. `slug` is "" for what is no page of the library."""

    kind: str
    title: str
    url: str
    slug: str = ""
    names: tuple[str, ...] = ()  # other names, as shown on the page
    unseen_names: tuple[str, ...] = ()  # what readers call it, though its page does not say so
    misspellings: tuple[str, ...] = ()
    regions: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()

    @property
    def summary(self) -> str:
        """What is said of it where no part fits better."""
        return self.parts[0].text if self.parts else ""

    @cached_property
    def all_names(self) -> str:
        """Every name that is no misspelling, folded."""
        return folded(" ".join((self.title, *self.names, *self.unseen_names)))

    @cached_property
    def page(self) -> tuple[str, list[int]]:
        """All parts as one folded text, and where each ends. Made when the page is first found."""
        texts = ["\n".join((part.text, part.heading, part.about, part.claim, "")) for part in self.parts]
        return folded("".join(texts)), list(accumulate(map(len, texts)))


def entries(library: Library, plain: Plain = prose.plain) -> list[Entry]:
    """Everything that can be found. The order is the same whatever the database: it decides between equals.

    `plain` gives the words of a Markdown text.
    """
    regions = _regions(library)
    found = [_condition(page, library, plain) for page in library.pages("condition")]
    found += [
        _treatment(page, library, plain, regions.get(page.slug, frozenset())) for page in library.pages("treatment")
    ]
    found += [_entry(page, "article", _sections(page, library, plain)) for page in library.pages("article")]
    found += [
        Entry("article", title, reverse(name), unseen_names=names, parts=(Part("", "", summary),))
        for title, name, summary, names in CLINIC
    ]
    found += [
        Entry(
            "article", person["name"], person["url"], parts=(Part("", "", plain(person["bio"]) or person["job_title"]),)
        )
        for person in library.clinicians
        if person["url"]
    ]
    found += [
        Entry("term", term.term, f"{reverse('therapies:glossary')}#{term.id}", parts=(Part("", "", term.definition),))
        for term in indexes.glossary(library)
    ]
    return found + list(_questions(library, regions))


def _regions(library: Library) -> dict[str, frozenset[str]]:
    """Where the conditions are for which a treatment is an option."""
    found: dict[str, set[str]] = {}
    for page in library.pages("condition"):
        for option in library.shown_options(page):
            found.setdefault(option["treatment"], set()).add(page.document["body_region"])
    return {treatment: frozenset(places) for treatment, places in found.items()}


def _entry(page: LivePage, kind: str, body: Iterator[Part], regions: frozenset[str] = frozenset()) -> Entry:
    document = page.document
    names = parts.synonyms(document)
    shown, unseen = ([], names) if kind == "article" else (names, [])  # the page of an article does not list them
    facts = " ".join(f"{fact}." if fact[-1:].isalnum() else fact for fact in document["key_facts"])
    medical_name = [document["medical_name"]] if document["medical_name"] else []
    return Entry(
        kind=kind,
        title=page.title,
        url=page.url,
        slug=page.slug,
        names=(*medical_name, *shown),
        unseen_names=tuple(unseen),
        misspellings=tuple(name["text"] for name in document["synonyms"] if name["is_misspelling"]),
        regions=regions,
        parts=tuple(part for part in (Part("", "", document["summary"]), Part("", "", facts), *body) if part.text),
    )


def _condition(page: LivePage, library: Library, plain: Plain) -> Entry:
    return _entry(page, "condition", _condition_parts(page, library, plain), frozenset({page.document["body_region"]}))


def _condition_parts(page: LivePage, library: Library, plain: Plain) -> Iterator[Part]:
    document = page.document
    yield from _sections(page, library, plain)
    yield Part("overview", "What it is", plain(document["when_chronic"]))
    yield Part("without", "If you have no procedure", plain(document["natural_progression"]))
    for card in parts.care_cards(document, library.clinic).values():
        place, heading = CARDS.get(card.level, (card.level, "When to get help now"))
        yield Part(place, heading, f"{card.action} {'; '.join(card.signs)}")
    for option in library.shown_options(page):
        treatment = library.page("treatment", option["treatment"])
        texts = (option[name] for name in ("description", "who_might_consider", "main_harms"))
        said = " ".join(text for text in texts if text)
        yield _told("options", "Options at a glance", treatment.title if treatment else "Usual care", said)
    for row in evidence.shown_rows(page):
        titles = [treatment.title for slug in row["options"] if (treatment := library.page("treatment", slug))]
        if titles:
            yield _told("options", "Options at a glance", ", ".join(titles), _result(row, library))


def _treatment(page: LivePage, library: Library, plain: Plain, regions: frozenset[str]) -> Entry:
    return _entry(page, "treatment", _treatment_parts(page, library, plain), regions)


def _treatment_parts(page: LivePage, library: Library, plain: Plain) -> Iterator[Part]:
    document = page.document
    yield from _sections(page, library, plain)
    yield Part("day", "Recovery", " ".join(document["recovery"].split()))
    yield Part("who", "Who it is for, and not for", _listed(document["contraindications"]))
    yield Part("risks", "Risks", "; ".join(row["name"] for row in document["adverse_outcomes"]))
    for row in document["regulatory"]:
        yield Part("status", "Status and results in short", row["public_statement"])
    for condition, row in library.evidence_of(page.slug):
        if wording.is_result(row):
            yield _told("evidence", "What trials found", condition.title, _result(row, library, in_short=True))


def _told(place: str, heading: str, about: str, text: str) -> Part:
    """A part that says nothing by itself: what it is about stands before it."""
    return Part(place, heading, f"{about}: {text}" if text else "", about=about)


def _sections(page: LivePage, library: Library, plain: Plain) -> Iterator[Part]:
    for row in page.document["sections"]:
        place = PLACES.get(row["aspect"], "") if page.kind == "treatment" else ""
        # The cost of a treatment stands under our own heading.
        heading = "Cost" if place == "cost" else row["heading"]
        text = plain(parts.with_numbers(row["body"], library.clinic))
        yield Part(place or parts.section_id(row), heading, text)
    for claim in page.document["answered_claims"]:
        yield Part("claims", "What you may have read", claim["answer"], claim=claim["claim"])


def _result(row: Mapping[str, Any], library: Library, *, in_short: bool = False) -> str:
    """A row of evidence in words, with its figure once it is confirmed. In short, as a treatment's page says it."""
    said = [wording.effect(row, guideline=evidence.guideline_of(row, library)).sentence]
    if not in_short:
        said.append(row["detail"])
    if not wording.is_to_confirm(row, library.sources):
        said.append(row["figure"])
    return " ".join(text if text[-1:] in prose.STOPS else f"{text}." for text in said if text)


def _listed(rows: list[dict[str, Any]]) -> str:
    return "; ".join(f"{row['name']}: {row['explanation']}" if row["explanation"] else row["name"] for row in rows)


def _questions(library: Library, regions: dict[str, frozenset[str]]) -> Iterator[Entry]:
    groups, asked_of_us = indexes.questions(library)
    address = reverse("therapies:questions")
    for row in (*(row for group in groups for row in group.questions), *asked_of_us):
        url, places = f"{address}#{row['key']}", regions.get(row["treatment"], frozenset())
        yield Entry("question", row["text"], url, regions=places, parts=(Part("", "", row["why"]),))
