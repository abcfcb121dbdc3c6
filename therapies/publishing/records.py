"""The rows every move writes: the revision where it stands now, and the event that says who moved it and why."""

from typing import Any

from django.db.models import Max
from django.utils import timezone

from clinic.models import Staff
from therapies.models import Page, Revision, RevisionEvent, RevisionPerson
from therapies.publishing.refusal import PublishingRefused
from therapies.stages import ENDED, MOVES, Stage, target

Part: Any = RevisionPerson.Part


def lock(page: Page) -> None:
    """Two people who move revisions of one page wait for each other. To be called in a transaction."""
    Page.objects.select_for_update().get(pk=page.pk)


def open_draft(page: Page) -> Revision:
    """The one draft of a page: it collects who changed the working copy."""
    draft = page.revisions.filter(state=Stage.DRAFT).first()
    if draft is None:
        newest = page.revisions.aggregate(newest=Max("number"))["newest"] or 0
        draft = Revision.objects.create(page_id=page.pk, number=newest + 1)
    return draft


def begin(revision: Revision, name: str, note: str = "") -> None:
    """Lock the page, read the revision again and refuse a move that is not allowed from where it stands now."""
    lock(revision.page)
    revision.refresh_from_db()
    move = MOVES[name]
    if revision.state not in move.from_states:
        possible = " or ".join(Revision.State(state).label.lower() for state in move.from_states)
        raise PublishingRefused(
            f"Revision {revision.number} of {revision.page.title} is in the state "
            f"“{revision.get_state_display().lower()}”; this needs {possible}. Somebody may have been faster: "
            "open the page again."
        )
    if move.needs_note and not note.strip():
        raise PublishingRefused("Say why, so that whoever wrote it knows what to change.")


def finish(revision: Revision, name: str, *, actor: Staff | None, note: str = "") -> Revision:
    """Move the revision, save it and write the event. `actor` is None for what happens by itself."""
    before = revision.state
    revision.state = target(MOVES[name], needs_clinician=revision.needs_clinician and revision.corrects_id is None)
    if revision.state in ENDED:
        revision.ended_at = timezone.now()
    revision.save()
    RevisionEvent.objects.create(
        revision=revision, move=name, from_state=before, to_state=revision.state, actor=actor, note=note.strip()
    )
    return revision


def replace_older(revision: Revision, *states: str, actor: Staff | None) -> None:
    """Older revisions of the page in these states will not go on: send them back by themselves."""
    older = Revision.objects.filter(page_id=revision.page_id, state__in=states, number__lt=revision.number)
    for other in older.order_by("number"):
        finish(other, "reject", actor=actor, note=f"Replaced by revision {revision.number}.")
