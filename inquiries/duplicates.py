"""Requests that may be of the same patient, with what speaks for it. Suggested only: a person decides."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from inquiries.models import DuplicateDecision, Inquiry, SearchKey

MOST = 10
FEWEST_WORDS = 2  # of a name: one word alone is shared by many
WORDS = {SearchKey.Kind.EMAIL: "the same email address", SearchKey.Kind.PHONE: "the same phone number"}


@dataclass(frozen=True)
class Candidate:
    """Another request that may be of the same patient, and why."""

    inquiry: Inquiry
    reasons: tuple[str, ...]


def candidates(inquiry: Inquiry) -> list[Candidate]:
    """The newest MOST requests that share an address, a number or a whole name with this one and about which nobody has
    decided yet. Three queries, however many there are."""
    shared: dict[int, set[tuple[str, str]]] = defaultdict(set)
    own = SearchKey.objects.filter(inquiry=inquiry).values("key")
    same = SearchKey.objects.filter(key__in=own).exclude(inquiry=inquiry).order_by("-inquiry_id")
    for pk, kind, key in same.values_list("inquiry_id", "kind", "key")[:500]:
        shared[pk].add((kind, key))
    why = {pk: reasons for pk, keys in shared.items() if (reasons := tuple(_reasons(keys)))}
    decided = DuplicateDecision.objects.filter(inquiry=inquiry).values("other")
    rows = Inquiry.objects.filter(pk__in=why, anonymised_at=None).exclude(pk__in=decided)
    # What names them is enough: everything else of a request is encrypted, and would be read for nothing.
    rows = rows.exclude(status__in=["merged", "spam"]).only("reference", "status")
    return [Candidate(other, why[other.pk]) for other in rows.order_by("-created_at", "-pk")[:MOST]]


def _reasons(keys: set[tuple[str, str]]) -> Iterator[str]:
    kinds = [kind for kind, _ in keys]
    for kind, words in WORDS.items():
        if kind in kinds:
            yield words
    if kinds.count(SearchKey.Kind.NAME) >= FEWEST_WORDS:
        yield "the same name"
