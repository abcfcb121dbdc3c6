"""The message that tells who is on duty that a request should not wait. It says nothing of whom or of what."""

from django.conf import settings
from django.urls import reverse

from clinic import outbox
from clinic.models import OutboxEmail, Staff
from clinic.outbox import Message
from inquiries.models import Inquiry
from inquiries.services.letters import letter

KIND = "inquiries.alert"
TEMPLATE = "inquiries/email/alert.txt"


def tell_duty(inquiry: Inquiry) -> list[OutboxEmail]:
    """Owe an alert to everybody on duty who receives them, in the transaction of what raised it."""
    people = Staff.objects.filter(is_active=True, on_duty=True, receives_alerts=True).exclude(email="")
    return [
        outbox.owe(
            kind=KIND,
            about=("inquiries", inquiry.public_id),
            to=person.email,
            dedupe_key=f"{KIND}:{inquiry.public_id}:{inquiry.event_count}:{person.pk}",
            context={"reference": inquiry.reference, "level": inquiry.get_safety_level_display()},
        )
        for person in people
    ]


def render(email: OutboxEmail) -> Message:
    """The message, with a link to the queue that only signed-in staff can open."""
    link = settings.SITE_URL + reverse("admin:inquiries_inquiry_changelist")
    return letter(TEMPLATE, {**email.context, "link": link})
