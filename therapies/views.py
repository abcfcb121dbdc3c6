"""Conditions, treatments and what stands beside them: each view finds the live page and renders it.

`public_page` gives each request the library its page is made from, and the day it is made for.
"""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.public_bytes import public_page
from therapies import pages
from therapies.library import LivePage
from therapies.pages import for_machines, indexes


def live_or_404(request, kind, slug) -> LivePage:
    """The live page. A draft, a withdrawn page and one that never was give the same 404."""
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
@public_page
def how_we_grade(request):
    page = live_or_404(request, "article", "how-we-grade")
    shown = pages.article_page(request.library, page, request.public_key.date)
    return render(request, "therapies/article.html", {"shown": shown})
