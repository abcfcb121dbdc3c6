"""What keeps a page from readers: each gate says what is wrong, where, and what would fix it.

Pure: a page document and what is known of the sources it cites. The claim guard is a gate too, see `claim_gates`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from therapies.document_texts import row_in_words, sources_of

Document = dict[str, Any]

BLOCK, WARN = "block", "warn"


@dataclass(frozen=True)
class Gate:
    """Something open between a page and its readers. `severity` "block" stops it, "warn" does not."""

    kind: str
    severity: str
    where: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message} {self.fix}".strip()


@dataclass(frozen=True)
class SourceFact:
    """What a gate must know of a source."""

    kind: str
    status: str
    check: str


Sources = Mapping[str, SourceFact]


def harms_missing(document: Document, sources: Sources) -> Iterator[Gate]:
    message = "It says what this is for, but not what can go wrong."
    for row in document.get("options", []):
        if row["treatment"] and not row["main_harms"]:
            yield Gate("harms_missing", BLOCK, row_in_words("options", row), message, "Fill in its main harms.")
    if document["kind"] == "treatment" and not document["adverse_outcomes"]:
        yield Gate("harms_missing", BLOCK, "Harms", message, "Add at least one harm.")


def usual_care(document: Document, sources: Sources) -> Iterator[Gate]:
    if document["kind"] == "condition" and not any(row["role"] == "usual_care" for row in document["options"]):
        message = "Readers cannot compare with usual care."
        yield Gate("usual_care", BLOCK, "Options", message, "Add an option with the role “Usual care”.")


def red_flags(document: Document, sources: Sources) -> Iterator[Gate]:
    if document["kind"] == "condition" and not any(
        row["level"] in {"emergency", "urgent"} for row in document["care_advice"]
    ):
        message = "Readers are not told when to get help at once."
        fix = "Add a care card for emergencies or for the same day, with its red flags."
        yield Gate("red_flags", BLOCK, "Care cards", message, fix)


def unsourced(document: Document, sources: Sources) -> Iterator[Gate]:
    for row in document.get("evidence", []):
        if not row["sources"]:
            message = "This result names no source."
            yield Gate("unsourced", BLOCK, row_in_words("evidence", row), message, "Choose the source it comes from.")


def retracted_source(document: Document, sources: Sources) -> Iterator[Gate]:
    for key, where in sources_of(document).items():
        if key in sources and sources[key].status == "retracted":
            message = f"The source “{key}” was retracted."
            yield Gate("retracted_source", BLOCK, where, message, "Remove it, and what rests on it.")


RULES: tuple[Callable[[Document, Sources], Iterator[Gate]], ...] = (
    harms_missing,
    usual_care,
    red_flags,
    unsourced,
    retracted_source,
)
