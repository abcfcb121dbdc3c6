"""How urgent a stored request is after the patient wrote, and that the database orders the queue as the rule does."""

import datetime

from django.test import TestCase
from django.utils import timezone

from inquiries import safety
from inquiries.due import queue_key
from inquiries.models import Inquiry
from inquiries.queues import ANSWER_NEXT
from inquiries.services import patient
from tests import factories


def reasons(inquiry):
    return {reason["rule"]: reason["fact"] for reason in inquiry.priority_reasons["reasons"]}


class AfterThePatientWroteTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.inquiry = factories.inquiry()

    def report_worse(self, *ticked, level="none"):
        signs = safety.asked_document("general", ticked)
        return patient.report_worse(self.inquiry, text="Since Sunday", signs=signs, level=level)

    def test_worse_is_urgent_for_that_reason_alone(self):
        today = timezone.localdate(timezone.now(), datetime.UTC)
        found = self.report_worse()
        self.assertEqual(found.priority_level, 1)
        self.assertIn("UPD-WORSE", reasons(found))
        self.assertNotIn("U-ANY", reasons(found))
        self.assertLessEqual(abs(datetime.date.fromisoformat(reasons(found)["UPD-WORSE"]) - today).days, 1)

    def test_a_sign_reported_later_is_quoted(self):
        sign = safety.signs_for("general")[0]
        found = self.report_worse(sign.id, level=sign.level)
        self.assertEqual((found.priority_level, sign.level), (0, "emergency"))
        self.assertEqual(reasons(found)["E-ANY"], sign.question)

    def test_words_that_worry_us_are_quoted_and_nobody_is_said_to_have_written_that_it_is_worse(self):
        found = patient.add_information(self.inquiry, text="I have a fever now")
        self.assertEqual(found.priority_level, 1)
        self.assertEqual(reasons(found)["WORDS"], "fever")
        self.assertEqual(reasons(found)["U-ANY"], "fever")
        self.assertNotIn("UPD-WORSE", reasons(found))

    def test_worse_stays_said_when_more_is_written(self):
        self.report_worse()
        found = patient.add_information(self.inquiry, text="I have a fever now")
        self.assertIn("UPD-WORSE", reasons(found))

    def test_nothing_written_makes_it_due_later_or_less_urgent(self):
        worse = self.report_worse("none", level="emergency")
        found = patient.add_information(self.inquiry, text="A fever, but better today")
        self.assertEqual(found.priority_level, 0)
        self.assertLessEqual(found.due_at, worse.due_at)

    def test_a_level_that_earlier_rules_gave_is_kept(self):
        Inquiry.objects.filter(pk=self.inquiry.pk).update(priority_level=0, ruleset="earlier")
        self.inquiry.refresh_from_db()
        self.assertEqual(self.report_worse().priority_level, 0)


class QueueOrderTests(TestCase):
    def test_the_database_puts_the_queue_in_the_order_of_its_rule(self):
        now = timezone.now()
        for first, minutes in ((False, 90), (True, 120), (False, 30), (False, 30), (True, None), (False, 60)):
            due_at = None if minutes is None else now + minutes * datetime.timedelta(minutes=1)
            Inquiry.objects.filter(pk=factories.inquiry().pk).update(needs_call_first=first, due_at=due_at)
        waiting = Inquiry.objects.filter(due_at__isnull=False)
        found = list(waiting.order_by(*ANSWER_NEXT))
        self.assertEqual(len(found), 5)
        self.assertEqual(found, sorted(found, key=lambda each: queue_key(each.needs_call_first, each.due_at, each.pk)))
