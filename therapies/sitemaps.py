"""What search engines are told about: real pages only."""

import datetime

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.public_bytes import public_page
from therapies.library import Library

LISTS = (
    "/",
    "/conditions/",
    "/treatments/",
    "/glossary/",
    "/questions-to-ask/",
    "/sources/",
    "/about/contact/",
    "/about/clinicians/",
)


@require_safe
@public_page
def sitemap(request):
    context = {"addresses": addresses(request.library), "site": settings.SITE_URL}
    return render(request, "sitemap.xml", context, content_type="application/xml; charset=utf-8")


def addresses(library: Library) -> list[tuple[str, datetime.date | None]]:
    """(path, day of the last change) of every page that a clinician stands for; none while the site is a demonstration."""
    if library.clinic.is_demo:
        return []
    # A real site's library holds approved pages only.
    return [(path, None) for path in LISTS] + [(page.url, page.published_on) for page in library.live_pages]
