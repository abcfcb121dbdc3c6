"""Markdown of an editor -> the HTML of a page, with its citations numbered. Two lines of defence against markup:
the parser knows no HTML, and the cleaner lets through only the tags below."""

import re
from collections.abc import Collection, Iterator

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from therapies.document_links import CITATION, cited_keys

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "blockquote", "code"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
STOPS = (".", "?", "!", ":", ";", ",")

# A place on this page, on this site, or an address of one of SCHEMES. "//host" would leave the site unseen.
LINK = re.compile(r"(?:https?://|mailto:|tel:|#|/(?!/)|\?)[^\s]*\Z", re.IGNORECASE)


class Citations:
    """The sources of one page, numbered in the order in which the page first cites them."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self._numbers: dict[str, int] = {}

    def number(self, key: str) -> int | None:
        """The number of a source on this page; None for a key the library does not hold."""
        if key not in self.known:
            return None
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def numbers(self, keys: Collection[str]) -> list[int]:
        """The numbers of several sources, unknown keys left out."""
        return [number for key in keys if (number := self.number(key)) is not None]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


def html(text: str, citations: Citations) -> SafeString:
    """The HTML of a Markdown text. Its headings begin at h3, because a section's own heading is an h2."""
    env = {"citations": citations}
    clean = nh3.clean(
        _markdown.render(text, env),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes={"a": {"cite"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    # Not mark_safe over someone's text: nh3 has just parsed it and written it out again tag by tag.
    return SafeString(clean.strip())


def plain(text: str) -> str:
    """The words of a Markdown text as a reader sees them, in one line: without marks, addresses and citations.

    A part that ends without punctuation, such as an item of a list, is set apart by a semicolon.
    """
    said = ""
    for token in _markdown.parse(text, {}):
        words = " ".join("".join(_words(token)).split())
        if words:
            said += ("" if not said else " " if said.endswith(STOPS) else "; ") + words
    return said


def _words(token: Token) -> Iterator[str]:
    for part in token.children or ():
        if part.type in {"text", "code_inline"}:
            yield part.content
        elif part.type in {"softbreak", "hardbreak"}:
            yield " "


def links(numbers: Collection[int]) -> SafeString:
    """The citations of a row: "Source 1, Source 2", each a link to the page's list of sources."""
    return format_html_join(", ", '<a class="cite" href="#source-{}">Source {}</a>', ((n, n) for n in numbers))


def _cite(state: StateInline, silent: bool) -> bool:
    match = CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.pending = state.pending.rstrip()  # the citation brings its own space, typed or not
        state.push("citation", "", 0).content = match[0]
    state.pos = match.end()
    return True


def _render_citation(renderer: RendererHTML, tokens: list[Token], index: int, options: object, env: dict) -> str:
    cited = links(env["citations"].numbers(cited_keys(tokens[index].content)))
    return format_html(" ({})", cited) if cited else ""


def _demote_headings(state: StateCore) -> None:
    top = True
    for token in state.tokens:
        if token.type == "heading_open":
            # No level is skipped: the first heading of a text is an h3 whatever the editor typed.
            tag = "h3" if top or int(token.tag[1]) <= 3 else "h4"
            top = False
        if token.type in {"heading_open", "heading_close"}:
            token.tag = tag


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.disable(["image", "autolink", "html_inline", "html_block", "hr", "code", "fence"])
    parser.inline.ruler.before("link", "citation", _cite)
    parser.core.ruler.push("demote_headings", _demote_headings)
    parser.add_render_rule("citation", _render_citation)
    parser.validateLink = lambda url: LINK.match(url) is not None  # type: ignore[method-assign]
    return parser


_markdown = _parser()
