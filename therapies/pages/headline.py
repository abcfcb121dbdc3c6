"""Which result stands where there is room for one: a cell of the matrix, a line of a table, the status box.

Never the one that reads best. Of two that are equally sure the one about pain is shown before one about function,
then the less favorable one.
"""

from collections.abc import Iterable, Sequence

from therapies import wording

SLIGHT = frozenset({"may_slightly_improve", "probably_slightly_improves"})
FAVOR = {"worse": 0, "same": 1, "unknown": 2, "better": 4}
FUNCTION = ("function", "disability", "walking")


def sureness(row: wording.Row) -> tuple[bool, bool, bool, int, int, int, int, int]:
    """What decides: the larger is shown.

    Rated before unrated, about everyone before about some, a confirmed rating before an unconfirmed one, then the
    more certain; then pain before function before anything else, the less favorable, and last the larger.
    """
    level = wording.certainty(row).level
    confirmed = row["certainty_basis"] != "to_confirm"
    return (
        level > 0,
        not row["population"],
        confirmed,
        level,
        _about(row["outcome"].lower()),
        -favor(row),
        row["trials"] or 0,
        row["participants"] or 0,
    )


def favor(row: wording.Row) -> int:
    """How favorable a result reads, from worse (0) to better (4)."""
    read = FAVOR[wording.effect(row).sign]
    return read - 1 if read == FAVOR["better"] and row["direction"] in SLIGHT else read


def _about(outcome: str) -> int:
    if "pain" in outcome:
        return 2
    return 1 if any(word in outcome for word in FUNCTION) else 0


def headline(rows: Iterable[wording.Row]) -> wording.Row | None:
    """The result to show of these, None of none."""
    return max(rows, key=sureness, default=None)


def advice_against(rows: Sequence[wording.Row], shown: wording.Row | None) -> wording.Row | None:
    """A guideline's advice against it that the result shown does not say."""
    return next((row for row in rows if row["direction"] == "guideline_against" and row is not shown), None)
