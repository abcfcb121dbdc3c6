"""Pages that are being edited and could not go on as they are: a gate is open, or the page is not finished.

Looking takes a moment for each page, so only the pages edited last are looked at, and what was found is kept until one
of them is edited again, what readers see changes, or a quarter of an hour is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from clinic.models import ClinicProfile
from therapies import documents, gates, snapshots
from therapies.models import LibraryState, Page, Revision

LOOKED_AT = 25
KEPT = timedelta(minutes=15)


@dataclass(frozen=True)
class HeldUp:
    """What was found, when, and how many pages were looked at of how many that are being edited."""

    at: datetime
    numbers: frozenset[int]
    looked_at: int
    edited: int

    def pages(self) -> QuerySet[Page]:
        return Page.objects.filter(pk__in=self.numbers)


_kept: tuple[Any, HeldUp] | None = None


def now() -> HeldUp:
    """The pages held up, as of `at`. Two queries while nothing has changed."""
    global _kept
    edited = list(_edited().values_list("pk", "kind", "updated_at"))
    key = (LibraryState.objects.values_list("version", flat=True).first(), tuple(edited))
    if _kept is None or _kept[0] != key or timezone.now() - _kept[1].at > KEPT:
        looked_at = [(pk, kind) for pk, kind, _ in edited[:LOOKED_AT]]
        _kept = key, HeldUp(timezone.now(), frozenset(_blocked(looked_at)), len(looked_at), len(edited))
    return _kept[1]


def _edited() -> QuerySet[Page]:
    """Pages somebody has changed since they were last submitted or published, the latest first."""
    drafts = Revision.objects.filter(page=OuterRef("pk"), state=Revision.State.DRAFT)
    return Page.objects.filter(Exists(drafts)).order_by("-updated_at", "-pk")


def _blocked(pages: list[tuple[int, str]]) -> list[int]:
    facts, is_demo = gates.Facts.read(), ClinicProfile.is_demonstration()
    found = []
    for kind in documents.KINDS:
        numbers = [pk for pk, its_kind in pages if its_kind == kind]
        for number, document in (snapshots.documents_of(kind, numbers) if numbers else {}).items():
            if _is_blocked(Page(pk=number, kind=kind), document, facts, is_demo=is_demo):
                found.append(number)
    return found


def _is_blocked(page: Page, document: documents.Document, facts: gates.Facts, *, is_demo: bool) -> bool:
    try:
        documents.validated(document, where="")
    except documents.DocumentError:
        return True
    return bool(gates.blocking(gates.open_gates(page, document, is_demo=is_demo, facts=facts)))
