"""A public page looked at from every side on one load. Many tests judge what was seen; none of them opens it again."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.browser.addresses import OF_THE_SAME_PARTS
from tests.browser.watching import BRIEF, STATES, Visit

SIDEWAYS = ((1280, "100%"), (640, "200%"), (320, "100%"))  # window and size of the text
SCALE_TEXT = "size => document.documentElement.style.setProperty('font-size', size)"
HEIGHT = 844


@dataclass(frozen=True)
class Look:
    """What one page showed. `sizes`: bytes of each answer, nothing kept from before; `too_wide`: what stuck out where."""

    status: int
    text: str
    text_without_javascript: str
    cookies: list[str]
    sizes: dict[str, int]
    too_wide: dict[str, list[str]]
    violations: list[str]
    strangers: list[str]
    complaints: list[str]


def each_page(paths: Iterable[str]) -> pytest.MarkDecorator:
    """A test for each of these paths."""
    return pytest.mark.parametrize("path", paths)


def page_of(test: str) -> str:
    """What a test is about: the path in its id, or the test itself. Tests about one page run in one worker."""
    return test.partition("[")[2] or test


class Looker:
    """Two visitors, one without JavaScript, who go from page to page and remember every page they have seen."""

    def __init__(self, visitor: Visit, plain: Visit) -> None:
        self.visitor, self.plain = visitor, plain
        self.seen: dict[str, Look] = {}
        self.finished: list = []
        visitor.page.on("requestfinished", lambda request: self.finished.append(request))
        visitor.context.new_cdp_session(visitor.page).send("Network.setCacheDisabled", {"cacheDisabled": True})

    def __call__(self, path: str) -> Look:
        if path not in self.seen:
            self.seen[path] = self.look(path)
        return self.seen[path]

    def look(self, path: str) -> Look:
        visitor = self.visitor
        visitor.forget()
        self.finished.clear()
        visitor.page.set_viewport_size({"width": 1280, "height": HEIGHT})
        visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.plain.go(path)
        return Look(  # in this order: a later line may change the page
            status=visitor.go(path).status,
            text=visitor.text(),
            text_without_javascript=self.plain.text(),
            too_wide=self.too_wide(),
            violations=visitor.violations(BRIEF if path in OF_THE_SAME_PARTS else STATES),
            sizes=self.sizes(),
            cookies=visitor.cookies(),
            strangers=visitor.strangers(),
            complaints=list(visitor.complaints),
        )

    def too_wide(self) -> dict[str, list[str]]:
        """What makes the page scroll sideways, by window. Empty when nothing does in any."""
        found = {}
        for width, text_size in SIDEWAYS:
            self.visitor.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.visitor.page.evaluate(SCALE_TEXT, text_size)
            if wide := self.visitor.too_wide():
                found[f"{width} px, text at {text_size}"] = wide
        self.visitor.page.evaluate(SCALE_TEXT, "")
        return found

    def sizes(self) -> dict[str, int]:
        origin = self.visitor.origin
        return {request.url.removeprefix(origin): request.sizes()["responseBodySize"] for request in self.finished}
