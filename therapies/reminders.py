"""Mails those who keep a page that its review is due: once when it comes near, then every week until it is done."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic import outbox
from clinic.models import ClinicProfile, OutboxEmail, Staff
from clinic.outbox import Message, NoLongerOwed
from therapies.models import Page
from therapies.review_cycle import due_soon, overdue

KIND = "therapies.review_reminder"
TEMPLATE = "therapies/email/review_reminder.txt"
EDITORS_MAY = "therapies.publish_page"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@transaction.atomic
def owe_reminders(now: datetime.datetime) -> list[str]:
    """Owe each reminder that is due and was not owed before. Says what it did, a sentence each.

    They go to the owner of the page; where nobody owns it, or the owner has left or has no address, to all editors.
    """
    today = timezone.localdate(now, ClinicProfile.zone())
    is_demo = ClinicProfile.is_demonstration()
    everyone = Staff.objects.with_perm(EDITORS_MAY, include_superusers=False, backend=BACKEND)
    editors = [person for person in everyone if _is_reachable(person, is_demo=is_demo)]
    wanted: dict[str, tuple[Page, Staff]] = {}
    forsaken = []
    for page, period in _due(today):
        owner = [page.owner] if page.owner and _is_reachable(page.owner, is_demo=is_demo) else []
        wanted |= {f"review of page {page.pk}, {period}, staff {who.pk}": (page, who) for who in owner or editors}
        forsaken += [] if owner or editors else [page.title]
    there = set(OutboxEmail.objects.filter(dedupe_key__in=list(wanted)).values_list("dedupe_key", flat=True))
    for key in wanted.keys() - there:
        page, person = wanted[key]
        outbox.owe(kind=KIND, about=_about(page), to=person.email, dedupe_key=key, context={"page": page.pk})
    said = [f"Review reminders owed: {len(wanted) - len(there)}."] if len(wanted) > len(there) else []
    if forsaken:
        said.append(f"Nobody to remind of {', '.join(forsaken)}: no owner and no editor with an e-mail address.")
    return said


def render(email: OutboxEmail) -> Message:
    """The message as it is now: a page that was reviewed meanwhile, or came down, needs none."""
    today = timezone.localdate(timezone=ClinicProfile.zone())
    context: Any = email.context
    page = (overdue(today) | due_soon(today)).filter(pk=context["page"]).first() if context else None
    if page is None or page.next_review_due is None:
        raise NoLongerOwed
    address = reverse(f"admin:therapies_{page.kind}_publishing", args=[page.pk])
    shown = {"page": page, "link": settings.SITE_URL + address, "is_over": page.next_review_due < today}
    subject, _, body = render_to_string(TEMPLATE, shown).partition("\n")
    return Message(subject=subject.strip(), body=body.strip() + "\n")


def _due(today: datetime.date) -> Iterator[tuple[Page, str]]:
    """(page, the time one reminder of it is for): a week for what is due, all the time before for what soon will be.

    Weeks are counted from the day it was due, so that the second reminder comes seven days after the first.
    """
    for page in overdue(today).select_related("owner"):
        day: Any = page.next_review_due
        yield page, f"week {(today - day).days // 7} after {day}"
    yield from ((page, f"before {page.next_review_due}") for page in due_soon(today).select_related("owner"))


def _is_reachable(person: Staff, *, is_demo: bool) -> bool:
    """Demonstration accounts cannot sign in to a real site."""
    return person.is_active and bool(person.email) and (is_demo or not person.is_demo)


def _about(page: Page) -> tuple[str, uuid.UUID]:
    """What the message is about: a page has a number and no UUID, so one is made of it."""
    return "therapies", uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/pages/{page.pk}")
