"""A page as a machine reads it: its structured data, and the words a reader sees beside it."""

import json
import re
from html.parser import HTMLParser

UNSEEN = {"script", "style", "head", "svg"}
WORD = re.compile(r"[^\W_]+")
# Fixed words of the vocabulary or of a standard: no text of ours.
CODED = {"@type", "@id", "@context", "inLanguage", "credentialCategory", "opens", "closes", "position"}


class Page(HTMLParser):
    """`data` is what the page says to machines; `words` what its reader sees, without numbers of sources."""

    def __init__(self, html):
        super().__init__()
        self.blocks, self.days, self._unseen, self._text, self._in_data = [], set(), [], [], False
        self.feed(html)
        self.close()
        self.words = words("".join(self._text))

    @property
    def data(self):
        (block,) = self.blocks
        return json.loads(block)

    @property
    def nodes(self):
        return self.data["@graph"]

    def of(self, kind):
        """The one node of a type."""
        (found,) = [node for node in self.nodes if kind in [node.get("@type")] or kind in node.get("@type", [])]
        return found

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self._in_data = tag == "script" and found.get("type") == "application/ld+json"
        if tag == "time":
            self.days.add(found["datetime"])
        if tag in UNSEEN or (tag == "a" and found.get("class") == "cite"):
            self._unseen.append(tag)
        self._text.append(" ")

    def handle_endtag(self, tag):
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()
        self._in_data = False
        self._text.append(" ")

    def handle_data(self, data):
        if self._in_data:
            self.blocks.append(data)
        elif not self._unseen:
            self._text.append(data)


def words(text):
    """The words of a text between blanks, whatever the punctuation: " a few of them "."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


def unseen(page):
    """What the structured data says and the page does not: texts by their words, days by their <time>."""
    return [
        f"{name}: {value}"
        for name, value in _said(page.data)
        if not (value in page.days if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else words(value) in page.words)
    ]


def _said(value, name=""):
    """(property, text) of everything said in words."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in CODED:
                yield from _said(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, name)
    elif isinstance(value, str) and not value.startswith(("http://", "https://")):
        yield name, value
