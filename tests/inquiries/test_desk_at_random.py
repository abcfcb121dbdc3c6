"""Random staff and patients at one desk: whatever they do in whatever order, nobody is forgotten and the history holds."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from clinic.models import Staff
from inquiries.models import Inquiry
from inquiries.services import contact, histories, merging, notes, owning, patient, ranking, triage, undo
from inquiries.services.changing import MoveNotAllowed, StaleInquiry
from inquiries.services.patient import NotPossible
from inquiries.states import CLOSED, OUTCOMES, OWNED, Status
from tests import factories

DAY = timedelta(days=7)
MOVES = [("move", to) for to in Status]
CALLS = [("call", result) for result in ("reached", "voicemail", "no_answer")]
DONE = ["undo", "assign", "note", "override", "seen", "leave", "return", "merge", "suspect", "clear"]
BY_PATIENT = ["worse", "add", "withdraw", "change contact"]
ACTIONS = [*MOVES, *MOVES, *CALLS, *((name, "") for name in (*DONE, *BY_PATIENT))]
steps = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2), st.integers(0, 2)), min_size=5, max_size=25)


class RandomDeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = []
        for role in ("Triage nurse", "Clinician", "Front desk"):
            person = factories.staff(on_duty=True)
            person.groups.add(Group.objects.get(name=role))
            cls.staff.append(person)
        people = (
            {"email": f"p{number}@example.com", "phone": "", "full_name": f"Person {number}"} for number in range(2)
        )
        cls.requests = [factories.inquiry(**person) for person in people]
        flagged = {"safety_level": "emergency", "advice_shown_at": timezone.now()}
        cls.requests.append(factories.inquiry(email="p9@example.com", phone="", full_name="Person 9", **flagged))

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def test_nobody_is_forgotten_whatever_happens(self, done):
        for (name, code), which, who in done:
            inquiry = Inquiry.objects.get(pk=self.requests[which].pk)
            person = Staff.objects.get(pk=self.staff[who].pk)
            try:
                with transaction.atomic():
                    self.do(name, code, inquiry, person)
            except (MoveNotAllowed, StaleInquiry, NotPossible):
                pass
        owning.return_orphans(timezone.now())
        for inquiry in Inquiry.objects.select_related("owner"):
            self.holds(inquiry)
        self.assertEqual(list(histories.broken()), [])

    def do(self, name, code, inquiry, person):
        at = {"actor": person, "version": inquiry.version}
        other = Inquiry.objects.get(pk=self.requests[(self.requests.index(inquiry) + 1) % 3].pk)
        actions = {
            "move": lambda: triage.move(inquiry, code, given=self.said(code), **at),
            "call": lambda: contact.record(inquiry, channel="phone", result=code, **at),
            "undo": lambda: undo.undo(inquiry, **at),
            "assign": lambda: owning.assign(inquiry, to=Staff.objects.get(pk=self.staff[0].pk), reason="Why", **at),
            "note": lambda: notes.add(inquiry, body="A note", **at),
            "override": lambda: ranking.override(inquiry, level=2, reason="Why", **at),
            "seen": lambda: triage.mark_seen(inquiry, **at),
            "leave": lambda: Staff.objects.filter(pk=person.pk).update(is_active=False),
            "return": lambda: owning.return_orphans(timezone.now()),
            "merge": lambda: merging.merge(inquiry, into=other, into_version=other.version, **at),
            "suspect": lambda: triage.suspect(inquiry, **at),
            "clear": lambda: triage.clear_suspicion(inquiry, **at),
            "worse": lambda: patient.report_worse(inquiry, text="", signs=[], level="none"),
            "add": lambda: patient.add_information(inquiry, text="More"),
            "withdraw": lambda: patient.withdraw(inquiry),
            "change contact": lambda: patient.change_contact(inquiry, email="new@example.com", phone="", country="US"),
        }
        actions[name]()

    def said(self, to):
        day = timezone.localdate() + DAY
        outcome = next(iter(OUTCOMES.get(to, {})), "")
        return triage.Given("Why", outcome, "yes", day, day)

    def holds(self, inquiry):
        status = Status(inquiry.status)
        is_open = status not in CLOSED
        self.assertEqual(inquiry.closed_at is None, is_open)
        self.assertEqual(bool(inquiry.outcome), not is_open, inquiry.outcome)
        if is_open:
            self.assertTrue(inquiry.next_step and inquiry.next_step_on, "an open request has a next step with a day")
            self.assertNotEqual(inquiry.due_at is None, inquiry.minutes_left is None, "a clock runs or stands")
            self.assertEqual(inquiry.minutes_left is not None, status is Status.AWAITING_PATIENT)
            self.assertEqual(inquiry.owner_id is not None, status in OWNED, "it has an owner or is in the queue")
            self.assertTrue(inquiry.owner is None or inquiry.owner.is_active, "its owner is still here")
        if inquiry.safety_level in ("urgent", "emergency"):
            self.assertFalse(inquiry.is_suspect)
