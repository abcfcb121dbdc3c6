"""The search page. What was typed stands in its address and may say something about a person: nobody keeps the page."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from therapies import library, search
from therapies.pages import indexes

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@require_safe
@gzip_page  # the page holds no secret that its length could tell
def search_page(request):
    """The answer to one search, for one query. It asks for no session, so it is the same for everybody."""
    request.library = library.current()
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "region")}
    found = search.find(request.library, asked["q"], asked["kind"], asked["region"], _page(request))
    context = {
        "asked": bool(asked["q"].strip()),
        "found": found,
        "first": (found.page - 1) * search.PER_PAGE + 1,
        "kinds": search.KINDS,
        "regions": search.REGIONS,
        "places": [] if found.hits else indexes.by_region(request.library.pages("condition")),
        "addresses": {
            "more": _address(found, page=found.more),
            "suggestion": _address(found, q=found.suggestion),
            "unfiltered": _address(found, kind="", region=""),
        },
    }
    response = render(request, "therapies/search.html", context)
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response


def _page(request) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1


def _address(found: search.Found, **changes) -> str:
    asked = {"q": found.text, "kind": found.kind, "region": found.region, **changes}
    return f"{reverse('therapies:search')}?{urlencode({name: value for name, value in asked.items() if value})}"
