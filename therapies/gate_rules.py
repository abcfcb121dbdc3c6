"""What keeps a page from readers: each gate says what is wrong, where, and what would fix it.

Pure: a page document and what is known of the sources it cites. What else keeps a page back: `disclosures`, `balance`
and the claim guard in `claim_gates`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from therapies import wording
from therapies.document_texts import row_in_words, sources_of
from therapies.document_words import value_in_words

Document = dict[str, Any]

BLOCK, WARN = "block", "warn"
INTERVAL = 24  # months after which evidence may have moved on
REGENERATIVE_INTERVAL = 12
COUNTS = ("intervention_n", "intervention_total", "comparator_n", "comparator_total")


@dataclass(frozen=True)
class Gate:
    """Something open between a page and its readers. `severity` "block" stops it, "warn" does not.

    `rule` and `sentence` are those of a claim, for whoever lets it stand; "" for every other kind.
    """

    kind: str
    severity: str
    where: str
    message: str
    fix: str
    rule: str = ""
    sentence: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message} {self.fix}".strip()


@dataclass(frozen=True)
class SourceFact:
    """What a gate must know of a source."""

    kind: str
    status: str = "current"
    check: str = "checked"


Sources = Mapping[str, SourceFact]
GateRule = Callable[[Document, Sources, bool], Iterator[Gate]]


def usual_care(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    if document["kind"] == "condition" and not any(row["role"] == "usual_care" for row in document["options"]):
        message = "Readers cannot compare with usual care."
        yield Gate("usual_care", BLOCK, "Options", message, "Add an option with the role “Usual care”.")


def red_flags(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    if document["kind"] == "condition" and not any(
        row["level"] in {"emergency", "urgent"} for row in document["care_advice"]
    ):
        message = "Readers are not told when to get help at once."
        fix = "Add a care card for emergencies or for the same day, with its red flags."
        yield Gate("red_flags", BLOCK, "Care cards", message, fix)


def approval_status(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    if document.get("is_regenerative") and not document["regulatory"]:
        message = "Readers are not told whether this treatment is approved."
        yield Gate("approval_status", BLOCK, "Approval status", message, "Add its status in each country you serve.")


def approval_where_we_are(document: Document, here: str) -> Iterator[Gate]:
    """`here` is the place whose rules hold for the clinic, as in `regulatory`; "" where none is recorded."""
    known = {row["jurisdiction"] for row in document.get("regulatory", ())}
    if document.get("is_regenerative") and known and here and here not in known:
        message = "Readers are not told whether this treatment is approved where the clinic is."
        fix = f"Add its status for the {value_in_words('jurisdiction', here, {})}."
        yield Gate("approval_status", BLOCK, "Approval status", message, fix)


def unsourced(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    for row in document.get("evidence", []):
        if not row["sources"]:
            message = "This result names no source."
            yield Gate("unsourced", BLOCK, row_in_words("evidence", row), message, "Choose the source it comes from.")
    for row in document.get("adverse_outcomes", []):
        if row["frequency_n"] is not None and not row["sources"]:
            message = "How often this happens is said without a source."
            yield Gate("unsourced", WARN, row_in_words("adverse_outcomes", row), message, "Choose its source.")
    for row in document["answered_claims"]:
        if not row["sources"]:
            message = "Our answer names no source."
            yield Gate("unsourced", WARN, row_in_words("answered_claims", row), message, "Choose what it rests on.")


def sources_still_stand(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    for key, where in sources_of(document).items():
        if key not in sources:
            fix = "Correct its key, or add the source first."
            yield Gate("unknown_source", BLOCK, where, f"There is no source “{key}”.", fix)
        elif sources[key].status == "retracted":
            fix = "Remove it, and what rests on it alone."
            yield Gate("retracted_source", BLOCK, where, f"The source “{key}” was retracted.", fix)
        elif sources[key].status == "superseded":
            fix = "Look at the newer one, and cite that."
            yield Gate("superseded_source", WARN, where, f"The source “{key}” was superseded.", fix)


def to_confirm(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    """Figures that nobody has checked: hidden on a demonstration site, and never published on a real one."""
    severity = WARN if is_demo else BLOCK
    for row in document.get("evidence", []):
        if row["certainty_basis"] == "to_confirm":
            fix = "Look it up, then say whose rating it is."
            where = row_in_words("evidence", row)
            yield Gate("to_confirm", severity, where, "This result is still to be confirmed.", fix)
    for key, where in sources_of(document).items():
        if key in sources and sources[key].check == "to_confirm":
            fix = "Check it against the publication, then change “how far checked” of the source."
            yield Gate("to_confirm", severity, where, f"The source “{key}” is still to be confirmed.", fix)


def certainty_basis(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    for row in document.get("evidence", []):
        certainty = wording.weakest(row["certainty"])
        kinds = [sources[key].kind for key in row["sources"] if key in sources]
        enough = {"systematic_review", "guideline"} & set(kinds) or kinds.count("rct") > 1 or (row["trials"] or 0) > 1
        if certainty in {"high", "moderate"} and not enough:
            message = f"{wording.NAMES[certainty]}, without a review, a guideline or two trials."
            fix = "Name what it rests on, or lower the certainty."
            yield Gate("certainty_basis", WARN, row_in_words("evidence", row), message, fix)


def figures(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    """Numbers that point the other way than the sentence beside them."""
    for row in document.get("evidence", []):
        sign, where = wording.sign_of(row), row_in_words("evidence", row)
        mean, counts = row["mean_difference"], [row[name] for name in COUNTS]
        if mean and {"better": mean < 0, "worse": mean > 0}.get(sign):
            message = "Its mean difference says the opposite of its direction."
            fix = "Correct the one or the other: a positive difference is better."
            yield Gate("figures", BLOCK, where, message, fix)
        if None not in counts and counts[1] and counts[3]:
            more = counts[0] * counts[3] - counts[2] * counts[1]
            if {"better": more < 0, "worse": more > 0}.get(sign):
                message = "Its counts say the opposite of its direction."
                fix = "Count the people who got better, in each group."
                yield Gate("figures", WARN, where, message, fix)


def review_interval(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    longest = REGENERATIVE_INTERVAL if document.get("is_regenerative") else INTERVAL
    if document["review_interval_months"] > longest:
        message = f"It is reviewed every {document['review_interval_months']} months."
        fix = f"Review it at least every {longest} months."
        yield Gate("review_interval", WARN, "Upkeep", message, fix)


RULES: tuple[GateRule, ...] = (
    red_flags,
    usual_care,
    approval_status,
    unsourced,
    sources_still_stand,
    to_confirm,
    certainty_basis,
    figures,
    review_interval,
)
