"""What every page says: which clinic speaks, on which site, and where the page stands."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Protocol

from therapies.structured_data.nodes import Node, clinic_id, crumbs_id, page_id, ref, term, treatment_id, website_id

LANGUAGE = "en"
SPECIALTY = term("Musculoskeletal")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ClinicFacts(Protocol):
    """The clinic as readers see it."""

    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def address_lines(self) -> Sequence[str]: ...
    @property
    def hours(self) -> Sequence[tuple[int, datetime.time, datetime.time]]: ...


def clinic(site: str, facts: ClinicFacts, editorial_policy: str = "", *, with_hours: bool = False) -> Node:
    """Who we are. `editorial_policy` is the path of that page, "" where there is none.

    The pages about the clinic tell its opening hours; on all others the clinic is the same node, and lighter.
    """
    return {
        "@type": "MedicalClinic",
        "@id": clinic_id(site),
        "name": facts.name,
        "url": f"{site}/",
        "telephone": facts.phone,
        "address": ", ".join(facts.address_lines),
        "openingHoursSpecification": _hours(facts.hours) if with_hours else [],
        "medicalSpecialty": SPECIALTY,
        "publishingPrinciples": ref(page_id(site + editorial_policy)) if editorial_policy else None,
    }


def services(site: str, urls: Iterable[str]) -> Node:
    """The treatments that this page says we offer, said of the clinic."""
    return {"@id": clinic_id(site), "availableService": [ref(treatment_id(site + url)) for url in urls]}


def website(site: str, name: str) -> Node:
    """The site as a whole."""
    return {
        "@type": "WebSite",
        "@id": website_id(site),
        "url": f"{site}/",
        "name": name,
        "inLanguage": LANGUAGE,
        "publisher": ref(clinic_id(site)),
    }


def breadcrumbs(site: str, path: str, title: str, above: Iterable[tuple[str, str]]) -> Node:
    """The way to a page: (title, path) of the pages above it, then the page. The home page stands alone."""
    way = [(title, path)] if path == "/" else [("Home", "/"), *above, (title, path)]
    return {
        "@type": "BreadcrumbList",
        "@id": crumbs_id(site + path),
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": {"@type": "WebPage", "@id": site + place}}
            for number, (name, place) in enumerate(way, 1)
        ],
    }


def _hours(hours: Sequence[tuple[int, datetime.time, datetime.time]]) -> list[Node]:
    """The days that share a stretch of hours are named together."""
    days: dict[tuple[datetime.time, datetime.time], list[str]] = {}
    for weekday, opens, closes in hours:
        days.setdefault((opens, closes), []).append(term(DAYS[weekday]))
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": named,
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
        }
        for (opens, closes), named in days.items()
    ]
