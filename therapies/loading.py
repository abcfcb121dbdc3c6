"""Loads content files into the working copy and puts them live as demonstration content.

What an editor changed or a clinician approved is never touched: the hash of what was loaded last tells.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from therapies import documents, publishing, snapshots, working_copy
from therapies.content_files import BrokenContent, Content, ContentFile
from therapies.models import LoadedContent, Page, Revision
from therapies.replaced_rules import TAKEN_OVER

Hashes = dict[tuple[str, str], str]


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT_EDITED = "kept (edited)"
    KEPT_APPROVED = "kept (approved)"
    KEPT_WITHDRAWN = "kept (withdrawn)"
    SWITCHED_OFF = "switched off"


# Once a person stood for it. Sent in for review, or sent back, it is an editor's text.
APPROVED = {Revision.State.APPROVED, Revision.State.LIVE, Revision.State.SUPERSEDED, Revision.State.WITHDRAWN}
WRITTEN = {Outcome.CREATED, Outcome.CHANGED, Outcome.SWITCHED_OFF}
NOTES = {Outcome.CREATED: "First published.", Outcome.CHANGED: "Updated."}


@dataclass(frozen=True)
class Result:
    """`unpublished` says what keeps a page that was written off the site; "" for all others."""

    kind: str
    name: str
    outcome: Outcome
    unpublished: str = ""


@transaction.atomic
def load(content: Content) -> list[Result]:
    """Load everything or, when one file is broken, nothing (BrokenContent). Says what became of every part."""
    known = working_copy.Known.read()
    content.checked_against(
        {
            "source": set(known.sources),
            "treatment": set(known.treatments),
            "condition": set(known.conditions),
            "clinician": set(known.clinicians),
        }
    )
    before: Hashes = {(row.kind, row.slug): row.content_hash for row in LoadedContent.objects.all()}
    loaded: Hashes = {}
    results = [
        *_load_list("sources", content, before, loaded),
        *_load_list("claim_rules", content, before, loaded),  # what goes live passes the guard
        *_switch_off_rules(content, before, loaded),
        *_load_list("glossary", content, before, loaded),
        *_load_pages(content, before, loaded),
        *_load_list("questions", content, before, loaded),  # they may name a treatment that has just come
    ]
    LoadedContent.objects.bulk_create(
        [
            LoadedContent(kind=kind, slug=name, content_hash=content_hash)
            for (kind, name), content_hash in loaded.items()
            if before.get((kind, name)) != content_hash
        ],
        update_conflicts=True,
        unique_fields=["kind", "slug"],
        update_fields=["content_hash"],
    )
    if any(result.outcome in WRITTEN for result in results):
        publishing.library_changed()
    return results


def _outcome(said: str, there: str | None, loaded: str | None, states: set[tuple[str, bool]]) -> Outcome:
    """`said` by the file, `there` in the rows (None: no rows), `loaded` last: hashes. `states` of the revisions."""
    if there is None:
        return Outcome.CREATED
    if there == said:
        return Outcome.UNCHANGED
    real = {state for state, is_demonstration in states if not is_demonstration}
    if real & APPROVED:
        return Outcome.KEPT_APPROVED
    if real or there != loaded:
        return Outcome.KEPT_EDITED
    if states and Revision.State.LIVE not in {state for state, _ in states}:
        return Outcome.KEPT_WITHDRAWN
    return Outcome.CHANGED


def _load_pages(content: Content, before: Hashes, loaded: Hashes) -> list[Result]:
    known = working_copy.Known.read()
    states: dict[int, set[tuple[str, bool]]] = defaultdict(set)
    for page, state, is_demonstration in Revision.objects.exclude(state=Revision.State.DRAFT).values_list(
        "page_id", "state", "is_demonstration"
    ):
        states[page].add((state, is_demonstration))
    numbers = {(page.kind, page.slug): page.pk for page in Page.objects.all()}
    there = {kind: snapshots.documents_of(kind) for kind in documents.KINDS}
    results = []
    for file in _parents_first(content.pages):
        kind, slug = file.page["kind"], file.page["slug"]
        said, number = documents.content_hash(file.page), numbers.get((kind, slug))
        rows = documents.content_hash(there[kind][number]) if number else None
        outcome = _outcome(said, rows, before.get((kind, slug)), states[number] if number else set())
        unpublished = ""
        if outcome in WRITTEN:
            page = working_copy.replace(file.page, known)
            try:
                publishing.publish(page, actor=None, change_note=NOTES[outcome], is_demonstration=True)
            except publishing.PublishingRefused as error:
                unpublished = str(error)  # an editor goes on from here, as on the site it came from
        if outcome in WRITTEN or outcome == Outcome.UNCHANGED:
            loaded[kind, slug] = said
        results.append(Result(kind, slug, outcome, unpublished))
    return results


def _parents_first(files: list[ContentFile]) -> list[ContentFile]:
    """Treatments, articles, then conditions, wider ones before their forms. There are no circles."""
    parents = {file.page["slug"]: file.page["parent"] for file in files if file.page["kind"] == "condition"}

    def depth(slug: str) -> int:
        return 1 + depth(parents[slug]) if slug in parents else 0

    return sorted(files, key=lambda file: depth(file.page["slug"]) if file.page["kind"] == "condition" else 0)


def _load_list(list_name: str, content: Content, before: Hashes, loaded: Hashes) -> list[Result]:
    if list_name not in content.lists:
        return []
    kind, own_key, _ = documents.LISTS[list_name]
    file = content.lists[list_name]
    there = {name.casefold(): item for name, item in snapshots.items_of(list_name).items()}
    _refuse_taken_doi(list_name, file, there)
    results, new, changed = [], [], []
    for number, item in enumerate(file.items):
        name, said = item[own_key], documents.content_hash(item)
        rows = there.get(name.casefold())
        outcome = _outcome(said, documents.content_hash(rows) if rows else None, before.get((kind, name)), set())
        if outcome == Outcome.CREATED:
            new.append((number, item))
        elif outcome == Outcome.UNCHANGED and rows and item.get("next_check_due") and "next_check_due" not in rows:
            outcome = Outcome.CHANGED  # a date that another site had set
        if outcome == Outcome.CHANGED:
            changed.append((number, item))
        if outcome in WRITTEN or outcome == Outcome.UNCHANGED:
            loaded[kind, name] = said
        results.append(Result(kind, name, outcome))
    working_copy.write_items(list_name, new, changed)
    return results


def _switch_off_rules(content: Content, before: Hashes, loaded: Hashes) -> list[Result]:
    """Switch off starter rules that a wider one of these files took over. One that an editor changed is kept."""
    if "claim_rules" not in content.lists:
        return []
    kind, own_key, _ = documents.LISTS["claim_rules"]
    names = {item[own_key] for item in content.lists["claim_rules"].items}
    there = snapshots.items_of("claim_rules")
    off = [
        {**there[old], "is_active": False}
        for new in sorted(names & TAKEN_OVER.keys())
        for old in TAKEN_OVER[new]
        if old not in names
        and old in there
        and there[old].get("is_active", True)
        and documents.content_hash(there[old]) == before.get((kind, old))
    ]
    working_copy.write_items("claim_rules", [], list(enumerate(off)))
    loaded.update({(kind, item[own_key]): documents.content_hash(item) for item in off})
    return [Result(kind, item[own_key], Outcome.SWITCHED_OFF) for item in off]


def _refuse_taken_doi(list_name: str, file: ContentFile, there: dict[str, Any]) -> None:
    dois = {item["doi"].casefold(): item["key"] for item in there.values() if item.get("doi")}
    for number, item in enumerate(file.items if list_name == "sources" else ()):
        other = dois.get(item["doi"].casefold(), item["key"])
        if other != item["key"]:
            problem = f"source “{other}” in the database has this DOI; use its key, or correct it in admin"
            raise BrokenContent([file.error(problem, (number, "doi"))])
