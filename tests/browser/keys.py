"""A visitor who has a keyboard and nothing else."""

from playwright.sync_api import Page

# The name of what has the focus, and whether anybody could see that it has.
FOCUSED = """() => {
    const one = document.activeElement;
    const name = ((one.labels && one.labels[0]) || one).textContent.trim().replace(/\\s+/g, " ");
    const look = getComputedStyle(one);
    const isMarked = (look.outlineStyle !== "none" && look.outlineWidth !== "0px") || look.boxShadow !== "none";
    return [name, one.tagName, isMarked];
}"""
STOPS = 60  # more than any page of the form has


class Keys:
    """Tab to something by its name, then Space, the arrows, Enter, or letters. Collects stops that show no focus."""

    def __init__(self, page: Page):
        self.page = page
        self.without_a_mark: list[str] = []

    def press(self, name: str) -> None:
        """A button or a link, which leads on."""
        self._tab_to(name)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")

    def tick(self, name: str) -> None:
        """A box, or the first answer of a group."""
        self._tab_to(name)
        self.page.keyboard.press("Space")

    def choose(self, first: str, *, down: int) -> None:
        """An answer of the group whose first answer is named, so many further down."""
        self._tab_to(first)
        for _ in range(down):
            self.page.keyboard.press("ArrowDown")

    def type(self, name: str, text: str) -> None:
        self._tab_to(name)
        self.page.keyboard.type(text)

    def _tab_to(self, name: str) -> None:
        passed = []
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            found, tag, is_marked = self.page.evaluate(FOCUSED)
            passed.append(found)
            if not is_marked:
                self.without_a_mark.append(found)
            if found.startswith(name) and tag != "BODY":
                return
        raise AssertionError(f"No Tab leads to {name!r}: {passed}")
