"""The one list of everything scheduled: what goes live and what comes down, in order of time."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from therapies.models import Revision


@dataclass(frozen=True)
class Appointment:
    """One thing that will happen by itself. `is_due`: its time has come and nothing has happened yet."""

    at: datetime
    what: str
    title: str
    number: int
    address: str
    is_due: bool


class ScheduledPages:
    """Mixed into the admin of revisions."""

    def scheduled_urls(self):
        view = self.admin_site.admin_view(self.scheduled_view)
        return [path("scheduled/", view, name="therapies_scheduled")]

    @method_decorator(require_safe)
    def scheduled_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Scheduled",
            "opts": self.opts,
            "appointments": appointments(timezone.now()),
        }
        return TemplateResponse(request, "admin/therapies/scheduled.html", context)


def appointments(now):
    """Everything scheduled, the earliest first. One query."""
    waiting = Q(state="approved") & (Q(go_live_at__isnull=False) | Q(expire_at__isnull=False))
    going = Q(state="live", expire_at__isnull=False)
    rows = Revision.objects.filter(waiting | going).select_related("page").defer("document")
    return sorted((one for row in rows for one in of_revision(row, now)), key=lambda one: (one.at, one.title, one.what))


def of_revision(row, now):
    address = reverse(f"admin:therapies_{row.page.kind}_publishing", args=[row.page_id])
    times = [(row.expire_at, "comes down")]
    if row.state == "approved":
        times = [(row.go_live_at, "goes live"), (row.expire_at, "comes down, if it is live by then")]
    for at, what in times:
        if at:
            yield Appointment(at, what, row.page.title, row.number, address, at <= now)
