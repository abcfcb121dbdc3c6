"""From working copy to what the public sees, and back. Every change of the library's version happens here."""

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from clinic.models import Clinician, Staff
from therapies import documents, snapshots
from therapies.models import Article, LibraryState, Page, Revision, RevisionPerson

State: Any = Revision.State
Part: Any = RevisionPerson.Part


class PublishingRefused(Exception):
    """A page that may not go live, or come down: why, and what to do."""


def new_version() -> str:
    """A token that never comes twice, not even after a rollback or from a restored backup."""
    return secrets.token_hex(16)


def library_changed() -> None:
    """Say that what readers see has changed: every process loads the library again at its next request.

    Call it in the transaction of the change.
    """
    version = new_version()
    if not LibraryState.objects.filter(pk=1).update(version=version):
        LibraryState.objects.create(pk=1, version=version)


@transaction.atomic
def contributed(page: Page, staff: Staff) -> None:
    """Remember that this person changed the working copy, now: nobody approves what they helped to write."""
    Page.objects.filter(pk=page.pk).update(updated_at=timezone.now())
    RevisionPerson.objects.get_or_create(revision=_open_draft(page), staff=staff, defaults={"part": Part.CONTRIBUTOR})


@transaction.atomic
def publish(
    page: Page,
    *,
    actor: Staff | None,
    change_note: str,
    is_demonstration: bool = False,
    approved_by: Clinician | None = None,
) -> Revision:
    """Freeze the working copy and make it the live revision; the one before is superseded.

    Demonstration content goes live without approval and is served by a demonstration site only. Everything else
    needs a clinician who approved it and neither wrote nor publishes it; a policy needs the editor alone. Raises
    PublishingRefused, also for a working copy that is not a valid document. `actor` is None for the loader.
    """
    Page.objects.select_for_update().get(pk=page.pk)  # two publishers of one page wait for each other
    try:
        document = documents.validated(snapshots.document_of(page), where=page.title)
    except documents.DocumentError as error:
        raise PublishingRefused(f"{error}.") from None
    live = page.revisions.live().first()
    if is_demonstration:
        _refuse_demonstration_over_approved(live, approved_by)
    _refuse_taken_address(page, document)
    if not is_demonstration:
        _refuse_without_approval(page, actor, approved_by)

    draft = _open_draft(page)
    now = timezone.now()
    if live:
        _end(live, State.SUPERSEDED)
    draft.state = State.LIVE
    draft.document = document
    draft.content_hash = documents.content_hash(document)
    draft.change_note = change_note
    draft.is_demonstration = is_demonstration
    draft.needs_clinician = not _is_policy(page)
    draft.approved_by, draft.approved_at = approved_by, now if approved_by else None
    draft.published_at = now
    draft.save()
    _take_part(draft, actor, Part.EDITOR)
    if approved_by:
        _take_part(draft, approved_by.user, Part.CLINICAL_APPROVER)
    library_changed()
    return draft


@transaction.atomic
def withdraw(page: Page, *, actor: Staff) -> Revision:
    """Take the page off the site at once. Raises PublishingRefused if it is not live."""
    Page.objects.select_for_update().get(pk=page.pk)
    live = page.revisions.live().first()
    if live is None:
        raise PublishingRefused(f"{page.title} is not on the site.")
    _end(live, State.WITHDRAWN)
    _take_part(live, actor, Part.EDITOR)
    library_changed()
    return live


def _open_draft(page: Page) -> Revision:
    draft = page.revisions.filter(state=State.DRAFT).first()
    if draft is None:
        newest = page.revisions.aggregate(newest=Max("number"))["newest"] or 0
        draft = Revision.objects.create(page_id=page.pk, number=newest + 1)
    return draft


def _end(revision: Revision, state: str) -> None:
    revision.state = state
    revision.ended_at = timezone.now()
    revision.save(update_fields=["state", "ended_at"])


def _take_part(revision: Revision, staff: Staff | None, part: str) -> None:
    if staff is not None:
        RevisionPerson.objects.get_or_create(revision=revision, staff=staff, defaults={"part": part})


def _refuse_demonstration_over_approved(live: Revision | None, approved_by: Clinician | None) -> None:
    if approved_by:
        raise PublishingRefused("Demonstration content has no approver.")
    if live and not live.is_demonstration:
        raise PublishingRefused(
            f"{live.document['title']} is live with an approval. Demonstration content would take it off a real site."
        )


def _refuse_taken_address(page: Page, document: documents.Document) -> None:
    others = Revision.objects.live().exclude(page_id=page.pk)
    if others.filter(page__kind=document["kind"], document__slug=document["slug"]).exists():
        raise PublishingRefused(f"Another page is live at the address {document['slug']}. Choose another one.")


def _made_by(page: Page) -> QuerySet[RevisionPerson]:
    """Everybody who had a part in the page since it was last live with an approval; demonstrations in between count."""
    approved = page.revisions.filter(is_demonstration=False, published_at__isnull=False)
    last = approved.aggregate(last=Max("number"))["last"] or 0
    return RevisionPerson.objects.filter(revision__page_id=page.pk, revision__number__gt=last)


def _is_policy(page: Page) -> bool:
    """An editor answers for a policy; everything about health needs a clinician."""
    return page.kind == "article" and Article.objects.filter(pk=page.pk, category=Article.Category.POLICY).exists()


def _refuse_without_approval(page: Page, actor: Staff | None, approved_by: Clinician | None) -> None:
    if actor is None:
        raise PublishingRefused("Only a person can publish what is not demonstration content.")
    if approved_by is None:
        if _is_policy(page):
            return
        raise PublishingRefused(f"{page.title} needs the approval of a clinician. Until then: demonstration content.")
    approver = approved_by.user
    if approver is None or not approved_by.is_active or not approver.is_active or approver.is_demo:
        raise PublishingRefused(f"{approved_by.name} cannot approve: that needs an active clinician with an account.")
    if approver == actor or _made_by(page).filter(staff=approver).exists():
        raise PublishingRefused(f"{approved_by.name} helped to make this version. Another clinician must approve it.")
