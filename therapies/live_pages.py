"""What readers see of each page: the live revisions joined with the facts beside them, read from the rows at once."""

import datetime
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.utils import timezone

from clinic.facts import Clinic, clinician_facts
from therapies.addresses import page_url
from therapies.models import RegulatoryStatus, ReviewEvent, Revision, Treatment

Said = dict[str, str]
SHORT = 80  # characters of what several pages may say alike; a longer text is a page's own


@dataclass(frozen=True)
class Change:
    """One published revision of a page, as its public change log tells it."""

    published_on: datetime.date
    note: str
    is_demonstration: bool
    is_correction: bool


@dataclass(frozen=True, eq=False)
class LivePage:
    """What readers see of one page: its frozen document, who stands for it, and the live facts beside it.

    `live` of a treatment: price_low, price_high, price_includes, price_on_request_reason, and regulatory_dates
    as {jurisdiction: {checked_on, recheck_due}}. Empty for other kinds.
    """

    kind: str
    slug: str
    title: str
    url: str
    document: dict[str, Any]
    revision: int
    is_demonstration: bool
    published_on: datetime.date  # a day at the clinic, as reviewed_on is
    change_note: str
    approved_by: dict[str, Any] | None
    reviewed_on: datetime.date | None  # when a clinician last looked at the whole page
    next_review_due: datetime.date | None
    live: dict[str, Any]
    changes: tuple[Change, ...] = ()  # every revision that was ever live, newest first
    reviewed_by: dict[str, Any] | None = None  # who that was: later changes may have another approver
    page_id: int | None = None  # of the row in the database; None where it stands for no published page


def read_live_pages(clinic: Clinic, shown: QuerySet[Revision]) -> list[LivePage]:
    """The pages of these live revisions."""
    revisions = shown.select_related("page", "approved_by")
    said: Said = {}
    live_facts, zone = _live_facts(), ZoneInfo(clinic.time_zone)
    changes = _changes(zone, demonstrations=clinic.is_demo)
    reviews = _whole_reviews()
    return [
        _live_page(
            revision,
            said,
            live_facts.get(revision.page_id, {}),
            zone,
            tuple(changes.get(revision.page_id, ())),
            reviews.get(revision.page_id),
        )
        for revision in revisions.iterator(chunk_size=100)  # so that no more than these are in memory beside the pages
    ]


def _whole_reviews() -> dict[int, ReviewEvent]:
    """The last look a clinician took at the whole of each live page, for one query. What somebody approved that is not
    live yet, or never was, is no review of what readers see."""
    events = ReviewEvent.objects.filter(
        kind=ReviewEvent.Kind.WHOLE_PAGE,
        page__revisions__state=Revision.State.LIVE,
        page__revisions__is_demonstration=False,
        page__revisions__number__gte=F("revision__number"),
    )
    return {event.page_id: event for event in events.order_by("reviewed_on", "pk").select_related("clinician")}


def _changes(zone: ZoneInfo, *, demonstrations: bool) -> dict[int, list[Change]]:
    """What was published of each page, for one query. A real site does not list demonstrations."""
    rows = Revision.objects.exclude(published_at=None).order_by("-published_at", "-number")
    if not demonstrations:
        rows = rows.filter(is_demonstration=False)
    changes: dict[int, list[Change]] = {}
    for page, at, note, is_demonstration, corrects in rows.values_list(
        "page_id", "published_at", "change_note", "is_demonstration", "corrects_id"
    ):
        change = Change(timezone.localdate(at, zone), note, is_demonstration, corrects is not None)
        changes.setdefault(page, []).append(change)
    return changes


def _live_page(
    revision: Revision,
    said: Said,
    live: dict[str, Any],
    zone: ZoneInfo,
    changes: tuple[Change, ...] = (),
    review: ReviewEvent | None = None,
) -> LivePage:
    document = _shared(revision.document, said)
    return LivePage(
        kind=document["kind"],
        slug=document["slug"],
        title=document["title"],
        url=page_url(document["kind"], document["slug"]),
        document=document,
        revision=revision.number,
        is_demonstration=revision.is_demonstration,
        published_on=timezone.localdate(revision.published_at, zone),
        change_note=revision.change_note,
        approved_by=clinician_facts(revision.approved_by) if revision.approved_by else None,
        reviewed_on=review.reviewed_on if review else None,
        next_review_due=None if revision.is_demonstration else revision.page.next_review_due,
        live=live,
        changes=changes,
        reviewed_by=clinician_facts(review.clinician) if review else None,
        page_id=revision.page_id,
    )


def _shared(value: Any, said: Said) -> Any:
    """The same value, but what pages repeat (keys, choices, headings, "at 3 months") is in memory once."""
    if isinstance(value, dict):
        return {said.setdefault(key, key): _shared(one, said) for key, one in value.items()}
    if isinstance(value, list):
        return [_shared(one, said) for one in value]
    return said.setdefault(value, value) if isinstance(value, str) and len(value) <= SHORT else value


def _live_facts() -> dict[int, dict[str, Any]]:
    facts: dict[int, dict[str, Any]] = {}
    for row in Treatment.objects.values(
        "pk", "price_low", "price_high", "price_includes", "price_on_request_reason"
    ).order_by():
        facts[row.pop("pk")] = {**row, "regulatory_dates": {}}
    for status in RegulatoryStatus.objects.all():
        dates = {"checked_on": status.checked_on, "recheck_due": status.recheck_due}
        if status.treatment_id in facts:
            facts[status.treatment_id]["regulatory_dates"][status.jurisdiction] = dates
    return facts
