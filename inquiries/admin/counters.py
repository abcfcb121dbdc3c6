"""The daily numbers that name nobody: the way through the safety questions, and every counter by day."""

from collections import Counter
from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils import timezone

from clinic.fenced import FencedModelAdmin
from clinic.models import ClinicProfile
from inquiries import form_counts
from inquiries.models import DailyCounter
from inquiries.reports import FUNNEL
from inquiries.spread import FEWEST, about, shown

DAYS = 28


@admin.register(DailyCounter)
class DailyCounterAdmin(FencedModelAdmin):
    """One page to read; small numbers are not told."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """The last four weeks."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate(timezone=ClinicProfile.zone())
        rows = list(DailyCounter.objects.filter(date__gt=today - timedelta(days=DAYS), date__lte=today))
        # Fields that were wrong and signs are told in sums on the dashboard: a column for each would be a table nobody reads.
        in_sums = {*form_counts.WRONG, *form_counts.SIGNS}
        names = sorted({row.name for row in rows if row.name not in in_sums})
        values = {(row.date, row.name): row.value for row in rows}
        totals = Counter()
        for row in rows:
            totals[row.name] += row.value
        context = {
            **self.admin_site.each_context(request),
            "title": "Daily numbers",
            "days": DAYS,
            "fewest": FEWEST,
            "funnel": [(words, about(totals[name])) for name, words in FUNNEL],
            "names": names,
            "by_day": [
                (day, [shown(values.get((day, name), 0)) for name in names])
                for day in sorted({row.date for row in rows}, reverse=True)
            ],
        }
        return TemplateResponse(request, "admin/inquiries/dailycounter/numbers.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise PermissionDenied  # a row alone would tell its small number
