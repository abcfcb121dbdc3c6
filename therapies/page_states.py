"""Where pages stand: on the site or not, in review or not, and whether the working copy has been edited since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from therapies import documents, snapshots
from therapies.models import Page, Revision
from therapies.stages import ENDED, Stage

OPEN = (Stage.EDITORIAL_REVIEW, Stage.CLINICAL_REVIEW, Stage.APPROVED)
WAITS = {
    Stage.EDITORIAL_REVIEW: "in editorial review",
    Stage.CLINICAL_REVIEW: "waiting for a clinician",
    Stage.APPROVED: "approved, not live yet",
}
FIELDS = ("page_id", "number", "state", "content_hash", "is_demonstration", "go_live_at", "expire_at")


@dataclass(frozen=True)
class PageState:
    """`live` and `waiting` are numbers of revisions: the one on the site, and the newest on its way there.

    `edited`: the working copy says something that neither of them says. `last` is how the newest frozen one ended.
    """

    live: int | None = None
    is_demonstration: bool = False
    edited: bool = False
    comes_down_at: datetime | None = None
    waiting: int | None = None
    stage: str = ""
    goes_live_at: datetime | None = None
    last: str = ""

    def __str__(self) -> str:
        said = [self._site()] if self.live is not None else []
        if self.waiting is not None:
            said.append(f"scheduled {at(self.goes_live_at)}" if self.goes_live_at else WAITS[Stage(self.stage)])
        if not said:
            said.append({Stage.WITHDRAWN: "withdrawn", Stage.REJECTED: "sent back"}.get(self.last, "draft"))
        if self.edited and (self.live is None) != (self.waiting is None):
            said[-1] += ", edited since"
        elif self.edited and self.live is not None:
            said.append("edited since")
        words = "; ".join(said)
        return words[0].upper() + words[1:]

    def _site(self) -> str:
        said = "live as demonstration" if self.is_demonstration else "live"
        return f"{said} until {at(self.comes_down_at)}" if self.comes_down_at else said


def at(moment: datetime | None) -> str:
    """A time as lists say it: 3 Dec 09:00, with the year if it is not this one."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return date_format(local, "j M H:i" if local.year == timezone.localtime().year else "j M Y H:i")


def states_of(pages: Sequence[Page]) -> dict[int, PageState]:
    """The state of pages of one kind, by primary key, for the same number of queries however many they are."""
    if not pages:
        return {}
    numbers = [page.pk for page in pages]
    there = snapshots.documents_of(pages[0].kind, numbers)
    frozen = Revision.objects.filter(page__in=numbers).exclude(state__in=[Stage.DRAFT, Stage.SUPERSEDED])
    revisions: dict[int, list[Revision]] = {}
    for revision in frozen.order_by("number").only(*FIELDS):
        revisions.setdefault(revision.page_id, []).append(revision)
    return {number: _state(revisions.get(number, []), documents.content_hash(there[number])) for number in numbers}


def _state(revisions: Sequence[Revision], content_hash: str) -> PageState:
    """`revisions` that are neither draft nor superseded, oldest first."""
    live = next((revision for revision in revisions if revision.state == Stage.LIVE), None)
    waiting = next((revision for revision in reversed(revisions) if revision.state in OPEN), None)
    said = {revision.content_hash for revision in (live, waiting) if revision}
    return PageState(
        live=live.number if live else None,
        is_demonstration=bool(live and live.is_demonstration),
        edited=bool(said) and content_hash not in said,
        comes_down_at=live.expire_at if live else None,
        waiting=waiting.number if waiting else None,
        stage=waiting.state if waiting else "",
        goes_live_at=waiting.go_live_at if waiting else None,
        last=next((revision.state for revision in reversed(revisions) if revision.state in ENDED), ""),
    )
