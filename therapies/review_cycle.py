"""Which live pages are due for a clinician's look at the whole of them."""

import datetime

from django.db.models import Exists, OuterRef, QuerySet

from therapies.models import Page, Revision

SOON = datetime.timedelta(days=60)


def overdue(today: datetime.date) -> QuerySet[Page]:
    """Pages whose review is due today or was due before, oldest first."""
    return _reviewed().filter(next_review_due__lte=today)


def due_soon(today: datetime.date) -> QuerySet[Page]:
    """Pages whose review is due within 60 days from now, first ones first."""
    return _reviewed().filter(next_review_due__gt=today, next_review_due__lte=today + SOON)


def _reviewed() -> QuerySet[Page]:
    """Pages that readers see with somebody's name on them. Demonstrations have no review date."""
    approved = Revision.objects.live().filter(page=OuterRef("pk"), is_demonstration=False)
    return Page.objects.filter(Exists(approved)).order_by("next_review_due", "title")
