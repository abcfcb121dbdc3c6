"""One search: what was typed, what was found, and what to say about it."""

from dataclasses import dataclass
from typing import NamedTuple

from therapies.library import Library
from therapies.models import BodyRegion
from therapies.search import question as asking
from therapies.search.index import SearchIndex, index_of
from therapies.search.question import Question
from therapies.search.snippets import Piece, best_part, other_name, snippet
from therapies.search.texts import Entry

PER_PAGE = 20
MOST_PAGES = 50


class Kind(NamedTuple):
    one: str
    many: str


KINDS = {
    "condition": Kind("Condition", "Conditions"),
    "treatment": Kind("Treatment", "Treatments"),
    "article": Kind("About us and how we work", "About us and how we work"),
    "term": Kind("Word explained", "Words explained"),
    "question": Kind("Question to ask", "Questions to ask"),
}
REGIONS = dict(BodyRegion.choices)


@dataclass(frozen=True)
class Jump:
    """The part of a page that fits best."""

    heading: str
    url: str


@dataclass(frozen=True)
class Hit:
    """One page that was found. `name` is another name of it that holds all that was looked for, where its title does
    not; `jump` leads to the part that fits best, None where that is its beginning."""

    kind: str
    kind_label: str
    title: str
    url: str
    name: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    jump: Jump | None


@dataclass(frozen=True)
class Found:
    """The answer to one search.

    `text` is what was looked for; `was_cut` says that more was typed than we read, `is_empty` that there was no word
    to look for. `close` says that words spelled like those typed were looked for too, and `suggestion` is what may
    have been meant ("" without an idea). `some` says that no page has all the words; `missing` are those that none has.
    `elsewhere` counts what there would be without the filters, where they leave nothing. `more` is the number of the
    next page of hits, 0 at the end.
    """

    text: str
    kind: str
    region: str
    was_cut: bool = False
    is_empty: bool = False
    hits: tuple[Hit, ...] = ()
    total: int = 0
    page: int = 1
    more: int = 0
    close: bool = False
    some: bool = False
    suggestion: str = ""
    missing: tuple[str, ...] = ()
    elsewhere: int = 0


def find(library: Library, text: str, kind: str = "", region: str = "", page: int = 1) -> Found:
    """Search the library. Any text will do; a kind or region that does not exist counts as none."""
    kind, region = kind if kind in KINDS else "", region if region in REGIONS else ""
    asked = asking.question(text)
    if not asked.words:
        return Found(asked.text, kind, region, was_cut=asked.was_cut, is_empty=True)
    index = index_of(library)
    way = _way(asked, index, library)
    found = [entry for entry in way.found if _fits(entry, kind, region)] if kind or region else way.found
    last = max(1, min(MOST_PAGES, -(-len(found) // PER_PAGE)))
    page = min(max(1, page), last)
    forms = asking.forms(way.words, index.vocabulary)
    short = asking.without_longer(forms)
    return Found(
        text=asked.text,
        kind=kind,
        region=region,
        was_cut=asked.was_cut,
        hits=tuple(_hit(entry, forms, short) for entry in found[(page - 1) * PER_PAGE : page * PER_PAGE]),
        total=len(found),
        page=page,
        more=page + 1 if page < last else 0,
        close=way.words != asked and bool(found),
        some=way.some,
        suggestion=way.suggestion,
        missing=asking.missing(way.words, index) if way.some else (),
        elsewhere=0 if found else len(way.found),
    )


class Way(NamedTuple):
    """How something was found: the words that were looked for, whether only some of them, and what may be meant."""

    words: Question
    found: list[Entry]
    some: bool
    suggestion: str


def _way(asked: Question, index: SearchIndex, library: Library) -> Way:
    """Pages with every word, then pages with every word as it may have been meant, then pages with some of the words."""
    meant = asking.corrected(asked, index.vocabulary)
    suggestion = "" if meant == asked else asking.in_words(meant)
    found = _found(meant, index, library, every_word=True)
    if found:
        return Way(meant, found, False, suggestion)
    wider = asking.widened(asked, index.vocabulary)
    for words, every_word in ((wider, True), (meant, False), (wider, False)):
        found = _found(words, index, library, every_word=every_word)
        if found:
            return Way(words, found, not every_word, suggestion)
    return Way(asked, [], False, suggestion)


def _found(words: Question, index: SearchIndex, library: Library, *, every_word: bool) -> list[Entry]:
    found = index.ranked(asking.query(words, index, every_word=every_word))
    if index.is_of(library):
        return found
    # Another thread is making the new index: what was withdrawn since the last one was made is not shown.
    return [entry for entry in found if not entry.slug or library.page(entry.kind, entry.slug)]


def _fits(entry: Entry, kind: str, region: str) -> bool:
    return kind in {"", entry.kind} and (not region or region in entry.regions)


def _hit(entry: Entry, forms: list[list[str]], short: list[list[str]]) -> Hit:
    part, name = best_part(entry, short), other_name(entry, short)
    return Hit(
        kind=entry.kind,
        kind_label=KINDS[entry.kind].one,
        title=entry.title,
        url=entry.url,
        name=snippet(name, forms),
        snippet=snippet(part.text if part else entry.summary, forms),
        jump=Jump(part.heading, f"{entry.url}#{part.id}") if part and part.id else None,
    )
