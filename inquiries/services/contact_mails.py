"""Messages to the patient after the acknowledgement: the link to their request, changed details, a delay, an update."""

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic import outbox
from clinic.models import OutboxEmail
from clinic.outbox import Message, NoLongerOwed
from inquiries import links
from inquiries.models import Inquiry
from inquiries.promise import in_words
from inquiries.services.letters import letter
from inquiries.states import Status
from therapies import library

LINK, CHANGED = "inquiries.link", "inquiries.contact_changed"
LATE, UPDATE, ERASED = "inquiries.late", "inquiries.update", "inquiries.erased"
TOLD_BY_MAIL = frozenset({Status.BOOKED, Status.DECLINED, Status.REDIRECTED, Status.UNREACHABLE, Status.WITHDRAWN})
# The least by which a message moves so that a worker which holds it as it was does not settle it.
MOVED = datetime.timedelta(microseconds=1)
# Staff may take a move back for so long; a mail that has left cannot be.
TIME_TO_UNDO = datetime.timedelta(minutes=10)


@transaction.atomic
def send_link(inquiry: Inquiry) -> OutboxEmail:
    """Owe the link of the request to the address on file, once for each new link."""
    return _owe(LINK, inquiry, inquiry.email, str(inquiry.link_version))


@transaction.atomic
def send_link_again(inquiry: Inquiry) -> OutboxEmail:
    """Owe it once more because somebody asked for it: one mail an hour, however often they ask."""
    return _owe(LINK, inquiry, inquiry.email, f"{inquiry.link_version}:{timezone.now():%Y-%m-%d %H}")


def tell_old_address(inquiry: Inquiry, email: str) -> OutboxEmail:
    """Owe the old address the word that it was replaced; the new one is not named."""
    return _owe(CHANGED, inquiry, email, str(inquiry.link_version))


def follow(inquiry: Inquiry, old: str) -> None:
    """What was owed to the address the patient gave up goes to the new one. Without one it goes to nobody: see `whose`."""
    if not inquiry.has_email:
        return
    about = OutboxEmail.objects.filter(about_app="inquiries", about_id=inquiry.public_id, emptied_at=None)
    for email in about.filter(state__in=[OutboxEmail.State.QUEUED, OutboxEmail.State.FAILED]).exclude(kind=CHANGED):
        if email.recipient == old:
            same = about.filter(pk=email.pk, state=email.state)
            same.update(recipient=inquiry.email, send_after=email.send_after + MOVED)


def tell_late(inquiry: Inquiry) -> OutboxEmail:
    """Owe the word that we are late, with the new time; once for each promise."""
    return _owe(LATE, inquiry, inquiry.email, str(inquiry.event_count), promised_at=_iso(inquiry.promised_again_at))


def tell_update(inquiry: Inquiry, *, by_staff: bool) -> OutboxEmail | None:
    """Owe the word that a request has come to an end for now, without saying which. None without an e-mail address."""
    if not inquiry.has_email or inquiry.is_suspect:
        return None
    wait = TIME_TO_UNDO if by_staff else datetime.timedelta()
    part = f"{inquiry.status}:{inquiry.event_count}"
    return _owe(UPDATE, inquiry, inquiry.email, part, wait=wait, status=inquiry.status)


def tell_erased(inquiry: Inquiry, email: str) -> OutboxEmail:
    """Owe the receipt for an erasure to the address that was just removed from the request."""
    return _owe(ERASED, inquiry, email, "once")


def status_link(inquiry: Inquiry) -> str:
    """The whole address of the page of this request."""
    return settings.SITE_URL + reverse("inquiries:status", args=[links.token_of(inquiry)])


def whose(email: OutboxEmail) -> Inquiry:
    """The request a message to its patient is about. Raises NoLongerOwed when the patient gave up the address it goes to:
    the links in it open the request, and who reads there is not to have them any more."""
    inquiry = Inquiry.objects.get(public_id=email.about_id)
    if inquiry.email != email.recipient:
        raise NoLongerOwed
    return inquiry


def render_link(email: OutboxEmail) -> Message:
    """The link is made now, so it is one that still opens."""
    inquiry = whose(email)
    return _message("inquiries/email/link.txt", email, link=status_link(inquiry))


def render_changed(email: OutboxEmail) -> Message:
    return _message("inquiries/email/contact_changed.txt", email)


def render_late(email: OutboxEmail) -> Message:
    """Not sent when somebody reached the patient, or the request was closed, meanwhile."""
    inquiry = whose(email)
    if inquiry.first_contact_at or inquiry.closed_at:
        raise NoLongerOwed
    again = email.context["promised_at"]
    promised = in_words(library.current().clinic, datetime.datetime.fromisoformat(again) if again else None)
    return _message("inquiries/email/late.txt", email, link=status_link(inquiry), promised=promised)


def render_update(email: OutboxEmail) -> Message:
    """Not sent when the move it speaks of was taken back, even if it was then made again: that has a mail of its own."""
    inquiry = whose(email)
    newer = OutboxEmail.objects.filter(kind=UPDATE, about_id=email.about_id, pk__gt=email.pk)
    if inquiry.status != email.context["status"] or newer.exists():
        raise NoLongerOwed
    return _message("inquiries/email/update.txt", email, link=status_link(inquiry))


def render_erased(email: OutboxEmail) -> Message:
    return _message("inquiries/email/erased.txt", email)


def _iso(moment: datetime.datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _owe(
    kind: str, inquiry: Inquiry, to: str, part: str, *, wait: datetime.timedelta = datetime.timedelta(), **codes: str
) -> OutboxEmail:
    return outbox.owe(
        kind=kind,
        about=("inquiries", inquiry.public_id),
        to=to,
        dedupe_key=f"{kind}:{inquiry.public_id}:{part}",
        context={"reference": inquiry.reference, **codes},
        send_after=timezone.now() + wait,
    )


def _message(template: str, email: OutboxEmail, **context: str) -> Message:
    clinic = library.current().clinic
    return letter(template, {"reference": email.context["reference"], "clinic": clinic, **context})
