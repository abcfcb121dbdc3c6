"""What search engines are told about: real pages only."""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.public_bytes import public_page
from therapies import indexing
from therapies.library import Library, LivePage

Address = tuple[str, datetime.date | None]

# Made of live facts, which keep no day of their own.
OF_FACTS = ("/glossary/", "/questions-to-ask/", "/sources/", "/about/contact/", "/about/clinicians/")
# Made of pages of these kinds: changed when the newest of them was.
OF_PAGES = {
    "/": ("condition", "treatment"),
    "/conditions/": ("condition",),
    "/treatments/": ("treatment",),
    "/evidence/": ("condition", "treatment"),
}
BESIDE = {"condition": ("compare/", "history/"), "treatment": ("history/",), "article": ()}


@require_safe
@public_page
def sitemap(request):
    context = {"addresses": addresses(request.library, request.public_key.date), "site": settings.SITE_URL}
    return render(request, "sitemap.xml", context, content_type="application/xml; charset=utf-8")


def addresses(library: Library, today: datetime.date) -> list[Address]:
    """(path, day of the last change) of every page that a clinician stands for; none while the site is a demonstration.

    A page long overdue for review is left out, as its head says too.
    """
    if library.clinic.is_demo:
        return []
    # A real site's library holds approved pages only.
    return [*_lists(library), *(each for page in library.live_pages for each in _of_page(page, today))]


def _lists(library: Library) -> Iterator[Address]:
    for path, kinds in OF_PAGES.items():
        yield path, max((page.published_on for kind in kinds for page in library.pages(kind)), default=None)
    for path in OF_FACTS:
        yield path, None
    for person in library.clinicians:
        yield person["url"], None


def _of_page(page: LivePage, today: datetime.date) -> Iterator[Address]:
    if not indexing.is_long_overdue(page.next_review_due, today):
        for place in ("", *BESIDE[page.kind]):
            yield page.url + place, page.published_on
