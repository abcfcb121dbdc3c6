"""The public change log of a page: one plain sentence for each published revision."""

import datetime
from dataclasses import dataclass

from therapies.library import LivePage
from therapies.pages import parts
from therapies.pages.parts import Review


@dataclass(frozen=True)
class History:
    page: LivePage
    crumbs: list[tuple[str, str]]
    review: Review


def history(page: LivePage, today: datetime.date) -> History:
    """What was published of a page, newest first (`page.changes`)."""
    above = {"condition": ("Conditions", "/conditions/"), "treatment": ("Treatments", "/treatments/")}
    return History(page, [above[page.kind], (page.title, page.url)], parts.review(page, today))
