"""Who had which part in a revision: nobody approves what they helped to write."""

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from clinic.models import Staff
from therapies.models import Article, Page, Revision, RevisionPerson
from therapies.publishing.records import Part, open_draft


@transaction.atomic
def contributed(page: Page, staff: Staff) -> None:
    """Remember that this person changed the working copy, now: nobody approves what they helped to write."""
    # The update waits for whoever holds the page, so that no change lands beside the revision that is just submitted.
    Page.objects.filter(pk=page.pk).update(updated_at=timezone.now())
    take_part(open_draft(page), staff, Part.CONTRIBUTOR)


def take_part(revision: Revision, staff: Staff | None, part: str) -> None:
    """Write down a part. Who has one already keeps it: a person has one part in a revision."""
    if staff is not None:
        RevisionPerson.objects.get_or_create(revision=revision, staff=staff, defaults={"part": part})


def contributors(page: Page) -> QuerySet[RevisionPerson]:
    """Everybody who changed the page since it was last live with what its kind needs: a clinician's approval, or an
    editor's for a policy. Demonstrations, and what was sent back, in between count."""
    released = page.revisions.filter(is_demonstration=False, published_at__isnull=False)
    if not is_policy(page):
        released = released.filter(approved_by__isnull=False)
    last = released.aggregate(last=Max("number"))["last"] or 0
    return RevisionPerson.objects.filter(Q(revision__number__gt=last), revision__page_id=page.pk, part=Part.CONTRIBUTOR)


def is_policy(page: Page) -> bool:
    """An editor answers for a policy; everything about health needs a clinician."""
    return page.kind == "article" and Article.objects.filter(pk=page.pk, category=Article.Category.POLICY).exists()
