"""Which pages rest on a source: by a row, by a text, or by what readers see of them now."""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.db.models import CharField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from therapies.document_links import cited_keys, links_of
from therapies.models import (
    AdverseOutcome,
    AnsweredClaim,
    OutcomeEvidence,
    Page,
    RegulatoryStatus,
    Revision,
    Source,
)

OWNERS = ("page", "condition", "treatment")
NOT_CONTENT = {"revision", "redirect", "pagefeedback", "claimwaiver", "reviewevent", "questiontoask"}


def no_longer_current() -> QuerySet[Source]:
    """Sources that were retracted or replaced by a newer one."""
    return Source.objects.exclude(status=Source.Status.CURRENT)


def pages_citing(keys: Collection[str]) -> set[int]:
    """The pages whose working copy or live text cites one of these sources. The same queries for few pages and many."""
    if not keys:
        return set()
    found = {*_by_row(keys), *_by_text(keys)}
    return found.union(_by_live_text(keys, besides=found))


def _by_row(keys: Collection[str]) -> Iterator[int]:
    # A condition and a treatment have the primary key of their page.
    yield from OutcomeEvidence.objects.filter(sources__key__in=keys).values_list("condition_id", flat=True)
    yield from AdverseOutcome.objects.filter(sources__key__in=keys).values_list("treatment_id", flat=True)
    yield from AnsweredClaim.objects.filter(sources__key__in=keys).values_list("page_id", flat=True)
    yield from RegulatoryStatus.objects.filter(source__key__in=keys).values_list("treatment_id", flat=True)


def _by_text(keys: Collection[str]) -> Iterator[int]:
    for model, owner in _models_with_text():
        names = [field.name for field in model._meta.fields if _is_text(field)]
        cites = Q(*((f"{name}__contains", f"@{key}") for name in names for key in keys), _connector=Q.OR)
        for number, *texts in model._default_manager.filter(cites).order_by().values_list(owner, *names):
            if any(key in keys for text in texts for key in cited_keys(text)):
                yield number


def _by_live_text(keys: Collection[str], *, besides: Collection[int]) -> Iterator[int]:
    """Documents are long: only those of pages that are not found yet are read."""
    live = Revision.objects.live().exclude(page__in=besides).order_by()
    live = live.annotate(text=Cast("document", TextField()))
    named = Q(*(("text__contains", key) for key in keys), _connector=Q.OR)
    for number, document in live.filter(named).values_list("page_id", "document"):
        if any(what == "source" and name in keys for what, name, _ in links_of(document)):
            yield number


def _models_with_text() -> Iterator[tuple[type[Model], str]]:
    """(model, field that leads to its page) of everything an editor writes on a page."""
    for model in apps.get_app_config("therapies").get_models():
        if model._meta.model_name in NOT_CONTENT:
            continue
        if issubclass(model, Page):
            yield model, "pk"
        elif owner := next((field.attname for field in model._meta.fields if field.name in OWNERS), ""):
            yield model, owner


def _is_text(field: Any) -> bool:
    return isinstance(field, CharField | TextField) and not field.choices
