"""Who keeps a page is reminded of its review: once before, then weekly until it is done."""

import datetime
import io
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic import upkeep
from clinic.models import ClinicProfile, OutboxEmail
from clinic.outbox import NoLongerOwed, renderer
from tests import factories
from therapies import publishing, reminders, review_cycle
from therapies.models import Page

MONDAY = datetime.datetime(2026, 3, 2, 15, tzinfo=datetime.UTC)
TODAY = MONDAY.date()
DAY = datetime.timedelta(days=1)


def due(page, day):
    Page.objects.filter(pk=page.pk).update(next_review_due=day)
    return page


class ReviewCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="Example Clinic", time_zone="America/New_York", is_demo=False)
        cls.approver = factories.clinician()
        cls.owner = factories.staff("owner", email="owner@example.org")
        cls.editor = factories.staff("editor", email="editor@example.org")
        cls.other = factories.staff("other", email="other@example.org")
        for person in (cls.editor, cls.other):
            person.groups.set(Group.objects.filter(name="Editor"))
        factories.staff("chief", is_superuser=True, email="chief@example.org")
        cls.author = factories.staff("author", email="author@example.org")
        cls.author.groups.set(Group.objects.filter(name="Content author"))
        cls.page = cls.approved("knee", "Worn knee", owner=cls.owner)

    @classmethod
    def approved(cls, slug, title="Example", owner=None):
        page = factories.condition(slug=slug, title=title)
        factories.publish(page, approved_by=cls.approver)
        Page.objects.filter(pk=page.pk).update(owner=owner)
        return page

    def remind(self, now=MONDAY):
        """Owe what is to be owed; the recipients of what is new."""
        before = set(OutboxEmail.objects.values_list("pk", flat=True))
        self.said = reminders.owe_reminders(now)
        return sorted(email.recipient for email in OutboxEmail.objects.exclude(pk__in=before))


class CycleTests(ReviewCase):
    def test_due_today_is_overdue_and_60_days_ahead_is_soon(self):
        for days, kind in {-400: "over", -1: "over", 0: "over", 1: "soon", 60: "soon", 61: ""}.items():
            with self.subTest(days):
                due(self.page, TODAY + days * DAY)
                found = ["over"] * review_cycle.overdue(TODAY).count() + ["soon"] * review_cycle.due_soon(TODAY).count()
                self.assertEqual(found, [kind] if kind else [])

    def test_only_pages_that_are_live_with_an_approval_are_due(self):
        due(factories.condition(slug="draft"), TODAY)
        due(factories.condition(slug="demo", live=True), TODAY)
        due(self.page, TODAY)
        self.assertEqual(list(review_cycle.overdue(TODAY)), [Page.objects.get(slug="knee")])
        publishing.withdraw(self.page, actor=factories.staff())
        self.assertEqual(list(review_cycle.overdue(TODAY)), [])

    def test_the_oldest_comes_first(self):
        due(self.page, TODAY)
        due(self.approved("hip"), TODAY - 9 * DAY)
        self.assertEqual([page.slug for page in review_cycle.overdue(TODAY)], ["hip", "knee"])


class WhenTests(ReviewCase):
    def test_what_is_due_is_repeated_every_week_until_it_is_done(self):
        due(self.page, TODAY)
        self.assertEqual(self.remind(), ["owner@example.org"])
        for days in range(1, 7):
            self.assertEqual(self.remind(MONDAY + days * DAY), [])
        self.assertEqual(self.remind(MONDAY + 7 * DAY), ["owner@example.org"])
        due(self.page, TODAY + 365 * DAY)
        self.assertEqual(self.remind(MONDAY + 14 * DAY), [])

    def test_what_is_due_soon_is_said_once(self):
        due(self.page, TODAY + 60 * DAY)
        self.assertEqual(self.remind(), ["owner@example.org"])
        for weeks in range(1, 9):
            self.assertEqual(self.remind(MONDAY + weeks * 7 * DAY), [])
        self.assertEqual(self.remind(MONDAY + 60 * DAY), ["owner@example.org"])

    def test_a_week_begins_on_the_weekday_it_was_due(self):
        due(self.page, TODAY - DAY)
        self.assertEqual(self.remind(MONDAY - DAY), ["owner@example.org"])
        self.assertEqual(self.remind(MONDAY), [])
        self.assertEqual(self.remind(MONDAY + 6 * DAY), ["owner@example.org"])

    def test_the_day_is_the_clinics(self):
        due(self.page, TODAY - 7 * DAY)
        sunday_night = datetime.datetime(2026, 3, 2, 3, 30, tzinfo=datetime.UTC)  # 22:30 on Sunday in New York
        self.remind(sunday_night)
        self.assertEqual(self.remind(sunday_night + datetime.timedelta(hours=1)), [])
        self.assertEqual(self.remind(sunday_night + datetime.timedelta(hours=2)), ["owner@example.org"])

    def test_what_is_due_once_more_is_reminded_of_once_more(self):
        for day in (TODAY - 365 * DAY, TODAY):
            due(self.page, day)
            self.assertEqual(self.remind(datetime.datetime.combine(day, MONDAY.timetz())), ["owner@example.org"])

    def test_a_page_without_a_date_is_not_due(self):
        due(self.page, None)
        self.assertEqual(self.remind(), [])


class WhoTests(ReviewCase):
    def test_a_page_without_owner_is_everybodys_who_edits(self):
        due(self.approved("hip"), TODAY)
        self.assertEqual(self.remind(), ["editor@example.org", "other@example.org"])

    def test_an_owner_who_left_or_has_no_address_is_replaced_by_the_editors(self):
        due(self.page, TODAY)
        for fields in ({"is_active": False}, {"email": ""}, {"is_demo": True}):
            with self.subTest(str(fields)):
                type(self.owner).objects.filter(pk=self.owner.pk).update(
                    **{"is_active": True, "email": "owner@example.org", "is_demo": False, **fields}
                )
                OutboxEmail.objects.all().delete()
                self.assertEqual(self.remind(), ["editor@example.org", "other@example.org"])

    def test_nobody_to_remind_is_said(self):
        Group.objects.get(name="Editor").user_set.clear()
        due(self.approved("hip", "Worn hip"), TODAY)
        self.assertEqual(self.remind(), [])
        self.assertIn("Nobody to remind of Worn hip", self.said[0])

    def test_costs_the_same_for_few_pages_and_many_that_were_reminded(self):
        due(self.page, TODAY)
        self.remind()
        with CaptureQueriesContext(connection) as few:
            self.remind(MONDAY + DAY)
        for number in range(8):
            due(self.approved(f"c-{number}", owner=self.owner), TODAY - number * 7 * DAY)
        self.remind()
        with self.assertNumQueries(len(few)):
            self.remind(MONDAY + DAY)


class MessageTests(ReviewCase):
    def message(self, day):
        due(self.page, day)
        self.remind(timezone.now())
        email = OutboxEmail.objects.latest("pk")
        return renderer(email.kind)(email)

    def test_names_the_page_the_day_and_where_to_act_and_no_person(self):
        today = timezone.localdate(timezone=ZoneInfo("America/New_York"))
        message = self.message(today - DAY)
        self.assertEqual(message.subject, "Review overdue: Worn knee")
        self.assertIn(f"http://127.0.0.1:8000/admin/therapies/condition/{self.page.pk}/publishing/", message.body)
        self.assertIn("once a week until the review is recorded", message.body)
        for word in ("owner", "editor", "Example Clinician", "@"):
            self.assertNotIn(word, message.body)

    def test_says_that_it_is_to_come(self):
        today = timezone.localdate(timezone=ZoneInfo("America/New_York"))
        message = self.message(today + 30 * DAY)
        self.assertEqual(message.subject, "Review due: Worn knee")
        self.assertIn("From that day on", message.body)

    def test_a_title_with_signs_is_plain_text(self):
        Page.objects.filter(pk=self.page.pk).update(title="Knee & <hip>")
        message = self.message(timezone.localdate() - 9 * DAY)
        self.assertIn("Knee & <hip>", message.body)

    def test_is_not_sent_when_the_review_was_done_meanwhile_or_the_page_came_down(self):
        self.message(timezone.localdate() - DAY)
        email = OutboxEmail.objects.get()
        due(self.page, timezone.localdate() + 365 * DAY)
        with self.assertRaises(NoLongerOwed):
            renderer(email.kind)(email)
        due(self.page, timezone.localdate() - DAY)
        renderer(email.kind)(email)
        publishing.withdraw(self.page, actor=factories.staff())
        with self.assertRaises(NoLongerOwed):
            renderer(email.kind)(email)

    def test_one_whose_content_was_emptied_is_not_sent(self):
        self.message(timezone.localdate() - DAY)
        email = OutboxEmail.objects.get()
        email.context = None
        with self.assertRaises(NoLongerOwed):
            renderer(email.kind)(email)


class CommandTests(ReviewCase):
    def test_says_what_it_did(self):
        due(self.page, timezone.localdate() - DAY)
        for said in ("Review reminders owed: 1.\n", "Nobody needs to be reminded.\n"):
            out = io.StringIO()
            call_command("review_reminders", stdout=out)
            self.assertEqual(out.getvalue(), said)

    def test_happens_by_itself_with_the_hourly_upkeep(self):
        due(self.page, timezone.localdate() - DAY)
        self.assertIn("Review reminders owed: 1.", upkeep.keep_up(now=timezone.now()).done)
