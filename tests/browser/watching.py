"""One visitor with a browser of their own, and what is wrong with what they see."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Response

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Phone and desktop, light and dark. Only rules about colours can judge the same window differently in another light.
STATES = (("light", 390, False), ("dark", 390, True), ("dark", 1280, False), ("light", 1280, True))
# For the same parts in another state: one light on a phone, the other on a desktop.
BRIEF = (("light", 390, False), ("dark", 1280, True))
RUN_AXE = """async (onlyColours) => {
    // A colour half-way is no colour. Ended, not awaited: a window that draws no frame would never end them.
    for (const one of document.getAnimations()) { try { one.finish(); } catch { one.cancel(); } }
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const colours = axe.getRules(tags).filter((rule) => rule.tags.includes("cat.color")).map((rule) => rule.ruleId);
    const found = await axe.run(document, {runOnly: onlyColours ? colours : tags, resultTypes: ["violations"]});
    return found.violations.map((one) => `${one.id}: ` + one.nodes.map((node) => node.target.join(" ")).join(", "));
}"""
# Parts far down are laid out when a reader comes near; whoever reads the whole page at once lays them out now.
LAY_OUT_ALL = """() => {
    for (const part of document.querySelectorAll("main section, main > *")) part.style.contentVisibility = "visible";
}"""
WIDER_THAN_THE_WINDOW = """() => {
    const width = document.documentElement.clientWidth;
    const wanted = document.documentElement.scrollWidth;
    if (wanted <= width) return [];
    const wide = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > width + 1 || one.scrollWidth > one.clientWidth + 1)
        .slice(-5);  // the innermost
    return [`${wanted} px`, ...wide.map((one) => one.tagName + "." + (one.getAttribute("class") || ""))];
}"""


class Visit:
    """A page in a fresh browser context: no cookie, nothing kept. Collects every request and every console message."""

    def __init__(self, browser: Browser, origin: str, *, width: int = 1280, javascript: bool = True, cookies=()):
        self.origin = origin
        self.context = browser.new_context(
            base_url=origin,
            viewport={"width": width, "height": 844},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        self.context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies])
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_console(self, message) -> None:
        about = message.location.get("url", "")
        # That the page itself answered 404 is what a test of an error page asks for.
        of_the_page = about == self.page.url and message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not of_the_page:
            self.complaints.append(f"{self.page.url}: {message.text} {about}")

    def go(self, path: str) -> Response:
        self.response = self.page.goto(path)
        return self.response

    def forget(self) -> None:
        """Begin again as a new visitor: without cookies, and with nothing to complain of."""
        self.context.clear_cookies()
        self.requests.clear()
        self.complaints.clear()

    def strangers(self) -> list[str]:
        """Requests that left this host."""
        return [url for url in self.requests if not url.startswith((f"{self.origin}/", "data:"))]

    def violations(self, states=STATES) -> list[str]:
        """What axe finds on the page as it is, with every fold open: at phone and desktop width, light and dark."""
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = []
        for scheme, width, only_colours in states:
            self.page.set_viewport_size({"width": width, "height": 844})
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} px, {scheme}: {one}" for one in self.page.evaluate(RUN_AXE, only_colours)]
        return found

    def too_wide(self) -> list[str]:
        """What makes the page scroll sideways."""
        return self.page.evaluate(WIDER_THAN_THE_WINDOW)

    def cookies(self) -> list[str]:
        return [cookie["name"] for cookie in self.context.cookies()]

    def text(self) -> str:
        self.page.evaluate(LAY_OUT_ALL)
        return self.page.locator("main").inner_text()

    def links(self) -> list[str]:
        """Paths of this site that the page links to, without what follows ? or #."""
        addresses = self.page.evaluate(
            "[...document.querySelectorAll('a[href]')].map((one) => one.href.baseVal || one.href)"
        )
        return [urlsplit(address).path for address in addresses if address.startswith(f"{self.origin}/")]
