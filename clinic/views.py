"""Home, about us and how to reach us; and what machines ask for."""

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clinic.client_address import is_from_its_operator
from clinic.context_processors import policies
from clinic.facts import week_in_words
from clinic.health import readiness
from clinic.public_bytes import public_page
from therapies import pages, prose
from therapies.pages import for_machines
from therapies.pages.home import home_page

HOLIDAYS_SHOWN = 6
CRUMBS = {"clinic:about": "About us", "clinic:clinicians": "Our clinicians"}


@require_safe
@public_page
def home(request):
    return render(request, "clinic/home.html", {"home": home_page(request.library)})


@require_safe
@public_page
def about(request):
    shown = _article(request, "about")
    return render(request, "clinic/about.html", {"shown": shown, "policies": policies(request.library)})


@require_safe
@public_page
def article(request, slug):
    shown = _article(request, slug)
    if shown is None:
        raise Http404
    if shown.page.url != request.path:
        return redirect(shown.page.url)
    return render(request, "therapies/article.html", {"shown": shown, "crumbs": _crumbs("clinic:about")})


def _article(request, slug):
    page = request.library.page("article", slug)
    return page and pages.article_page(request.library, page, request.public_key.date)


@require_safe
@public_page
def contact(request):
    clinic, today = request.library.clinic, request.public_key.date
    context = {
        "crumbs": _crumbs("clinic:about"),
        "week": week_in_words(clinic.hours) if clinic.hours else [],
        "closed_on": [(date, name) for date, name in clinic.holidays if date >= today][:HOLIDAYS_SHOWN],
        "how_to_find_us": _text(clinic.how_to_find_us),
        "building_access": _text(clinic.building_access),
        "existing_patients": _text(clinic.existing_patients),
    }
    return render(request, "clinic/contact.html", context)


@require_safe
@public_page
def clinicians(request):
    context = {"clinicians": request.library.clinicians, "crumbs": _crumbs("clinic:about")}
    return render(request, "clinic/clinicians.html", context)


@require_safe
@public_page
def clinician(request, slug):
    shown = next((person for person in request.library.clinicians if person["slug"] == slug), None)
    if shown is None:
        raise Http404
    pages_approved = [
        page for page in request.library.live_pages if page.approved_by and page.approved_by["slug"] == shown["slug"]
    ]
    context = {
        "clinician": shown,
        "bio": _text(shown["bio"]),
        "approved": pages_approved,
        "structured_data": for_machines.clinician(shown),
        "crumbs": _crumbs("clinic:about", "clinic:clinicians"),
    }
    return render(request, "clinic/clinician.html", context)


def _crumbs(*names):
    """The pages above one, for the breadcrumb."""
    return [(CRUMBS[name], reverse(name)) for name in names]


def _text(markdown):
    return prose.html(markdown, prose.Citations(()))


@require_safe
def healthz(request):
    """This process answers. Asks nobody else, so a database that is down does not restart it."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request):
    """Can this process take a request? 503 when not. The details are for this machine alone."""
    found = readiness()
    said = found.as_dict() if is_from_its_operator(request) else found.for_strangers()
    return JsonResponse(said, status=200 if found.ready else 503)


@require_safe
@public_page
def robots(request):
    context = {"is_demo": request.library.clinic.is_demo, "site": settings.SITE_URL}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")
