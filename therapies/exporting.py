"""The working copies as content files: the same YAML that `load_content` reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from therapies import documents, snapshots, yaml_text
from therapies.content_files import FOLDERS
from therapies.documents import DocumentError


@dataclass(frozen=True)
class ExportedFile:
    """A file to write. `problem` says why load_content would refuse it as it is now; "" if it would not."""

    name: str
    text: str
    problem: str = ""


def exported() -> Iterator[ExportedFile]:
    """Every content file of this site, lists before pages. The same rows always give the same bytes.

    Prices are not among them: they are facts of one clinic, not content.
    """
    for list_name in documents.LISTS:
        if items := list(snapshots.items_of(list_name).values()):
            yield _list_file(list_name, items)
    for folder, kind in FOLDERS.items():
        pages = snapshots.documents_of(kind).values()
        for document in sorted(pages, key=lambda document: document["slug"]):
            yield _page_file(folder, document)


def _list_file(list_name: str, items: list[dict[str, Any]]) -> ExportedFile:
    problems, normal = [], []
    for number, item in enumerate(items):
        try:
            normal.append(documents.validated_item(list_name, item, (number,)))
        except DocumentError as error:
            normal.append(item)
            problems.append(str(error))
    return ExportedFile(f"{list_name}.yaml", yaml_text.write(normal), "; ".join(problems))


def _page_file(folder: str, document: dict[str, Any]) -> ExportedFile:
    name = f"{folder}/{document['slug']}.yaml"
    try:
        return ExportedFile(name, documents.to_yaml(documents.validated(document, where="")))
    except DocumentError as error:
        return ExportedFile(name, documents.to_yaml(document), str(error))
