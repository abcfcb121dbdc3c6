"""What is asked before a page goes on. Each refuses with a sentence that says what to do."""

from django.conf import settings

from clinic.models import Clinician, ClinicProfile, Staff
from therapies import documents, gates, snapshots
from therapies.models import Page, Revision
from therapies.publishing.refusal import PublishingRefused
from therapies.stages import why_not_own_work

SAID_AT_MOST = 3


def valid_document(page: Page) -> documents.Document:
    """The document of the working copy. Refuses one that is not finished."""
    try:
        return documents.validated(snapshots.document_of(page), where=page.title)
    except documents.DocumentError as error:
        raise PublishingRefused(f"{error}.") from None


def refuse_open_gates(page: Page, document: documents.Document, *, is_demo: bool) -> None:
    blocking = gates.blocking(gates.open_gates(page, document, is_demo=is_demo))
    if blocking:
        said = [f"{gate.where}: {gate.message} {gate.fix}".strip() for gate in blocking[:SAID_AT_MOST]]
        if len(blocking) > SAID_AT_MOST:
            said.append(f"And {len(blocking) - SAID_AT_MOST} more: the page lists them.")
        raise PublishingRefused(f"{page.title} cannot go on yet. {' '.join(said)}")


def refuse_taken_address(page: Page, document: documents.Document) -> None:
    others = Revision.objects.live().exclude(page_id=page.pk)
    if others.filter(page__kind=document["kind"], document__slug=document["slug"]).exists():
        raise PublishingRefused(f"Another page is live at the address {document['slug']}. Choose another one.")


def refuse_demonstration_over_approved(live: Revision | None) -> None:
    if live and not live.is_demonstration:
        raise PublishingRefused(
            f"{live.document['title']} is live with an approval. Demonstration content would take it off a real site."
        )


def refuse_changed_since(revision: Revision) -> None:
    """What goes on is to the letter what was submitted."""
    if documents.content_hash(revision.document) != revision.content_hash:
        raise PublishingRefused(
            f"Revision {revision.number} of {revision.page.title} is not what was submitted: its text was changed in "
            "the database. Submit the page again."
        )


def refuse_older_than_live(revision: Revision) -> None:
    live = revision.page.revisions.live().filter(is_demonstration=False).first()
    root = (live.corrects_id or live.pk) if live else None
    if live and live.number > revision.number:
        raise PublishingRefused(f"Revision {live.number} is live and newer. Restore this one to bring its text back.")
    if revision.corrects_id and revision.corrects_id != root:
        raise PublishingRefused("What this corrects is not live any more. Submit the page again.")


def clinician_behind(actor: Staff) -> Clinician | None:
    """The active clinician whose word this account gives, if it gives one."""
    if not actor.is_active or actor.is_demo:
        return None
    return Clinician.objects.filter(user=actor, is_active=True).first()


def approves_as_demonstration(actor: Staff) -> bool:
    """Whether the word of this account makes demonstration content, without an approver or a review date."""
    return bool(actor.is_demo and ClinicProfile.is_demonstration())


def clinician_of(actor: Staff) -> Clinician:
    """Who approves and reviews: a person the clinic names. Refuses everybody else."""
    clinician = clinician_behind(actor)
    if clinician is None:
        named = Clinician.objects.filter(user=actor).first()
        name = named.name if named else actor.get_username()
        raise PublishingRefused(f"{name} cannot approve: that needs an active clinician with an account.")
    return clinician


def refuse_own_work(move: str, revision: Revision, staff: Staff, name: str) -> None:
    """Nobody passes or approves what they had a part in."""
    part = revision.people.filter(staff=staff).values_list("part", flat=True).first() or ""
    if why_not := why_not_own_work(move, part, who=name, author_may_edit=settings.AUTHOR_MAY_EDIT):
        raise PublishingRefused(why_not)
