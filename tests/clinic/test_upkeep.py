from datetime import timedelta
from unittest import mock

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.core.management import load_command_class
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from clinic import upkeep


class UpkeepTests(TestCase):
    def setUp(self):
        self.now = timezone.now()

    def attempt(self, model, username, hours):
        made = model.objects.create(
            username=username,
            ip_address="203.0.113.9",
            **({"failures_since_start": 1} if model is AccessAttempt else {}),
        )
        model.objects.filter(pk=made.pk).update(attempt_time=self.now - timedelta(hours=hours))

    def test_attempts_to_sign_in_are_forgotten_after_a_day(self):
        for model in (AccessAttempt, AccessFailureLog):
            with self.subTest(model.__name__):
                self.attempt(model, "old", 25)
                self.attempt(model, "new", 23)
                self.assertEqual(upkeep.keep_up(now=self.now).attempts, 1)
                self.assertEqual(model.objects.get().username, "new")

    def test_sessions_that_have_expired_are_removed(self):
        for key, hours in [("over", -1), ("open", 1)]:
            Session.objects.create(session_key=key, session_data="", expire_date=self.now + timedelta(hours=hours))
        upkeep.keep_up(now=self.now)
        self.assertEqual(Session.objects.get().session_key, "open")


class HelpTests(SimpleTestCase):
    def test_both_commands_name_every_job(self):
        for name in ("run_outbox", "send_outbox"):
            said = load_command_class("clinic", name).help
            for job in (
                "retention of requests",
                "publish scheduled",
                "figures of the desk",
                "warnings before a reply is late",
            ):
                with self.subTest(name, job=job):
                    self.assertIn(job, said)

    def test_what_runs_each_minute_is_told_from_what_runs_each_hour(self):
        with mock.patch.multiple(upkeep, _jobs={"figures": len}, _jobs_of_a_minute={"warnings": len}):
            said = upkeep.in_words()
        self.assertTrue(said.startswith("Each minute: warnings. Each hour: emptying of old mail, "), said)
        self.assertTrue(said.endswith(" figures."), said)


class JobTests(TestCase):
    def setUp(self):
        self.now = timezone.now()
        self.enterContext(mock.patch.dict(upkeep._jobs, clear=True))

    def test_what_an_app_registered_is_done_and_told_the_time(self):
        upkeep.register("example", lambda now: [f"Done at {now:%H}.", 7])
        self.assertEqual(upkeep.keep_up(now=self.now).done, (f"Done at {self.now:%H}.", "7"))

    def test_a_job_registered_again_is_done_once(self):
        for _ in range(2):
            upkeep.register("example", lambda now: ["Done."])
        self.assertEqual(upkeep.keep_up(now=self.now).done, ("Done.",))

    def test_a_job_that_breaks_is_logged_and_keeps_no_other_waiting(self):
        upkeep.register("broken", lambda now: 1 / 0)
        upkeep.register("example", lambda now: ["Done."])
        with self.assertLogs("clinic.upkeep", "ERROR") as logs:
            self.assertEqual(upkeep.keep_up(now=self.now).done, ("Done.",))
        self.assertIn("upkeep: broken failed", logs.output[0])

    def test_a_database_that_is_away_is_for_the_caller(self):
        def ask(now):
            raise OperationalError

        upkeep.register("example", ask)
        with self.assertRaises(OperationalError):
            upkeep.keep_up(now=self.now)
