"""Messages about reaching somebody: the link to their request, and that their details were changed."""

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic import outbox
from clinic.models import OutboxEmail
from clinic.outbox import Message
from inquiries import links
from inquiries.models import Inquiry
from therapies import library

LINK, CHANGED = "inquiries.link", "inquiries.contact_changed"


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


def status_link(inquiry: Inquiry) -> str:
    """The whole address of the page of this request."""
    return settings.SITE_URL + reverse("inquiries:status", args=[links.token_of(inquiry)])


def render_link(email: OutboxEmail) -> Message:
    """The link is made now, so it is one that still opens."""
    inquiry = Inquiry.objects.get(public_id=email.about_id)
    return _message("inquiries/email/link.txt", email, link=status_link(inquiry))


def render_changed(email: OutboxEmail) -> Message:
    return _message("inquiries/email/contact_changed.txt", email)


def _owe(kind: str, inquiry: Inquiry, to: str, part: str) -> OutboxEmail:
    return outbox.owe(
        kind=kind,
        about=("inquiries", inquiry.public_id),
        to=to,
        dedupe_key=f"{kind}:{inquiry.public_id}:{part}",
        context={"reference": inquiry.reference},
    )


def _message(template: str, email: OutboxEmail, **context: str) -> Message:
    clinic = library.current().clinic
    text = render_to_string(template, {"reference": email.context["reference"], "clinic": clinic, **context})
    subject, _, body = text.partition("\n")
    return Message(subject=subject.strip(), body=body.strip() + "\n")
