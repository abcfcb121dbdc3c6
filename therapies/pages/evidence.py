"""Evidence as a page shows it: rows in words, gathered by what they are about, and the options at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from therapies import prose, wording
from therapies.library import Library, LivePage
from therapies.models import TreatmentOption
from therapies.pages.headline import advice_against, headline
from therapies.pages.parts import Link

ROLES = dict(TreatmentOption.Role.choices)
SHARED = "Studies took it together with others: see the results {where}."
LOOKED_FOR_TOGETHER = "We looked for trials of it together with others and found none: see {where}."
ABOVE, ELSEWHERE = "above", "under another heading of this page"
NOT_ASSESSED = "We have not assessed trials of this for this condition."
AXIS = 3  # a plot runs from 3 points worse to 3 points better; what lies outside is told in words only


@dataclass(frozen=True)
class Plot:
    """A mean difference and its likely range, as places on an axis 300 wide, and the same in words."""

    x: float
    x1: float
    x2: float
    alt: str


@dataclass(frozen=True)
class Result:
    """One row of evidence in words. While it is to confirm, everything with a number in it is empty."""

    id: str  # its place on the page of its condition
    effect: wording.Effect
    certainty: wording.Certainty
    detail: str
    figure: str
    responders: str
    plot: Plot | None
    counts: str
    rated_by: str
    searched_to: str
    cites: SafeString
    numbers: tuple[int, ...]  # of its sources, where there is no room for links
    to_confirm: bool
    together: str  # "Several kinds of cell injection taken together", or ""


@dataclass(frozen=True)
class Block:
    """What a page says about one option, or about several that studies took together."""

    title: str
    url: str
    role: str
    members: tuple[Link, ...]  # the options of a row that covers several; empty for one option
    option: Mapping[str, Any] | None
    paid: bool
    approval: str  # the approval status here, where the heading asks for it
    results: tuple[Result, ...]
    note: str  # why an option has no results of its own


@dataclass(frozen=True)
class Glance:
    """One line of the table of options: an option, its most certain result, and what speaks against it."""

    title: str
    url: str
    role: str
    what_it_takes: str
    result: Result | None
    more: int  # how many further results stand below
    warning: str  # a guideline's advice against it, where the result shown is another
    main_harms: str
    approval: str
    paid: bool
    price: str


def result(row: wording.Row, library: Library, citations: prose.Citations, *, about: str = "", alone: bool) -> Result:
    """A row as words. `about` names the treatment; `alone` says that the row stands under one of its options only."""
    to_confirm = wording.is_to_confirm(row, library.sources)
    numbers = citations.numbers(row["sources"])
    return Result(
        id=row_id(row),
        effect=wording.effect(row, guideline=guideline_of(row, library)),
        certainty=wording.certainty(row),
        detail=row["detail"],
        figure="" if to_confirm else row["figure"],
        responders="" if to_confirm else wording.responders(row, about or "it"),
        plot=None if to_confirm else plot(row),
        counts="" if to_confirm else wording.counts(row),
        rated_by=wording.rated_by(row),
        searched_to=row["search_date"],
        cites=prose.links(numbers),
        numbers=tuple(numbers),
        to_confirm=to_confirm,
        together=taken_together(row, library) if alone else "",
    )


def row_id(row: wording.Row) -> str:
    """Where a row stands on the page of its condition: links from the matrix lead there."""
    return f"row-{row['key']}"


def guideline_of(row: wording.Row, library: Library) -> str:
    """The name of the first guideline a row cites, "" if it cites none."""
    cited = (library.sources[key] for key in row["sources"] if key in library.sources)
    return next((wording.guideline_name(source) for source in cited if source["kind"] == "guideline"), "")


def taken_together(row: wording.Row, library: Library) -> str:
    """What a row says of itself where one of its several options stands alone."""
    if len(row["options"]) < 2:
        return ""
    pages = [library.page("treatment", slug) for slug in row["options"]]
    cells = all(page is None or page.document["category"] == "cell_therapy" for page in pages)
    return f"Several kinds of {'cell injection' if cells else 'treatment'} taken together"


def plot(row: wording.Row) -> Plot | None:
    """The chart of a measured effect with a mean and a range on a 0 to 10 scale; positive is better."""
    mean, low, high = row["mean_difference"], row["range_low"], row["range_high"]
    if not wording.is_measured(row) or None in (mean, low, high) or min(low, mean) < -AXIS or max(high, mean) > AXIS:
        return None
    return Plot(
        x=_place(mean),
        x1=_place(low),
        x2=_place(high),
        alt=f"Average difference {_points(mean)} on a scale of 0 to 10; likely range {_points(low)} to {_points(high)}.",
    )


def _place(value: float) -> float:
    return round(150 + 150 / AXIS * value, 1)


def _points(value: float) -> str:
    if not value:
        return "0"
    return f"{abs(value):g} {'better' if value > 0 else 'worse'}"


def shown_rows(condition: LivePage) -> list[dict[str, Any]]:
    """The rows of a condition that are results; those that point elsewhere are not."""
    return [row for row in condition.document["evidence"] if wording.is_result(row)]


def blocks(
    options: Sequence[Mapping[str, Any]],
    rows: Sequence[wording.Row],
    library: Library,
    citations: prose.Citations,
    *,
    all_rows: Sequence[wording.Row],
    approvals: Mapping[str, str],
) -> list[Block]:
    """One block for each option with its own rows; before the first of them one for each set taken together.

    `rows` stand under this heading. `all_rows` are those of the whole page: an option may share one that stands
    under another heading, and is then not called unassessed.
    """
    order = [option["treatment"] for option in options]
    made: list[Block] = []
    together: dict[tuple[str, ...], list[wording.Row]] = {}
    for row in rows:
        members = tuple(slug for slug in order if slug in row["options"])
        if len(row["options"]) > 1 and members:
            together.setdefault(members, []).append(row)
    for option in options:
        for members in [members for members in together if members[0] == option["treatment"]]:
            made.append(_together(members, together.pop(members), library, citations))
        own = [row for row in rows if row["options"] == [option["treatment"]]]
        note, approval = _note(option["treatment"], rows, all_rows), approvals.get(option["treatment"], "")
        made.append(_alone(option, own, library, citations, note=note, approval=approval))
    return made


def _note(treatment: str, rows: Sequence[wording.Row], all_rows: Sequence[wording.Row]) -> str:
    """Why an option has no results of its own. A result beats a search that found none, and what is near beats far."""
    shared = [row for row in all_rows if treatment in row["options"]]
    if not shared:
        return NOT_ASSESSED
    found = [row for row in shared if row["direction"] != "no_trials_found"]
    text, pointed_at = (SHARED, found) if found else (LOOKED_FOR_TOGETHER, shared)
    return text.format(where=ABOVE if any(row in rows for row in pointed_at) else ELSEWHERE)


def _alone(
    option: Mapping[str, Any],
    rows: Sequence[wording.Row],
    library: Library,
    citations: prose.Citations,
    *,
    note: str,
    approval: str,
) -> Block:
    page = library.page("treatment", option["treatment"]) if option["treatment"] else None
    title = page.title if page else ROLES["usual_care"]
    return Block(
        title=title,
        url=page.url if page else "",
        role=ROLES[option["role"]] if page else "",
        members=(),
        option=option,
        paid=page is not None and page.document["offered_here"],
        approval=approval,
        results=tuple(result(row, library, citations, about=title, alone=False) for row in rows),
        note="" if rows or page is None else note,
    )


def _together(
    members: Sequence[str], rows: Sequence[wording.Row], library: Library, citations: prose.Citations
) -> Block:
    pages = [page for slug in members if (page := library.page("treatment", slug))]
    return Block(
        title=taken_together(rows[0], library),
        url="",
        role="",
        members=tuple(Link(page.title, page.url) for page in pages),
        option=None,
        paid=any(page.document["offered_here"] for page in pages),
        approval="",
        results=tuple(result(row, library, citations, about="one of them", alone=False) for row in rows),
        note="",
    )


def glance(
    option: Mapping[str, Any],
    rows: Sequence[wording.Row],
    library: Library,
    citations: prose.Citations,
    *,
    approval: str,
    price: str,
) -> Glance:
    """The line of the table for one option."""
    page = library.page("treatment", option["treatment"]) if option["treatment"] else None
    own = [row for row in rows if option["treatment"] in row["options"]]
    best = headline(own)
    against = advice_against(own, best)
    return Glance(
        title=page.title if page else ROLES["usual_care"],
        url=page.url if page else "",
        role=ROLES[option["role"]] if page else "",
        what_it_takes=option["what_it_takes"],
        result=result(best, library, citations, alone=True) if best else None,
        more=max(len(own) - 1, 0),
        warning=wording.effect(against, guideline=guideline_of(against, library)).full if against else "",
        main_harms=option["main_harms"],
        approval=approval,
        paid=page is not None and page.document["offered_here"],
        price=price,
    )
