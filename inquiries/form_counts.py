"""What is counted on the way through the form, and what it comes to: steps and fields by key, never a value. Pure.

A step counts when it is taken first in a form; a page that was answered before and is changed counts no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inquiries import spread
from inquiries.questionnaire import CONSENTS, PAGES, Page

STARTED = "form started"  # the first press of Continue: who only looks is not counted
MOST_ERRORS = 8  # fields that are told


def answered(page: Page) -> str:
    """The counter of a page that was answered."""
    return f"form page {page.key}"


def wrong(key: str) -> str:
    """The counter of a field whose answer was missing or not right."""
    return f"form error {key}"


ANSWERED = tuple((answered(page), page.heading) for page in PAGES)
# The question as it is asked, by key; a consent is a sentence, so its box is named.
FIELDS = {question.key: question.label for page in PAGES for question in page.questions} | {
    consent.purpose: "A box to tick before Send" for consent in CONSENTS
}
WRONG = {wrong(key): key for key in FIELDS}
COUNTERS = (STARTED, *(name for name, _ in ANSWERED), *WRONG)


def all_wrong(fields: Iterable[str]) -> list[str]:
    """The counters of these fields of a form. One that asks nothing, such as a hidden one, has none."""
    return [wrong(key) for key in fields if key in FIELDS]


@dataclass(frozen=True)
class Step:
    """How often a step was taken, and by which share of those who took the one before; None: too few, or the first."""

    label: str
    count: int
    went_on: int | None


@dataclass(frozen=True)
class FormUse:
    """The way through the form, and the fields that were often wrong, most often first."""

    steps: tuple[Step, ...]
    errors: tuple[tuple[str, int], ...]


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
    found = sorted(((key, totals.get(name, 0)) for name, key in WRONG.items()), key=lambda pair: (-pair[1], pair[0]))
    return FormUse(steps, tuple((key, count) for key, count in found if count >= spread.FEWEST)[:MOST_ERRORS])
