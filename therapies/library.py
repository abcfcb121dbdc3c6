"""The whole live site as one immutable value in memory, keyed by its version.

`current()` costs one tiny query. It joins the live documents with the live facts that need no approval: the clinic,
its clinicians, sources, glossary, questions, prices, and the dates of approval checks and reviews.
"""

import logging
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import Error, connection
from django.db.models import QuerySet

from clinic.facts import Clinic, read_clinic, read_clinicians
from therapies.live_pages import Change, LivePage, read_live_pages
from therapies.models import GlossaryTerm, QuestionToAsk, Revision, Source
from therapies.old_addresses import read_gone, read_redirects

__all__ = ["Change", "Clinic", "Library", "LibraryUnavailable", "LivePage", "current"]

log = logging.getLogger(__name__)

VERSION_SQL = "SELECT version FROM therapies_librarystate WHERE id = 1"

_held: "Library | None" = None
_loading = threading.Lock()


class LibraryUnavailable(Exception):
    """The database cannot be reached and this process has never held the library."""


@dataclass(frozen=True, eq=False)
class Library:
    """Everything the public side shows. Nothing in it is ever changed: a new version is a new Library."""

    version: str
    clinic: Clinic
    clinicians: tuple[dict[str, Any], ...]
    sources: dict[str, dict[str, Any]]
    glossary: tuple[dict[str, Any], ...]
    questions: tuple[dict[str, Any], ...]
    live_pages: tuple[LivePage, ...]
    redirects: dict[str, str] = field(default_factory=dict)  # old path -> where the page stands now
    gone: frozenset[str] = frozenset()  # paths of pages that were taken off the site

    def page(self, kind: str, slug: str) -> LivePage | None:
        """One live page, or None."""
        return self._by_address.get((kind, slug))

    def pages(self, kind: str) -> tuple[LivePage, ...]:
        """The live pages of a kind, by title."""
        return self._by_kind.get(kind, ())

    def shown_options(self, condition: LivePage) -> tuple[dict[str, Any], ...]:
        """The condition's options in reading order; an option shows where both sides are live.

        What is not recommended comes last, by title: between such options no order of the editor's says anything.
        """
        shown = [(option, self.page("treatment", option["treatment"])) for option in condition.document["options"]]

        def place(pair: tuple[dict[str, Any], LivePage | None]) -> tuple[bool, str]:
            option, page = pair
            last = page is not None and option["role"] == "not_recommended"
            return last, page.title.casefold() if page and last else ""

        return tuple(option for option, page in sorted(shown, key=place) if page or not option["treatment"])

    def evidence_of(self, treatment: str) -> tuple[tuple[LivePage, dict[str, Any]], ...]:
        """(condition, evidence row) for each row of a live condition about this live treatment, by condition title.

        Rows whose direction is see_specific_condition are among them; they are never shown as results.
        """
        return self._evidence.get(treatment, ())

    @cached_property
    def _by_address(self) -> dict[tuple[str, str], LivePage]:
        return {(page.kind, page.slug): page for page in self.live_pages}

    @cached_property
    def _by_kind(self) -> dict[str, tuple[LivePage, ...]]:
        kinds: dict[str, list[LivePage]] = {}
        for page in sorted(self.live_pages, key=lambda page: page.title.casefold()):
            kinds.setdefault(page.kind, []).append(page)
        return {kind: tuple(pages) for kind, pages in kinds.items()}

    @cached_property
    def _evidence(self) -> dict[str, tuple[tuple[LivePage, dict[str, Any]], ...]]:
        found: dict[str, list[tuple[LivePage, dict[str, Any]]]] = {}
        for condition in self.pages("condition"):
            for row in condition.document["evidence"]:
                for treatment in row["options"]:
                    if self.page("treatment", treatment):
                        found.setdefault(treatment, []).append((condition, row))
        return {treatment: tuple(rows) for treatment, rows in found.items()}


def current() -> Library:
    """The library as it is now, for one query when this process already holds it.

    While one thread loads a new version the others go on with the last one. Without a database the last one held
    is returned; a process that never held one raises LibraryUnavailable.
    """
    held = _held
    try:
        version = _read_version()
        if held is not None and version and held.version == version:
            return held
        return _reload(version, held)
    except Error as error:
        if held is None:
            raise LibraryUnavailable from error
        log.warning("library: no database, serving the last version held (%s)", type(error).__name__)
        return held


def held() -> Library | None:
    """The library this process holds already, without asking the database: for error pages and headers."""
    return _held


def _read_version() -> str:
    """The token of the library, "" if there is none yet. A kept connection may have died: ask once more on a new one."""
    try:
        return _ask_version()
    except Error:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _ask_version()


def _ask_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute(VERSION_SQL)
        row = cursor.fetchone()
    return row[0] if row else ""


def _reload(version: str, held: Library | None) -> Library:
    global _held
    if not _loading.acquire(blocking=held is None) and held is not None:
        return held
    try:
        if _held is not None and _held is not held and _held.version == version:
            return _held
        # The version was read before the rows: newer rows under an older version are loaded again at the next call,
        # older rows under a newer version would stay.
        _held = _load(version)
        return _held
    finally:
        _loading.release()


def _load(version: str) -> Library:
    clinic = read_clinic()
    shown = _shown(clinic)
    return Library(
        version=version,
        clinic=clinic,
        clinicians=read_clinicians(),
        sources=_sources(),
        glossary=tuple(GlossaryTerm.objects.values("term", "definition")),
        questions=tuple(_questions()),
        live_pages=tuple(read_live_pages(clinic, shown)),
        redirects=read_redirects(shown),
        gone=read_gone(shown, demonstrations=clinic.is_demo),
    )


def _shown(clinic: Clinic) -> QuerySet[Revision]:
    """The live revisions that this site serves: a real clinic serves no demonstration."""
    live = Revision.objects.live()
    return live if clinic.is_demo else live.filter(is_demonstration=False)


def _sources() -> dict[str, dict[str, Any]]:
    sources = list(Source.objects.all())
    keys = {source.pk: source.key for source in sources}
    return {source.key: _source_facts(source, keys.get(source.superseded_by_id, "")) for source in sources}


def _source_facts(source: Source, newer: str) -> dict[str, Any]:
    return {
        "key": source.key,
        "authors": source.authors,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "doi": source.doi,
        "url": source.url,
        "kind": source.kind,
        "kind_label": source.get_kind_display(),
        "status": source.status,
        "check": source.check_state,
        "superseded_by": newer,
    }


def _questions() -> list[dict[str, Any]]:
    rows = QuestionToAsk.objects.values("key", "treatment__slug", "text", "why", "kind")
    return [
        {
            "key": row["key"],
            "treatment": row["treatment__slug"] or "",
            "text": row["text"],
            "why": row["why"],
            "kind": row["kind"],
        }
        for row in rows
    ]
