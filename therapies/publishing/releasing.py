"""From an approved revision to readers and back: schedule, publish, withdraw."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from therapies.models import Page, Revision
from therapies.publishing.going_live import come_down, go_live
from therapies.publishing.people import take_part
from therapies.publishing.records import Part, begin, finish, lock
from therapies.publishing.refusal import PublishingRefused
from therapies.publishing.rules import (
    refuse_changed_since,
    refuse_demonstration_over_approved,
    refuse_older_than_live,
    refuse_open_gates,
    refuse_taken_address,
)
from therapies.stages import Stage

LATEST = timedelta(days=3_653)


@transaction.atomic
def schedule(
    revision: Revision,
    *,
    actor: Staff,
    go_live_at: datetime | None = None,
    expire_at: datetime | None = None,
    note: str = "",
) -> Revision:
    """Say when an approved revision goes live and comes down by itself. None, None: it waits for a person again."""
    begin(revision, "schedule", note)
    _refuse_unlikely(go_live_at, "It would go live in the past: publish it now instead.")
    _refuse_unlikely(expire_at, "It would come down in the past.")
    if go_live_at and expire_at and expire_at <= go_live_at:
        raise PublishingRefused("It would come down before it goes live.")
    revision.go_live_at, revision.expire_at = go_live_at, expire_at
    return finish(revision, "schedule", actor=actor, note=note)


@transaction.atomic
def set_expiry(revision: Revision, *, actor: Staff, expire_at: datetime | None = None, note: str = "") -> Revision:
    """Say when a live revision comes down by itself, or that it does not (None)."""
    begin(revision, "set_expiry", note)
    _refuse_unlikely(expire_at, "It would come down in the past: withdraw it now instead.")
    revision.expire_at = expire_at
    return finish(revision, "set_expiry", actor=actor, note=note)


@transaction.atomic
def publish_approved(revision: Revision, *, actor: Staff | None, note: str = "") -> Revision:
    """Put an approved revision before readers, to the letter as it was approved. `actor` is None for the schedule."""
    begin(revision, "publish", note)
    refuse_changed_since(revision)
    refuse_older_than_live(revision)
    if revision.is_demonstration:
        refuse_demonstration_over_approved(revision.page.revisions.live().first())
    refuse_taken_address(revision.page, revision.document)
    refuse_open_gates(revision.page, revision.document, is_demo=revision.is_demonstration)
    if actor:
        revision.go_live_at = None  # a person was faster than the schedule
    go_live(revision, actor=actor, now=timezone.now(), note=note)
    take_part(revision, actor, Part.EDITOR)
    return revision


@transaction.atomic
def withdraw(page: Page, *, actor: Staff, note: str = "") -> Revision:
    """Take the page off the site at once; what was scheduled for it waits for a person.

    Raises PublishingRefused if it is not live.
    """
    lock(page)
    live = page.revisions.live().first()
    if live is None:
        raise PublishingRefused(f"{page.title} is not on the site.")
    come_down(live, "withdraw", actor=actor, note=note)
    take_part(live, actor, Part.EDITOR)
    for waiting in page.revisions.filter(state=Stage.APPROVED, go_live_at__isnull=False):
        waiting.go_live_at = None
        finish(waiting, "schedule", actor=actor, note="The page was withdrawn: a person must publish this.")
    return live


def _refuse_unlikely(moment: datetime | None, said: str) -> None:
    """A time that is over, with what is `said` of it, or one that no editor means and a database cannot hold."""
    now = timezone.now()
    if moment and moment <= now:
        raise PublishingRefused(said)
    if moment and moment > now + LATEST:
        raise PublishingRefused("Choose a time within the next ten years.")
