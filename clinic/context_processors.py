"""What every template may use: the clinic, the navigation, and where this page stands."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from therapies import library

NAVIGATION = (
    ("conditions", "Conditions", "therapies:conditions"),
    ("treatments", "Treatments", "therapies:treatments"),
    ("evidence", "How we grade evidence", "therapies:how_we_grade"),
    ("consultation", "Request a consultation", "inquiries:request"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`clinic` and `policies` ask for the library when a template first uses them; staff pages that do not, do not."""
    held = SimpleLazyObject(lambda: getattr(request, "library", None) or library.current())
    return {
        "clinic": SimpleLazyObject(lambda: held.clinic),
        "policies": SimpleLazyObject(
            lambda: [page for page in held.pages("article") if page.document["category"] == "policy"]
        ),
        "nav": SimpleLazyObject(navigation),
        "section": request.path.split("/")[1] or "home",
        "canonical": settings.SITE_URL + request.path,
    }


def navigation() -> list[dict[str, str]]:
    """The links of masthead and footer."""
    return [{"key": key, "label": label, "url": reverse(name)} for key, label, name in NAVIGATION]
