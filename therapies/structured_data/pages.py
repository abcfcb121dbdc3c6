"""Pages as such: their kind, their parts, their sources, and who stands for them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from therapies.structured_data.nodes import (
    Node,
    clinic_id,
    condition_id,
    crumbs_id,
    filled,
    page_id,
    person_id,
    ref,
    term,
    treatment_id,
    website_id,
)
from therapies.structured_data.site import LANGUAGE, SPECIALTY

# Place on a page -> what aspect of health is told there. schema.org has no aspect for a diagnosis: that part has none.
ASPECTS = {
    "overview": "Overview",
    "symptoms": "Symptoms",
    "causes": "Causes",
    "diagnosis": "",
    "prognosis": "Prognosis",
    "without": "Prognosis",
    "self-care": "SelfCare",
    "options": "Treatments",
    "see-a-clinician": "SeeDoctor",
    "how-it-works": "HowItWorks",
    "evidence": "Effectiveness",
    "day": "HowOrWhere",
    "risks": "SideEffects",
    "cost": "GettingAccess",
    "when-to-call": "SeeDoctor",
    "claims": "Misconceptions",
}
STUDIES = {"systematic_review", "rct", "observational", "consensus"}


class Reviewed(Protocol):
    """Who stands for a page, and since when."""

    @property
    def is_demonstration(self) -> bool: ...
    @property
    def name(self) -> str: ...
    @property
    def credentials(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def reviewed_on(self) -> datetime.date | None: ...
    @property
    def changed_on(self) -> datetime.date: ...


def web_page(site: str, path: str, name: str) -> Node:
    """What holds for any page."""
    url = site + path
    return {
        "@type": "WebPage",
        "@id": page_id(url),
        "url": url,
        "name": name,
        "inLanguage": LANGUAGE,
        "isPartOf": ref(website_id(site)),
        "publisher": ref(clinic_id(site)),
        "breadcrumb": ref(crumbs_id(url)),
    }


def reviewed_page(
    site: str,
    path: str,
    *,
    description: str,
    review: Reviewed,
    sources: Iterable[Mapping[str, Any]],
    kind: str = "WebPage",
) -> list[Node]:
    """A page with a document behind it, and the person who approved it.

    A demonstration has no reviewer and no review date, whatever it was given.
    """
    nodes: list[Node] = []
    page: Node = {
        "@type": kind,
        "@id": page_id(site + path),
        "description": description,
        "dateModified": review.changed_on.isoformat(),
    }
    if not review.is_demonstration:
        page["lastReviewed"] = review.reviewed_on.isoformat() if review.reviewed_on else None
        if review.name:
            person = _reviewer(site, path, review)
            page["reviewedBy"] = ref(person["@id"])
            nodes.append(person)
    page["citation"] = [_citation(row) for row in sources if is_cited(row)]
    return [page, *nodes]


def medical_page(
    site: str,
    path: str,
    *,
    description: str,
    review: Reviewed,
    sources: Iterable[Mapping[str, Any]],
    main_entity: Node,
    contents: Sequence[tuple[str, str]] = (),
) -> list[Node]:
    """A page of medical information. `contents` are its parts as (place, heading)."""
    page, *people = reviewed_page(
        site, path, description=description, review=review, sources=sources, kind="MedicalWebPage"
    )
    page["specialty"] = SPECIALTY
    page["audience"] = {"@type": "Patient"}
    page["mainEntity"] = main_entity
    page["hasPart"] = [part(site + path, place, heading) for place, heading in contents if place in ASPECTS]
    return [page, *people]


def part(url: str, place: str, heading: str) -> Node:
    """A headed part of a page."""
    aspect = ASPECTS[place]
    return filled(
        {
            "@type": "HealthTopicContent",
            "hasHealthAspect": term(f"{aspect}HealthAspect") if aspect else "",
            "url": f"{url}#{place}",
            "headline": heading,
        }
    )


def comparison(
    site: str,
    path: str,
    *,
    condition: str,
    treatments: Sequence[tuple[str, str]],
    review: Reviewed,
    sources: Iterable[Mapping[str, Any]],
) -> list[Node]:
    """Options of a condition side by side. `condition` is its path; `treatments` are (title, path), "" for usual care."""
    listed = _list(
        f"{site}{path}#options",
        [
            filled({"name": title, "item": ref(treatment_id(site + place)) if place else None})
            for title, place in treatments
        ],
    )
    page, *people = medical_page(
        site, path, description="", review=review, sources=sources, main_entity=ref(listed["@id"])
    )
    del page["dateModified"]  # it shows who reviewed its condition, not when that page changed
    page["about"] = ref(condition_id(site + condition))
    return [page, *people, listed]


def collection(site: str, path: str, entries: Sequence[tuple[str, str]]) -> list[Node]:
    """A page that leads to others: (title, path) of each."""
    listed = _list(f"{site}{path}#list", [{"name": title, "url": site + place} for title, place in entries])
    return [
        {"@type": "CollectionPage", "@id": page_id(site + path), "mainEntity": ref(listed["@id"])},
        listed,
    ]


def clinician(site: str, facts: Mapping[str, Any]) -> list[Node]:
    """The page of a clinician, with the registration it states."""
    url = site + facts["url"]
    credential = None
    if facts["registration_body"] and facts["registration_number"]:
        credential = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": "license",
            "identifier": facts["registration_number"],
            "recognizedBy": {"@type": "Organization", "name": facts["registration_body"]},
        }
    person = {
        "@type": "Person",
        "@id": person_id(url),
        "name": facts["name"],
        "honorificSuffix": facts["credentials"],
        "jobTitle": facts["job_title"],
        "url": url,
        "worksFor": ref(clinic_id(site)),
        "hasCredential": credential,
    }
    return [{"@type": "ProfilePage", "@id": page_id(url), "mainEntity": ref(person["@id"])}, person]


def is_cited(row: Mapping[str, Any]) -> bool:
    """Is this a source to build on? Readers see that one was retracted or superseded; a list of titles cannot say it."""
    return bool(row["status"] == "current")


def source_url(row: Mapping[str, Any]) -> str:
    """Where the publication is."""
    return f"https://doi.org/{row['doi']}" if row["doi"] else str(row["url"])


def source_title(row: Mapping[str, Any]) -> str:
    return str(row["title"]).rstrip(".")


def _citation(row: Mapping[str, Any]) -> Node:
    # No more than this: a page has up to forty of them, and weighs what a phone can load.
    return {
        "@type": "MedicalScholarlyArticle" if row["kind"] in STUDIES else "CreativeWork",
        "name": source_title(row),
        "url": source_url(row),
    }


def _reviewer(site: str, path: str, review: Reviewed) -> Node:
    # Someone who has left has no page any more, and stays the reviewer of this one.
    url = site + review.url if review.url else ""
    return {
        "@type": "Person",
        "@id": person_id(url or site + path),
        "name": review.name,
        "honorificSuffix": review.credentials,
        "url": url,
    }


def _list(identity: str, entries: Sequence[Node]) -> Node:
    return {
        "@type": "ItemList",
        "@id": identity,
        "itemListElement": [
            {"@type": "ListItem", "position": number, **entry} for number, entry in enumerate(entries, 1)
        ],
    }
