"""Conditions, treatments and what stands beside them: each view finds the live page and renders it.

`public_page` gives each request the library its page is made from, and the day it is made for.
"""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.public_bytes import not_kept, public_page
from therapies import pages
from therapies.library import LivePage
from therapies.pages import for_machines, indexes
from therapies.pages.compare import comparison
from therapies.pages.history import history
from therapies.pages.matrix import matrix


def live_or_404(request, kind, slug) -> LivePage:
    """The live page. For others 404, which `public_page` turns into 301 or 410 where a page once stood."""
    page = request.library.page(kind, slug)
    if page is None:
        raise Http404
    return page


@require_safe
@public_page
def conditions(request):
    live = request.library.pages("condition")
    context = {
        "letters": indexes.a_to_z(live),
        "regions": indexes.by_region(live),
        "structured_data": for_machines.index(request.library, "condition", request.path),
    }
    return render(request, "therapies/conditions.html", context)


@require_safe
@public_page
def condition(request, slug):
    page = live_or_404(request, "condition", slug)
    shown = pages.condition_page(request.library, page, request.public_key.date)
    return render(request, "therapies/condition.html", {"shown": shown})


@require_safe
@public_page
def treatments(request):
    live = request.library.pages("treatment")
    context = {
        "kinds": indexes.by_category(live),
        "cells": indexes.cell_therapies(live),
        "structured_data": for_machines.index(request.library, "treatment", request.path),
    }
    return render(request, "therapies/treatments.html", context)


@require_safe
@public_page
def treatment(request, slug):
    page = live_or_404(request, "treatment", slug)
    shown = pages.treatment_page(request.library, page, request.public_key.date)
    return render(request, "therapies/treatment.html", {"shown": shown})


@require_safe
@public_page
def glossary(request):
    return render(request, "therapies/glossary.html", {"terms": indexes.glossary(request.library)})


@require_safe
@public_page
def questions(request):
    groups, asked_of_us = indexes.questions(request.library)
    return render(request, "therapies/questions.html", {"groups": groups, "asked_of_us": asked_of_us})


@require_safe
@public_page
def sources(request):
    return render(request, "therapies/sources.html", {"groups": indexes.sources(request.library)})


@require_safe
@public_page(query=("t*",))
def compare(request, slug):
    page = live_or_404(request, "condition", slug)
    shown = comparison(request.library, page, request.GET.getlist("t"), request.public_key.date)
    context = {"shown": shown, "structured_data": for_machines.comparison(shown, request.library)}
    response = render(request, "therapies/compare.html", context)
    return response if shown.is_normal else not_kept(response)


@require_safe
@public_page
def page_history(request, kind, slug):
    shown = history(live_or_404(request, kind, slug), request.public_key.date)
    return render(request, "therapies/history.html", {"shown": shown})


@require_safe
@public_page(query=("region", "certainty"))
def evidence(request):
    asked = {name: request.GET.get(name, "") for name in ("region", "certainty")}
    shown = matrix(request.library, **asked)
    response = render(request, "therapies/evidence.html", {"shown": shown})
    return not_kept(response) if shown.ignored else response


@require_safe
@public_page
def how_we_grade(request):
    page = live_or_404(request, "article", "how-we-grade")
    shown = pages.article_page(request.library, page, request.public_key.date)
    return render(request, "therapies/article.html", {"shown": shown, "crumbs": [("Evidence", "/evidence/")]})
