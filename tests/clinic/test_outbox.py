import uuid
from datetime import timedelta

from django.db import transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from clinic import outbox
from clinic.mail_route import mail_route
from clinic.models import ClinicProfile, OutboxEmail


def owe(**fields):
    defaults = {"kind": "test", "about": ("clinic", uuid.uuid4()), "to": "reader@example.org", "dedupe_key": "one"}
    return outbox.owe(**defaults | fields)


class OweTests(TestCase):
    def test_writes_the_message(self):
        about = uuid.uuid4()
        email = owe(about=("inquiries", about), context={"reference": "RM"})
        email.refresh_from_db()
        self.assertEqual((email.kind, email.about_app, email.about_id), ("test", "inquiries", about))
        self.assertEqual((email.recipient, email.context), ("reader@example.org", {"reference": "RM"}))
        self.assertEqual(email.state, "queued")

    def test_the_same_message_is_owed_once(self):
        self.assertEqual(owe().pk, owe(to="other@example.org").pk)
        self.assertEqual(OutboxEmail.objects.get().recipient, "reader@example.org")

    def test_is_undone_with_what_it_reports(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            owe()
            raise ZeroDivisionError
        self.assertFalse(OutboxEmail.objects.exists())

    def test_waits_when_told_to(self):
        later = timezone.now() + timedelta(minutes=10)
        owe(send_after=later)
        self.assertFalse(OutboxEmail.objects.due(now=timezone.now()).exists())
        self.assertTrue(OutboxEmail.objects.due(now=later).exists())

    def test_its_name_holds_no_person(self):
        self.assertNotIn("reader", str(owe()))


class RetryTests(TestCase):
    def test_queues_a_failed_message_as_new_and_leaves_the_others(self):
        owe()
        owe(dedupe_key="two")
        OutboxEmail.objects.filter(dedupe_key="one").update(
            state="failed", attempts=9, first_tried_at=timezone.now(), last_error="SMTPDataError"
        )
        OutboxEmail.objects.filter(dedupe_key="two").update(state="sent", sent_at=timezone.now())
        self.assertEqual(outbox.retry(OutboxEmail.objects.all()), 1)
        again = OutboxEmail.objects.get(dedupe_key="one")
        self.assertEqual((again.state, again.attempts, again.first_tried_at), ("queued", 0, None))
        self.assertEqual(OutboxEmail.objects.get(dedupe_key="two").state, "sent")


class RouteTests(TestCase):
    def test_a_demonstration_writes_files(self):
        self.assertEqual(mail_route(), "files")
        ClinicProfile.objects.create(name="Demo", is_demo=True)
        self.assertEqual(mail_route(), "files")

    def test_a_real_clinic_without_a_mail_server_sends_nowhere(self):
        ClinicProfile.objects.create(name="Real", is_demo=False)
        self.assertEqual(mail_route(), "nowhere")

    @override_settings(EMAIL_HOST="mail.example.org")
    def test_a_mail_server_is_used_by_both(self):
        self.assertEqual(mail_route(), "server")


class WaitingSinceTests(TestCase):
    def setUp(self):
        self.now = timezone.now()

    def test_counts_from_when_a_message_should_have_gone(self):
        due = self.now - timedelta(minutes=20)
        owe(send_after=due)
        self.assertEqual(OutboxEmail.objects.waiting_since(now=self.now), due)

    def test_ignores_what_is_planned_for_later(self):
        owe(send_after=self.now + timedelta(days=1))
        self.assertIsNone(OutboxEmail.objects.waiting_since(now=self.now))

    def test_a_delayed_message_counts_from_its_first_try(self):
        tried = self.now - timedelta(hours=3)
        owe(send_after=self.now + timedelta(hours=1))
        OutboxEmail.objects.update(first_tried_at=tried)
        self.assertEqual(OutboxEmail.objects.waiting_since(now=self.now), tried)
