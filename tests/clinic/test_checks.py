import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.test import SimpleTestCase, override_settings

from clinic import checks

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "clinic.settings",
    "SITE_URL": "https://clinic.example.org",
    "EMAIL_HOST": "mail.example.org",
    "RELEASE": "r1",
}


def found(check):
    return [message.id for message in check(None)]


class CheckTests(SimpleTestCase):
    def deploy(self, **environment):
        return subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            cwd=Path(__file__).resolve().parents[2],
            env={**os.environ, **PRODUCTION, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_production_environment_passes(self):
        done = self.deploy()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_missing_mail_server_fails_the_deploy_check(self):
        done = self.deploy(EMAIL_HOST="")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("clinic.W007", done.stderr)

    def test_wants_a_strict_policy(self):
        self.assertEqual(found(checks.headers), [])
        with override_settings(SECURE_CSP={}):
            self.assertEqual(found(checks.headers), ["clinic.E001"])
        with override_settings(MIDDLEWARE=[]):
            self.assertEqual(found(checks.headers), ["clinic.E001"])
        with override_settings(SECURE_CSP=settings.SECURE_CSP | {"script-src": ["'unsafe-inline'"]}):
            self.assertEqual(found(checks.headers), ["clinic.E002"])

    def test_wants_https_and_cookies_tied_to_the_host(self):
        self.assertEqual(found(checks.address_and_cookies), ["clinic.W003"])
        with override_settings(SITE_URL="https://clinic.example.org"):
            self.assertEqual(found(checks.address_and_cookies), ["clinic.E004"])
        with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
            self.assertIn("clinic.E005", found(checks.address_and_cookies))

    def test_wants_a_release_of_its_own_for_each_deployment(self):
        self.assertEqual(found(checks.release), [])
        with override_settings(ON_LOOPBACK=False):
            self.assertEqual(found(checks.release), ["clinic.W012"])
            with override_settings(RELEASE="r2"):
                self.assertEqual(found(checks.release), [])

    def test_wants_a_sqlite_that_waits_and_survives(self):
        good = {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        for options, ids in [
            (good, []),
            ({}, ["clinic.E006"]),
            ({**good, "transaction_mode": "DEFERRED"}, ["clinic.E006"]),
            ({**good, "init_command": "PRAGMA journal_mode=WAL;"}, ["clinic.E006"]),
        ]:
            config = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}
            with self.subTest(options), mock.patch.object(checks, "settings", mock.Mock(DATABASES={"default": config})):
                self.assertEqual(found(checks.database), ids)

    def test_wants_a_mail_server_that_cannot_hang_or_fall_back_to_plain_text(self):
        self.assertEqual(found(checks.mail), ["clinic.W007"])
        with override_settings(EMAIL_HOST="mail.example.org"):
            self.assertEqual(found(checks.mail), [])
            with override_settings(EMAIL_TIMEOUT=None):
                self.assertEqual(found(checks.mail), ["clinic.E008"])
            with override_settings(EMAIL_USE_TLS=True):
                self.assertEqual(found(checks.mail), ["clinic.E009"])

    def test_wants_small_bodies(self):
        self.assertEqual(found(checks.uploads), [])
        with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=None, DATA_UPLOAD_MAX_NUMBER_FIELDS=5000):
            self.assertEqual(found(checks.uploads), ["clinic.E010", "clinic.E011"])
