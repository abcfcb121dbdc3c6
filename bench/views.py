"""What a condition page is compared with: an answer that is always the same, and the page made from rows each time."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from clinic.facts import read_clinic
from therapies import pages, snapshots
from therapies.library import Library
from therapies.live_pages import read_live_pages
from therapies.models import Condition, QuestionToAsk, Revision, Source

_bytes: dict[int, bytes] = {}


def constant(request, size):
    """As many bytes as were asked for, ready in memory. The length is said here: without middleware nobody else does."""
    content = _bytes.setdefault(size, b"x" * size)
    return HttpResponse(content, headers={"Content-Length": str(size)})


def from_rows(request, slug):
    """The condition page without a library: its rows, those of its treatments and what it cites, read each time."""
    condition = get_object_or_404(Condition, slug=slug)
    document = snapshots.document_of(condition)
    slugs = [slug, *(option["treatment"] for option in document["options"] if option["treatment"])]
    clinic = read_clinic()
    live = read_live_pages(clinic, Revision.objects.live().filter(page__slug__in=slugs))
    fields = ("key", "authors", "title", "publisher", "year", "doi", "url", "kind", "status")
    asked = QuestionToAsk.objects.values("key", "treatment__slug", "text", "why", "kind")
    request.library = Library(
        version="",
        clinic=clinic,
        clinicians=(),
        sources={
            row["key"]: {**row, "kind_label": row["kind"], "check": "", "superseded_by": ""}
            for row in Source.objects.values(*fields)
        },
        glossary=(),
        questions=tuple({**row, "treatment": row["treatment__slug"] or ""} for row in asked),
        live_pages=tuple(live),
    )
    shown = pages.condition_page(request.library, request.library.page("condition", slug), timezone.localdate())
    return render(request, "therapies/condition.html", {"shown": shown})
