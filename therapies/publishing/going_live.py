"""The moment readers see a revision, and the moment they no longer do."""

from datetime import datetime

from clinic.models import Staff
from therapies.addresses import page_url
from therapies.models import Page, Redirect, Revision
from therapies.publishing.records import finish, replace_older
from therapies.publishing.reviews import due_from
from therapies.publishing.version import library_changed
from therapies.stages import IN_REVIEW, Stage


def go_live(revision: Revision, *, actor: Staff | None, now: datetime, note: str = "") -> Revision:
    """Put a revision before readers; the one before is superseded, an old address leads to the new one."""
    page = revision.page
    live = page.revisions.live().first()
    before = live or page.revisions.exclude(published_at=None).order_by("-published_at").first()
    if live:
        finish(live, "supersede", actor=None)
    revision.published_at = now
    finish(revision, "publish", actor=actor, note=note)
    if not revision.is_demonstration:
        replace_older(revision, *IN_REVIEW, Stage.APPROVED, actor=None)
        due_from(revision)
    _keep_old_address(page, before, revision)
    library_changed()
    return revision


def come_down(revision: Revision, move: str, *, actor: Staff | None, note: str = "") -> Revision:
    """Take a live revision from readers."""
    finish(revision, move, actor=actor, note=note)
    library_changed()
    return revision


def _keep_old_address(page: Page, before: Revision | None, now: Revision) -> None:
    kind, slug = now.document["kind"], now.document["slug"]
    Redirect.objects.filter(old_path=page_url(kind, slug)).delete()
    if before is None or before.document["slug"] == slug:
        return
    old = before.document["slug"]
    others = Revision.objects.live().exclude(page_id=page.pk)
    if not others.filter(page__kind=kind, document__slug=old).exists():
        Redirect.objects.update_or_create(old_path=page_url(kind, old), defaults={"page_id": page.pk})
