"""The dashboard of the desk on the admin home: tiles that lead to the rows they count, what to answer next, figures."""

import datetime
import re
from dataclasses import replace
from unittest import mock
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic import staff_session
from clinic.admin import desk
from clinic.models import ClinicProfile, OpeningHours, OutboxEmail
from inquiries import queues
from inquiries.models import DailyCounter, DailyFigures, Inquiry, SavedReply
from inquiries.services.figures import roll_up
from tests import factories
from therapies import library

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
DESK = ("Front desk", "Triage nurse", "Clinician", "Manager", "Privacy officer", "Auditor")


class DashboardCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="Example Clinic", phone="(202) 555-0100", time_zone="America/New_York")
        for weekday in range(7):
            OpeningHours.objects.create(weekday=weekday, opens="00:00", closes="23:59")
        cls.nurse = cls.person("Triage nurse", username="nurse", on_duty=True)

    @classmethod
    def person(cls, role, **fields):
        person = factories.staff(**fields)
        person.groups.set(Group.objects.filter(name=role))
        return person

    def request(self, **fields):
        inquiry = factories.inquiry()
        now = timezone.now()
        good = {"due_at": now + 5 * DAY, "next_step": "reply", "next_step_on": now.date(), "needs_call_first": False}
        Inquiry.objects.filter(pk=inquiry.pk).update(**{**good, "minutes_left": None, **fields})
        inquiry.refresh_from_db()
        return inquiry

    def desk(self, person=None, query=""):
        self.client.force_login(person or self.nurse)
        self.page = self.client.get(f"/admin/{query}")
        return self.page.context["desk"]

    def figures(self, query=""):
        """What the figures are drawn from, as it is drawn for the first time."""
        DailyFigures.objects.filter(name=DailyFigures.COUNTED).update(group=uuid4().hex)
        self.desk(query=query)
        return self.page.context["figures"]


class TileTests(DashboardCase):
    def a_bit_of_everything(self):
        now = timezone.now()
        self.request(needs_call_first=True, due_at=now - HOUR)
        self.request(due_at=now - DAY, status="in_review", owner=self.nurse)
        self.request(due_at=queues.day_of(now)[1] - datetime.timedelta(microseconds=1))
        self.request(is_suspect=True)
        self.request(has_unseen_update=True)
        closed = {"due_at": None, "next_step": "", "next_step_on": None, "patient_told": "yes"}
        self.request(status="declined", closed_at=now, **closed)
        failed = self.request()
        OutboxEmail.objects.filter(about_id=failed.public_id).update(state="failed")

    def test_each_counts_exactly_the_rows_it_leads_to(self):
        self.a_bit_of_everything()
        for tile in self.desk()["tiles"]:
            with self.subTest(tile.label):
                rows = self.client.get(tile.url).context["cl"].result_list
                queue = queues.QUEUES[tile.url.partition("queue=")[2]].rows(timezone.now(), self.nurse)
                self.assertEqual({row.pk for row in rows}, set(queue.values_list("pk", flat=True)))
                self.assertEqual(tile.count, str(len(rows)))
                self.assertGreater(len(rows), 0)

    def test_a_count_stops_at_the_cap(self):
        for _ in range(3):
            self.request()
        with mock.patch.object(queues, "CAP", 2):
            counts = {tile.label: tile.count for tile in self.desk()["tiles"]}
        self.assertEqual(counts["Nobody has taken it"], "2+")

    def test_what_presses_is_drawn_so(self):
        self.request(due_at=timezone.now() - HOUR)
        tones = {tile.label: tile.tone for tile in self.desk()["tiles"]}
        self.assertEqual((tones["Overdue"], tones["Mine"]), ("pressing", "none"))

    def test_what_breaks_a_rule_is_said_with_a_link_to_it(self):
        self.request()
        late = self.request(next_step_on=timezone.now().date() - 9 * DAY)
        (rule,) = self.desk()["broken"]
        self.assertEqual((rule.count, rule.label), ("1", "Next step more than a week past"))
        self.assertEqual([row.pk for row in self.client.get(rule.url).context["cl"].result_list], [late.pk])

    def test_says_when_fewer_than_two_people_get_alerts(self):
        self.assertEqual(self.desk()["alerted"], 0)
        self.assertContains(self.page, "Nobody on duty gets alerts by e-mail. At least two should.")
        for _ in range(2):
            factories.staff(on_duty=True, receives_alerts=True, email="staff@example.com")
        self.assertNotIn("alerted", self.desk())


class AnswerNextTests(DashboardCase):
    def test_is_the_queue_in_its_order_and_no_longer_than_a_glance(self):
        now = timezone.now()
        for hours in range(1, 10):
            self.request(due_at=now + hours * HOUR)
        flagged = self.request(due_at=now + 9 * DAY, needs_call_first=True)
        found = [row.reference for row in self.desk()["next"]]
        queue = queues.QUEUES["needs-action"].rows(now, self.nurse)
        self.assertEqual(found, [inquiry.reference for inquiry in queue[:8]])
        self.assertEqual(found[0], flagged.reference)

    def test_says_nothing_about_the_person(self):
        inquiry = self.request()
        self.desk()
        self.assertContains(self.page, inquiry.reference)
        for word in ("Ana", "ana@example.org", "555-0123"):
            self.assertNotContains(self.page, word)

    def test_shows_the_priority_that_a_person_set(self):
        self.request(
            priority_level=3, override_level=1, override_by=self.nurse, override_at=timezone.now(), owner=self.nurse
        )
        (row,) = self.desk()["next"]
        self.assertEqual((row.priority, row.owner), ("Urgent", "nurse"))

    def test_says_in_open_time_when_a_reply_is_due_and_how_late_it_is(self):
        hours = tuple((day, datetime.time(8), datetime.time(17)) for day in range(5))
        clinic = replace(library.current().clinic, hours=hours)
        calendar = clinic.calendar
        now = datetime.datetime(2026, 11, 24, 15, 30, tzinfo=calendar.zone)
        words = [
            desk.due_in_words(clinic, calendar, now.replace(day=day, hour=hour), now)
            for day, hour in ((24, 16), (24, 14), (23, 16), (20, 9), (25, 17))
        ]
        self.assertEqual(
            words,
            [
                ("in 1 h", "warn"),
                ("1 h late", "late"),
                ("8 h late", "late"),
                ("4 days late", "late"),
                ("Wednesday 25 November, 5:30 pm", ""),
            ],
        )

    def test_says_when_nothing_waits(self):
        self.desk()
        self.assertContains(self.page, "Nothing waits for an answer.")


class FiguresTests(DashboardCase):
    def counted(self):
        yesterday = timezone.localdate(timezone=ClinicProfile.zone()) - DAY
        inquiry = self.request(created_at=timezone.now() - DAY)
        roll_up(yesterday, yesterday)
        return inquiry

    def test_says_when_nothing_was_counted_yet(self):
        self.desk()
        self.assertContains(self.page, "No day has been counted yet.")

    def test_says_as_of_when_and_draws_without_script_or_style(self):
        self.counted()
        self.desk()
        yesterday = timezone.localdate(timezone=ClinicProfile.zone()) - DAY
        self.assertContains(self.page, f"As of the end of {yesterday:%A} {yesterday.day} {yesterday:%B}, 30 days.")
        own = re.search(r'<div class="desk">.*?</section>\s*</div>\s*\n', self.page.content.decode(), re.DOTALL)[0]
        self.assertNotIn("style=", own)
        self.assertNotIn("<script", own)
        self.assertEqual(own.count('role="img" aria-label="'), 3)
        self.assertGreaterEqual(own.count('aria-hidden="true" focusable="false"'), 8)

    def test_the_time_is_chosen_by_address_and_only_from_three(self):
        self.counted()
        for query, days in (("?days=7", 7), ("?days=90", 90), ("?days=8", 30), ("?days=x", 30), ("", 30)):
            with self.subTest(query):
                self.assertEqual(self.figures(query=query)["report"].days, days)

    def test_fewer_than_five_are_not_told(self):
        self.counted()
        figures = self.figures()
        for name in ("hours", "declined", "elsewhere", "compared"):
            self.assertEqual(figures[name], ())
        self.assertEqual((figures["letters"], [half for _, _, half, _ in figures["updates"]]), ([], ["", ""]))
        self.assertEqual((figures["times"], figures["conditions"], figures["outcomes"]), (("", ""), (), ()))
        self.assertEqual({count for _, contacts, *_ in figures["levels"] for count in [contacts]}, {"0"})

    def test_a_saved_reply_that_is_mostly_rewritten_is_marked(self):
        self.counted()
        day = DailyFigures.objects.get(name="received").date
        for number, step in enumerate(("000", "100")):
            saved = SavedReply.objects.create(title=f"Reply {number}", body="Text")
            DailyFigures.objects.create(
                date=day, name="letter_changed_within", group=f"{saved.pk}:{step}", count=6 - number
            )
        self.assertEqual([half for _, half in self.figures()["letters"]], ["nothing", "more than 50 %"])
        self.assertContains(self.page, "Reply 1 <span")
        self.assertNotContains(self.page, "Reply 0 <span")

    def test_of_fewer_than_five_steps_of_the_form_no_bar_is_drawn(self):
        self.counted()
        day = DailyFigures.objects.get(name="received").date
        for name, value in (("form started", 12), ("form page who", 4)):
            DailyCounter.objects.create(date=day, name=name, value=value)
        steps = [(bar.width, often) for _, bar, often in self.figures()["form_steps"]]
        self.assertEqual(steps[:3], [("100.00%", "about 10"), ("0.00%", "fewer than 5"), ("0.00%", "0")])

    def test_the_longest_wait_for_a_call_is_told_of_five_or_more(self):
        self.counted()
        day = DailyFigures.objects.get(name="received").date
        for name in ("emergency_call", "emergency_call_longest"):
            DailyFigures.objects.create(date=day, name=name, count=4, value=95)
        self.assertEqual(self.figures()["longest_to_call"], "")
        DailyFigures.objects.filter(name="emergency_call").update(count=5)
        self.assertEqual(self.figures()["longest_to_call"], "1 h 35")

    def test_the_oldest_message_that_should_have_left_is_told_as_it_is_now(self):
        OutboxEmail.objects.all().delete()
        self.desk()
        self.assertContains(self.page, "No message waits that should have left.")
        now = timezone.now()
        for hours, state in ((2, "queued"), (30, "failed"), (-4, "queued")):
            OutboxEmail.objects.create(
                kind="test",
                about_app="inquiries",
                about_id=uuid4(),
                dedupe_key=uuid4(),
                state=state,
                send_after=now - hours * HOUR,
            )
        self.assertEqual(self.desk()["oldest_mail"].replace("\xa0", " "), "2 hours")
        self.assertContains(self.page, "The oldest message that should have left has waited for 2")
        OutboxEmail.objects.filter(state="queued", send_after__lte=now).update(send_after=now)
        self.assertEqual(self.desk()["oldest_mail"], "less than a minute")

    def test_signs_are_told_in_fives_by_their_question_and_level(self):
        self.counted()
        day = DailyFigures.objects.get(name="received").date
        for name, value in (("sign unsure", 11), ("sign rf-stroke-signs", 4)):
            DailyCounter.objects.create(date=day, name=name, value=value)
        self.assertEqual(self.figures()["form_signs"], [("I'm not sure", "Urgent", "about 10")])
        self.assertContains(self.page, "<td>Urgent</td><td>about 10</td>")

    def test_calls_that_came_late_lead_to_the_requests_that_still_wait_for_one(self):
        self.counted()
        day = DailyFigures.objects.get(name="received").date
        DailyFigures.objects.filter(name="emergency_call_late").update(count=6)
        DailyFigures.objects.create(date=day, name="emergency_call", count=9)
        DailyFigures.objects.filter(name="emergency_call_never").update(count=5)
        self.assertEqual(self.figures()["calls"], ["9", "6", "5"])
        self.assertContains(self.page, "9 called, 6 of them after more than 30 open minutes")
        self.assertContains(self.page, "5 were closed after that time without a call.")
        tile = next(tile for tile in self.page.context["desk"]["tiles"] if tile.url.endswith("queue=emergency"))
        self.assertContains(self.page, f'<a href="{tile.url}">{tile.label}</a>', html=True)

    def test_is_drawn_once_for_each_count(self):
        self.counted()
        first = self.desk()["figures"]
        with self.assertNumQueries(1), mock.patch.object(desk.reports, "report", side_effect=AssertionError):
            self.assertEqual(desk._figures_now(30), first)
        DailyFigures.objects.filter(name="received").update(count=77)
        self.assertEqual(self.desk()["figures"], first)
        self.counted()
        DailyFigures.objects.filter(name="received").update(count=78)
        self.assertIn("<dd>78</dd>", self.desk()["figures"])

    def test_a_colleague_who_is_called_otherwise_now_is_so_at_once(self):
        self.counted()
        DailyFigures.objects.filter(name="open_by_owner").update(group=str(self.nurse.pk))
        self.assertIn(">nurse</th>", self.desk()["figures"])
        self.nurse.first_name, self.nurse.last_name = "Nia", "Newname"
        self.nurse.save(update_fields=["first_name", "last_name"])
        figures = self.desk()["figures"]
        self.assertIn(">Nia Newname</th>", figures)
        self.assertNotIn(">nurse</th>", figures)
        with self.assertNumQueries(2), mock.patch.object(desk.reports, "report", side_effect=AssertionError):
            desk._figures_now(30)

    def test_priority_against_outcome_and_the_time_of_the_form_are_read_as_a_table(self):
        self.counted()
        day = DailyFigures.objects.get(name="received").date
        for name, group in (
            ("closed", "booked"),
            ("closed_by_level_and_status", "1:booked"),
            ("form_within", "web:0006"),
        ):
            DailyFigures.objects.create(date=day, name=name, group=group, count=5)
        self.figures()
        self.assertContains(self.page, '<tr><th scope="row">Urgent</th><td>5</td></tr>', html=True)
        self.assertContains(self.page, "half within</dt><dd>6 min</dd>")

    def test_the_backlog_is_told_as_it_is(self):
        self.counted()
        self.figures()
        self.assertContains(self.page, '<tr><th scope="row">Routine</th><td>1</td><td>0</td><td>0</td><td>0</td></tr>')
        self.assertEqual(
            [words.endswith("of open time") for words in self.page.context["figures"]["oldest"]], [True] * 2
        )
        DailyFigures.objects.filter(name="open_by_level").delete()
        self.figures()
        self.assertContains(self.page, "Not counted yet: from the next night on.")

    def test_figures_of_before_counts_had_names_are_drawn_each_time(self):
        self.counted()
        DailyFigures.objects.filter(name=DailyFigures.COUNTED).delete()
        for count in (77, 78):
            DailyFigures.objects.filter(name="received").update(count=count)
            self.assertIn(f"<dd>{count}</dd>", self.desk()["figures"])


class WhoTests(DashboardCase):
    def test_everybody_of_the_desk_sees_it_and_nobody_else(self):
        for role in DESK:
            with self.subTest(role):
                self.assertIn("figures", self.desk(self.person(role)))
        for role in ("Content author", "Editor", "Clinical reviewer"):
            with self.subTest(role):
                self.assertIsNone(self.desk(self.person(role)))
                self.assertNotContains(self.page, "Answer next")

    def test_own_requests_are_a_tile_for_who_works_on_them(self):
        for role, expected in (("Triage nurse", True), ("Manager", False)):
            labels = [tile.label for tile in self.desk(self.person(role))["tiles"]]
            self.assertEqual("Mine" in labels, expected, role)

    def test_the_list_of_staff_is_linked_for_who_may_open_it(self):
        for role, expected in (("Triage nurse", ""), ("Manager", "/admin/clinic/staff/")):
            self.assertEqual(self.desk(self.person(role))["staff_url"], expected)


class CostTests(DashboardCase):
    def test_costs_the_same_for_one_request_and_for_many(self):
        pages = [factories.condition(slug=f"c{number}", title=f"Condition {number}") for number in range(6)]
        self.request(status="in_review", owner=self.nurse, condition=pages[0])
        with mock.patch.object(staff_session, "SEEN_EVERY", 10**9):
            self.desk()
            with CaptureQueriesContext(connection) as one:
                self.client.get("/admin/?days=90")
            for page in pages:
                self.request(status="in_review", owner=factories.staff(on_duty=True), condition=page)
                self.request(due_at=timezone.now() - HOUR, condition=page, is_suspect=page == pages[0])
            with self.assertNumQueries(len(one)):
                self.client.get("/admin/?days=90")
        self.assertLess(len(one), 55)
