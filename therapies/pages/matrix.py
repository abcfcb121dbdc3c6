"""The evidence matrix: every condition against every treatment, one result in each cell.

A cell is one of three things a reader can tell apart: a result, a search that found no trials, and what we have not
assessed. Which of several results it shows is decided where every page decides it, in `headline`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from therapies import wording
from therapies.library import Library, LivePage
from therapies.models import BodyRegion
from therapies.pages.evidence import row_id, shown_rows
from therapies.pages.headline import headline
from therapies.pages.indexes import CATEGORY_ORDER

REGIONS = dict(BodyRegion.choices)
# What a reader may ask for: this sure, or surer.
CERTAINTIES = {
    "high": "High certainty",
    "moderate": "Moderate certainty or higher",
    "low": "Low certainty or higher",
    "very_low": "Any rated result",
}
RESULT, NO_TRIALS, NOT_ASSESSED, LESS_SURE = "result", "no-trials", "not-assessed", "less-sure"


@dataclass(frozen=True)
class Cell:
    """What the matrix says of one treatment for one condition; `url` leads to the row on the condition's page."""

    kind: str
    treatment: str
    paid: bool
    words: str
    about: str = ""
    certainty: wording.Certainty | None = None
    url: str = ""


@dataclass(frozen=True)
class Column:
    title: str
    url: str
    paid: bool


@dataclass(frozen=True)
class Line:
    """One condition with its cells, in the order of the columns."""

    title: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """What is shown under the chosen filters; a filter that is none of ours is not applied, and `ignored` says so."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    region: str
    certainty: str
    regions: tuple[tuple[str, str], ...]  # those that have a condition
    certainties: tuple[tuple[str, str], ...]
    ignored: bool

    @property
    def results(self) -> int:
        return sum(cell.kind == RESULT for line in self.lines for cell in line.cells)

    @property
    def sells(self) -> bool:
        return any(column.paid for column in self.columns)


def matrix(library: Library, *, region: str = "", certainty: str = "") -> Matrix:
    """The matrix for the conditions of a region, with the results that are at least this certain."""
    conditions = library.pages("condition")
    regions = tuple((key, place) for key, place in BodyRegion.choices if key in {_region(page) for page in conditions})
    known_region = region if region in dict(regions) else ""
    known_certainty = certainty if certainty in CERTAINTIES else ""
    treatments = sorted(library.pages("treatment"), key=lambda page: CATEGORY_ORDER.index(page.document["category"]))
    lines = [
        Line(page.title, page.url, tuple(_cells(library, page, treatments, known_certainty)))
        for page in conditions
        if not known_region or _region(page) == known_region
    ]
    columns = [Column(page.title, page.url, page.document["offered_here"]) for page in treatments]
    if known_certainty:
        columns, lines = _with_results(columns, lines)
    return Matrix(
        columns=tuple(columns),
        lines=tuple(lines),
        region=known_region,
        certainty=known_certainty,
        regions=regions,
        certainties=tuple(CERTAINTIES.items()),
        ignored=(region, certainty) != (known_region, known_certainty),
    )


def _region(page: LivePage) -> str:
    return str(page.document["body_region"])


def _cells(library: Library, condition: LivePage, treatments: Sequence[LivePage], at_least: str) -> list[Cell]:
    rows = shown_rows(condition)
    options = {option["treatment"] for option in library.shown_options(condition)}
    return [
        _cell(
            condition,
            page,
            [row for row in rows if page.slug in row["options"]] if page.slug in options else [],
            at_least,
        )
        for page in treatments
    ]


def _cell(condition: LivePage, treatment: LivePage, rows: Sequence[wording.Row], at_least: str) -> Cell:
    row, head = headline(rows), (treatment.title, treatment.document["offered_here"])
    if row is None:
        return Cell(NOT_ASSESSED, *head, "Not assessed by us")
    url = f"{condition.url}#{row_id(row)}"
    if row["direction"] == "no_trials_found" or wording.weakest(row["certainty"]) == "no_trials":
        return Cell(NO_TRIALS, *head, wording.NAMES["no_trials"], url=url)
    if at_least and not _is_sure(row, at_least):
        return Cell(LESS_SURE, *head, "A less certain result", url=url)
    return Cell(RESULT, *head, wording.effect(row).short, _about(row), wording.certainty(row), url)


def _is_sure(row: wording.Row, at_least: str) -> bool:
    """A rating that nobody has confirmed yet is no certainty to count on."""
    return row["certainty_basis"] != "to_confirm" and wording.certainty(row).level >= wording.LEVELS[at_least]


def _about(row: Mapping[str, Any]) -> str:
    outcome = row["outcome"]
    return ", ".join(filter(None, [outcome[:1].upper() + outcome[1:], wording.people(row)]))


def _with_results(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[list[Column], list[Line]]:
    """Only the conditions and treatments that have a result left."""
    kept = [line for line in lines if any(cell.kind == RESULT for cell in line.cells)]
    places = [i for i in range(len(columns)) if any(line.cells[i].kind == RESULT for line in kept)]
    return (
        [columns[place] for place in places],
        [Line(line.title, line.url, tuple(line.cells[place] for place in places)) for line in kept],
    )
