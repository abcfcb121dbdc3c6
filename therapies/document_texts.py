"""The texts of a page document that readers meet, each with where it stands in words an editor knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from therapies.document_links import cited_keys

Document = dict[str, Any]

# list in the document -> (what one row is called, the keys that name it, its texts)
ROWS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "synonyms": ("other name", ("text",), ("text",)),
    "codes": ("code", ("code",), ("display",)),
    "sections": ("section", ("heading",), ("heading", "body")),
    "care_advice": ("care card", ("level",), ("action", "items")),
    "options": (
        "option",
        ("treatment", "role"),
        ("description", "who_might_consider", "what_it_takes", "time_to_effect", "duration_of_effect", "main_harms"),
    ),
    "evidence": ("evidence", ("key",), ("outcome", "population", "comparator", "time_point", "detail", "figure")),
    "contraindications": ("contraindication", ("name",), ("name", "explanation")),
    "adverse_outcomes": ("harm", ("name",), ("name", "frequency_words")),
    "regulatory": ("approval status", ("jurisdiction",), ("public_statement",)),
    # The claim itself is quoted from elsewhere, with our answer beside it: only the answer is ours.
    "answered_claims": ("answer to the claim", ("claim",), ("answer",)),
}
HEAD = (
    "title",
    "medical_name",
    "summary",
    "key_facts",
    "when_chronic",
    "natural_progression",
    "recovery",
    "alternatives",
)
SHOWN = 60  # characters of a row's name in a message


@dataclass(frozen=True)
class Text:
    """One text, where it stands, and the sources its row names beside it."""

    where: str
    text: str
    sources: tuple[str, ...] = ()


def texts_of(document: Document) -> Iterator[Text]:
    """Every text readers meet. Left out: notes for staff, addresses, and quoted claims that the page answers."""
    for name in HEAD:
        value = document.get(name, "")
        for line in value if isinstance(value, list) else [value]:
            if line:
                yield Text(name.replace("_", " ").capitalize(), line)
    for name, (_, _, texts) in ROWS.items():
        for row in document.get(name, []):
            if name == "synonyms" and row["is_misspelling"]:
                continue  # found by search, never shown
            sources = tuple(row.get("sources", ())) + ((row["source"],) if row.get("source") else ())
            for part in texts:
                value = row.get(part, "")
                for line in value if isinstance(value, list) else [value]:
                    if line:
                        yield Text(f"{row_in_words(name, row)}, {part.replace('_', ' ')}", line, sources)


def row_in_words(name: str, row: Document) -> str:
    """A row as an editor knows it: "Section “Outlook”"."""
    called, keys, _ = ROWS[name]
    own = next((str(row[key]) for key in keys if row.get(key)), "")
    shown = own if len(own) <= SHOWN else own[: SHOWN - 1].rstrip() + "…"
    return f"{called.capitalize()} “{shown.replace('_', ' ')}”"


def sources_of(document: Document) -> dict[str, str]:
    """Every source the page names or cites, with the first place that does."""
    found: dict[str, str] = {}
    for name in ("regulatory", "evidence", "adverse_outcomes", "answered_claims"):
        for row in document.get(name, []):
            for key in (*row.get("sources", ()), row.get("source", "")):
                if key:
                    found.setdefault(key, row_in_words(name, row))
    for text in texts_of(document):
        for key in cited_keys(text.text):
            found.setdefault(key, text.where)
    return found
