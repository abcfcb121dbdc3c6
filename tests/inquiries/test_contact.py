import datetime

from django.test import TestCase

from inquiries.models import ContactAttempt, Inquiry
from inquiries.services import contact, triage
from tests import factories


class RecordTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse = factories.staff("nurse")

    def setUp(self):
        self.inquiry = factories.inquiry()

    def record(self, result, **fields):
        given = {"actor": self.nurse, "channel": "phone", "version": self.inquiry.version, **fields}
        attempt = contact.record(self.inquiry, result=result, **given)
        self.inquiry.refresh_from_db()
        return attempt

    def test_keeps_who_tried_how_and_what_came_of_it(self):
        attempt = self.record("no_answer", note="Rang ten times.", next_try_on=datetime.date(2026, 12, 1))
        self.assertEqual((attempt.by, attempt.channel, attempt.result), (self.nurse, "phone", "no_answer"))
        self.assertEqual(ContactAttempt.objects.get().note, "Rang ten times.")
        event = self.inquiry.events.last()
        self.assertEqual((event.kind, event.actor, event.to_status), ("contacted", self.nurse, ""))

    def test_only_what_gave_the_patient_word_of_us_is_a_contact(self):
        for result, counts in [("no_answer", False), ("wrong_number", False), ("voicemail", True)]:
            with self.subTest(result):
                self.record(result)
                self.assertEqual(self.inquiry.first_contact_at is not None, counts)

    def test_the_first_contact_stays_the_first(self):
        self.record("sent", channel="email")
        first = self.inquiry.first_contact_at
        self.record("reached")
        self.assertEqual(self.inquiry.first_contact_at, first)

    def test_a_call_that_was_due_is_done_when_the_patient_was_reached(self):
        due = datetime.date(2026, 11, 30)
        Inquiry.objects.update(next_step="call_about_delay", next_step_on=due)
        self.record("no_answer", next_try_on=datetime.date(2026, 12, 2))
        self.assertEqual(
            (self.inquiry.next_step, self.inquiry.next_step_on), ("call_about_delay", datetime.date(2026, 12, 2))
        )
        self.record("reached")
        self.assertEqual(self.inquiry.next_step, "decide")

    def test_a_colleague_who_was_first_is_not_overwritten(self):
        self.record("no_answer")
        with self.assertRaises(triage.StaleInquiry):
            self.record("reached", version=self.inquiry.version - 1)
        self.assertEqual(ContactAttempt.objects.count(), 1)
