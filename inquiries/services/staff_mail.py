"""Mail to staff about the desk as a whole: to whom it goes, and that each is owed once. It names requests by their
reference and nobody by name, and leads to pages that only signed-in staff can open."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from clinic import outbox
from clinic.models import ClinicProfile, OutboxEmail, Staff

BACKEND = "django.contrib.auth.backends.ModelBackend"
MOST_NAMED = 20  # references in one mail; the rest is a number and a link


def on_duty() -> list[Staff]:
    """Who is on duty and gets alerts."""
    return list(Staff.objects.filter(is_active=True, on_duty=True, receives_alerts=True).exclude(email=""))


def with_right(right: str) -> list[Staff]:
    """Who holds this right through a group and can be reached. Demonstration accounts cannot sign in to a real site."""
    people: QuerySet[Staff] = Staff.objects.with_perm(right, include_superusers=False, backend=BACKEND)
    people = people.filter(is_active=True).exclude(email="").order_by("pk")
    return list(people if ClinicProfile.is_demonstration() else people.filter(is_demo=False))


def owe_each(kind: str, people: Iterable[Staff], part: str, context: dict[str, Any]) -> int:
    """Owe each of these people one mail of this kind and part (a day, say), and no second. Returns how many are new."""
    keys = {f"{kind}:{part}:{person.pk}": person for person in people}
    there = set(OutboxEmail.objects.filter(dedupe_key__in=list(keys)).values_list("dedupe_key", flat=True))
    for key in keys.keys() - there:
        outbox.owe(
            kind=kind,
            about=("inquiries", uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/{key}")),
            to=keys[key].email,
            dedupe_key=key,
            context={**context, "staff": keys[key].pk},
        )
    return len(keys) - len(there)


def list_link(queue: str) -> str:
    """The whole address of a work queue."""
    return f"{settings.SITE_URL}{reverse('admin:inquiries_inquiry_changelist')}?queue={queue}"


def home_link() -> str:
    """The whole address of the dashboard."""
    return settings.SITE_URL + reverse("admin:index")
