"""What is counted on the way through the form, and what it comes to: steps, fields and warning signs by key,
never a value. Pure.

A step counts when it is taken first in a form; a page that was answered before and is changed counts no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inquiries import spread
from inquiries.questionnaire import CONSENTS, NOT_SURE, PAGES, SAFETY_EXITS, Page
from inquiries.safety import Screening
from therapies.red_flags import RED_FLAGS

STARTED = "form started"  # the first press of Continue: who only looks is not counted
MOST_ERRORS = 8  # fields that are told


def answered(page: Page) -> str:
    """The counter of a page that was answered."""
    return f"form page {page.key}"


def wrong(key: str) -> str:
    """The counter of a field whose answer was missing or not right."""
    return f"form error {key}"


def ticked(key: str) -> str:
    """The counter of a warning sign somebody said yes to."""
    return f"sign {key}"


ANSWERED = tuple((answered(page), page.heading) for page in PAGES)
# The question as it is asked, by key; a consent is a sentence, so its box is named.
FIELDS = {question.key: question.label for page in PAGES for question in page.questions} | {
    consent.purpose: "A box to tick before Send" for consent in CONSENTS
}
WRONG = {wrong(key): key for key in FIELDS}
# A sign as it is asked now, by counter, and its level; not being sure is urgent.
SIGNS = {ticked(sign.id): (sign.question, sign.level) for sign in RED_FLAGS.values()} | {
    ticked(NOT_SURE): (dict(SAFETY_EXITS)[NOT_SURE], "urgent")
}
COUNTERS = (STARTED, *(name for name, _ in ANSWERED), *WRONG, *SIGNS)


def all_wrong(fields: Iterable[str]) -> list[str]:
    """The counters of these fields of a form. One that asks nothing, such as a hidden one, has none."""
    return [wrong(key) for key in fields if key in FIELDS]


def of_signs(screened: Screening, *, is_advised: bool) -> list[str]:
    """The counters of an answer about the warning signs, and of whether it leads to advice."""
    signs = [ticked(sign.id) for sign in screened.signs] + screened.is_unsure * [ticked(NOT_SURE)]
    return ["safety shown", *is_advised * ["safety flagged"], *signs]


@dataclass(frozen=True)
class Step:
    """How often a step was taken, and by which share of those who took the one before; None: too few, or the first."""

    label: str
    count: int
    went_on: int | None


@dataclass(frozen=True)
class FormUse:
    """The way through the form, the fields that were often wrong and the counters of the signs that were often ticked,
    most often first."""

    steps: tuple[Step, ...]
    errors: tuple[tuple[str, int], ...]
    signs: tuple[tuple[str, int], ...]


def form_use_of(totals: Mapping[str, int], sent: int) -> FormUse:
    """Of the sums of the counters over a time, and how many requests the site received in it."""
    ways = [("Pressed Continue for the first time", totals.get(STARTED, 0))]
    ways += [(label, totals.get(name, 0)) for name, label in ANSWERED]
    ways.append(("Sent the request", sent))
    shares = [
        None,
        *(spread.percent(min(now, before), before) for (_, before), (_, now) in zip(ways, ways[1:], strict=False)),
    ]
    steps = tuple(Step(label, count, share) for (label, count), share in zip(ways, shares, strict=True))
    errors = _often((key, totals.get(name, 0)) for name, key in WRONG.items())
    return FormUse(steps, errors[:MOST_ERRORS], _often((name, totals.get(name, 0)) for name in SIGNS))


def _often(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Those that may be told, most often first."""
    return tuple(sorted((pair for pair in counts if pair[1] >= spread.FEWEST), key=lambda pair: (-pair[1], pair[0])))
