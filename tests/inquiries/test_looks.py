"""Who opened far more requests than is usual for them: counted at night from the access log, told to who leads the desk."""

import datetime
from unittest import mock, skipUnless
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import OperationalError, connection, transaction
from django.test import SimpleTestCase
from django.test.utils import CaptureQueriesContext

from clinic import staff_session
from clinic.models import OpeningHours
from inquiries import looks
from inquiries.day_figures import Span
from inquiries.looks import OPENED, UNUSUAL, WHILE_CLOSED, Limit
from inquiries.models import AccessLog, DailyFigures, Inquiry
from inquiries.services import access, figures
from tests import factories
from tests.inquiries.test_figures import DAY, MONDAY, FiguresCase, at
from therapies import library

LOW = {OPENED: Limit(2, 3, 9), WHILE_CLOSED: Limit(1, 2, 4)}


class RuleTests(SimpleTestCase):
    def test_three_times_what_is_usual_is_nothing_yet_and_one_more_is(self):
        self.assertEqual([looks.is_unusual(OPENED, count, 10) for count in (30, 31)], [False, True])

    def test_small_numbers_are_never_told(self):
        self.assertEqual([looks.is_unusual(OPENED, count, 0) for count in (20, 21)], [False, True])
        self.assertEqual([looks.is_unusual(WHILE_CLOSED, count, 0) for count in (5, 6)], [False, True])

    def test_of_who_is_new_more_than_a_fixed_number_is_told(self):
        self.assertEqual([looks.is_unusual(OPENED, count, None) for count in (60, 61)], [False, True])
        self.assertEqual([looks.is_unusual(WHILE_CLOSED, count, None) for count in (10, 11)], [False, True])

    def test_what_grew_slowly_is_told_at_last(self):
        self.assertEqual([looks.is_unusual(OPENED, count, 150) for count in (200, 201)], [False, True])


class LooksCase(FiguresCase):
    def opened(self, moment, *inquiries, action="view", staff=None):
        for inquiry in inquiries:
            AccessLog.objects.create(staff=staff or self.nurse, action=action, inquiry=inquiry, at=moment)

    def requests(self, number):
        return [factories.inquiry() for _ in range(number)]

    def looks(self, day=MONDAY):
        with mock.patch.dict(looks.LIMITS, LOW):
            found = list(looks.looks_of(Span(day, library.current().clinic.calendar)))
        return {(figure.name, figure.group): (figure.count, figure.value) for figure in found}

    def before(self, name, *counts, group=None):
        for days, count in enumerate(counts, 1):
            day, group = MONDAY - days * DAY, group or str(self.nurse.pk)
            DailyFigures.objects.create(date=day, name=name, group=group, count=count)


class CountTests(LooksCase):
    def test_a_request_counts_once_a_day_for_who_opened_it(self):
        one, other = self.requests(2)
        colleague = factories.staff("colleague")
        self.opened(at(23, 9), one, one, other)
        self.opened(at(23, 10), one, staff=colleague)
        self.opened(at(24, 9), one)
        own, theirs = str(self.nurse.pk), str(colleague.pk)
        self.assertEqual(self.looks(), {(OPENED, own): (2, None), (OPENED, theirs): (1, None)})

    def test_a_list_a_search_and_a_print_are_no_page_that_was_opened(self):
        access.looked(self.nurse, AccessLog.Action.VIEW, detail="list")
        self.opened(at(23, 9), None)
        self.opened(at(23, 9), *self.requests(1), action="print")
        self.assertEqual(self.looks(), {})

    def test_a_night_a_weekend_and_a_holiday_are_while_the_clinic_is_closed(self):
        (one,) = self.requests(1)
        for day, hour, is_closed in ((23, 9, False), (24, 20, True), (21, 9, True), (26, 9, True)):
            self.opened(at(day, hour), one)
            day = datetime.date(2026, 11, day)
            self.assertEqual((WHILE_CLOSED, str(self.nurse.pk)) in self.looks(day), is_closed, day)

    def test_a_clinic_without_hours_is_never_closed(self):
        OpeningHours.objects.all().delete()
        self.opened(at(23, 3), *self.requests(1))
        self.assertEqual(self.looks(), {(OPENED, str(self.nurse.pk)): (1, None)})

    def test_what_is_usual_is_the_median_of_their_own_days_of_four_weeks(self):
        own = str(self.nurse.pk)
        self.before(OPENED, 1, 1, 1, 9, 9)
        self.before(OPENED, *[9] * 27, group="0")  # somebody else
        DailyFigures.objects.create(date=MONDAY - 29 * DAY, name=OPENED, group=own, count=9)
        DailyFigures.objects.create(date=MONDAY - 30 * DAY, name=OPENED, group=own, count=9)
        self.opened(at(23, 9), *self.requests(4))
        self.assertEqual(self.looks()[UNUSUAL[OPENED], own], (4, 1))

    def test_nothing_is_usual_before_five_days(self):
        own = str(self.nurse.pk)
        self.before(OPENED, 1, 1, 1, 1)
        self.opened(at(23, 9), *self.requests(3))
        self.assertNotIn((UNUSUAL[OPENED], own), self.looks())  # three are not too many of who is new
        self.opened(at(23, 9), *self.requests(1))
        self.assertEqual(self.looks()[UNUSUAL[OPENED], own], (4, None))

    def test_days_on_which_they_opened_none_while_closed_are_usual_too(self):
        own = str(self.nurse.pk)
        self.before(OPENED, 4, 4, 4, 4, 4)
        self.before(WHILE_CLOSED, 4)
        self.opened(at(23, 20), *self.requests(2))
        self.assertEqual(
            self.looks(),
            {
                (OPENED, own): (2, None),
                (WHILE_CLOSED, own): (2, None),
                (UNUSUAL[WHILE_CLOSED], own): (2, 0),
            },
        )

    def test_the_night_keeps_them_and_tells_those_of_the_time_newest_first(self):
        self.opened(at(20, 9), *self.requests(4))
        self.opened(at(23, 20), *Inquiry.objects.all())
        with mock.patch.dict(looks.LIMITS, LOW):
            figures.roll_up(MONDAY - 3 * DAY, MONDAY)
        found = [(look.day.day, look.count, look.is_while_closed) for look in looks.unusual(7)]
        self.assertEqual(found, [(23, 4, False), (23, 4, True), (20, 4, False)])
        self.assertEqual({look.day.day for look in looks.unusual(3)}, {23})

    @skipUnless(connection.vendor == "postgresql", "SQLite lets one write at a time anyhow")
    def test_one_count_waits_for_another(self):
        other = connection.copy()
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [figures.COUNTING])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20ms'")
        with self.assertRaises(OperationalError), transaction.atomic():
            figures.roll_up(MONDAY, MONDAY)


class ToldTests(LooksCase):
    def person(self, role):
        person = factories.staff(role.partition(" ")[0].lower())
        person.groups.set(Group.objects.filter(name=role))
        return person

    def told(self, *rows):
        """As counted for the last day."""
        for number, (name, count, usual) in enumerate(rows):
            day = MONDAY - number * DAY
            DailyFigures.objects.create(date=day, name=name, group=str(self.nurse.pk), count=count, value=usual)
        for name, group in (("received", ""), (DailyFigures.COUNTED, uuid4().hex)):
            DailyFigures.objects.create(date=MONDAY, name=name, group=group)

    def home(self, person):
        self.client.force_login(person)
        return self.client.get("/admin/")

    def test_those_who_lead_and_those_who_may_read_the_log_are_told_and_nobody_else(self):
        self.told((UNUSUAL[OPENED], 90, 12))
        for role, is_told in (
            *((role, True) for role in ("Manager", "Privacy officer", "Auditor")),
            *((role, False) for role in ("Front desk", "Triage nurse", "Clinician")),
        ):
            with self.subTest(role):
                page = self.home(self.person(role))
                self.assertEqual("Who opened more requests than usual" in page.content.decode(), is_told)
                self.assertEqual(b"<td>90</td>" in page.content, is_told)

    def test_says_how_many_and_what_is_usual_and_accuses_nobody(self):
        self.told((UNUSUAL[OPENED], 90, 12), (UNUSUAL[WHILE_CLOSED], 11, 0), (UNUSUAL[OPENED], 61, None))
        page = self.home(self.person("Manager"))
        for words in (
            "<td>nurse</td><td>90</td><td>about 12</td>",
            "<td>11 while the clinic was closed</td><td>none</td>",
            "<td>61</td><td>not known yet</td>",
            "ask before you conclude anything",
        ):
            self.assertContains(page, words)

    def test_leads_to_the_log_of_the_colleague_for_who_may_read_it(self):
        self.told((UNUSUAL[OPENED], 90, 12))
        page = self.home(self.person("Auditor"))
        address = f"/admin/inquiries/accesslog/?staff__id__exact={self.nurse.pk}"
        self.assertContains(page, f'<a href="{address}">nurse</a>')
        self.assertEqual(self.client.get(address).status_code, 200)

    def test_says_so_when_there_is_nothing(self):
        self.told()
        self.assertContains(self.home(self.person("Manager")), "Nobody did in these days.")

    def test_costs_the_same_for_one_and_for_many(self):
        self.told((UNUSUAL[OPENED], 90, 12))
        manager = self.person("Manager")
        with mock.patch.object(staff_session, "SEEN_EVERY", 10**9):
            self.home(manager)
            DailyFigures.objects.filter(name=DailyFigures.COUNTED).update(group=uuid4().hex)
            with CaptureQueriesContext(connection) as one:
                self.client.get("/admin/")
            for number in range(5):
                group = str(factories.staff(f"colleague-{number}").pk)
                DailyFigures.objects.create(date=MONDAY, name=UNUSUAL[OPENED], group=group, count=70)
            DailyFigures.objects.filter(name=DailyFigures.COUNTED).update(group=uuid4().hex)
            with self.assertNumQueries(len(one)):
                page = self.client.get("/admin/")
        self.assertEqual(len(page.context["desk"]["looks"]), 6)
