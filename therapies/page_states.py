"""Where pages stand: on the site or not, and whether the working copy has been edited since."""

from collections.abc import Sequence
from dataclasses import dataclass

from therapies import documents, snapshots
from therapies.models import Page, Revision


@dataclass(frozen=True)
class PageState:
    """`live` is the number of the live revision, None for a page that is not on the site."""

    live: int | None
    is_demonstration: bool
    edited: bool

    def __str__(self) -> str:
        if self.live is None:
            return "Not on the site"
        said = "On the site as demonstration" if self.is_demonstration else "On the site"
        return f"{said}, edited since" if self.edited else said


def states_of(pages: Sequence[Page]) -> dict[int, PageState]:
    """The state of pages of one kind, by primary key, for the same number of queries however many they are."""
    if not pages:
        return {}
    numbers = [page.pk for page in pages]
    there = snapshots.documents_of(pages[0].kind, numbers)
    live = {
        revision.page_id: revision for revision in Revision.objects.live().filter(page__in=numbers).defer("document")
    }
    states = {}
    for number in numbers:
        revision = live.get(number)
        states[number] = PageState(
            live=revision.number if revision else None,
            is_demonstration=bool(revision and revision.is_demonstration),
            edited=bool(revision and revision.content_hash != documents.content_hash(there[number])),
        )
    return states
