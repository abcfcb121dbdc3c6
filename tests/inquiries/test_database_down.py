"""The database is gone, locked or read-only when someone presses Send: told so, nothing lost, nothing half-saved."""

import contextlib
import sqlite3
import unittest
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.urls import reverse

from clinic.models import OutboxEmail
from inquiries.links import token_of
from inquiries.models import Inquiry
from tests import factories
from tests.inquiries import journey
from tests.inquiries.journey import ANSWERS, CONSENTS, address
from tests.inquiries.test_views import ADVICE, CHECK, make_clinic
from therapies import library

ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@contextlib.contextmanager
def unreachable():
    """Point the connection to where no database is: the errors are those of a stopped server."""
    nowhere = {"NAME": "/nowhere/clinic.sqlite3"} if ON_SQLITE else {"HOST": "127.0.0.1", "PORT": "1"}
    connection.close()
    with mock.patch.dict(connection.settings_dict, nowhere):
        yield
    connection.close()


def cold():
    """A process that has just started and holds no library."""
    return mock.patch.object(library, "_held", None)


@contextlib.contextmanager
def read_only():
    statement = "PRAGMA query_only = {}" if ON_SQLITE else "SET default_transaction_read_only = {}"
    with connection.cursor() as cursor:
        cursor.execute(statement.format("on"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(statement.format("off"))


@contextlib.contextmanager
def locked():
    """Another process writes and does not end. We give up sooner than the site does, to be done sooner."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    yield
    other.execute("ROLLBACK")
    other.close()
    connection.close()


class DatabaseDownTests(TransactionTestCase):
    def setUp(self):
        make_clinic()
        factories.condition(slug="knee", title="Worn knee", live=True)
        factories.treatment(slug="rest", title="Rest", live=True)
        self.warm = library.current()
        journey.fill(self.client, where={"condition": "knee"}, more={"message": "Stairs hurt"})
        self.sealed = journey.sealed_in(self.client.get(CHECK))

    def send(self, sealed=None):
        return journey.send(self.client, sealed or self.sealed)

    def assert_told_and_kept(self, page):
        self.assertEqual((page.status_code, page["Retry-After"]), (503, "120"))
        self.assertIn("no-store", page["Cache-Control"])
        kept = ["Ana Example", "ana@example.org", "Stairs hurt", "(202) 555-0100", "csrfmiddlewaretoken"]
        said = (
            "We could not send your request. Nothing was saved. Press Send again in a minute, or call (202) 555-0100."
        )
        for words in [said, *kept]:
            self.assertContains(page, words, status_code=503)
        self.assertEqual(page.content.decode().count(" checked"), len(CONSENTS))

    def assert_one_more_press_sends(self, page):
        self.assertFalse(Inquiry.objects.exists() or OutboxEmail.objects.exists())
        self.assertEqual(self.send(journey.sealed_in(page)).status_code, 303)
        self.assertEqual((Inquiry.objects.count(), OutboxEmail.objects.count()), (1, 1))

    def test_at_send(self):
        with unreachable():
            page = self.send()
        self.assert_told_and_kept(page)
        self.assert_one_more_press_sends(page)

    def test_at_send_of_a_process_that_never_saw_the_database(self):
        with unreachable(), cold(), override_settings(FALLBACK_PHONE="(202) 555-0100"):
            page = self.send()
        self.assert_told_and_kept(page)
        self.assert_one_more_press_sends(page)

    def test_when_it_can_only_be_read(self):
        with read_only():
            page = self.send()
        self.assert_told_and_kept(page)
        self.assert_one_more_press_sends(page)

    @unittest.skipUnless(ON_SQLITE, "PostgreSQL has no lock on the whole database")
    def test_when_it_is_locked(self):
        with locked():
            page = self.send()
        self.assert_told_and_kept(page)
        self.assert_one_more_press_sends(page)

    def test_on_the_way_the_page_keeps_what_was_typed(self):
        with unreachable():
            page = self.client.post(address("contact"), ANSWERS["contact"])
        self.assertEqual((page.status_code, page["Retry-After"]), (503, "120"))
        for words in ("Nothing you typed on this page is lost", 'value="Ana Example"', "(202) 555-0100"):
            self.assertContains(page, words, status_code=503)
        self.assertEqual(self.client.post(address("contact"), ANSWERS["contact"]).status_code, 303)

    def test_on_the_way_one_that_can_only_be_read_is_told_from_a_session_that_is_gone(self):
        with read_only():
            page = self.client.post(address("contact"), ANSWERS["contact"])
            left = self.client.post("/consultation/leave/")
        self.assertContains(page, "Nothing you typed on this page is lost", status_code=503)
        self.assertContains(page, 'value="Ana Example"', status_code=503)
        self.assertEqual(left.status_code, 303)

    def test_advice_shown_while_nothing_could_be_written_is_advice_that_was_shown(self):
        journey.fill(self.client, until="advice", safety={"safety": ["rf-limb-circulation"]})
        with read_only():
            self.assertContains(self.client.get(ADVICE), "Get help now")
        self.client.post(ADVICE)
        for key in ("pain", "more", "contact"):
            self.client.post(address(key), ANSWERS[key])
        self.assertEqual(journey.send(self.client).status_code, 303)
        self.assertIsNotNone(Inquiry.objects.get().safety_advice_shown_at)

    def test_a_page_that_needs_its_draft_says_to_load_it_again(self):
        for url in (address("pain"), CHECK, "/consultation/advice/"):
            with unreachable():
                page = self.client.get(url)
            self.assertContains(page, "(202) 555-0100", status_code=503)
            self.assertEqual(page["Retry-After"], "120")

    def test_who_leaves_still_gets_away(self):
        with unreachable():
            self.assertEqual(self.client.post("/consultation/leave/").status_code, 303)

    def test_the_start_page_still_opens(self):
        with unreachable():
            page = self.client.get("/consultation/")
            self.assertEqual(self.client.get("/consultation/?condition=knee").status_code, 302)
        self.assertContains(page, "(202) 555-0100")

    def test_it_opens_even_if_this_process_never_saw_the_database(self):
        with unreachable(), cold(), override_settings(FALLBACK_EMERGENCY_NUMBER="911"):
            page = self.client.get("/consultation/")
        self.assertContains(page, "tel:911")

    def test_the_confirmation_says_to_load_it_again(self):
        url = reverse("inquiries:sent", args=[token_of(factories.inquiry())])
        with unreachable():
            page = self.client.get(url)
        self.assertContains(page, "We cannot look up your request right now", status_code=503)
        self.assertEqual(page["Retry-After"], "120")
        self.assertEqual(page["Referrer-Policy"], "no-referrer")

    def test_the_page_of_a_request_says_to_load_it_again(self):
        token = token_of(factories.inquiry())
        for url in (f"/request/{token}/", f"/request/{token}/information/", "/request/find/"):
            with unreachable():
                page = self.client.post(url, {"text": "x", "reference": "RM-ABCD-2345", "proof": "a@example.org"})
                opened = self.client.get(url)
            self.assertIn(page.status_code, {405, 503}, url)
            self.assertIn(opened.status_code, {200, 503}, url)

    def test_a_missing_security_token_still_keeps_the_answers(self):
        self.client = self.client_class(enforce_csrf_checks=True)
        with unreachable():
            page = self.client.post(address("contact"), ANSWERS["contact"])
            check = self.client.post(CHECK, {"sealed": self.sealed, **CONSENTS})
        self.assertContains(page, 'value="Ana Example"', status_code=403)
        self.assertContains(check, "Stairs hurt", status_code=403)

    def test_an_error_of_ours_is_not_called_a_database_that_is_down(self):
        self.client.raise_request_exception = False
        with mock.patch("inquiries.views.check.intake.submit", side_effect=ValueError):
            self.assertEqual(self.send().status_code, 500)
