"""The page document: everything a page says, as one plain, ordered dict.

It is the one format of the YAML files in `therapies/content/`, of frozen revisions, and of what is compared, exported
and restored. `validated` gives it its normal form; two documents that say the same are equal.
"""

import hashlib
import json
from contextlib import suppress
from typing import Any

from therapies import yaml_text
from therapies.claims import BadPattern, check_pattern
from therapies.document_rules import ORDER, RULES
from therapies.document_shapes import FORMAT, KINDS, LISTS
from therapies.identifiers import doi_problem, url_problem
from therapies.shapes import DocumentError, Place, list_of

Document = dict[str, Any]

__all__ = [
    "FORMAT",
    "KINDS",
    "LISTS",
    "Document",
    "DocumentError",
    "content_hash",
    "from_yaml",
    "in_reading_order",
    "list_from_yaml",
    "located",
    "to_yaml",
    "validated",
    "validated_item",
]


def validated(raw: object, *, where: str) -> dict[str, Any]:
    """The document in its normal form: keys in order, text trimmed, options in reading order.

    Raises DocumentError with the place in the document and what to do. What points to other documents (treatments,
    sources, the parent) is checked by whoever can see them. `where` names the document in the message.
    """
    kind = raw.get("kind") if isinstance(raw, dict) else None
    try:
        if not isinstance(kind, str) or kind not in KINDS:
            raise DocumentError(f"kind must be one of {', '.join(KINDS)}", ("kind",))
        document: dict[str, Any] = KINDS[kind](raw, ())
        for rule in RULES:
            rule(document)
    except DocumentError as error:
        raise DocumentError(error.problem, error.place, where) from None
    return in_reading_order(document)


def in_reading_order(document: dict[str, Any]) -> dict[str, Any]:
    """The document with those lists sorted whose order is a rule and not a choice."""
    for name, (key, order) in ORDER.items():
        if name in document:
            document[name].sort(key=lambda row, key=key, order=order: order.index(row[key]))
    document["codes"].sort(key=lambda row: (row["system"], row["code"]))
    return document


def validated_item(list_name: str, raw: object, place: Place = ()) -> dict[str, Any]:
    """One source, claim rule, glossary term or question in its normal form."""
    item: dict[str, Any] = LISTS[list_name][2](raw, place)
    if list_name == "claim_rules":
        try:
            check_pattern(item["pattern"])
        except BadPattern as error:
            raise DocumentError(str(error), (*place, "pattern")) from None
    if list_name == "sources":
        if not (item["doi"] or item["url"]):
            raise DocumentError("give a doi or a url, so that readers can find it", place)
        if item.get("superseded_by") and item["status"] == "current":
            raise DocumentError("a source with a newer one is superseded or retracted", (*place, "status"))
        if item["url"] and not item["url"].startswith(("https://", "http://")):
            raise DocumentError("a url begins with https://", (*place, "url"))
        for name, problem in (("doi", doi_problem(item["doi"])), ("url", url_problem(item["url"]))):
            if problem:
                raise DocumentError(problem, (*place, name))
    return item


def from_yaml(text: str, name: str) -> tuple[dict[str, Any], yaml_text.Lines]:
    """The document in `text` in its normal form, and the lines its parts stand on. Errors name file and line."""
    raw, lines = yaml_text.read(text, name)
    try:
        return validated(raw, where=name), lines
    except DocumentError as error:
        raise located(error, name, lines) from None


def list_from_yaml(text: str, name: str, list_name: str) -> tuple[list[dict[str, Any]], yaml_text.Lines]:
    """The sources, glossary terms or questions in `text`, each only once."""
    raw, lines = yaml_text.read(text, name)
    key = LISTS[list_name][1]
    try:
        items = list_of(lambda item, place: validated_item(list_name, item, place))(raw, ())
        for unique in (key, "doi") if list_name == "sources" else (key,):
            seen: set[str] = set()
            for number, item in enumerate(items):
                if item[unique] and item[unique].casefold() in seen:
                    raise DocumentError(f"“{item[unique]}” stands here twice", (number, unique))
                seen.add(item[unique].casefold())
    except DocumentError as error:
        raise located(error, name, lines) from None
    return items, lines


def located(error: DocumentError, name: str, lines: yaml_text.Lines) -> DocumentError:
    """The same error with the file and the line its place stands on."""
    return DocumentError(error.problem, error.place, name, yaml_text.line_of(error.place, lines))


def to_yaml(document: dict[str, Any]) -> str:
    """The document as its YAML file: the same document always gives the same bytes, whatever order a database kept."""
    with suppress(DocumentError):  # an unfinished or older one is written as it is
        document = KINDS[document["kind"]](document, ())
    return yaml_text.write(document)


def content_hash(document: dict[str, Any]) -> str:
    """What tells two documents apart, whatever the order of their keys.

    Dates of checks are left out: they are live facts, so recording a check is no new content.
    """
    document = {name: value for name, value in document.items() if name != "next_check_due"}
    if "regulatory" in document:
        document["regulatory"] = [{**row, "checked_on": "", "recheck_due": ""} for row in document["regulatory"]]
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
