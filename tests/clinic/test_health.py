from datetime import timedelta
from unittest import mock

from django.db import InterfaceError, OperationalError
from django.test import TestCase, override_settings
from django.utils import timezone

from clinic import health, keys
from clinic.models import ClinicProfile
from tests.clinic.test_outbox import owe


class ReadinessTests(TestCase):
    def test_is_ready_when_all_is_well(self):
        keys.prove_keys()
        found = health.readiness()
        self.assertTrue(found.ready)
        self.assertEqual((found.database, found.migrations, found.keys, found.mail), ("ok", "ok", "ok", "files"))
        self.assertEqual(found.warnings, ())

    def test_is_not_ready_without_a_database(self):
        for kind in (OperationalError, InterfaceError):
            failure = mock.patch("clinic.health.connection.ensure_connection", side_effect=kind("host db: secret"))
            with self.subTest(kind), failure:
                found = health.readiness()
                self.assertFalse(found.ready)
                self.assertEqual(found.database, "unreachable")
                self.assertNotIn("secret", str(found.as_dict()))

    def test_is_not_ready_while_migrations_are_missing(self):
        with mock.patch("clinic.health.migrations_are_applied", return_value=False):
            found = health.readiness()
        self.assertEqual((found.ready, found.migrations), (False, "missing"))

    def test_is_not_ready_with_wrong_keys(self):
        keys.prove_keys()
        with override_settings(FIELD_KEYS={"t1": b"9" * 32}):
            found = health.readiness()
        self.assertEqual((found.ready, found.keys), (False, "wrong"))

    def test_a_missing_mail_server_is_said_and_stops_nothing(self):
        ClinicProfile.objects.create(name="Real", is_demo=False)
        owe()
        found = health.readiness()
        self.assertTrue(found.ready)
        self.assertEqual((found.mail, found.outbox_waiting), ("nowhere", 1))
        self.assertEqual(found.warnings, ("No mail server is set (EMAIL_HOST): messages stay queued.",))

    def test_late_and_failed_mail_is_said(self):
        now = timezone.now()
        owe(send_after=now - timedelta(minutes=16))
        owe(dedupe_key="two").__class__.objects.filter(dedupe_key="two").update(state="failed")
        found = health.readiness(now=now)
        self.assertEqual((found.outbox_oldest_seconds, found.outbox_failed), (960, 1))
        self.assertEqual(len(found.warnings), 2)
        self.assertTrue(found.ready)

    def test_its_answer_is_plain_values(self):
        import json

        self.assertIn('"ready": true', json.dumps(health.readiness().as_dict()))

    def test_knows_that_the_migrations_are_there(self):
        with mock.patch("clinic.health._applied", False):
            self.assertTrue(health.migrations_are_applied())
