"""What every template may use: the clinic, the navigation, and where this page stands."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from clinic.facts import fallback_clinic
from therapies import library

NAVIGATION = (
    ("conditions", "Conditions", "therapies:conditions"),
    ("treatments", "Treatments", "therapies:treatments"),
    ("evidence", "Evidence", "therapies:evidence"),
    ("consultation", "Request a consultation", "inquiries:request"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`clinic` and `policies` ask for the library when a template first uses them: staff pages do not, and pay nothing.

    Without a library the clinic is what the environment says about it, and there are no policies to link to.
    """
    shown = SimpleLazyObject(lambda: _library(request))
    return {
        "clinic": SimpleLazyObject(lambda: shown.clinic if shown else fallback_clinic()),
        "policies": SimpleLazyObject(lambda: policies(shown) if shown else []),
        "nav": SimpleLazyObject(navigation),
        "section": request.path.split("/")[1] or "home",
        "canonical": settings.SITE_URL + request.path,
    }


def _library(request: HttpRequest) -> library.Library | None:
    try:
        return getattr(request, "library", None) or library.current()
    except library.LibraryUnavailable:
        return None


def policies(shown: library.Library) -> list[library.LivePage]:
    """The pages on which the clinic says how it works: the footer links to each."""
    return [page for page in shown.pages("article") if page.document["category"] == "policy"]


def navigation() -> list[dict[str, str]]:
    """The links of masthead and footer."""
    return [{"key": key, "label": label, "url": reverse(name)} for key, label, name in NAVIGATION]
