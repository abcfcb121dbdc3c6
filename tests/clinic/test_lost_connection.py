"""A connection that died: one kind of error, whatever the driver calls it."""

from unittest.mock import Mock

from django import test
from django.db import DatabaseError, IntegrityError, OperationalError, connection

from clinic.lost_connection import say_it_is_down, watch


class LostConnectionTests(test.SimpleTestCase):
    def test_a_server_that_went_without_a_last_word_is_a_database_that_is_down(self):
        with self.assertRaises(OperationalError):
            say_it_is_down(Mock(side_effect=DatabaseError("no message from the libpq")), "SELECT 1", (), False, {})

    def test_a_statement_that_is_wrong_stays_what_it_is(self):
        with self.assertRaises(IntegrityError):
            say_it_is_down(Mock(side_effect=IntegrityError), "SELECT 1", (), False, {})

    def test_what_a_statement_gives_is_handed_on(self):
        self.assertEqual(say_it_is_down(Mock(return_value="rows"), "SELECT 1", (), False, {}), "rows")

    def test_a_connection_that_is_made_again_is_watched_once(self):
        made = Mock(vendor="postgresql", execute_wrappers=[])
        for _ in range(2):
            watch(sender=Mock, connection=made)
        self.assertEqual(made.execute_wrappers, [say_it_is_down])


class WatchedTests(test.TestCase):
    def test_connections_to_postgresql_are_watched(self):
        connection.ensure_connection()
        self.assertEqual(say_it_is_down in connection.execute_wrappers, connection.vendor == "postgresql")
