"""Writes what readers say about a page, and that somebody has seen to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.models import Staff
from therapies.library import LivePage
from therapies.models import PageFeedback, Revision

WHOLE_SITE = "/"


@transaction.atomic
def leave(*, submission_key: UUID, about: LivePage | None, is_helpful: bool | None, comment: str) -> PageFeedback:
    """Keep what a reader says, once for one form however often it was sent.

    Sent again with other words it says the newer ones, as long as nobody has seen to it. `about` is the page they
    read, None for the site as a whole. Nothing says who they are.
    """
    said: dict[str, Any] = {
        "path": about.url if about else WHOLE_SITE,
        "page_id": _page_of(about) if about else None,
        "revision": about.revision if about else None,
        "is_helpful": is_helpful,
        "comment": comment,
    }
    left, is_new = PageFeedback.objects.get_or_create(submission_key=submission_key, defaults=said)
    if not is_new:
        PageFeedback.objects.filter(pk=left.pk, handled_at=None).update(**said)
    return left


def mark_handled(feedback: QuerySet[PageFeedback], *, actor: Staff, now: datetime) -> int:
    """Say that this person has seen to them. Returns how many still waited."""
    return feedback.filter(handled_at=None).update(handled_by=actor, handled_at=now)


def _page_of(about: LivePage) -> int | None:
    revisions = Revision.objects.filter(page__kind=about.kind, number=about.revision, document__slug=about.slug)
    return revisions.values_list("page_id", flat=True).first()
