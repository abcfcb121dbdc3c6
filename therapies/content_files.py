"""Reads a folder of content files: sources, glossary, questions, and one file a page. Knows files, not the database."""

from dataclasses import dataclass, field
from pathlib import Path

from therapies import documents
from therapies.document_links import cited_keys, links_of
from therapies.documents import Document, DocumentError
from therapies.shapes import Place
from therapies.yaml_text import Lines

FOLDERS = {"treatments": "treatment", "articles": "article", "conditions": "condition"}
# what a document points to -> where to put it right
MISSING = {
    "source": "add it to sources.yaml",
    "treatment": "add its page to treatments/",
    "condition": "add its page to conditions/",
    "clinician": "make the clinician in admin first",
}


CIRCLES = {"parent": "the parents", "superseded_by": "the newer sources"}


class BrokenContent(Exception):
    """Files that cannot be loaded, each with its first error."""

    def __init__(self, errors: list[DocumentError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


@dataclass(frozen=True)
class ContentFile:
    """One file: its name, where its parts stand, and what it holds (a page, or a list of items)."""

    name: str
    lines: Lines
    page: Document = field(default_factory=dict)
    items: list[Document] = field(default_factory=list)

    def error(self, problem: str, place: Place) -> DocumentError:
        return documents.located(DocumentError(problem, place), self.name, self.lines)


@dataclass(frozen=True)
class Content:
    """Everything in a folder, each part valid in itself."""

    lists: dict[str, ContentFile]
    pages: list[ContentFile]

    def checked_against(self, known: dict[str, set[str]]) -> None:
        """Raise BrokenContent unless everything pointed to is in these files or in `known` (what -> names)."""
        names = {what: set(known.get(what, ())) for what in MISSING}
        for file in self.pages:
            names.setdefault(file.page["kind"], set()).add(file.page["slug"])
        if "sources" in self.lists:
            names["source"].update(item["key"] for item in self.lists["sources"].items)
        errors = [error for file in (*self.lists.values(), *self.pages) if (error := _missing(file, names))]
        errors += _circles([(file, (), file.page) for file in self.pages if file.page["kind"] == "condition"], "parent")
        if "sources" in self.lists:
            file = self.lists["sources"]
            errors += _circles([(file, (number,), item) for number, item in enumerate(file.items)], "superseded_by")
        if errors:
            raise BrokenContent(errors)


def read_folder(folder: Path) -> Content:
    """All content files under `folder`. Raises BrokenContent with the first error of every file that has one."""
    lists: dict[str, ContentFile] = {}
    pages: list[ContentFile] = []
    errors: list[DocumentError] = []
    if not folder.is_dir():
        raise BrokenContent([DocumentError("there is no such folder", (), str(folder))])
    for name in documents.LISTS:
        if (path := folder / f"{name}.yaml").exists():
            try:
                items, lines = documents.list_from_yaml(_text(path), str(path), name)
                lists[name] = ContentFile(str(path), lines, items=items)
            except DocumentError as error:
                errors.append(error)
    for subfolder, kind in FOLDERS.items():
        for path in sorted((folder / subfolder).glob("*.yaml")):
            try:
                pages.append(_page(path, kind))
            except DocumentError as error:
                errors.append(error)
    if errors:
        raise BrokenContent(errors)
    return Content(lists, pages)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"this cannot be read as UTF-8 text ({error})", (), str(path)) from None


def _page(path: Path, kind: str) -> ContentFile:
    document, lines = documents.from_yaml(_text(path), str(path))
    file = ContentFile(str(path), lines, page=document)
    if document["kind"] != kind:
        raise file.error(f"this folder holds pages of kind {kind}", ("kind",))
    if document["slug"] != path.stem:
        raise file.error(f"the slug is the name of the file, {path.stem}", ("slug",))
    return file


def _missing(file: ContentFile, names: dict[str, set[str]]) -> DocumentError | None:
    links = list(links_of(file.page)) if file.page else []
    for number, item in enumerate(file.items):
        if item.get("treatment"):
            links.append(("treatment", item["treatment"], (number, "treatment")))
        if item.get("superseded_by"):
            links.append(("source", item["superseded_by"], (number, "superseded_by")))
        links += [("source", key, (number, "why")) for key in cited_keys(item.get("why", ""))]
    for what, name, place in links:
        if name not in names[what]:
            return file.error(f"there is no {what} “{name}”; {MISSING[what]}", place)
    return None


def _circles(found: list[tuple[ContentFile, Place, Document]], points: str) -> list[DocumentError]:
    """One error for each document that comes back to itself by its key `points`."""
    own = {document.get("slug") or document["key"]: document.get(points, "") for _, _, document in found}
    errors = []
    for file, place, document in found:
        seen, name = set[str](), document.get("slug") or document["key"]
        while name and name not in seen:
            seen.add(name)
            name = own.get(name, "")
        if name:
            errors.append(file.error(f"{CIRCLES[points]} go round in a circle", (*place, points)))
    return errors
