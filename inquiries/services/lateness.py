"""Nobody waits beyond a promise without a word: who cannot be reached in time is told so before it is broken."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from clinic.business_time import close_of_open_day
from clinic.models import OutboxEmail
from inquiries.models import ContactAttempt, Inquiry, InquiryEvent
from inquiries.services import acknowledgement, contact_mails
from inquiries.services.changing import StaleInquiry, change
from inquiries.states import Status
from therapies import library

# The job runs hourly: so the word comes at least half an hour before the promise is broken, and never a day early.
AHEAD = timedelta(minutes=90)
AT_ONCE = 500  # requests a round
WAITS_FOR_US = (Status.NEW.value, Status.IN_REVIEW.value)
# What the patient misses when it cannot be delivered: neither an alert to staff nor the word to an address they gave up.
TO_PATIENTS = (acknowledgement.KIND, contact_mails.LINK, contact_mails.LATE, contact_mails.UPDATE)
Kind: Any = InquiryEvent.Kind
Step: Any = Inquiry.NextStep


def keep_promises(now: datetime) -> Iterator[str]:
    """The hourly job: tell who waits in vain, and ask for a call where a mail could not be delivered."""
    told, asked = tell_late(now), call_instead_of_mail(now)
    if told:
        yield f"Patients told that we are late, or to be called: {told}."
    if asked:
        yield f"Calls asked for in place of mail that cannot be delivered: {asked}."


def tell_late(now: datetime) -> int:
    """Say a new time to everybody whose promise runs out within AHEAD and who had no word of us. Returns how many.

    By mail; who has no e-mail address is to be called today. Each is told once. A suspect gets nothing: nobody has
    said yet that it is a person.
    """
    due = Inquiry.objects.filter(
        promised_at__lte=now + AHEAD,
        closed_at=None,
        first_contact_at=None,
        late_told_at=None,
        status__in=WAITS_FOR_US,
        is_suspect=False,
    )
    return sum(_tell(inquiry, now) for inquiry in due.order_by("promised_at")[:AT_ONCE])


@transaction.atomic
def _tell(inquiry: Inquiry, now: datetime) -> bool:
    calendar = library.current().clinic.calendar
    again = close_of_open_day(calendar, max(now, inquiry.promised_at or now), 1)
    if again is None:
        return False  # the clinic has no opening hours any more, so no time can be said
    fields: dict[str, Any] = {"late_told_at": now, "promised_again_at": again}
    if not inquiry.has_email:
        fields |= {"next_step": Step.CALL_ABOUT_DELAY, "next_step_on": timezone.localdate(now, calendar.zone)}
    try:
        told = change(inquiry, Kind.TOLD_LATE, actor=None, at=now, version=inquiry.version, **fields)
    except StaleInquiry:
        return False  # somebody is working on it in this moment; the next round looks again
    if told.has_email:
        contact_mails.tell_late(told)
    return True


def call_instead_of_mail(now: datetime) -> int:
    """Ask for a call to everybody whose mail was refused for good and who was not tried since. Returns how many."""
    failed = OutboxEmail.objects.failed().filter(
        kind__in=TO_PATIENTS, about_app="inquiries", about_id=OuterRef("public_id"), emptied_at=None
    )
    tried_since = ContactAttempt.objects.filter(inquiry=OuterRef("pk"), at__gte=OuterRef("owed_at"))
    waiting = (
        Inquiry.objects.filter(closed_at=None, has_phone=True, is_suspect=False)
        .exclude(next_step__in=[Step.CALL_INSTEAD, Step.CALL_ABOUT_DELAY])
        .annotate(owed_at=Subquery(failed.order_by("-created_at").values("created_at")[:1]))
        .filter(~Exists(tried_since), owed_at__isnull=False)
    )
    today = timezone.localdate(now, library.current().clinic.calendar.zone)
    return sum(_ask_for_call(inquiry, now, today) for inquiry in waiting.order_by("pk")[:AT_ONCE])


def _ask_for_call(inquiry: Inquiry, now: datetime, today: date) -> bool:
    step = {"next_step": Step.CALL_INSTEAD, "next_step_on": today}
    try:
        change(inquiry, Kind.CALL_ASKED, actor=None, at=now, version=inquiry.version, **step)
    except StaleInquiry:
        return False  # somebody is working on it in this moment; the next round looks again
    return True
