"""What must hold between the parts of one page document. The shape of each part is in `documents`.

The database refuses the same rows (see the constraints of the models); here the words say where in a file to look.
"""

from collections.abc import Callable, Iterator
from typing import Any

from therapies import codes
from therapies.red_flags import RED_FLAGS
from therapies.shapes import DocumentError, Place

Document = dict[str, Any]

# The order readers meet these in, whatever the order in the file: what guidelines put first, what is most urgent.
# list in the document -> (key, its values in that order)
ORDER = {
    "options": (
        "role",
        ("usual_care", "first_line", "second_line", "specialist", "investigational", "not_recommended"),
    ),
    "care_advice": ("level", ("emergency", "urgent", "non_urgent")),
    "regulatory": ("jurisdiction", ("US", "EU", "GB")),
}

# part of the document -> what may stand there once only
ONCE: dict[str, Callable[[Document], object]] = {
    "synonyms": lambda row: row["text"].casefold(),
    "codes": lambda row: (row["system"], row["code"]),
    "sections": lambda row: None if row["aspect"] == "text" else row["aspect"],
    "care_advice": lambda row: row["level"],
    "options": lambda row: row["treatment"] or row["role"],
    "evidence": lambda row: row["key"],
    "contraindications": lambda row: row["name"],
    "adverse_outcomes": lambda row: row["name"],
    "regulatory": lambda row: row["jurisdiction"],
}


def _rows(document: Document, name: str) -> Iterator[tuple[Document, Place]]:
    for number, row in enumerate(document.get(name, [])):
        yield row, (name, number)


def nothing_twice(document: Document) -> None:
    for name, identity in ONCE.items():
        seen = set()
        for row, place in _rows(document, name):
            if (key := identity(row)) is None:
                continue
            if key in seen:
                said = " ".join(key) if isinstance(key, tuple) else key
                raise DocumentError(f"“{said}” stands here twice", place)
            seen.add(key)
    for name in ("evidence", "answered_claims", "adverse_outcomes", "care_advice"):
        for row, place in _rows(document, name):
            for part in ("options", "sources", "red_flags"):
                if len(set(row.get(part, []))) < len(row.get(part, [])):
                    raise DocumentError("something stands here twice", (*place, part))


def key_facts_have_labels(document: Document) -> None:
    for number, fact in enumerate(document["key_facts"]):
        label, colon, text = fact.partition(": ")
        if not (label and colon and text):
            raise DocumentError("write a label, a colon and the fact, such as “Outlook: …”", ("key_facts", number))


def parent_is_another(document: Document) -> None:
    if document.get("parent") == document["slug"]:
        raise DocumentError("a condition cannot be a form of itself", ("parent",))


def codes_are_verified_by_someone(document: Document) -> None:
    for row, place in _rows(document, "codes"):
        if bool(row["verified_by"]) != bool(row["verified_on"]):
            raise DocumentError("say both who verified the code and when", place)


def codes_have_their_shape(document: Document) -> None:
    for row, place in _rows(document, "codes"):
        if problem := codes.problem(row["system"], row["code"]):
            raise DocumentError(f"{problem[0].lower()}{problem[1:-1]}", (*place, "code"))


def care_cards_follow_the_table(document: Document) -> None:
    for row, place in _rows(document, "care_advice"):
        if not row["action"].endswith("if:"):
            raise DocumentError("the action ends in “if:”", (*place, "action"))
        if not (row["red_flags"] or row["items"]):
            raise DocumentError("name at least one sign", place)
        for number, flag_id in enumerate(row["red_flags"]):
            flag = RED_FLAGS.get(flag_id)
            if flag is None:
                raise DocumentError(f"“{flag_id}” is not in the table of red flags", (*place, "red_flags", number))
            if flag.level != row["level"]:
                problem = f"the table puts “{flag_id}” at level {flag.level}; move it to that card"
                raise DocumentError(problem, (*place, "red_flags", number))


def only_usual_care_has_no_treatment(document: Document) -> None:
    for row, place in _rows(document, "options"):
        if (row["role"] == "usual_care") != (row["treatment"] == ""):
            raise DocumentError("choose the treatment; only usual care has none", (*place, "treatment"))


def evidence_is_about_options_here(document: Document) -> None:
    here = {row["treatment"] for row in document.get("options", [])}
    for row, place in _rows(document, "evidence"):
        for number, treatment in enumerate(row["options"]):
            if treatment not in here:
                raise DocumentError(f"“{treatment}” is not an option of this page", (*place, "options", number))


def figures_are_whole(document: Document) -> None:
    for row, place in _rows(document, "evidence"):
        mean, low, high = row["mean_difference"], row["range_low"], row["range_high"]
        if (mean, low, high) != (None, None, None) and (None in (mean, low, high) or not low <= mean <= high):
            raise DocumentError("a plot needs the mean and both ends of its range", (*place, "mean_difference"))
        counts = [row[f"{group}_{part}"] for group in ("intervention", "comparator") for part in ("n", "total")]
        if counts != [None] * 4 and (None in counts or counts[0] > counts[1] or counts[2] > counts[3]):
            problem = "give all four counts, each part not larger than its whole"
            raise DocumentError(problem, (*place, "intervention_n"))
        if row["direction"] == "no_trials_found" and (row["trials"], row["participants"]) != (None, None):
            raise DocumentError("no trials were found, so there is nothing to count", (*place, "trials"))
    for row, place in _rows(document, "adverse_outcomes"):
        n, denominator = row["frequency_n"], row["frequency_denominator"]
        if (n is None) != (denominator is None) or (n is not None and n > denominator):
            raise DocumentError("give both numbers, the first not larger than the second", (*place, "frequency_n"))


def approval_checks_are_in_order(document: Document) -> None:
    for row, place in _rows(document, "regulatory"):
        if row["recheck_due"] and not "" < row["checked_on"] < row["recheck_due"]:
            raise DocumentError("the next check comes after the last one", (*place, "recheck_due"))


def cells_come_from_somewhere(document: Document) -> None:
    if document.get("category") == "cell_therapy" and document["cell_source"] == "none":
        raise DocumentError("say where the cells come from", ("cell_source",))


RULES: tuple[Callable[[Document], None], ...] = (
    nothing_twice,
    key_facts_have_labels,
    parent_is_another,
    codes_are_verified_by_someone,
    codes_have_their_shape,
    care_cards_follow_the_table,
    only_usual_care_has_no_treatment,
    evidence_is_about_options_here,
    figures_are_whole,
    approval_checks_are_in_order,
    cells_come_from_somewhere,
)
