"""Sessions are Django's; they are read and saved by one statement, and what the database says of it is passed on."""

from datetime import timedelta

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from clinic.private_pages import DATABASE_IS_DOWN
from clinic.sessions import SessionStore
from tests.inquiries.test_database_down import read_only


class InATransactionTests(TestCase):
    def stored(self, **data):
        session = SessionStore()
        session.update(data)
        session.save()
        return SessionStore(session.session_key)

    def test_is_saved_by_one_statement(self):
        session = self.stored(word="one")
        session["word"] = "two"
        with self.assertNumQueries(1):
            session.save()
        self.assertEqual(SessionStore(session.session_key)["word"], "two")

    def test_how_long_it_lasts_is_saved_too(self):
        session = self.stored(word="one")
        before = Session.objects.get().expire_date
        session.set_expiry(60)
        session.save()
        self.assertLess(Session.objects.get().expire_date, before)

    def test_one_that_is_gone_is_not_made_again(self):
        session = self.stored(word="one")
        session.load()
        Session.objects.all().delete()
        with self.assertRaises(UpdateError):
            session.save()
        self.assertFalse(Session.objects.exists())

    def test_one_that_is_over_or_unknown_is_empty_and_has_no_key(self):
        session = self.stored(word="one")
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        for key in (session.session_key, "unknown", None):
            with self.subTest(key):
                found = SessionStore(key)
                self.assertEqual((found.load(), found.session_key), ({}, None))

    def test_one_that_lasts_is_read_to_its_last_second(self):
        session = self.stored(word="one")
        Session.objects.update(expire_date=timezone.now() + timedelta(seconds=2))
        self.assertEqual(session.load(), {"word": "one"})


class OutsideTests(TransactionTestCase):
    def setUp(self):
        self.session = SessionStore()
        self.session["word"] = "one"
        self.session.save()
        self.session["word"] = "two"

    def test_is_saved_by_one_statement_outside_of_a_transaction_too(self):
        with self.assertNumQueries(1):
            self.session.save()
        self.assertEqual(SessionStore(self.session.session_key)["word"], "two")

    def test_a_database_that_cannot_write_is_no_session_that_is_gone(self):
        with read_only(), self.assertRaises(DATABASE_IS_DOWN):
            self.session.save()
        self.assertEqual(SessionStore(self.session.session_key)["word"], "one")
