"""Everything that happened to a request, in one list, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from clinic.models import OutboxEmail
from inquiries.models import Inquiry, InquiryEvent
from inquiries.services import alerts
from inquiries.states import OUTCOME_WORDS

Kind = InquiryEvent.Kind
# Told in a row of their own, with what was said.
TOLD_ELSEWHERE = {Kind.CONTACTED, Kind.NOTED, Kind.REPLIED, Kind.WORSE, Kind.INFORMED}
MOST = 200
MAILS = {
    "inquiries.acknowledgement": "Acknowledgement",
    "inquiries.link": "Link to the request",
    "inquiries.contact_changed": "Word that contact details changed",
    "inquiries.late": "Word that we are late",
    "inquiries.update": "Word that there is an update",
    "inquiries.reply": "Letter",
    "inquiries.erased": "Receipt of the erasure",
    alerts.KIND: "Alert to duty",
}


@dataclass(frozen=True)
class Item:
    """One row: when, by whom, what, and the words that go with it."""

    at: datetime
    who: str
    what: str
    text: str = ""
    kind: str = "event"
    is_pinned: bool = False


def timeline(inquiry, *, reads_health):
    """The rows for somebody who may, or may not, read about health. The same number of queries however long the list is."""
    items = [*_events(inquiry), *_attempts(inquiry, reads_health), *_mails(inquiry), *_updates(inquiry, reads_health)]
    items += [*_notes(inquiry, reads_health), *_replies(inquiry, reads_health)]
    return sorted(items, key=lambda item: item.at, reverse=True)


def pinned(items):
    """The notes that stay on top."""
    return [item for item in items if item.is_pinned]


def name_of(person):
    """How colleagues are called in a list."""
    return (person.get_full_name() or person.get_username()) if person else ""


def _events(inquiry):
    rows = inquiry.events.exclude(kind__in=TOLD_ELSEWHERE).select_related("actor", "subject").order_by("-seq")
    for event in rows[:MOST]:
        yield Item(event.at, actor_of(event), said(event))


def said(event):
    """What an event says, in words."""
    what = event.get_kind_display()
    if event.kind == Kind.SUBMITTED and event.actor_id:
        what = "Typed in for the patient"
    if event.from_status:
        what += f": “{event.get_from_status_display()}” to “{event.get_to_status_display()}”"
    if event.detail in OUTCOME_WORDS:
        what += f" ({OUTCOME_WORDS[event.detail]})"
    elif event.kind in (Kind.OVERRIDDEN, Kind.RANKED):
        level = event.detail.removeprefix("level:")
        what += f": {Inquiry.Priority(int(level)).label}" if level.isdigit() else ": the rules count again"
    if event.subject_id:
        what += f". Now with {name_of(event.subject)}"
    return what


def actor_of(event):
    """Who did it: a colleague, the patient, or the site by itself."""
    if event.actor_id:
        return name_of(event.actor)
    by_site = {Kind.TOLD_LATE, Kind.CALL_ASKED, Kind.RETURNED, Kind.ANONYMISED}
    return "The site" if event.kind in by_site else "The patient"


def _attempts(inquiry, reads_health):
    rows = inquiry.attempts.select_related("by")
    for attempt in (rows if reads_health else rows.defer("note"))[:MOST]:
        what = f"{attempt.get_channel_display()}: {attempt.get_result_display()}"
        if attempt.next_try_on:
            what += f". Next try on {attempt.next_try_on:%-d %B}"
        yield Item(attempt.at, name_of(attempt.by), what, attempt.note if reads_health else "", "attempt")


def _notes(inquiry, reads_health):
    rows = inquiry.notes.select_related("author")
    for note in (rows if reads_health else rows.defer("body"))[:MOST]:
        text = note.body if reads_health else ""
        yield Item(note.at, name_of(note.author), "Note", text, "note", note.is_pinned and reads_health)


def _replies(inquiry, reads_health):
    rows = inquiry.replies.select_related("by", "saved_reply")
    for reply in (rows if reads_health else rows.defer("offered", "sent"))[:MOST]:
        what = f"Letter (from “{reply.saved_reply}”)" if reply.saved_reply_id else "Letter"
        yield Item(reply.at, name_of(reply.by), what, reply.sent if reads_health else "", "reply")


def _updates(inquiry, reads_health):
    rows = inquiry.updates.select_related("seen_by")
    for update in (rows if reads_health else rows.defer("text", "signs"))[:MOST]:
        seen = f"Seen by {name_of(update.seen_by)}" if update.seen_at else "Not seen yet"
        text = update.text if reads_health else ""
        yield Item(update.at, "The patient", f"{update.get_kind_display()}. {seen}", text, "update")


def _mails(inquiry):
    rows = OutboxEmail.objects.filter(about_app="inquiries", about_id=inquiry.public_id)
    for mail in rows.defer("recipient", "context").order_by("-created_at")[:MOST]:
        what = f"Mail: {MAILS.get(mail.kind, mail.kind)}. {mail.get_state_display()}"
        yield Item(mail.sent_at or mail.created_at, "The site", what, "", "mail")
