"""The home page: every condition by place, and one result in full, so that a reader sees how we report."""

from dataclasses import dataclass

from therapies import prose, wording
from therapies.library import Library, LivePage
from therapies.models import BodyRegion
from therapies.pages import evidence, parts
from therapies.pages.evidence import Result
from therapies.pages.indexes import Region
from therapies.pages.parts import Link, ShownSource

# What we would rather show: something we could be paid for that did no better than a dummy treatment.
SAMPLE_CONDITION, SAMPLE_TREATMENT = "knee-osteoarthritis", "prp-injection"
DUMMY = ("placebo", "dummy", "sham", "salt water")


@dataclass(frozen=True)
class Sample:
    """One result as it stands on its page."""

    title: str
    condition: Link
    result: Result
    sources: list[ShownSource]


@dataclass(frozen=True)
class Home:
    regions: list[Region]
    sample: Sample | None
    sells: bool  # do we offer any regenerative treatment ourselves?


def home_page(library: Library) -> Home:
    """What the home page shows."""
    return Home(
        regions=[_region(library, key, place) for key, place in BodyRegion.choices],
        sample=sample(library),
        sells=any(
            page.document["is_regenerative"] and page.document["offered_here"] for page in library.pages("treatment")
        ),
    )


def _region(library: Library, key: str, place: str) -> Region:
    pages = library.pages("condition")
    return Region(key, place, [Link(page.title, page.url) for page in pages if page.document["body_region"] == key])


def sample(library: Library) -> Sample | None:
    """A rated result against a dummy treatment, of something we sell if possible; the same one until the library changes."""
    found = [
        (condition, treatment, row)
        for treatment in library.pages("treatment")
        for condition, row in library.evidence_of(treatment.slug)
        if _is_fit(row, library)
    ]
    best = max(found, key=lambda each: _worth(*each), default=None)
    if best is None:
        return None
    condition, treatment, row = best
    citations = prose.Citations(library.sources)
    result = evidence.result(row, library, citations, about=treatment.title, alone=True)
    return Sample(
        f"{condition.title}: {treatment.title}",
        Link(condition.title, condition.url),
        result,
        parts.cited(citations, library),
    )


def _is_fit(row: wording.Row, library: Library) -> bool:
    compared = row["comparator"].lower()
    return (
        wording.is_result(row)
        and wording.certainty(row).level > 0
        and not wording.is_to_confirm(row, library.sources)
        and any(word in compared for word in DUMMY)
    )


def _worth(condition: LivePage, treatment: LivePage, row: wording.Row) -> tuple[bool, bool, bool, int]:
    return (
        (condition.slug, treatment.slug) == (SAMPLE_CONDITION, SAMPLE_TREATMENT),
        treatment.document["offered_here"],
        row["direction"] == "little_or_no_difference",
        wording.certainty(row).level,
    )
