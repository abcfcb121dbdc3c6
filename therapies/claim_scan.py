"""Where claims stand on the site as it is now: live pages, and the facts that readers see as soon as they are saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model

from clinic.models import Clinician, ClinicProfile
from therapies import gates
from therapies.claim_gates import claim_gates
from therapies.claims import Rule
from therapies.models import ClaimRule, ClaimWaiver, GlossaryTerm, QuestionToAsk, Revision, Treatment

# The texts of each fact that readers see as soon as they are saved, and the field it is known by.
PUBLIC_TEXTS: dict[type[Model], tuple[str, tuple[str, ...]]] = {
    GlossaryTerm: ("term", ("term", "definition")),
    QuestionToAsk: ("key", ("text", "why")),
    Treatment: ("slug", ("price_includes", "price_on_request_reason")),
    Clinician: ("slug", ("credentials", "job_title", "bio", "competing_interests")),
    ClinicProfile: (
        "name",
        ("name", "tagline", "how_to_find_us", "building_access", "existing_patients", "cell_therapy_notice"),
    ),
}


@dataclass(frozen=True)
class Hits:
    """The claims of one live page or fact. `page` is the primary key of a page, None for a fact."""

    name: str
    gates: tuple[gates.Gate, ...]
    page: int | None = None


def rule_of(row: ClaimRule) -> Rule:
    """A rule as the guard uses it."""
    return Rule(row.key, row.pattern, row.category, row.severity, row.message, row.suggestion)


def scan(only: ClaimRule | None = None) -> list[Hits]:
    """What the guard finds on live pages and in live facts: by every active rule, or by one alone."""
    facts = gates.Facts.read()
    if only is not None:
        facts = replace(facts, rules=(rule_of(only),))
    return [hits for hits in (*_pages(facts), *_facts(facts)) if hits.gates]


def live_names() -> set[str]:
    """What live pages are called here: "condition knee-pain"."""
    return {f"{kind} {slug}" for kind, slug in Revision.objects.live().values_list("page__kind", "document__slug")}


def _pages(facts: gates.Facts) -> Iterator[Hits]:
    waived: dict[int, set[tuple[str, str]]] = {}
    for page, rule, sentence in ClaimWaiver.objects.values_list("page_id", "rule__key", "sentence"):
        waived.setdefault(page, set()).add((rule, sentence))
    for page, document in Revision.objects.live().order_by("page__kind", "page__slug").values_list("page", "document"):
        found = tuple(claim_gates(document, facts.sources, facts.rules, waived.get(page, ())))
        yield Hits(f"{document['kind']} {document['slug']}", found, page)


def _facts(facts: gates.Facts) -> Iterator[Hits]:
    for model, (key, fields) in PUBLIC_TEXTS.items():
        rows: Any = model._default_manager.order_by("pk").values(key, *fields)
        for row in rows:
            found = gates.claims_in([(field, row[field]) for field in fields], facts=facts)
            yield Hits(f"{model._meta.verbose_name} {row[key]}", found)
