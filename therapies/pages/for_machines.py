"""The structured data of each page, from what the page shows: sections, lists and sources as readers see them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from therapies import prose
from therapies import structured_data as data
from therapies.addresses import page_url
from therapies.library import Clinic, Library, LivePage
from therapies.pages import parts

if TYPE_CHECKING:
    from therapies.pages.article import ArticlePage
    from therapies.pages.compare import Comparison
    from therapies.pages.condition import ConditionPage
    from therapies.pages.treatment import TreatmentPage

EDITORIAL_POLICY = "editorial-policy"
ITEM = re.compile(r"^[-*] (.+(?:\n {2,}\S.*)*)", re.MULTILINE)
ABOUT_US = {"/", "/about/", "/about/contact/"}
SAYS_NO = re.compile(r"\b(no|none|not|never)\b", re.IGNORECASE)


def graph(
    library: Library, path: str, title: str, above: Iterable[tuple[str, str]], nodes: Iterable[data.Node]
) -> data.Node:
    """Everything a page says to machines: who speaks and where, then `nodes`, what this page is about."""
    site = settings.SITE_URL
    policy = library.page("article", EDITORIAL_POLICY)
    return data.graph(
        [
            data.clinic(site, library.clinic, policy.url if policy else "", with_hours=path in ABOUT_US),
            data.website(site, library.clinic.name),
            data.breadcrumbs(site, path, title, above),
            data.web_page(site, path, title),
            *nodes,
        ]
    )


def condition(shown: ConditionPage, library: Library) -> list[data.Node]:
    """What the page of a condition says."""
    page, site = shown.page, settings.SITE_URL
    sources = cited(shown.sources, library)
    linked = {line.url for line in shown.glance}
    options = [
        (option["role"], url)
        for option in page.document["options"]
        if option["treatment"] and (url := page_url("treatment", option["treatment"])) in linked
    ]
    about = data.condition(
        site,
        page.url,
        page.document,
        names=shown.synonyms,
        region=next((title for title, url in shown.crumbs if "#" in url), ""),
        texts={
            "natural_progression": prose.plain(page.document["natural_progression"]),
            "prognosis": said(page, "prognosis", library.clinic),
        },
        lists={aspect: listed(page, aspect, library.clinic) for aspect in ("symptoms", "causes")},
        options=options,
        codes=codes(shown.codes),
        sources=rested_on(shown.sources, library, named(page)),
    )
    medical = data.medical_page(
        site,
        page.url,
        description=page.document["summary"],
        review=shown.review,
        sources=sources,
        main_entity={"@id": about["@id"]},
        contents=shown.contents,
    )
    return [*medical, about, *offered(library, [line.url for line in shown.glance if line.paid])]


def treatment(shown: TreatmentPage, library: Library) -> list[data.Node]:
    """What the page of a treatment says."""
    page, site = shown.page, settings.SITE_URL
    sources = cited(shown.sources, library)
    numbers = {number for group in shown.evidence for result in group.results for number in result.numbers}
    keys = {source.key for source in shown.sources if source.number in numbers}
    about = data.treatment(
        site,
        page.url,
        page.document,
        names=shown.synonyms,
        texts={aspect: said(page, aspect, library.clinic) for aspect in ("before", "during", "after")},
        legal_status=[f"{one.place}: {one.status}" for one in shown.approvals if one.is_current],
        codes=codes(shown.codes),
        sources=rested_on(shown.sources, library, keys | named(page)),
    )
    medical = data.medical_page(
        site,
        page.url,
        description=page.document["summary"],
        review=shown.review,
        sources=sources,
        main_entity={"@id": about["@id"]},
        contents=shown.contents,
    )
    return [*medical, about, *offered(library, [page.url] if shown.paid else [])]


def comparison(shown: Comparison, library: Library) -> list[data.Node]:
    """Options of a condition side by side, in the order shown."""
    return data.comparison(
        settings.SITE_URL,
        f"{shown.page.url}compare/",
        condition=shown.page.url,
        treatments=[(side.line.title, side.line.url) for side in shown.sides],
        review=shown.review,
        sources=cited(shown.sources, library),
    )


def article(shown: ArticlePage, library: Library) -> list[data.Node]:
    """What a policy or another article says."""
    return data.reviewed_page(
        settings.SITE_URL,
        shown.page.url,
        description=shown.page.document["summary"],
        review=shown.review,
        sources=cited(shown.sources, library),
    )


def index(library: Library, kind: str, path: str) -> list[data.Node]:
    """The list of the conditions, or of the treatments with those we offer."""
    pages = library.pages(kind)
    paid = [page.url for page in pages if page.document.get("offered_here")]
    entries = [(page.title, page.url) for page in pages]
    return [*data.collection(settings.SITE_URL, path, entries), *offered(library, paid)]


def clinician(facts: Mapping[str, Any]) -> list[data.Node]:
    """The page of a clinician."""
    return data.clinician(settings.SITE_URL, facts)


def cited(shown: Iterable[parts.ShownSource], library: Library) -> list[Mapping[str, Any]]:
    """The sources a page lists, as the library holds them."""
    return [library.sources[source.key] for source in shown]


def rested_on(shown: Iterable[parts.ShownSource], library: Library, keys: Collection[str]) -> list[Mapping[str, Any]]:
    """The same without guidelines that only a text cites in passing, such as where to get help for another illness."""
    return [row for row in cited(shown, library) if row["kind"] != "guideline" or row["key"] in keys]


def named(page: LivePage) -> set[str]:
    """The sources that rows of this page rest on: results, approvals, answered claims."""
    rows = [row for name in ("evidence", "answered_claims") for row in page.document.get(name, [])]
    return {key for row in rows for key in row["sources"]} | {
        row["source"] for row in page.document.get("regulatory", []) if row["source"]
    }


def offered(library: Library, urls: Iterable[str]) -> list[data.Node]:
    """The treatments among these that are a service of ours."""
    paid = set(urls)
    services = [
        page.url
        for page in library.pages("treatment")
        if page.url in paid and data.is_service(page.document["category"])
    ]
    return [data.services(settings.SITE_URL, services)] if services else []


def codes(shown: Iterable[parts.Code]) -> list[data.Node]:
    return [data.code(code.system, code.value) for code in shown]


def said(page: LivePage, aspect: str, clinic: Clinic) -> str:
    """The words of a section, "" where the page has none of this aspect."""
    return " ".join(prose.plain(body) for body in _bodies(page, aspect, clinic))


def listed(page: LivePage, aspect: str, clinic: Clinic) -> Sequence[str]:
    """The lines of a section's lists that name something. One that says no ("often none at all") names nothing."""
    items = [prose.plain(item) for body in _bodies(page, aspect, clinic) for item in ITEM.findall(body)]
    return [item for item in items if item and not SAYS_NO.search(item)]


def _bodies(page: LivePage, aspect: str, clinic: Clinic) -> list[str]:
    rows = page.document["sections"]
    return [parts.with_numbers(row["body"], clinic) for row in rows if row["aspect"] == aspect]
