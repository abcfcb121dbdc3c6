"""A letter to one patient: a saved text with its places filled in, read and edited by a person, then sent by mail.

A mail says nothing about health, so a letter that uses words of the patient's answers is stopped before it leaves.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic import outbox
from clinic.business_time import close_of_open_day
from clinic.models import OutboxEmail, Staff
from clinic.outbox import Message, NoLongerOwed
from inquiries.models import ContactAttempt, Inquiry, InquiryEvent, PatientUpdate, Reply, SavedReply
from inquiries.promise import in_words
from inquiries.services import clock, contact
from inquiries.services.changing import MoveNotAllowed
from inquiries.services.contact_mails import status_link, whose
from inquiries.services.letters import letter
from therapies import library

KIND = "inquiries.reply"
TEMPLATE = "inquiries/email/reply.txt"
LONGEST = 2000
DAYS_TO_REPLY = 5  # open days that {reply_by} leaves the patient
PLACE = re.compile(r"\{([^{}]*)\}")
WORD = re.compile(r"[^\W\d_]{4,}")
# Words of any letter, which tell nothing though somebody may have used them in an answer.
PLAIN_WORDS = """
about after again also appointment before best call called clinic consultation could date days dear doctor email
from give hello help here hours info information kind know later letter like message minutes monday more morning
afternoon need next number office open phone please questions reach ready received reference regards reply
request send soon speak staff status talk team tell thank thanks that their them then there they this time today
tomorrow tuesday wednesday thursday friday until update want week weeks well when which will with would write
your yours sincerely have been were what where make take able some something nothing other
"""
PLAIN = frozenset(PLAIN_WORDS.split())


class NamesHealth(Exception):
    """The letter uses words of what the patient told us about their health: `words`. It must not be mailed."""

    def __init__(self, words: list[str]) -> None:
        super().__init__("An email must say nothing about health. Call instead, or take these words out.")
        self.words = words


def unknown_places(text: str) -> list[str]:
    """What stands in braces and is no placeholder."""
    return [name for name in PLACE.findall(text) if name not in SavedReply.PLACEHOLDERS]


def filled(text: str, inquiry: Inquiry, now: datetime) -> str:
    """A saved text with its places filled in for one request."""
    clinic = library.current().clinic
    values = {
        "reference": inquiry.reference,
        "clinic_phone": clinic.phone,
        "status_link": status_link(inquiry),
        "reply_by": in_words(clinic, close_of_open_day(clock.calendar(), now, DAYS_TO_REPLY)),
    }
    return PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def health_words(text: str, inquiry: Inquiry) -> list[str]:
    """The words of a letter that the patient's answers about health use too, in the order of the letter, each once."""
    telling = {word.casefold() for said in _told(inquiry) for word in WORD.findall(said)} - PLAIN
    # The end of the link holds when it was made: it was another one when the letter was filled in.
    link = re.compile(re.escape(status_link(inquiry).rsplit(".", 2)[0]) + r"\.[\w-]+\.[\w-]+/")
    return list(dict.fromkeys(word for word in WORD.findall(link.sub("", text)) if word.casefold() in telling))


@transaction.atomic
def send(
    inquiry: Inquiry, *, actor: Staff, text: str, version: int, saved: SavedReply | None = None, offered: str = ""
) -> Reply:
    """Owe a letter to the patient of a request at `version`, and write it down as a contact in writing.

    Raises NamesHealth, MoveNotAllowed (no e-mail address, looks like spam, closed by erasure), ValueError for an empty
    or too long text or one with a place left open, StaleInquiry.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise ValueError(f"The letter must have 1 to {LONGEST:,} characters.")
    if PLACE.search(text):
        raise ValueError("Fill in or remove what stands in braces.")
    if not inquiry.has_email:
        raise MoveNotAllowed(f"{inquiry.reference} has no email address. Call instead.")
    if inquiry.is_suspect:
        raise MoveNotAllowed(f"{inquiry.reference} looks like spam. Say first that it is none.")
    found = health_words(text, inquiry)
    if found:
        raise NamesHealth(found)
    contact.record(
        inquiry,
        actor=actor,
        channel=ContactAttempt.Channel.EMAIL,
        result=ContactAttempt.Result.SENT,
        version=version,
        kind=InquiryEvent.Kind.REPLIED,
    )
    reply = Reply.objects.create(inquiry=inquiry, saved_reply=saved, offered=offered, sent=text, by=actor)
    outbox.owe(
        kind=KIND,
        about=("inquiries", inquiry.public_id),
        to=inquiry.email,
        dedupe_key=f"{KIND}:{inquiry.public_id}:{reply.pk}",
        context={"reference": inquiry.reference, "reply": reply.pk},
    )
    return reply


def render(email: OutboxEmail) -> Message:
    """The letter as it was sent; not any more when the person was taken out of the request or gave up the address."""
    whose(email)
    reply = Reply.objects.filter(pk=email.context["reply"]).first()
    if reply is None or not reply.sent:
        raise NoLongerOwed
    shown = {"reference": email.context["reference"], "text": reply.sent, "clinic": library.current().clinic}
    return letter(TEMPLATE, shown)


def _told(inquiry: Inquiry) -> Iterator[str]:
    answers: Any = inquiry.answers or {}
    yield from (str(row.get("text", "")) for row in answers.get("asked", []))
    yield from (sign["question"] for sign in answers.get("signs", []) if sign["answer"] == "yes")
    yield from (page.title for page in (inquiry.condition, inquiry.treatment) if page)
    yield inquiry.get_region_display()
    yield from PatientUpdate.objects.filter(inquiry=inquiry).values_list("text", flat=True)
