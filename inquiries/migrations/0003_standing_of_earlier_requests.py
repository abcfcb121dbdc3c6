"""Requests from before the triage desk get what every request has now: a chained history, a due time, a next step."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import migrations

from clinic.encryption import keyed_hash
from inquiries.chain import Link

CLOSED = {"booked", "declined", "redirected", "withdrawn", "unreachable", "merged", "spam"}
LEVELS = {"emergency": 0, "urgent": 1}
TARGETS = {0: {"minutes": 30}, 1: {"minutes": 120}, 2: {"days": 1}, 3: {"days": 2}}


def fill(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:  # a database that was migrated half-way has the triggers already
        for action in ("update", "delete", "truncate"):
            on = " ON inquiries_inquiryevent" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS inquiries_inquiryevent_no_{action}{on}")
    Inquiry, Event = apps.get_model("inquiries", "Inquiry"), apps.get_model("inquiries", "InquiryEvent")
    profile = apps.get_model("clinic", "ClinicProfile").objects.first()
    zone = ZoneInfo(profile.time_zone if profile else "America/New_York")
    for inquiry in Inquiry.objects.order_by("pk").iterator(chunk_size=500):
        values = {"event_head": chain(inquiry, Event), "priority_level": LEVELS.get(inquiry.safety_level, 3)}
        if inquiry.status in CLOSED:
            values |= {"outcome": "not_recorded", "patient_told": "not_needed", "next_step": "", "next_step_on": None}
        else:
            due = inquiry.promised_at or inquiry.created_at + timedelta(days=2)
            reached = inquiry.attempts.filter(result="reached", channel__in=["phone", "in_person"]).exists()
            values["needs_call_first"] = inquiry.safety_level == "emergency" and not reached
            values |= {"minutes_left": 0} if inquiry.status == "awaiting_patient" else {"due_at": due}
            if not inquiry.next_step:
                values["next_step"] = "decide" if inquiry.first_contact_at else "reply"
                values["next_step_on"] = due.astimezone(zone).date()
        Inquiry.objects.filter(pk=inquiry.pk).update(**values)
    Target = apps.get_model("inquiries", "ReplyTarget")
    for level, wait in TARGETS.items():
        Target.objects.get_or_create(level=level, defaults=wait)


def chain(inquiry, Event):
    previous = ""
    for event in Event.objects.filter(inquiry_id=inquiry.pk).order_by("seq"):
        own = Link(
            request=str(inquiry.public_id),
            seq=event.seq,
            kind=event.kind,
            from_status=event.from_status,
            to_status=event.to_status,
            actor=event.actor_id,
            subject=None,
            at=event.at,
            detail="",
            before=None,
        ).digest(previous)
        Event._base_manager.filter(pk=event.pk).update(prev_hash=previous, hash=own)
        previous = own
    return f"{previous}.{keyed_hash(previous, purpose='inquiries.events')}" if previous else ""


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0002_triage_desk"), ("clinic", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
