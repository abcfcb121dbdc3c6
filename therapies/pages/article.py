"""A page that is neither condition nor treatment: a policy, our method, about us."""

import datetime
from dataclasses import dataclass
from typing import Any

from therapies import prose
from therapies.library import Library, LivePage
from therapies.pages import for_machines, parts
from therapies.pages.parts import Claim, Review, Section, ShownSource


@dataclass(frozen=True)
class ArticlePage:
    page: LivePage
    facts: list[tuple[str, str]]
    review: Review
    contents: list[tuple[str, str]]
    sections: list[Section]
    claims: list[Claim]
    sources: list[ShownSource]
    structured_data: list[dict[str, Any]]


def article_page(library: Library, page: LivePage, today: datetime.date) -> ArticlePage:
    """What an article shows on a day, everything resolved."""
    citations = prose.Citations(library.sources)
    sections = parts.Sections(page.document, citations, library.clinic).rest()
    claims = parts.claims(page.document, citations)
    sources = parts.cited(citations, library)
    contents = [(section.id, section.heading) for section in sections]
    if claims:
        contents.append(("claims", "What you may have read"))
    if sources:
        contents.append(("sources", "Sources"))
    shown = ArticlePage(
        page, parts.facts(page.document), parts.review(page, today), contents, sections, claims, sources, []
    )
    shown.structured_data.extend(for_machines.article(shown, library))
    return shown
