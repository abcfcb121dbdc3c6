"""A kept connection to PostgreSQL: used without asking while it is silent, made anew when its server has ended it."""

import unittest

from django import test
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from clinic.models import Staff


def ended(connection) -> None:
    """Let the server end this connection, as a restart of it would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    finally:
        other.close()


@unittest.skipUnless(connection.vendor == "postgresql", "SQLite is a file: nobody ends a connection to it.")
class KeptConnectionTests(test.TransactionTestCase):
    def setUp(self):
        self.own = connections.create_connection("default")
        self.addCleanup(self.own.close)
        self.own.settings_dict = {**self.own.settings_dict, "CONN_HEALTH_CHECKS": True}

    def next_request(self):
        self.own.close_if_unusable_or_obsolete()
        with self.own.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM clinic_staff")
            return cursor.fetchone()

    def test_a_silent_one_is_used_without_asking(self):
        self.next_request()
        self.own.is_usable = lambda: self.fail("It was asked.")
        self.assertEqual(self.next_request(), (Staff.objects.count(),))

    def test_one_that_the_server_ended_is_made_anew(self):
        self.next_request()
        ended(self.own)
        self.assertEqual(self.next_request(), (Staff.objects.count(),))

    def test_one_that_is_closed_is_made_anew(self):
        self.next_request()
        self.own.connection.close()
        self.assertEqual(self.next_request(), (Staff.objects.count(),))

    def test_one_that_failed_is_asked_as_django_does(self):
        self.next_request()
        self.own.errors_occurred = True
        asked = []
        self.own.is_usable = lambda: asked.append(True) or True
        self.next_request()
        self.assertEqual(asked, [True])

    def test_it_is_looked_at_once_for_a_request(self):
        self.next_request()
        with CaptureQueriesContext(self.own) as captured:
            self.next_request()
        self.assertEqual(len(captured), 1)
        self.assertTrue(self.own.health_check_done)
