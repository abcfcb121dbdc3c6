"""The message that says a request has arrived. It quotes nothing a visitor typed and says nothing about health."""

import datetime
from typing import Any

from django.utils import timezone

from clinic import outbox
from clinic.models import OutboxEmail
from clinic.outbox import Message, NoLongerOwed, Owed
from inquiries.models import Inquiry
from inquiries.promise import in_words, promised_at
from inquiries.services import contact_mails
from inquiries.services.letters import letter
from inquiries.states import Status
from therapies import library

KIND = "inquiries.acknowledgement"
TEMPLATE = "inquiries/email/acknowledgement.txt"
NO_WAIT = datetime.timedelta()


def owe(inquiry: Inquiry, wait: datetime.timedelta = NO_WAIT) -> OutboxEmail:
    """Owe the message of a request: it waits until what staff did can no longer be taken back."""
    return outbox.owe(**_owed(inquiry) | {"send_after": timezone.now() + wait})


def owe_held_back(inquiry: Inquiry, wait: datetime.timedelta = NO_WAIT) -> None:
    """Owe it to who looked like spam and is a person: once, and not to who had it before somebody thought so."""
    if inquiry.has_email and not _is_owed(inquiry):
        owe(inquiry, wait)


def promise_of_held_back(inquiry: Inquiry, now: datetime.datetime, *, was_closed: bool) -> dict[str, Any]:
    """The promise that the held-back message will name. A promise somebody has by mail, or by telephone, stays."""
    if not inquiry.has_email or _is_owed(inquiry):
        return {}
    if not was_closed and inquiry.promised_at and inquiry.promised_at > now:
        return {}
    promised = promised_at(library.current().clinic, now)
    return {"promised_at": promised, "late_told_at": None, "promised_again_at": None}


def _is_owed(inquiry: Inquiry) -> bool:
    """Was it sent, or will it be?"""
    about = OutboxEmail.objects.filter(kind=KIND, about_id=inquiry.public_id)
    return about.exclude(state=OutboxEmail.State.CANCELLED).exists()


def message(inquiry: Inquiry) -> OutboxEmail:
    """The message, to be written with the other rows of a new request."""
    return outbox.message(**_owed(inquiry))


def _owed(inquiry: Inquiry) -> Owed:
    return {
        "kind": KIND,
        "about": ("inquiries", inquiry.public_id),
        "to": inquiry.email,
        "dedupe_key": f"{KIND}:{inquiry.public_id}:{inquiry.event_count}",
        "context": {
            "reference": inquiry.reference,
            "promised_at": inquiry.promised_at.isoformat() if inquiry.promised_at else "",
        },
    }


def render(email: OutboxEmail) -> Message:
    """The message as it is now: the clinic's name and numbers are those of the moment it is sent."""
    inquiry = contact_mails.whose(email)
    if inquiry.is_suspect or inquiry.status == Status.SPAM:
        raise NoLongerOwed  # "Not spam" was taken back
    clinic = library.current().clinic
    promised = email.context.get("promised_at", "")
    moment = datetime.datetime.fromisoformat(promised) if promised else None
    shown = {
        "reference": email.context["reference"],
        "promised": in_words(clinic, moment),
        "link": contact_mails.status_link(inquiry),
        "clinic": clinic,
    }
    return letter(TEMPLATE, shown)
