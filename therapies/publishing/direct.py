"""Straight from the working copy to readers: demonstration content, and what is made in code."""

from django.db import transaction
from django.utils import timezone

from clinic.models import Clinician, Staff
from therapies import documents
from therapies.models import Page, Revision
from therapies.publishing.going_live import go_live
from therapies.publishing.people import contributors, is_policy, take_part
from therapies.publishing.records import Part, lock, open_draft
from therapies.publishing.refusal import PublishingRefused
from therapies.publishing.reviews import WHOLE_PAGE, reviewed
from therapies.publishing.rules import (
    clinician_of,
    refuse_demonstration_over_approved,
    refuse_open_gates,
    refuse_taken_address,
    valid_document,
)
from therapies.stages import why_not_own_work


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
    PublishingRefused, also for a working copy that is not a valid document or has an open gate. `actor` is None for
    the loader. Editors go through submit, pass_review, approve and publish_approved.
    """
    lock(page)
    document = valid_document(page)
    if is_demonstration:
        if approved_by:
            raise PublishingRefused("Demonstration content has no approver.")
        refuse_demonstration_over_approved(page.revisions.live().first())
    refuse_taken_address(page, document)
    if not is_demonstration:
        _refuse_without_approval(page, actor, approved_by)
    refuse_open_gates(page, document, is_demo=is_demonstration)

    draft = open_draft(page)
    draft.document = document
    draft.content_hash = documents.content_hash(document)
    draft.change_note = change_note
    draft.is_demonstration = is_demonstration
    draft.needs_clinician = not is_policy(page)
    if approved_by and actor:
        draft.approved_by, draft.approved_at = approved_by, timezone.now()
        reviewed(draft, approved_by, WHOLE_PAGE, actor=actor)
    go_live(draft, actor=actor, now=timezone.now())
    take_part(draft, actor, Part.EDITOR)
    if approved_by:
        take_part(draft, approved_by.user, Part.CLINICAL_APPROVER)
    return draft


def _refuse_without_approval(page: Page, actor: Staff | None, approved_by: Clinician | None) -> None:
    if actor is None:
        raise PublishingRefused("Only a person can publish what is not demonstration content.")
    if approved_by is None:
        if is_policy(page):
            return
        raise PublishingRefused(f"{page.title} needs the approval of a clinician. Until then: demonstration content.")
    approver = approved_by.user
    if approver is None:
        raise PublishingRefused(f"{approved_by.name} cannot approve: that needs an active clinician with an account.")
    clinician_of(approver)
    if approver == actor or contributors(page).filter(staff=approver).exists():
        raise PublishingRefused(why_not_own_work("approve", Part.CONTRIBUTOR, who=approved_by.name))
