"""What a page document points to outside itself, so that whoever can see the rest may check it."""

import re
from collections.abc import Iterator
from typing import Any

from therapies.shapes import Place

CITATION = re.compile(r"\[@[a-z0-9_-]+(?:[;,]\s*@[a-z0-9_-]+)*\]")
CITED_KEY = re.compile(r"@([a-z0-9_-]+)")

Link = tuple[str, str, Place]


def cited_keys(text: str) -> list[str]:
    """The source keys a Markdown text cites, [@one] or [@one; @two], in order."""
    return [key for citation in CITATION.findall(text) for key in CITED_KEY.findall(citation)]


def links_of(document: dict[str, Any]) -> Iterator[Link]:
    """(what, its name, where it is named): what is source, treatment, condition or clinician."""
    if document.get("parent"):
        yield "condition", document["parent"], ("parent",)
    for number, row in enumerate(document.get("options", [])):
        if row["treatment"]:
            yield "treatment", row["treatment"], ("options", number, "treatment")
    for number, row in enumerate(document["codes"]):
        if row["verified_by"]:
            yield "clinician", row["verified_by"], ("codes", number, "verified_by")
    for number, row in enumerate(document.get("regulatory", [])):
        if row["source"]:
            yield "source", row["source"], ("regulatory", number, "source")
    for name in ("evidence", "adverse_outcomes", "answered_claims"):
        for number, row in enumerate(document.get(name, [])):
            for position, key in enumerate(row["sources"]):
                yield "source", key, (name, number, "sources", position)
    for text, place in _texts(document, ()):
        for key in cited_keys(text):
            yield "source", key, place


def _texts(value: Any, place: Place) -> Iterator[tuple[str, Place]]:
    if isinstance(value, str):
        yield value, place
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*place, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*place, number))
