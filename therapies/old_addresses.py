"""Addresses that no longer stand: where a page has moved to, and which pages are gone for good."""

from django.db.models import Exists, OuterRef, QuerySet

from therapies.addresses import page_url
from therapies.models import Revision


def read_redirects(shown: QuerySet[Revision]) -> dict[str, str]:
    """Old address -> present address of every page whose revision is among `shown`. One query."""
    rows = shown.filter(page__redirects__old_path__gt="").values_list(
        "page__redirects__old_path", "page__kind", "document__slug"
    )
    return {old: page_url(kind, slug) for old, kind, slug in rows}


def read_gone(shown: QuerySet[Revision], *, demonstrations: bool) -> frozenset[str]:
    """The addresses of pages that readers could once see and that are not `shown` now. Two queries.

    A real site never showed a demonstration, so it never had such a page: without `demonstrations` they do not count.
    """
    seen = Revision.objects.exclude(published_at=None)
    if not demonstrations:
        seen = seen.filter(is_demonstration=False)
    seen = seen.filter(~Exists(shown.filter(page=OuterRef("page"))))
    addresses = {page_url(kind, slug) for kind, slug in seen.values_list("page__kind", "document__slug")}
    old = seen.filter(page__redirects__old_path__gt="").values_list("page__redirects__old_path", flat=True)
    return frozenset(addresses.union(old))


def moved_to(path: str, redirects: dict[str, str]) -> str | None:
    """Where what stood at `path` stands now. What lies under a page, such as its history, moves with it."""
    if path in redirects:
        return redirects[path]
    page, last = _split(path)
    return redirects[page] + last if page in redirects else None


def is_gone(path: str, gone: frozenset[str]) -> bool:
    """Did a page stand at `path`, or over it, that was taken off the site?"""
    return path in gone or _split(path)[0] in gone


def _split(path: str) -> tuple[str, str]:
    head, slash, last = path.rstrip("/").rpartition("/")
    return head + slash, f"{last}/"
