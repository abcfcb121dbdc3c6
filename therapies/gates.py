"""What is open between a page and its readers: its document, and what is known of sources, claim rules and waivers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from clinic.models import ClinicProfile
from therapies import balance, gate_rules, snapshots
from therapies.claim_gates import claim_gates, text_gates
from therapies.claims import Rule
from therapies.document_links import cited_keys
from therapies.gate_rules import BLOCK, Gate, SourceFact
from therapies.models import ClaimRule, ClaimWaiver, Page, RegulatoryStatus, Source, Treatment
from therapies.pages.approval import jurisdiction

__all__ = ["BLOCK", "Facts", "Gate", "blocking", "claims_in", "open_gates"]

CHECKS = (*gate_rules.RULES, *balance.RULES)


@dataclass(frozen=True)
class Facts:
    """What gates must know beside a document; read once for many pages."""

    sources: dict[str, SourceFact]
    rules: tuple[Rule, ...]
    regenerative: dict[str, bool]  # slug of each regenerative treatment -> whether it has an approval status
    here: str = ""  # the place whose rules hold for the clinic, "" where none is recorded

    @classmethod
    def read(cls) -> "Facts":
        rows = Source.objects.values_list("key", "kind", "status", "check_state")
        fields = ("key", "pattern", "category", "severity", "message", "suggestion")
        rules = ClaimRule.objects.filter(is_active=True).values_list(*fields)
        regenerative = (
            Treatment.objects.filter(is_regenerative=True)
            .order_by()
            .values_list("slug", Exists(RegulatoryStatus.objects.filter(treatment=OuterRef("pk"))))
        )
        country = ClinicProfile.objects.values_list("country", flat=True).first() or ""
        return cls(
            {key: SourceFact(*rest) for key, *rest in rows},
            tuple(Rule(*row) for row in rules),
            dict(regenerative),
            jurisdiction(country),
        )


def open_gates(
    page: Page, document: dict[str, Any] | None = None, *, is_demo: bool, facts: Facts | None = None
) -> tuple[Gate, ...]:
    """Every open gate of a page, those that stop it first. `document` defaults to its working copy.

    A document that is not valid yet is looked at as far as it goes. `is_demo`: whether this is for a demonstration,
    where figures still to confirm do not stop a page. `facts` saves reading them again for each of many pages.
    """
    document = snapshots.document_of(page) if document is None else document
    facts = facts or Facts.read()
    waived = set(ClaimWaiver.objects.filter(page_id=page.pk).values_list("rule__key", "sentence"))
    gates = [gate for check in CHECKS for gate in check(document, facts.sources, is_demo)]
    gates += gate_rules.approval_where_we_are(document, facts.here)
    gates += balance.disclosures_of_options(document, facts.regenerative)
    gates += claim_gates(document, facts.sources, facts.rules, waived)
    return tuple(sorted(gates, key=lambda gate: gate.severity != BLOCK))


def claims_in(texts: Iterable[tuple[str, str]], *, facts: Facts | None = None) -> tuple[Gate, ...]:
    """The claims in texts that are public as soon as they are saved: (where, text) each. A source cited in one of
    them counts for all of them, as they stand together on the page."""
    facts = facts or Facts.read()
    together = list(texts)
    cited = {key for _, text in together for key in cited_keys(text)}
    return tuple(
        gate for where, text in together for gate in text_gates(where, text, facts.rules, facts.sources, cited=cited)
    )


def blocking(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Those that stop a page from being submitted, approved or published."""
    return tuple(gate for gate in gates if gate.severity == BLOCK)
