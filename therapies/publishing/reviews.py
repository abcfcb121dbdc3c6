"""A clinician looked at a page: only a look at the whole page moves the dates readers see."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Clinician, ClinicProfile, Staff
from therapies.models import Page, ReviewEvent, Revision
from therapies.publishing.records import Part, lock
from therapies.publishing.refusal import PublishingRefused
from therapies.publishing.rules import clinician_of
from therapies.publishing.version import library_changed
from therapies.review_dates import next_due

Kind: Any = ReviewEvent.Kind
WHOLE_PAGE: str = Kind.WHOLE_PAGE
SPOT_CHECK: str = Kind.SPOT_CHECK


@transaction.atomic
def record_review(page: Page, *, actor: Staff, kind: str, outcome: str = "") -> ReviewEvent:
    """Write down that a clinician has looked at the live page today.

    Kind whole_page renews the review date readers see and the day of the next one; others change neither. Raises
    PublishingRefused for who is no active clinician, for a page that is not live with an approval, for a whole
    review by someone who helped to write it, and for what was recorded today in the same words: a second press.
    """
    lock(page)
    page.refresh_from_db()
    clinician = clinician_of(actor)
    live = page.revisions.live().filter(is_demonstration=False).first()
    if live is None:
        raise PublishingRefused(f"{page.title} is not live with an approval: approve it instead of reviewing it.")
    if kind == WHOLE_PAGE and live.people.filter(staff=actor, part=Part.CONTRIBUTOR).exists():
        raise PublishingRefused(f"{clinician.name} helped to write this page. Another clinician must review it.")
    said = {"kind": kind, "outcome": outcome, "reviewed_on": clinic_today()}
    if live.review_events.filter(clinician=clinician, **said).exists():
        raise PublishingRefused("You recorded this review today already.")
    event = reviewed(live, clinician, kind, actor=actor, outcome=outcome)
    if kind == WHOLE_PAGE:
        due_from(live)
        page.next_review_due = event.next_due
        library_changed()
    return event


def reviewed(revision: Revision, clinician: Clinician, kind: str, *, actor: Staff, outcome: str = "") -> ReviewEvent:
    """The event of today's look, with the day of the next one if it was at the whole page."""
    page, today = revision.page, clinic_today()
    due = next_due(today, months=page.review_interval_months, page=f"{page.kind} {page.slug}")
    return ReviewEvent.objects.create(
        page_id=page.pk,
        revision=revision,
        kind=kind,
        clinician=clinician,
        reviewed_on=today,
        outcome=outcome,
        next_due=due if kind == WHOLE_PAGE else None,
        recorded_by=actor,
    )


def was_reviewed_whole(page: Page) -> bool:
    """Whether readers have ever had a text before them that a clinician had looked at from top to bottom."""
    return page.review_events.filter(kind=WHOLE_PAGE, revision__published_at__isnull=False).exists()


def due_from(revision: Revision) -> None:
    """The page is due when the last whole review of what is live now says so."""
    last = ReviewEvent.objects.filter(
        page_id=revision.page_id, kind=WHOLE_PAGE, revision__number__lte=revision.number
    ).first()
    if last:
        Page.objects.filter(pk=revision.page_id).update(next_review_due=last.next_due)
        revision.page.next_review_due = last.next_due


def clinic_today() -> date:
    return timezone.localdate(timezone=ClinicProfile.zone())
