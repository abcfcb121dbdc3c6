"""An earlier text comes back as the working copy."""

from django.db import transaction

from clinic.models import Staff
from therapies import documents, working_copy
from therapies.document_links import links_of
from therapies.models import Page, RegulatoryStatus, Revision
from therapies.publishing.people import contributed
from therapies.publishing.records import Part, lock
from therapies.publishing.refusal import PublishingRefused


@transaction.atomic
def restore(revision: Revision, *, actor: Staff) -> Page:
    """Make the working copy say what this revision said. Readers see nothing of it until it has gone through review.

    The page keeps its address, and approval checks keep their dates: those are live facts. Who wrote the revision is a
    contributor again, beside `actor`. Raises PublishingRefused for a draft, and for a text that points to what is gone.
    """
    page = revision.page
    lock(page)
    page.refresh_from_db()
    if not revision.document:
        raise PublishingRefused("A draft has no text of its own to restore.")
    try:
        document = documents.validated({**revision.document, "slug": page.slug}, where=page.title)
    except documents.DocumentError as error:
        raise PublishingRefused(f"This text is in an older form that cannot be restored: {error}.") from None
    known = working_copy.Known.read()
    _refuse_lost(document, known)
    restored = working_copy.replace(_with_today_checks(page, document), known)
    for person in revision.people.filter(part=Part.CONTRIBUTOR).select_related("staff"):
        contributed(page, person.staff)
    contributed(page, actor)
    return restored


def _refuse_lost(document: documents.Document, known: working_copy.Known) -> None:
    there = {
        "source": known.sources,
        "treatment": known.treatments,
        "condition": known.conditions,
        "clinician": known.clinicians,
    }
    lost = sorted({f"{what} {name}" for what, name, _ in links_of(document) if name not in there[what]})
    if lost:
        raise PublishingRefused(f"This text points to what is no longer there: {', '.join(lost)}.")


def _with_today_checks(page: Page, document: documents.Document) -> documents.Document:
    if "regulatory" not in document:
        return document
    checked = set(RegulatoryStatus.objects.filter(treatment_id=page.pk).values_list("jurisdiction", flat=True))
    rows = [
        {**row, "checked_on": "", "recheck_due": ""} if row["jurisdiction"] in checked else row
        for row in document["regulatory"]
    ]
    return {**document, "regulatory": rows}
