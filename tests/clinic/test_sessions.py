"""Sessions are Django's; in a transaction that is open they are saved by one statement."""

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import TestCase, TransactionTestCase

from clinic.sessions import SessionStore


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


class OutsideTests(TransactionTestCase):
    def test_is_saved_as_django_does_outside_of_a_transaction(self):
        session = SessionStore()
        session["word"] = "one"
        session.save()
        session["word"] = "two"
        session.save()
        self.assertEqual(SessionStore(session.session_key)["word"], "two")
