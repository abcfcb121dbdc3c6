"""From a finished working copy to an approved revision: submit, pass, approve or send back."""

from django.db import transaction
from django.utils import timezone

from clinic.models import ClinicProfile, Staff
from therapies import documents
from therapies.corrections import why_not_minor
from therapies.models import Page, Revision
from therapies.publishing.people import contributors, is_policy, take_part
from therapies.publishing.records import Part, begin, finish, lock, open_draft, replace_older
from therapies.publishing.refusal import PublishingRefused
from therapies.publishing.reviews import SPOT_CHECK, WHOLE_PAGE, reviewed, was_reviewed_whole
from therapies.publishing.rules import (
    approves_as_demonstration,
    clinician_of,
    refuse_changed_since,
    refuse_open_gates,
    refuse_own_work,
    refuse_taken_address,
    valid_document,
)
from therapies.stages import IN_REVIEW

NOTE_AT_MOST = Revision._meta.get_field("change_note").max_length or 0


@transaction.atomic
def submit(
    page: Page, *, actor: Staff, change_note: str, note: str = "", is_minor_correction: bool = False
) -> Revision:
    """Freeze the working copy as a revision and hand it to the editors; what is edited from now on is a newer draft.

    `change_note` is for readers. Everybody who changed the page since it was last live with an approval is a
    contributor, and so is who submits. One that still waits in review is replaced. A minor correction must be one
    (corrections.why_not_minor); it carries the approver of the revision it corrects. Raises PublishingRefused, as every
    move does. Whether `actor` has the right is for the edge to ask (stages.right_for).
    """
    lock(page)
    draft = open_draft(page)
    begin(draft, "submit")
    change_note = change_note.strip()
    if not 0 < len(change_note) <= NOTE_AT_MOST:
        raise PublishingRefused(f"Say for readers what changed, in one sentence of at most {NOTE_AT_MOST} characters.")
    document = valid_document(page)
    draft.document, draft.content_hash = document, documents.content_hash(document)
    live = page.revisions.live().filter(is_demonstration=False).first()
    if live and live.content_hash == draft.content_hash:
        raise PublishingRefused(
            f"{page.title} says what revision {live.number} says, which is live. Nothing to submit."
        )
    refuse_taken_address(page, document)
    refuse_open_gates(page, document, is_demo=ClinicProfile.is_demonstration())
    if is_minor_correction:
        draft.corrects = _corrected(live, document)
    draft.change_note, draft.submitted_at = change_note, timezone.now()
    draft.needs_clinician = not is_policy(page)
    finish(draft, "submit", actor=actor, note=note)
    for person in contributors(page).select_related("staff"):
        take_part(draft, person.staff, Part.CONTRIBUTOR)
    take_part(draft, actor, Part.CONTRIBUTOR)
    replace_older(draft, *IN_REVIEW, actor=actor)
    return draft


@transaction.atomic
def pass_review(revision: Revision, *, actor: Staff, note: str = "") -> Revision:
    """The editor's word. On to a clinician; a policy or a minor correction is approved by it.

    Refused for who helped to write it, unless the clinic has one person for both (AUTHOR_MAY_EDIT).
    """
    begin(revision, "pass_review", note)
    refuse_changed_since(revision)
    refuse_own_work("pass_review", revision, actor, "You")
    take_part(revision, actor, Part.EDITOR)
    if revision.corrects:
        _carry_approval(revision, revision.corrects, actor)
    if actor.is_demo and (revision.corrects or not revision.needs_clinician):
        _approve_as_demonstration(revision)
    return finish(revision, "pass_review", actor=actor, note=note)


@transaction.atomic
def approve(revision: Revision, *, actor: Staff, note: str = "", whole_page: bool = True) -> Revision:
    """The clinician's word, and the review it rests on. The day of the next one counts once this revision is live.

    `actor` is linked to an active clinician and had no other part. `whole_page` False: only the changes were looked
    at; the review date readers see stays. A demonstration account approves on a demonstration site alone: what it
    approved goes live as demonstration, without approver or review date.
    """
    begin(revision, "approve", note)
    refuse_changed_since(revision)
    if approves_as_demonstration(actor):
        refuse_own_work("approve", revision, actor, actor.get_username())
        _approve_as_demonstration(revision)
    else:
        clinician = clinician_of(actor)
        refuse_own_work("approve", revision, actor, clinician.name)
        if not whole_page and not was_reviewed_whole(revision.page):
            raise PublishingRefused(f"{revision.page.title} was never reviewed from top to bottom. Review all of it.")
        revision.approved_by, revision.approved_at = clinician, timezone.now()
        kind = WHOLE_PAGE if whole_page else SPOT_CHECK
        reviewed(revision, clinician, kind, actor=actor, outcome=f"Approved revision {revision.number}.")
    refuse_open_gates(revision.page, revision.document, is_demo=revision.is_demonstration)
    take_part(revision, actor, Part.CLINICAL_APPROVER)
    return finish(revision, "approve", actor=actor, note=note)


@transaction.atomic
def reject(revision: Revision, *, actor: Staff, note: str) -> Revision:
    """Send it back with the reason. The working copy stays as it is, to be changed and submitted again."""
    begin(revision, "reject", note)
    return finish(revision, "reject", actor=actor, note=note)


def _corrected(live: Revision | None, document: documents.Document) -> Revision:
    """The approved revision that a minor correction corrects: many small ones may not add up to a large one."""
    if live is None:
        raise PublishingRefused("There is no approved text on the site to correct. Submit this for a whole review.")
    approved = live.corrects or live
    if documents.content_hash(document) == approved.content_hash:
        return approved  # a correction is taken back: this is what the clinician read
    if why_not := why_not_minor(approved.document, document):
        raise PublishingRefused(f"This is no minor correction: {why_not}. Submit it for clinical review.")
    return approved


def _carry_approval(revision: Revision, corrected: Revision, actor: Staff) -> None:
    approver = corrected.approved_by
    if approver is None:  # a policy
        return
    if approver.user:
        refuse_own_work("approve", revision, approver.user, approver.name)
        take_part(revision, approver.user, Part.CLINICAL_APPROVER)
    revision.approved_by, revision.approved_at = approver, corrected.approved_at


def _approve_as_demonstration(revision: Revision) -> None:
    revision.is_demonstration = True
    revision.approved_by = revision.approved_at = None
