"""Fills a demonstration with as many requests as somebody asks for, over two years: as production would hold them, with
histories that verify, search keys, consents, tries to reach the patient and some mail. The same seed makes the same.
"""

import contextlib
import gc
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max

from clinic import planner
from clinic.models import ClinicProfile, OutboxEmail, Staff
from inquiries import due, priority, questionnaire, spread
from inquiries.chain import Link
from inquiries.models import ConsentRecord, ConsentText, ContactAttempt, Inquiry, InquiryEvent, ReplyTarget, SearchKey
from inquiries.models.inquiry import REFERENCE_ALPHABET
from inquiries.promise import OPEN_DAYS
from inquiries.services import bulk_rows, clock, demo_people, demo_ways, events
from inquiries.services.bulk_rows import Table, moment
from inquiries.states import OUTCOMES, Status
from therapies.models import Condition

BATCH = 5_000
SPAN = timedelta(days=730)
RECENT = timedelta(days=4)  # of what came in since then most is open
OPEN_LATER = 0.02  # and of all before that, so much
MAILS = 0.05  # of the requests have mail that is still kept
ASK_AGAIN = 5  # requests a person, on average
COLLEAGUES = 12
OUTCOMES_OF = {status: list(outcomes) for status, outcomes in OUTCOMES.items()}
BESIDE = (InquiryEvent, SearchKey, ConsentRecord, ContactAttempt, OutboxEmail)


class NotADemonstration(Exception):
    """The clinic is real: no made-up requests come into its database."""


@dataclass
class Batch:
    """Rows that are ready to be written, by table."""

    inquiries: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    consents: list[tuple[Any, ...]] = field(default_factory=list)
    attempts: list[tuple[Any, ...]] = field(default_factory=list)
    mails: list[tuple[Any, ...]] = field(default_factory=list)


def fill(requests: int, *, seed: int, now: datetime, said: Callable[[int], None] = lambda done: None) -> None:
    """Add this many requests that came in over the two years before `now`. `said` hears how many there are so far.

    Raises NotADemonstration. All of it is one transaction. Others wait for it: nobody works at this desk meanwhile.
    """
    if not ClinicProfile.is_demonstration():
        raise NotADemonstration
    maker = _Maker(requests, seed, now)
    with bulk_rows.filling(connection, BESIDE, [Inquiry], is_most=requests >= maker.first), _uncollected():
        for begin in range(0, requests, BATCH):
            batch = Batch()
            for number in range(begin, min(begin + BATCH, requests)):
                maker.add(number, batch)
            maker.write(batch)
            said(min(begin + BATCH, requests))
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [Inquiry]):
                cursor.execute(statement)
    planner.learn()


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Rows hold no cycles: the collector would look through all of them again and again for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Maker:
    def __init__(self, requests: int, seed: int, now: datetime) -> None:
        self.requests, self.now = requests, now
        self.first = (Inquiry.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        # The same again is what is wanted; after those that are there, others.
        self.rng = Random(f"{seed} {self.first}")  # noqa: S311
        self.hours = clock.calendar()
        country = ClinicProfile.objects.values_list("country", flat=True).first() or "US"
        own = {each.level: due.Target(minutes=each.minutes, days=each.days) for each in ReplyTarget.objects.all()}
        self.targets = due.TARGETS | own
        self.forms = demo_people.forms(self.rng)
        self.colleagues = [person.pk for person in _colleagues()]
        self.conditions = list(Condition.objects.order_by("pk").values_list("pk", flat=True)) or [None]
        self.texts = _consent_texts()
        self.closing = cache(self._closing)
        # A UUID as the database holds it.
        self.key = str if connection.features.has_native_uuid_field else lambda public_id: public_id.replace("-", "")
        numbers = range(self.first, self.first + requests // ASK_AGAIN + 1)
        self.people = [demo_people.person(number, self.rng, country=country) for number in numbers]
        blank = Inquiry()
        self.fields = [each.attname for each in Inquiry._meta.concrete_fields]
        self.place = {name: number for number, name in enumerate(self.fields)}
        self.blank = [getattr(blank, name) for name in self.fields]
        self.blank[self.place["suspect_reasons"]] = "[]"
        table = lambda model, *fields: Table(connection, model, fields)  # noqa: E731 (six of a kind)
        self.tables = {
            "inquiries": Table(connection, Inquiry, [each.name for each in Inquiry._meta.concrete_fields]),
            "events": table(
                InquiryEvent,
                *("inquiry", "seq", "kind", "from_status", "to_status", "actor", "at", "detail"),
                *("subject", "before", "prev_hash", "hash"),
            ),
            "keys": table(SearchKey, "inquiry", "kind", "key"),
            "consents": table(ConsentRecord, "inquiry", "text", "given", "at", "withdrawn_at"),
            "attempts": table(ContactAttempt, "inquiry", "by", "at", "channel", "result", "note", "next_try_on"),
            "mails": table(
                OutboxEmail,
                *("public_id", "kind", "about_app", "about_id", "dedupe_key", "recipient", "context", "state"),
                *("attempts", "last_error", "send_after", "first_tried_at", "created_at", "sent_at", "emptied_at"),
            ),
        }

    def write(self, batch: Batch) -> None:
        for name, table in self.tables.items():
            rows = getattr(batch, name)
            if rows:
                table.add(rows)

    def add(self, number: int, batch: Batch) -> None:
        """The request of this number, with all that belongs to it."""
        rng, pk = self.rng, self.first + number
        # The later, the higher the number; the newest came in this minute.
        received = self.now - SPAN * (1 - (number + rng.random()) / self.requests)
        age = self.now - received
        is_open = rng.random() < (0.85 if age < RECENT else OPEN_LATER)
        status = demo_ways.status(rng, is_open=is_open)
        if status is Status.MERGED and number == 0:
            status = Status.BOOKED
        form = rng.choice(self.forms)
        is_flagged = form.safety_level in {"emergency", "urgent"}
        if is_flagged and status is Status.SPAM:
            status = Status.BOOKED
        person = rng.choice(self.people)
        earlier = pk - rng.randrange(1, min(number, 500) + 1) if number and rng.random() < 0.04 else None
        at = moment(received)
        fields: dict[str, Any] = {
            "id": pk,
            "public_id": _uuid(rng),
            "submission_key": self.key(_uuid(rng)),
            "reference": _reference(rng),
            "status": status.value,
            "condition_id": rng.choice(self.conditions),
            **person.sealed,
            **form.columns,
            "safety_advice_shown_at": at if is_flagged else None,
            "safety_advice_read_at": at if is_flagged else None,
            "content_hash": f"{rng.getrandbits(128):032x}",
            "previous_id": earlier,
            "merged_into_id": (earlier or pk - 1) if status is Status.MERGED else None,
            "promised_at": self.closing(received.astimezone(self.hours.zone).date()),
            "created_at": at,
            "filled_in_within": spread.FORM[number * 5 % 11],
        }
        owner = rng.choice(self.colleagues)
        self._history(batch, fields, received, owner, rng)
        fields |= self._clock(fields, form, received, owner, rng)
        if rng.random() < MAILS:
            batch.mails.append(self._mail(fields, received, rng))
        fields["public_id"] = self.key(fields["public_id"])
        row = self.blank.copy()
        for name, value in fields.items():
            row[self.place[name]] = value
        batch.inquiries.append(tuple(row))
        batch.keys += [(pk, kind, key) for kind, key in person.keys]
        batch.consents += [(pk, text, True, at, None) for text in self.texts]

    def _history(self, batch: Batch, fields: dict[str, Any], at: datetime, owner: int, rng: Random) -> None:
        """The events on the way to where the request stands, and the tries between them; what the request keeps of it."""
        pk, public_id, here = fields["id"], fields["public_id"], Status.NEW
        seq, head = 1, Link(public_id, 1, "submitted", "", here.value, None, None, at, "", None).digest("")
        batch.events.append((pk, 1, "submitted", "", here.value, None, fields["created_at"], "", None, None, "", head))
        way = demo_ways.WAY[Status(fields["status"])]
        left = (self.now - at) / (len(way) + 1)
        for step in way:
            at += min(timedelta(minutes=rng.randrange(20, 1500)), left)
            then, seq, previous = moment(at), seq + 1, head
            if isinstance(step, Status):
                outcome = rng.choice(OUTCOMES_OF[step]) if step in OUTCOMES_OF else ""
                kind, before, after, detail = "moved", here.value, step.value, outcome
                fields["outcome"] = outcome
                here = step
            else:
                channel, result = step
                kind, before, after, detail = "contacted", "", "", f"{channel}:{result}"
                batch.attempts.append((pk, owner, then, channel, result, "", None))
                fields.setdefault("first_contact_at", then)
            head = Link(public_id, seq, kind, before, after, owner, None, at, detail, None).digest(previous)
            batch.events.append((pk, seq, kind, before, after, owner, then, detail, None, None, previous, head))
        if here in OUTCOMES_OF:
            fields |= {"closed_at": moment(at), "patient_told": "yes" if "first_contact_at" in fields else "not_needed"}
        if here is Status.BOOKED:
            fields["appointment_on"] = str((at + timedelta(days=rng.randrange(3, 30))).date())
        fields |= {"event_count": seq, "event_head": events.head(head), "version": seq}

    def _clock(
        self, fields: dict[str, Any], form: demo_people.Form, received: datetime, owner: int, rng: Random
    ) -> dict[str, Any]:
        """By when what is owed, and whose it is."""
        status = Status(fields["status"])
        if fields.get("closed_at"):
            return {"owner_id": owner if status is Status.BOOKED else None}
        is_new = status is Status.NEW
        own: dict[str, Any] = {
            "owner_id": None if is_new else owner,
            "has_unseen_update": rng.random() < 0.03,
            "is_suspect": is_new and form.ranking.level == priority.ROUTINE and rng.random() < 0.05,
            "next_step": demo_ways.STEPS[status],
        }
        if status is Status.AWAITING_PATIENT:
            look_again = self.now.date() + timedelta(days=rng.randrange(-2, 10))
            return {**own, "minutes_left": rng.randrange(30, 900), "next_step_on": str(look_again)}
        if self.now - received > RECENT:  # what is open for long was put off to a day near now
            received = self.now - timedelta(hours=rng.randrange(1, 60))
        due_at = due.reply_due(self.hours, received, self.targets[form.ranking.level], form.ranking.points)
        due_at = due_at or received + timedelta(days=2)
        return {
            **own,
            "due_at": moment(due_at),
            "next_step_on": str(due_at.astimezone(self.hours.zone).date()),
            "needs_call_first": form.safety_level == "emergency" and "first_contact_at" not in fields,
        }

    def _mail(self, fields: dict[str, Any], received: datetime, rng: Random) -> tuple[Any, ...]:
        sent, public_id = received + timedelta(seconds=20), fields["public_id"]
        has_failed = rng.random() < 0.02
        emptied = None if has_failed else sent + timedelta(days=14)
        if emptied and emptied > self.now:
            emptied = None
        at = moment(sent)
        return (
            *(self.key(_uuid(rng)), "inquiries.acknowledgement", "inquiries"),
            *(self.key(public_id), f"inquiries.acknowledgement:{public_id}:1", "", None),
            *("failed" if has_failed else "sent", 1, "SMTPRecipientsRefused" if has_failed else ""),
            *(at, at, fields["created_at"], None if has_failed else at, moment(emptied) if emptied else None),
        )

    def _closing(self, day: date) -> str | None:
        """When what came in on this day is answered by, as everybody is promised: a matter of the day alone."""
        closes = due.reply_due(self.hours, datetime.combine(day, time(12), self.hours.zone), due.Target(days=OPEN_DAYS))
        return moment(closes) if closes else None


def _uuid(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _reference(rng: Random) -> str:
    code = "".join(rng.choices(REFERENCE_ALPHABET, k=8))
    return f"RM-{code[:4]}-{code[4:]}"


def _colleagues() -> list[Staff]:
    """Accounts that cannot sign in, whose the requests of the demonstration are."""
    names = [f"demo-colleague-{number}" for number in range(1, COLLEAGUES + 1)]
    new = [
        Staff(username=name, is_staff=True, is_demo=True, on_duty=True, password=make_password(None)) for name in names
    ]
    Staff.objects.bulk_create(new, ignore_conflicts=True)
    return list(Staff.objects.filter(username__in=names).order_by("pk"))


def _consent_texts() -> list[int]:
    clinic = ClinicProfile.objects.values_list("name", flat=True).first() or "The clinic"
    found = []
    for consent in questionnaire.CONSENTS:
        body = consent.wording(clinic)
        sha256 = ConsentText.digest(consent.purpose, "en", body)
        text, _ = ConsentText.objects.get_or_create(
            sha256=sha256, defaults={"purpose": consent.purpose, "language": "en", "body": body}
        )
        found.append(text.pk)
    return found
