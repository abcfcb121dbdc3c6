"""Nobody forgotten: each rule finds what breaks it and nothing else, and the list shows exactly those."""

import datetime

from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from clinic.models import ClinicProfile, OpeningHours, Staff
from inquiries import forgotten
from inquiries.models import Inquiry
from tests import factories

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


class ForgottenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="Example Clinic", time_zone="America/New_York")
        for weekday in range(7):
            OpeningHours.objects.create(weekday=weekday, opens="00:00", closes="23:59")
        cls.now = timezone.now()
        cls.today = timezone.localdate(cls.now, ClinicProfile.zone())
        cls.nurse = factories.staff("nurse", on_duty=True)
        cls.away = factories.staff("away", on_duty=False)
        cls.left = factories.staff("left", on_duty=True, is_active=False)
        cls.fine = cls.request()

    @classmethod
    def request(cls, **fields):
        """A request in good order, but for `fields`."""
        inquiry = factories.inquiry()
        good = {"due_at": cls.now + HOUR, "minutes_left": None, "next_step": "reply", "next_step_on": cls.today}
        Inquiry.objects.filter(pk=inquiry.pk).update(**{**good, "needs_call_first": False, **fields})
        return inquiry

    def owned(self, owner, **fields):
        return self.request(status="in_review", owner=owner, **fields)

    def closed(self, status, **fields):
        nothing = {"due_at": None, "next_step": "", "next_step_on": None}
        return self.request(status=status, closed_at=self.now, **nothing, **fields)

    def assert_broken(self, **rules):
        """Each of these rules is broken by these requests, and every other by none."""
        expected = {name.replace("_", "-"): {inquiry.pk for inquiry in those} for name, those in rules.items()}
        found = {
            name: set(rule.broken_by(self.now).values_list("pk", flat=True)) for name, rule in forgotten.RULES.items()
        }
        self.assertEqual({name: those for name, those in found.items() if those}, expected)
        self.assertEqual(forgotten.broken(self.now), {name: len(those) for name, those in expected.items()})

    def test_what_is_in_order_breaks_no_rule(self):
        self.owned(self.nurse)
        self.request(status="awaiting_patient", owner=self.nurse, due_at=None, minutes_left=60)
        self.closed("booked", patient_told="yes")
        self.assert_broken()

    def test_no_next_step_and_one_long_past(self):
        late = self.request(next_step_on=self.today - 8 * DAY)
        self.request(next_step_on=self.today - 7 * DAY)
        self.assert_broken(no_step=[self.request(next_step="", next_step_on=None)], step_long_past=[late])

    def test_an_owner_who_has_left_and_one_off_duty_once_it_is_due(self):
        self.owned(self.away)
        due = self.owned(self.away, due_at=self.now - HOUR)
        paused = self.request(
            status="awaiting_patient", owner=self.away, due_at=None, minutes_left=1, next_step_on=self.today - DAY
        )
        self.assert_broken(owner_left=[self.owned(self.left)], owner_away=[due, paused])

    def test_an_emergency_sign_without_a_call_once_the_call_is_late(self):
        self.request(needs_call_first=True)
        late = self.request(needs_call_first=True, due_at=self.now - HOUR)
        self.assert_broken(not_called=[late])

    def test_a_clock_that_stands_though_we_wait_for_nobody(self):
        self.assert_broken(no_clock=[self.request(due_at=None)])

    def test_closed_without_a_word_to_the_patient(self):
        self.closed("spam")
        self.closed("withdrawn")
        self.assert_broken(not_told=[self.closed("declined"), self.closed("booked")])

    def test_fewer_than_two_people_get_the_alerts(self):
        alerts = {"on_duty": True, "receives_alerts": True, "email": "staff@example.com"}
        Staff.objects.filter(pk=self.nurse.pk).update(**alerts)
        factories.staff(**{**alerts, "email": ""})
        factories.staff(**{**alerts, "on_duty": False})
        factories.staff(**alerts, is_active=False)
        self.assertEqual(forgotten.alerted(), 1)

    def test_the_list_shows_exactly_what_breaks_a_rule(self):
        self.nurse.groups.add(Group.objects.get(name="Triage nurse"))
        self.client.force_login(self.nurse)
        late = [self.request(next_step_on=self.today - 9 * DAY) for _ in range(2)]
        for name, those in {"step-long-past": late, "not-told": [self.closed("declined")]}.items():
            page = self.client.get(f"/admin/inquiries/inquiry/?check={name}")
            self.assertEqual({row.pk for row in page.context["cl"].result_list}, {inquiry.pk for inquiry in those})
            self.assertContains(page, forgotten.RULES[name].words)

    def test_no_rule_looks_at_all_requests(self):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")  # as if the table were large
        for name, rule in forgotten.RULES.items():
            with self.subTest(name):
                self.assertNotRegex(rule.broken_by(self.now).explain(), r"Seq Scan|\bSCAN (?!.*USING)")
