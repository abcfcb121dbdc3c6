from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.test import TestCase
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
