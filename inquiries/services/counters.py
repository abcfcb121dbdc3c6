"""Daily numbers that name nobody."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clinic.models import ClinicProfile
from inquiries.models import DailyCounter


@transaction.atomic
def count(*names: str) -> None:
    """Add one to each of today's counters, by the clinic's calendar."""
    today = timezone.localdate(timezone=ClinicProfile.zone())
    for name in names:
        if not DailyCounter.objects.filter(date=today, name=name).update(value=F("value") + 1):
            row, is_new = DailyCounter.objects.get_or_create(date=today, name=name, defaults={"value": 1})
            if not is_new:  # another request made it in this moment
                DailyCounter.objects.filter(pk=row.pk).update(value=F("value") + 1)
