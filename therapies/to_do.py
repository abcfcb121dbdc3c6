"""What waits for the people who keep the content, each as the pages it is about. Home counts them, the list shows them."""

import datetime
from collections.abc import Callable

from django.conf import settings
from django.db.models import Q, QuerySet

from clinic.models import Clinician, Staff
from therapies import citations, held_up, review_cycle
from therapies.models import Page, Revision, RevisionPerson
from therapies.stages import APPROVE, PUBLISH, REVIEW, Stage


def waiting_for(staff: Staff) -> QuerySet[Page]:
    """Pages on their way to readers that this person may take a step further, and did not help to write."""
    mine = RevisionPerson.objects.filter(staff=staff).values("revision")
    waiting = Q(pk__in=[])
    if staff.has_perm(REVIEW):
        others = Q() if settings.AUTHOR_MAY_EDIT else ~Q(pk__in=mine)
        waiting |= Q(state=Stage.EDITORIAL_REVIEW) & others
    if staff.has_perm(APPROVE) and _is_clinician(staff):
        waiting |= Q(state=Stage.CLINICAL_REVIEW) & ~Q(pk__in=mine)
    if staff.has_perm(PUBLISH):
        waiting |= Q(state=Stage.APPROVED, go_live_at=None)
    return Page.objects.filter(pk__in=Revision.objects.filter(waiting).values("page"))


def citing_what_is_not_current() -> QuerySet[Page]:
    """Pages whose working copy or live text cites a source that was retracted or superseded."""
    keys = set(citations.no_longer_current().values_list("key", flat=True))
    return Page.objects.filter(pk__in=citations.pages_citing(keys))


# value in an address -> (words, the pages for this person on this day)
PAGES: dict[str, tuple[str, Callable[[Staff, datetime.date], QuerySet[Page]]]] = {
    "overdue": ("Review overdue", lambda staff, today: review_cycle.overdue(today)),
    "soon": ("Review due within 60 days", lambda staff, today: review_cycle.due_soon(today)),
    "waiting": ("Waiting for me", lambda staff, today: waiting_for(staff)),
    "held_up": ("Being edited, and cannot go on yet", lambda staff, today: held_up.now().pages()),
    "not_current": ("Cites a retracted or superseded source", lambda staff, today: citing_what_is_not_current()),
}


def scheduled() -> QuerySet[Revision]:
    """What will happen by itself: a row for each page that goes live and for each that comes down."""
    goes = Revision.objects.filter(state=Stage.APPROVED, go_live_at__isnull=False).order_by()
    ends = Revision.objects.filter(state__in=[Stage.APPROVED, Stage.LIVE], expire_at__isnull=False).order_by()
    return goes.union(ends, all=True)


def _is_clinician(staff: Staff) -> bool:
    return staff.is_demo or Clinician.objects.filter(user=staff, is_active=True).exists()
