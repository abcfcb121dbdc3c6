"""A visitor who has a keyboard and nothing else."""

from playwright.sync_api import Page

# The name of what has the focus, and whether anybody could see that it has.
FOCUSED = """() => {
    const one = document.activeElement;
    const said = one.matches("input[type=submit]") ? one.value : ((one.labels && one.labels[0]) || one).textContent;
    const name = said.trim().replace(/\\s+/g, " ");
    const look = getComputedStyle(one);
    const isMarked = (look.outlineStyle !== "none" && look.outlineWidth !== "0px") || look.boxShadow !== "none";
    return [name, one.tagName, isMarked];
}"""
STOPS = 60  # more than any page of the form has


class Keys:
    """Tab to something by its name, then Space, the arrows, Enter, or letters. Collects stops that show no focus."""

    def __init__(self, page: Page, patience: int = STOPS):
        self.page, self.patience = page, patience
        self.without_a_mark: list[str] = []

    def press(self, name: str, *, leads_on: bool = True) -> None:
        """A button or a link, which leads on to another page or stays on this one."""
        self._tab_to(name)
        if not leads_on:
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")

    def jump(self, letter: str) -> None:
        """Alt and a letter: an access key. The browser takes it from the character, which Playwright leaves out."""
        devtools = self.page.context.new_cdp_session(self.page)
        alt = {"key": letter, "code": f"Key{letter.upper()}", "modifiers": 1}
        for kind, more in (("rawKeyDown", {}), ("char", {"text": letter, "unmodifiedText": letter}), ("keyUp", {})):
            devtools.send("Input.dispatchKeyEvent", {"type": kind, **alt, **more})
        devtools.detach()

    def follow(self, letter: str) -> None:
        """The access key of a link or a button, which leads on."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.jump(letter)

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
        for _ in range(self.patience):
            self.page.keyboard.press("Tab")
            found, tag, is_marked = self.page.evaluate(FOCUSED)
            passed.append(found)
            if not is_marked:
                self.without_a_mark.append(found)
            if found.startswith(name) and tag != "BODY":
                return
        raise AssertionError(f"No Tab leads to {name!r}: {passed}")
