"""Pages read without a browser: fast, for what their HTML alone can prove."""

import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Document(HTMLParser):
    """A page's title, the number of its main headings, and the paths of this site it links to, without ? and # parts."""

    origin: str
    path: str
    title: str = ""
    main_headings: int = 0
    links: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.in_title = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.in_title = tag == "title" and not self.title  # a drawing may have a title of its own
        self.main_headings += tag == "h1"
        address = dict(attributes).get("href")
        if tag == "a" and address:
            full = urljoin(self.origin + self.path, address)
            if full.startswith(f"{self.origin}/"):
                self.links.add(urlsplit(full).path)

    def handle_endtag(self, tag: str) -> None:
        self.in_title = False

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title += data


def fetch(site, path: str) -> Document:
    """The page at a path. An answer that is an error raises HTTPError."""
    document = Document(site.origin, path)
    with urllib.request.urlopen(site.origin + path, timeout=60) as answer:
        document.feed(answer.read().decode())
    return document
