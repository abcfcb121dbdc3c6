"""The Markdown of an editor as the words a reader sees: blocks (a paragraph, a line of a list) and their sentences."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from therapies.document_links import CITATION, cited_keys

ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
HEADING = re.compile(r"\s*#{1,6}\s+")
QUOTE = re.compile(r"\s*(?:>\s?)+")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
EMPHASIS = re.compile(r"\*+|`+|(?<![^\W_])_+|_+(?![^\W_])|~~+")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "−": "-", "\u00a0": " "})
# A full stop, then a capital, a digit or a quotation mark. What ends in one of SHORT_FORMS goes on.
SENTENCE_END = re.compile(r"""(?<=[.!?…])["')\]]*\s+(?=["'(\[]?[A-Z0-9])""")
SHORT_FORMS = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|No|vs|approx|Fig|e\.g|i\.e|cf|U\.S|U\.K)\.|\b[A-Z]\.)\Z")


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading or a line of a list, in plain words, with the sources it cites.

    `intro` is the sentence that leads into a list, on each of its lines: "It has not been shown to:".
    """

    text: str
    cited: tuple[str, ...] = ()
    intro: str = ""
    is_heading: bool = False
    is_item: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        return sentences(self.text)


def blocks(markdown: str) -> Iterator[Block]:
    """What a reader sees as separate pieces, in order; empty ones are left out."""
    intro = ""
    for kind, raw in _pieces(markdown):
        text = plain(raw)
        if not text:
            continue
        is_item = kind == "item"
        yield Block(text, tuple(cited_keys(raw)), intro if is_item else "", kind == "heading", is_item)
        if not is_item:
            intro = sentences(text)[-1] if text.endswith(":") else ""


def plain(raw: str) -> str:
    """One piece of Markdown without its marks, its citations and invisible characters, on one line."""
    text = CITATION.sub("", raw)
    text = EMPHASIS.sub("", LINK.sub(r"\1", TAG.sub("", text)))
    text = html.unescape(ESCAPED.sub(r"\1", text))
    text = UNSEEN.sub("", unicodedata.normalize("NFKC", text).translate(STRAIGHT))
    text = " ".join(text.split())
    return re.sub(r"\s+([.,;:!?])", r"\1", text)  # where a citation stood before the full stop


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a plain text on one line."""
    found: list[str] = []
    for part in SENTENCE_END.split(text):
        if found and SHORT_FORMS.search(found[-1]):
            found[-1] += " " + part
        elif part:
            found.append(part)
    return tuple(found)


def _pieces(markdown: str) -> Iterator[tuple[str, str]]:
    kind, lines = "paragraph", list[str]()
    for line in [*markdown.split("\n"), ""]:
        line = QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line
        begins = "item" if ITEM.match(line) else "heading" if HEADING.match(line) else ""
        if begins or not line.strip():
            if lines:
                yield kind, " ".join(lines)
            kind, lines = begins or "paragraph", []
            line = ITEM.sub("", line, count=1) if begins == "item" else HEADING.sub("", line, count=1)
        if line.strip():
            lines.append(line)
        if begins == "heading":
            yield kind, " ".join(lines)
            kind, lines = "paragraph", []
