"""What an upgrade makes of requests from before the triage desk."""

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.test import TestCase
from django.utils import timezone

from inquiries.models import Inquiry
from tests import factories

hasten = import_module("inquiries.migrations.0009_urgent_of_earlier_requests").hasten
PROMISED = timedelta(days=2)


class EarlierRequestTests(TestCase):
    def earlier(self, level, **fields):
        """As an upgrade left it: due by what was promised, and never ranked."""
        inquiry = factories.inquiry()
        left = {"priority_level": level, "ruleset": "", "due_at": inquiry.created_at + PROMISED}
        Inquiry.objects.filter(pk=inquiry.pk).update(**{**left, **fields})
        return inquiry

    def hastened(self, inquiry):
        """How many minutes after it came it is due now."""
        hasten(apps, None)
        inquiry.refresh_from_db()
        return (inquiry.due_at - inquiry.created_at) // timedelta(minutes=1)

    def test_an_urgent_one_is_due_as_urgent_ones_are_and_a_routine_one_as_promised(self):
        found = [self.hastened(self.earlier(level)) for level in (0, 1, 3)]
        self.assertEqual(found, [30, 120, 2 * 24 * 60])

    def test_what_was_answered_or_ranked_since_keeps_its_time(self):
        for fields in ({"first_contact_at": timezone.now()}, {"ruleset": "2026-1"}):
            self.assertEqual(self.hastened(self.earlier(0, **fields)), 2 * 24 * 60)

    def test_nothing_is_put_off(self):
        soon = timezone.now() + timedelta(minutes=5)
        self.assertLess(self.hastened(self.earlier(1, due_at=soon)), 10)
