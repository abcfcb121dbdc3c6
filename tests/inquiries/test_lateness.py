import datetime
from datetime import UTC
from unittest import mock

from django.test import TestCase
from django.utils import timezone

from clinic.models import ClinicProfile, OpeningHours, OutboxEmail, Staff
from clinic.outbox import NoLongerOwed, renderer
from clinic.upkeep import keep_up
from inquiries.models import Inquiry
from inquiries.services import alerts, contact, contact_mails, lateness
from tests import factories

MINUTE = datetime.timedelta(minutes=1)


class LatenessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(
            name="Example Clinic", phone="(202) 555-0100", emergency_number="911", time_zone="America/New_York"
        )
        for weekday in range(5):
            OpeningHours.objects.create(weekday=weekday, opens="08:00", closes="17:00")
        factories.condition(slug="knee", title="Wornknee", live=True)
        cls.nurse = factories.staff("nurse")
        # A Friday, five in the afternoon in New York.
        cls.promised = datetime.datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
        cls.soon = cls.promised - lateness.AHEAD + MINUTE

    def request(self, **fields):
        return factories.inquiry(promised_at=self.promised, **fields)

    def mails(self):
        return OutboxEmail.objects.filter(kind=contact_mails.LATE)

    def test_tells_a_new_time_before_the_promise_is_broken(self):
        inquiry = self.request()
        self.assertEqual(lateness.tell_late(self.promised - lateness.AHEAD - MINUTE), 0)
        self.assertEqual(lateness.tell_late(self.soon), 1)
        inquiry.refresh_from_db()
        monday = datetime.datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
        self.assertEqual((inquiry.late_told_at, inquiry.promised_again_at), (self.soon, monday))
        self.assertEqual(inquiry.promised_at, self.promised)  # what was said first is not rewritten
        self.assertEqual(inquiry.events.last().kind, "told_late")
        message = renderer(contact_mails.LATE)(self.mails().get())
        self.assertEqual(message.subject, f"Your request {inquiry.reference}: we need more time")
        self.assertIn("by Monday 30 November, 5 pm", message.body)

    def test_tells_once(self):
        self.request()
        lateness.tell_late(self.soon)
        self.assertEqual(lateness.tell_late(self.promised + 60 * MINUTE), 0)
        self.assertEqual(self.mails().count(), 1)

    def test_tells_also_after_the_worker_was_down(self):
        inquiry = self.request()
        lateness.tell_late(datetime.datetime(2026, 12, 2, 15, 0, tzinfo=UTC))
        inquiry.refresh_from_db()
        self.assertEqual(inquiry.promised_again_at, datetime.datetime(2026, 12, 3, 22, 0, tzinfo=UTC))

    def test_asks_for_a_call_where_there_is_no_address(self):
        inquiry = self.request(email="")
        lateness.tell_late(self.soon)
        inquiry.refresh_from_db()
        self.assertEqual((inquiry.next_step, inquiry.next_step_on), ("call_about_delay", datetime.date(2026, 11, 27)))
        self.assertFalse(self.mails().exists())

    def test_leaves_alone_who_had_word_of_us_or_waits_no_longer(self):
        for fields in [
            {"first_contact_at": timezone.now()},
            {"status": "awaiting_patient", "owner": self.nurse},
            {"status": "declined", "closed_at": timezone.now()},
            {"is_suspect": True},
            {"promised_at": None},
        ]:
            with self.subTest(**fields):
                Inquiry.objects.filter(pk=self.request().pk).update(**fields)
                self.assertEqual(lateness.tell_late(self.soon), 0)

    def test_a_mail_that_waits_is_not_sent_to_somebody_reached_meanwhile(self):
        inquiry = self.request()
        lateness.tell_late(self.soon)
        inquiry.refresh_from_db()
        contact.record(inquiry, actor=self.nurse, channel="phone", result="reached", version=inquiry.version)
        with self.assertRaises(NoLongerOwed):
            renderer(contact_mails.LATE)(self.mails().get())

    def test_a_mail_that_waits_is_not_sent_about_a_closed_request(self):
        inquiry = self.request()
        lateness.tell_late(self.soon)
        Inquiry.objects.filter(pk=inquiry.pk).update(status="declined", closed_at=timezone.now())
        with self.assertRaises(NoLongerOwed):
            renderer(contact_mails.LATE)(self.mails().get())

    def test_says_no_time_for_a_clinic_without_hours(self):
        self.request()
        OpeningHours.objects.all().delete()
        self.assertEqual(lateness.tell_late(self.soon), 0)
        self.assertFalse(Inquiry.objects.exclude(late_told_at=None).exists())


class CallInsteadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse = factories.staff("nurse")

    def setUp(self):
        self.inquiry = factories.inquiry()
        OutboxEmail.objects.update(state="failed")

    def ask(self):
        asked = lateness.call_instead_of_mail(timezone.now())
        self.inquiry.refresh_from_db()
        return asked

    def test_a_mail_refused_for_good_becomes_a_call(self):
        self.assertEqual(self.ask(), 1)
        self.assertEqual(self.inquiry.next_step, "call_instead")
        self.assertEqual(self.ask(), 0)

    def test_not_where_somebody_tried_since(self):
        contact.record(self.inquiry, actor=self.nurse, channel="phone", result="reached", version=1)
        self.assertEqual(self.ask(), 0)

    def test_not_for_a_closed_request(self):
        Inquiry.objects.update(status="declined", closed_at=timezone.now())
        self.assertEqual(self.ask(), 0)

    def fail_only(self, email):
        OutboxEmail.objects.exclude(pk=email.pk).update(state="cancelled")
        OutboxEmail.objects.filter(pk=email.pk).update(state="failed")

    def test_not_for_an_alert_to_staff_nor_for_an_address_the_patient_gave_up(self):
        Staff.objects.filter(pk=self.nurse.pk).update(on_duty=True, receives_alerts=True, email="nurse@example.com")
        old = contact_mails.tell_old_address(self.inquiry, "old@example.com")
        for email in (*alerts.tell_duty(self.inquiry), old):
            with self.subTest(email.kind):
                self.fail_only(email)
                self.assertEqual(self.ask(), 0)

    def test_not_without_a_number(self):
        Inquiry.objects.update(phone="", has_phone=False)
        self.assertEqual(self.ask(), 0)

    def test_a_try_before_the_mail_failed_does_not_count(self):
        contact.record(self.inquiry, actor=self.nurse, channel="phone", result="no_answer", version=1)
        OutboxEmail.objects.update(created_at=timezone.now() + MINUTE)
        self.assertEqual(self.ask(), 1)

    def test_old_failures_do_not_hide_new_ones(self):
        closed = factories.inquiry()
        OutboxEmail.objects.update(state="failed")
        OutboxEmail.objects.filter(about_id=closed.public_id).update(created_at=timezone.now() - 600 * MINUTE)
        Inquiry.objects.filter(pk=closed.pk).update(status="declined", closed_at=timezone.now())
        with mock.patch.object(lateness, "AT_ONCE", 1):
            self.assertEqual(self.ask(), 1)

    def test_runs_by_itself(self):
        self.assertIn("Calls asked for in place of mail that cannot be delivered: 1.", keep_up(now=timezone.now()).done)

    def test_the_job_says_what_it_did(self):
        self.assertEqual(
            list(lateness.keep_promises(timezone.now())),
            ["Calls asked for in place of mail that cannot be delivered: 1."],
        )
