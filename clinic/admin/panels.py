"""What waits for content staff, as tiles on the admin home. Each leads to exactly the rows it counts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clinic.models import ClinicProfile
from inquiries.queues import all_counted
from therapies import held_up, sources, to_do
from therapies.models import PageFeedback


@dataclass(frozen=True)
class Tile:
    """How many, of what, and where they are listed. `note` says what the number does not, `tone` how it is drawn."""

    count: int | str
    label: str
    url: str
    note: str = ""
    tone: str = ""


def tiles_for(request):
    """What this person can do something about, or may see. As many queries for 500 pages as for five."""
    user = request.user
    today = timezone.localdate(timezone=ClinicProfile.zone())
    found = []
    if user.has_perm("therapies.view_revision"):  # who works on content; others may see a page to take it down
        found += _about_pages(user, today)
        found.append((to_do.scheduled(), "Scheduled", reverse("admin:therapies_scheduled")))
    if user.has_perm("therapies.change_source"):
        at = reverse("admin:therapies_source_changelist")
        found.append((sources.to_check(today), "Sources to check", f"{at}?upkeep=check"))
        found.append((sources.broken_links(), "Broken links", f"{at}?upkeep=broken"))
    if user.has_perm("therapies.change_pagefeedback"):
        at = reverse("admin:therapies_pagefeedback_changelist")
        waiting = PageFeedback.objects.filter(handled_at=None)
        found.append((waiting, "Feedback from readers", f"{at}?handled=waiting"))
    counts = all_counted(rows.order_by().values("pk") for rows, *_ in found) if found else []
    return [Tile(count, *shown) for count, (_, *shown) in zip(counts, found, strict=True)]


def _about_pages(user, today):
    at = reverse("admin:therapies_page_changelist")
    for name, (label, pages) in to_do.PAGES.items():
        yield pages(user, today), label, f"{at}?to_do={name}", _as_of() if name == "held_up" else ""


def _as_of():
    found = held_up.now()
    said = f"as of {date_format(timezone.localtime(found.at), 'H:i')}"
    return said if found.looked_at == found.edited else f"{said}, of the {found.looked_at} edited last"
