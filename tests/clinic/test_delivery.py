import io
import os
import smtplib
import tempfile
import threading
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.core import mail
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils import timezone

from clinic import delivery, outbox
from clinic.management.commands import run_outbox
from clinic.models import ClinicProfile, OutboxEmail
from tests.clinic.smtp_server import Server

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def render(email):
    return outbox.Message(subject="A subject", body=f"Body of {email.context['number']}")


def owe(number=1, *, kind="test", **fields):
    return outbox.owe(
        kind=kind,
        about=("clinic", uuid.uuid4()),
        to=f"reader{number}@example.org",
        dedupe_key=f"mail-{number}",
        context={"number": number},
        **fields,
    )


class OutboxTestCase(TestCase):
    def setUp(self):
        self.enterContext(mock.patch.dict(outbox._renderers, {"test": render}))
        self.now = timezone.now()

    def state(self, number=1):
        return OutboxEmail.objects.get(dedupe_key=f"mail-{number}")


class SendingTests(OutboxTestCase):
    def test_sends_what_is_due_and_marks_it(self):
        owe()
        self.assertEqual(delivery.send_due().sent, 1)
        email = self.state()
        self.assertEqual((email.state, email.attempts, email.last_error), ("sent", 1, ""))
        self.assertIsNotNone(email.sent_at)
        self.assertEqual(mail.outbox[0].body, "Body of 1")
        self.assertEqual(delivery.send_due().sent, 0)

    def test_the_headers_hold_nothing_else(self):
        email = owe()
        delivery.send_due()
        headers = dict(mail.outbox[0].message().items())
        headers.pop("Date")
        self.assertEqual(
            headers,
            {
                "Content-Type": 'text/plain; charset="utf-8"',
                "MIME-Version": "1.0",
                "Content-Transfer-Encoding": "7bit",
                "Subject": "A subject",
                "From": "no-reply@clinic.example",
                "To": "reader1@example.org",
                "Message-ID": f"<{email.public_id}@clinic.example>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )

    def test_leaves_what_is_not_due(self):
        owe(send_after=timezone.now() + timedelta(minutes=1))
        self.assertEqual(delivery.send_due().tried, 0)

    def test_sends_the_oldest_first_and_no_more_than_asked(self):
        owe(1)
        owe(2, send_after=timezone.now() - timedelta(hours=1))
        self.assertEqual(delivery.send_due(limit=1).sent, 1)
        self.assertEqual(mail.outbox[0].to, ["reader2@example.org"])

    def test_stops_between_messages_when_told_to(self):
        owe(1)
        owe(2)
        self.assertEqual(delivery.send_due(should_stop=lambda: bool(mail.outbox)).sent, 1)

    def test_a_message_cancelled_meanwhile_is_not_sent(self):
        owe()
        due = list(OutboxEmail.objects.due(now=timezone.now()))
        OutboxEmail.objects.update(state="cancelled")
        with mock.patch("clinic.delivery.list", return_value=due, create=True):
            delivery.send_due()
        self.assertEqual(mail.outbox, [])


class BrokenMessageTests(OutboxTestCase):
    """Each of these messages has a good one behind it."""

    def send_with(self, render, **fields):
        with mock.patch.dict(outbox._renderers, {"broken": render} if render else {}):
            owe(1, kind="broken", send_after=self.now - timedelta(hours=1))
            OutboxEmail.objects.update(**fields)
            owe(2)
            done = delivery.send_due()
        self.assertEqual(self.state(2).state, "sent")
        return done

    def test_an_unknown_kind_waits(self):
        done = self.send_with(None)
        email = self.state()
        self.assertEqual((done.delayed, email.state, email.last_error), (1, "queued", "UnknownKind"))
        self.assertGreater(email.send_after, self.now + timedelta(seconds=50))

    def test_an_unknown_kind_is_never_given_up(self):
        self.send_with(None, first_tried_at=self.now - timedelta(days=30))
        self.assertEqual(self.state().state, "queued")

    def test_a_renderer_that_fails_is_retried(self):
        def fails(email):
            raise KeyError("a name a patient typed")

        self.send_with(fails)
        self.assertEqual((self.state().state, self.state().last_error), ("queued", "KeyError"))

    def test_a_renderer_that_fails_for_three_days_is_given_up(self):
        def fails(email):
            raise KeyError("x")

        done = self.send_with(fails, first_tried_at=self.now - timedelta(hours=73))
        self.assertEqual((done.failed, self.state().state), (1, "failed"))

    def test_a_subject_with_a_line_break_sends_nothing(self):
        self.send_with(lambda email: outbox.Message("A\r\nBcc: x@example.org", "body"))
        self.assertEqual(self.state().last_error, "BadHeaderError")
        self.assertEqual(len(mail.outbox), 1)

    def test_an_impossible_address_fails_at_once(self):
        with mock.patch("clinic.delivery.validate_email", side_effect=self.refuse_first):
            self.send_with(render)
        self.assertEqual((self.state().state, self.state().last_error), ("failed", "ValidationError"))

    def refuse_first(self, address):
        from django.core.exceptions import ValidationError

        if address.startswith("reader1"):
            raise ValidationError("no")

    def test_what_is_no_longer_owed_is_cancelled(self):
        def gone(email):
            raise outbox.NoLongerOwed

        self.assertEqual(self.send_with(gone).cancelled, 1)
        self.assertEqual(self.state().state, "cancelled")

    def test_a_recipient_that_does_not_decrypt_waits(self):
        owe(1, send_after=self.now - timedelta(hours=1))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clinic_outboxemail SET recipient = 't1:AAAA'")
        owe(2)
        delivery.send_due()
        self.assertEqual((self.state().state, self.state().last_error), ("queued", "CannotDecrypt"))
        self.assertEqual(self.state(2).state, "sent")

    def test_our_own_database_going_down_is_not_the_messages_fault(self):
        def fails(email):
            raise OperationalError

        with mock.patch.dict(outbox._renderers, {"test": fails}), self.assertRaises(OperationalError):
            owe()
            delivery.send_due()
        self.assertEqual(self.state().state, "queued")


class MailServerTests(OutboxTestCase):
    def setUp(self):
        super().setUp()
        self.server = Server()
        self.addCleanup(self.server.stop)
        self.enterContext(
            override_settings(
                EMAIL_BACKEND=SMTP,
                EMAIL_HOST="127.0.0.1",
                EMAIL_PORT=self.server.port,
                EMAIL_USE_SSL=False,
                EMAIL_TIMEOUT=2,
            )
        )
        owe(1, send_after=self.now - timedelta(hours=1))
        owe(2)

    def test_one_connection_carries_a_round(self):
        with mock.patch.object(delivery._Server, "_open", autospec=True, side_effect=delivery._Server._open) as opened:
            self.assertEqual(delivery.send_due().sent, 2)
        self.assertEqual(opened.call_count, 1)
        self.assertEqual(
            [message["To"] for message in self.server.mails], ["reader1@example.org", "reader2@example.org"]
        )

    def test_a_refused_recipient_fails_at_once(self):
        self.server.replies["RCPT", "reader1@example.org"] = "550 no such person: Ana"
        done = delivery.send_due()
        self.assertEqual((done.sent, done.failed), (1, 1))
        self.assertEqual((self.state().state, self.state().last_error), ("failed", "SMTPRecipientsRefused"))

    def test_refused_content_fails_at_once(self):
        self.server.replies["DATA", "reader1@example.org"] = "554 no"
        self.assertEqual(delivery.send_due().failed, 1)
        self.assertEqual(self.state(2).state, "sent")

    def test_a_passing_refusal_is_tried_again_later(self):
        self.server.replies["RCPT", "reader1@example.org"] = "451 come back"
        self.assertEqual(delivery.send_due().delayed, 1)
        email = self.state()
        self.assertEqual((email.state, email.attempts), ("queued", 1))
        self.assertAlmostEqual(email.send_after, timezone.now() + timedelta(minutes=1), delta=timedelta(seconds=15))
        self.server.replies.clear()
        delivery.send_due(now=timezone.now() + timedelta(minutes=2))
        self.assertEqual(self.state().state, "sent")

    def test_a_passing_refusal_is_given_up_after_three_days(self):
        self.server.replies["RCPT"] = "451 come back"
        later = self.now
        while self.state().state == "queued":
            delivery.send_due(now=later)
            later = max(later, self.state().send_after)
        self.assertGreaterEqual(later - self.now, timedelta(hours=72))
        self.assertLess(later - self.now, timedelta(hours=90))
        self.assertIn(self.state().attempts, range(9, 16))

    def test_a_slow_message_does_not_stop_the_next(self):
        self.server.slow["RCPT", "reader1@example.org"] = 1
        with override_settings(EMAIL_TIMEOUT=0.3):
            delivery.send_due()
        self.assertEqual((self.state().state, self.state().last_error), ("queued", "SMTPServerDisconnected"))
        self.assertEqual(self.state(2).state, "sent")

    @override_settings(EMAIL_HOST_USER="clinic", EMAIL_HOST_PASSWORD="wrong")  # noqa: S106
    def test_a_wrong_password_stops_the_round_and_blames_no_message(self):
        self.server.replies["AUTH"] = "535 no"
        before = self.state().send_after
        done = delivery.send_due()
        self.assertEqual((done.stopped, done.tried), ("SMTPAuthenticationError", 0))
        email = self.state()
        self.assertEqual((email.attempts, email.send_after, email.first_tried_at), (0, before, None))
        self.assertEqual(email.last_error, "SMTPAuthenticationError")
        self.assertEqual(self.state(2).attempts, 0)

    def test_a_refused_sender_stops_the_round_and_blames_no_message(self):
        self.server.replies["MAIL"] = "530 sign in first"
        self.assertEqual(delivery.send_due().stopped, "SMTPSenderRefused")
        self.assertEqual((self.state().attempts, self.state(2).attempts), (0, 0))

    def test_a_server_that_is_down_delays_the_first_and_keeps_the_rest(self):
        self.server.stop()
        done = delivery.send_due()
        self.assertEqual((done.stopped, done.delayed), ("ConnectionRefusedError", 1))
        self.assertIn("the mail server takes no mail (ConnectionRefusedError)", str(done))
        self.assertEqual(self.state(2).attempts, 0)

    def test_after_an_hour_without_a_server_everything_goes_at_once(self):
        self.server.replies["EHLO"] = self.server.replies["HELO"] = "421 closed"
        for minute in range(0, 60, 5):
            delivery.send_due(now=self.now + timedelta(minutes=minute))
        self.server.replies.clear()
        self.assertEqual(delivery.send_due(now=self.now + timedelta(minutes=61)).sent, 2)


class WorkerDeathTests(OutboxTestCase):
    def test_a_worker_that_dies_before_sending_costs_a_delay(self):
        owe()
        with mock.patch("clinic.delivery.compose", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            delivery.send_due()
        self.assertEqual(delivery.send_due().tried, 0)
        self.assertEqual(delivery.send_due(now=timezone.now() + timedelta(minutes=6)).sent, 1)

    def test_a_worker_that_dies_after_sending_repeats_under_the_same_id(self):
        owe()
        with mock.patch("clinic.delivery._settle", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            delivery.send_due()
        delivery.send_due(now=timezone.now() + timedelta(minutes=6))
        self.assertEqual(len(mail.outbox), 2)
        self.assertEqual(len({message.message()["Message-ID"] for message in mail.outbox}), 1)
        self.assertEqual(self.state().state, "sent")

    def test_a_worker_that_lost_its_lease_does_not_mark_for_another(self):
        owe()

        def overtaken(email):
            OutboxEmail.objects.update(send_after=timezone.now() + timedelta(minutes=9))
            return render(email)

        with mock.patch.dict(outbox._renderers, {"test": overtaken}):
            self.assertEqual(delivery.send_due().sent, 0)
        self.assertEqual(self.state().state, "queued")


class BackoffTests(OutboxTestCase):
    def test_grows_from_a_minute_to_twelve_hours_with_some_spread(self):
        for attempts, minutes in enumerate([1, 5, 15, 60, 180, 360, 720, 720, 720], 1):
            with self.subTest(attempts):
                waits = [delivery.backoff(attempts) / timedelta(minutes=1) for _ in range(50)]
                self.assertGreaterEqual(min(waits), minutes * 0.9)
                self.assertLessEqual(max(waits), minutes * 1.1)
                self.assertGreater(len(set(waits)), 1)

    def test_knows_permanent_from_passing(self):
        for error, permanent in [
            (smtplib.SMTPDataError(554, b"no"), True),
            (smtplib.SMTPDataError(451, b"later"), False),
            (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no")}), True),
            (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no"), "b@example.org": (450, b"x")}), False),
            (smtplib.SMTPServerDisconnected("bye"), False),
            (TimeoutError(), False),
        ]:
            with self.subTest(repr(error)):
                self.assertEqual(delivery._is_permanent(error), permanent)


class WithoutServerTests(OutboxTestCase):
    def test_a_real_clinic_marks_nothing_sent_and_says_so(self):
        ClinicProfile.objects.create(name="Real", is_demo=False)
        owe()
        out = io.StringIO()
        call_command("send_outbox", stdout=out)
        self.assertIn("No mail server is set (EMAIL_HOST): 1 messages stay queued, nothing was sent.", out.getvalue())
        self.assertEqual((self.state().state, self.state().attempts), ("queued", 0))

    def test_the_demonstration_writes_one_file_a_message_that_others_cannot_read(self):
        owe(1)
        owe(2)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "var" / "mail"
            with override_settings(
                EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend", EMAIL_FILE_PATH=path
            ):
                self.assertEqual(delivery.send_due().sent, 2)
            self.assertEqual(path.stat().st_mode & 0o777, 0o700)
            text = "".join(file.read_text() for file in path.iterdir())
        self.assertIn("reader1@example.org", text)
        self.assertIn("reader2@example.org", text)


class EmptyingTests(OutboxTestCase):
    def test_content_leaves_two_weeks_after_the_message(self):
        owe(1)
        owe(2)
        owe(3, send_after=timezone.now() + timedelta(days=1))
        delivery.send_due()
        OutboxEmail.objects.filter(dedupe_key="mail-1").update(sent_at=self.now - timedelta(days=14, minutes=1))
        OutboxEmail.objects.filter(dedupe_key="mail-2").update(sent_at=self.now - timedelta(days=13, hours=23))
        self.assertEqual(delivery.empty_old(now=self.now), 1)
        self.assertEqual((self.state(1).recipient, self.state(1).context), ("", None))
        self.assertEqual(self.state(2).context, {"number": 2})
        self.assertEqual(self.state(3).context, {"number": 3})
        self.assertEqual(delivery.empty_old(now=self.now), 0)

    def test_a_cancelled_message_is_emptied_too(self):
        owe(1, send_after=self.now - timedelta(days=15))
        OutboxEmail.objects.update(state="cancelled")
        self.assertEqual(delivery.empty_old(now=self.now), 1)

    def test_a_failed_message_is_emptied_after_ninety_days(self):
        for number, days in [(1, 91), (2, 89)]:
            owe(number)
            created = self.now - timedelta(days=days)
            OutboxEmail.objects.filter(dedupe_key=f"mail-{number}").update(state="failed", created_at=created)
        self.assertEqual(delivery.empty_old(now=self.now), 1)
        self.assertEqual((self.state(1).recipient, self.state(1).context), ("", None))
        self.assertEqual(self.state(2).context, {"number": 2})

    def test_the_command_empties_as_well(self):
        owe(1)
        delivery.send_due()
        OutboxEmail.objects.update(sent_at=self.now - timedelta(days=15))
        out = io.StringIO()
        call_command("send_outbox", stdout=out)
        self.assertEqual(out.getvalue(), "Nothing to send.\nOld messages emptied: 1.\n")


class ManyWorkersTests(TransactionTestCase):
    WORKERS = 4
    MESSAGES = int(os.environ.get("OUTBOX_MESSAGES", "40"))

    def test_workers_side_by_side_send_each_message_once(self):
        self.enterContext(mock.patch.dict(outbox._renderers, {"test": render}))
        for number in range(self.MESSAGES):
            owe(number)
        threads = [threading.Thread(target=self.work) for _ in range(self.WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent = Counter(message.to[0] for message in mail.outbox)
        self.assertEqual(sent, Counter(f"reader{number}@example.org" for number in range(self.MESSAGES)))
        self.assertEqual(OutboxEmail.objects.filter(state="sent", attempts=1).count(), self.MESSAGES)

    def work(self):
        while OutboxEmail.objects.due(now=timezone.now()).exists():
            delivery.send_due(limit=10)
        connection.close()


class WorkerTests(OutboxTestCase):
    def setUp(self):
        super().setUp()
        self.worker = run_outbox.Command(stdout=io.StringIO())
        self.worker.said = self.worker.kept_up_at = None
        self.enterContext(mock.patch("clinic.management.commands.run_outbox.close_old_connections"))

    def test_outlives_a_database_that_is_away(self):
        for kind in (OperationalError, InterfaceError):
            with (
                self.subTest(kind),
                mock.patch("clinic.management.commands.run_outbox.send_due", side_effect=kind("connection closed")),
            ):
                self.assertEqual(self.worker.look(threading.Event(), 5), 5)
                self.assertIn(f"does not answer ({kind.__name__})", self.worker.stdout.getvalue())

    def test_keeps_up_once_an_hour(self):
        with mock.patch("clinic.management.commands.run_outbox.keep_up") as keep_up:
            for seconds in (0, 3599, 3601):
                with mock.patch("clinic.management.commands.run_outbox.time.monotonic", return_value=9000 + seconds):
                    self.worker.look(threading.Event(), 5)
        self.assertEqual(keep_up.call_count, 2)
