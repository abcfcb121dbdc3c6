"""Who has a request open now, without a script: every page that shows it says so for a few minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from clinic.models import Staff
from inquiries.models import Inquiry, Presence

HERE = timedelta(minutes=5)  # after the last page somebody loaded
KEPT = timedelta(days=1)


def seen(inquiry: Inquiry, staff: Staff, now: datetime) -> None:
    """This person has the page of the request before them."""
    Presence.objects.bulk_create(
        [Presence(inquiry=inquiry, staff=staff, seen_at=now)],
        update_conflicts=True,
        unique_fields=["inquiry", "staff"],
        update_fields=["seen_at"],
    )


def others(inquiry: Inquiry, staff: Staff, now: datetime) -> list[Presence]:
    """Colleagues who have it open too, the latest first."""
    here = Presence.objects.filter(inquiry=inquiry, seen_at__gte=now - HERE).exclude(staff=staff)
    return list(here.select_related("staff").order_by("-seen_at"))


def forget(now: datetime) -> int:
    """Remove who was there more than a day ago. Returns how many rows went."""
    return Presence.objects.filter(seen_at__lt=now - KEPT).delete()[0]


def keep_recent(now: datetime) -> Iterator[str]:
    """The hourly job."""
    gone = forget(now)
    if gone:
        yield f"Marks of who had a request open, forgotten: {gone}."
