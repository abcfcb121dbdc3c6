"""The one settings file refuses nonsense, says what to do, and lets the environment decide."""

import base64
import os
import runpy
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).resolve().parent.parent / "clinic" / "settings.py"
KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()
SECRETS = {"SECRET_KEY": "s" * 60, "FIELD_KEYS": f"k1:{KEY}", "SEARCH_KEY": f"s1:{OTHER_KEY}"}


def settings(env_file: str = os.devnull, **variables: str) -> dict:
    """The settings of a process that starts with exactly this environment."""
    with mock.patch.dict(os.environ, {"ENV_FILE": env_file, **SECRETS, **variables}, clear=True):
        return runpy.run_path(str(SETTINGS))


class Refusals(unittest.TestCase):
    def refuses(self, sentence: str, **variables: str) -> None:
        with self.assertRaisesRegex(ImproperlyConfigured, sentence):
            settings(**variables)

    def test_starts_with_secrets_alone(self):
        self.assertFalse(settings()["DEBUG"])

    def test_a_missing_secret_key(self):
        self.refuses("SECRET_KEY is not set. `make run` writes", SECRET_KEY="")

    def test_missing_field_keys(self):
        self.refuses("FIELD_KEYS is not set", FIELD_KEYS="")

    def test_a_missing_search_key(self):
        self.refuses("SEARCH_KEY is not set", SEARCH_KEY="")

    def test_a_short_secret_key(self):
        self.refuses("SECRET_KEY is shorter than 50", SECRET_KEY="s" * 49)

    def test_a_key_that_is_not_32_bytes(self):
        self.refuses("FIELD_KEYS must be", FIELD_KEYS="k1:" + base64.b64encode(b"k" * 16).decode())

    def test_a_key_that_is_not_base64(self):
        self.refuses("FIELD_KEYS must be", FIELD_KEYS="k1:?")

    def test_a_key_without_an_id(self):
        self.refuses("FIELD_KEYS must be", FIELD_KEYS=KEY)

    def test_two_keys_with_one_id(self):
        self.refuses("FIELD_KEYS must be", FIELD_KEYS=f"k1:{KEY},k1:{OTHER_KEY}")

    def test_a_flag_that_is_neither_1_nor_0(self):
        self.refuses("DEBUG is 'yes'. Write 1 for yes or 0 for no", DEBUG="yes")

    def test_a_number_that_is_none(self):
        self.refuses("EMAIL_PORT is 'smtp'. Write a whole number", EMAIL_PORT="smtp")

    def test_a_number_out_of_range(self):
        self.refuses("EMAIL_PORT is '70000'", EMAIL_PORT="70000")

    def test_mail_in_clear_to_another_machine(self):
        self.refuses("EMAIL_SSL=0 sends patients' mail in clear", EMAIL_HOST="mail.example", EMAIL_SSL="0")
        self.assertFalse(settings(EMAIL_HOST="127.0.0.1", EMAIL_SSL="0")["EMAIL_USE_SSL"])

    def test_an_address_without_a_scheme(self):
        self.refuses("SITE_URL is 'www.clinic.example'", SITE_URL="www.clinic.example")

    def test_an_address_with_a_path(self):
        self.refuses("Write it like https://www.example.org", SITE_URL="https://clinic.example/site")

    def test_an_address_with_an_impossible_port(self):
        self.refuses("Write it like https://www.example.org", SITE_URL="https://clinic.example:99999")

    def test_plain_http_beyond_this_machine(self):
        self.refuses("SITE_URL must begin with https://", SITE_URL="http://clinic.example")

    def test_a_database_of_another_kind(self):
        self.refuses("DATABASE_URL must name PostgreSQL or SQLite", DATABASE_URL="mysql://u@h/d")

    def test_a_database_address_that_is_none(self):
        self.refuses("DATABASE_URL is not understood", DATABASE_URL="clinic.sqlite3")


class EnvFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "env"

    def test_fills_in_what_the_environment_does_not_say(self):
        self.path.write_text("# a comment\n\nRELEASE = seven\n", encoding="utf-8")
        self.assertEqual(settings(str(self.path))["RELEASE"], "seven")

    def test_the_environment_wins(self):
        self.path.write_text("RELEASE=file\n", encoding="utf-8")
        self.assertEqual(settings(str(self.path), RELEASE="environment")["RELEASE"], "environment")

    def test_an_empty_value_counts_as_unset(self):
        self.path.write_text("RELEASE=\n", encoding="utf-8")
        self.assertEqual(settings(str(self.path))["RELEASE"], "dev")

    def test_names_the_line_that_is_not_understood(self):
        self.path.write_text("RELEASE=1\nexport DEBUG 0\n", encoding="utf-8")
        with self.assertRaisesRegex(ImproperlyConfigured, "line 2: write NAME=value"):
            settings(str(self.path))

    def test_never_quotes_a_line_that_may_hold_a_secret(self):
        self.path.write_text("SECRET_KEY: hush\n", encoding="utf-8")
        with self.assertRaises(ImproperlyConfigured) as caught:
            settings(str(self.path))
        self.assertNotIn("hush", str(caught.exception))

    def test_says_so_when_it_cannot_be_read(self):
        self.path.mkdir()
        with self.assertRaisesRegex(ImproperlyConfigured, "cannot be read"):
            settings(str(self.path))

    def test_says_so_when_it_is_not_text(self):
        self.path.write_bytes(b"\xff\xfe\x00")
        with self.assertRaisesRegex(ImproperlyConfigured, "readable UTF-8 text file"):
            settings(str(self.path))


class RealSite(unittest.TestCase):
    def setUp(self):
        self.settings = settings(SITE_URL="https://clinic.example")

    def test_cookies_are_secure_and_tied_to_the_host(self):
        for cookie in ("SESSION", "CSRF"):
            with self.subTest(cookie=cookie):
                self.assertTrue(self.settings[f"{cookie}_COOKIE_SECURE"])
                self.assertTrue(self.settings[f"{cookie}_COOKIE_HTTPONLY"])
                self.assertTrue(self.settings[f"{cookie}_COOKIE_NAME"].startswith("__Host-"))

    def test_browsers_are_told_to_use_https_alone(self):
        self.assertTrue(self.settings["SECURE_SSL_REDIRECT"])
        self.assertGreaterEqual(self.settings["SECURE_HSTS_SECONDS"], 31_536_000)

    def test_answers_to_its_own_name_alone(self):
        self.assertEqual(self.settings["ALLOWED_HOSTS"], ["clinic.example"])

    def test_ipv6_hosts_are_written_as_browsers_send_them(self):
        for variables in ({}, {"SITE_URL": "http://[::1]:8000"}, {"EXTRA_HOSTS": "::1"}, {"EXTRA_HOSTS": "[::1]"}):
            with self.subTest(variables):
                hosts = settings(**variables)["ALLOWED_HOSTS"]
                self.assertIn("[::1]", hosts)
                self.assertNotIn("::1", hosts)

    def test_a_proxy_header_is_believed_only_when_configured(self):
        self.assertNotIn("SECURE_PROXY_SSL_HEADER", self.settings)
        behind = settings(SITE_URL="https://clinic.example", BEHIND_PROXY="1")
        self.assertEqual(behind["SECURE_PROXY_SSL_HEADER"], ("HTTP_X_FORWARDED_PROTO", "https"))

    def test_the_content_policy_allows_no_inline_code(self):
        words = {word for sources in self.settings["SECURE_CSP"].values() for word in sources}
        self.assertEqual(words, {"'none'", "'self'", "data:"})

    def test_mail_goes_to_the_server_that_is_named(self):
        named = settings(SITE_URL="https://clinic.example", EMAIL_HOST="mail.example")
        self.assertEqual(named["EMAIL_BACKEND"], "django.core.mail.backends.smtp.EmailBackend")
        self.assertTrue(named["EMAIL_USE_SSL"])


class Databases(unittest.TestCase):
    def test_sqlite_keeps_what_was_acknowledged_and_takes_one_writer_at_a_time(self):
        options = settings()["DATABASES"]["default"]["OPTIONS"]
        self.assertEqual((options["timeout"], options["transaction_mode"]), (20, "IMMEDIATE"))
        self.assertIn("journal_mode=WAL", options["init_command"])
        self.assertIn("synchronous=FULL", options["init_command"])

    def test_connections_are_kept_on_both_databases(self):
        for url in ("sqlite:////tmp/clinic.sqlite3", "postgresql://clinic@db.example/clinic"):
            with self.subTest(url=url):
                self.assertGreater(settings(DATABASE_URL=url)["DATABASES"]["default"]["CONN_MAX_AGE"], 0)

    def test_postgresql_is_reached_by_our_own_engine(self):
        database = settings(DATABASE_URL="postgresql://clinic@db.example/clinic")["DATABASES"]["default"]
        self.assertEqual(database["ENGINE"], "clinic.postgresql")
