"""A page as readers would see it: the live library with one document in place of what is live of that page."""

import dataclasses
import datetime
from typing import Any

from therapies.addresses import page_url
from therapies.library import Library, LivePage
from therapies.models import Page, RegulatoryStatus, Treatment

PRICE = ("price_low", "price_high", "price_includes", "price_on_request_reason")


def library_with(library: Library, page: Page, document: dict[str, Any], today: datetime.date) -> Library:
    """A library in which the page says what this valid document says, and everything else is as it is live.

    It is a value of its own: nothing is published, kept or written. The page stands in it as not yet reviewed.
    """
    live = page.revisions.live().values_list("document__kind", "document__slug").first()
    others = (other for other in library.live_pages if (other.kind, other.slug) not in {live, address_of(document)})
    shown = LivePage(
        kind=document["kind"],
        slug=document["slug"],
        title=document["title"],
        url=page_url(document["kind"], document["slug"]),
        document=document,
        revision=0,
        is_demonstration=True,
        published_on=today,
        change_note="Not published yet.",
        approved_by=None,
        reviewed_on=None,
        next_review_due=None,
        live=_live_facts(page),
    )
    return dataclasses.replace(library, live_pages=(*others, shown))


def address_of(document: dict[str, Any]) -> tuple[str, str]:
    """What a library finds the page of a document by."""
    return document["kind"], document["slug"]


def _live_facts(page: Page) -> dict[str, Any]:
    """What stands beside the document of a treatment without approval."""
    prices = Treatment.objects.filter(pk=page.pk).values(*PRICE).first()
    if prices is None:
        return {}
    checks = RegulatoryStatus.objects.filter(treatment=page.pk)
    dates = {row.jurisdiction: {"checked_on": row.checked_on, "recheck_due": row.recheck_due} for row in checks}
    return {**prices, "regulatory_dates": dates}
