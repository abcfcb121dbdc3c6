"""What stands beside each request of a list and is not in its row: who has it open, how often we tried, what failed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F

from clinic.models import OutboxEmail, Staff
from inquiries.models import ContactAttempt, DuplicateDecision, Inquiry, Presence

HERE = timedelta(minutes=5)  # after the last page somebody loaded


@dataclass
class Beside:
    """Of one request."""

    open_with: list[Staff] = field(default_factory=list)
    tries: int = 0
    mail_failed: bool = False
    duplicate_decided: bool = False


def beside(requests: Sequence[Inquiry], now: datetime) -> dict[int, Beside]:
    """By the key of each request. Four queries, however many there are."""
    found: dict[int, Beside] = defaultdict(Beside)
    keys = [inquiry.pk for inquiry in requests]
    here = Presence.objects.filter(inquiry__in=keys, seen_at__gte=now - HERE).select_related("staff")
    for each in here.order_by("-seen_at"):
        found[each.inquiry_id].open_with.append(each.staff)
    tries = ContactAttempt.objects.filter(inquiry__in=keys).order_by().values("inquiry")
    for pk, count in tries.annotate(tries=Count("pk")).values_list("inquiry", "tries"):
        found[pk].tries = count
    by_public_id = {inquiry.public_id: inquiry.pk for inquiry in requests}
    failed = OutboxEmail.objects.failed().filter(about_app="inquiries", about_id__in=by_public_id)
    for public_id in failed.values_list("about_id", flat=True):
        found[by_public_id[public_id]].mail_failed = True
    decided = DuplicateDecision.objects.filter(inquiry__in=keys, other=F("inquiry__previous"))
    for pk in decided.values_list("inquiry", flat=True):
        found[pk].duplicate_decided = True
    return found
