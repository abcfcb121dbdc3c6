"""What is open between a page and its readers: its document and what is known of its sources and of its waivers."""

from collections.abc import Iterable
from typing import Any

from therapies import snapshots
from therapies.gate_rules import BLOCK, RULES, Gate, SourceFact
from therapies.models import Page, Source

__all__ = ["Gate", "blocking", "open_gates"]


def open_gates(page: Page, document: dict[str, Any] | None = None, *, is_demo: bool) -> tuple[Gate, ...]:
    """Every open gate of a page, those that stop it first. `document` defaults to its working copy.

    A document that is not valid yet is looked at as far as it goes. `is_demo`: whether this is a demonstration site,
    where figures still to confirm do not stop a page.
    """
    if document is None:
        document = snapshots.document_of(page)
    sources = {
        key: SourceFact(kind, status, check)
        for key, kind, status, check in Source.objects.values_list("key", "kind", "status", "check_state")
    }
    gates = [gate for rule in RULES for gate in rule(document, sources)]
    return tuple(sorted(gates, key=lambda gate: gate.severity != BLOCK))


def blocking(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Those that stop a page from being submitted, approved or published."""
    return tuple(gate for gate in gates if gate.severity == BLOCK)
