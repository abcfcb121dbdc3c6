"""The list staff work from: what a row shows to whom, how far it counts, and what narrows it."""

from datetime import timedelta
from unittest import mock

from django.contrib.admin.templatetags import admin_list
from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inquiries.admin import request_list
from inquiries.admin.inquiry import InquiryAdmin
from inquiries.admin.search_box import seal
from inquiries.models import AccessLog, DuplicateDecision, Inquiry
from inquiries.services import contact, presence, triage
from inquiries.states import Status
from tests import factories

LIST = "/admin/inquiries/inquiry/"


def changed(**fields):
    inquiry = factories.inquiry()
    Inquiry.objects.filter(pk=inquiry.pk).update(**fields)
    inquiry.refresh_from_db()
    return inquiry


class ListCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = {}
        for role in ["Triage nurse", "Front desk", "Auditor"]:
            cls.staff[role] = factories.staff(role.split()[0].lower(), on_duty=True)
            cls.staff[role].groups.add(Group.objects.get(name=role))
        cls.nurse = cls.staff["Triage nurse"]
        cls.inquiry = factories.inquiry()

    def setUp(self):
        self.client.force_login(self.nurse)

    def page(self, **query):
        return self.client.get(LIST, query)

    def listed(self, **query):
        page = self.page(**query)
        self.assertEqual(page.status_code, 200)
        return list(page.context["cl"].result_list)


class RowTests(ListCase):
    def test_says_how_soon_a_reply_is_due_or_how_late_it_is(self):
        changed(due_at=timezone.now() - timedelta(days=30))
        changed(due_at=None, minutes_left=70)
        self.assertContains(self.page(), "late since")
        self.assertContains(self.page(queue="waiting"), "waits, 1 h 10 left")

    def test_the_top_reason_is_told_to_who_may_read_health_alone(self):
        reasons = [
            {"rule": "a", "points": 9, "sets_level": None, "fact": "8 of 10", "explanation": "Strong pain"},
            {"rule": "b", "points": 0, "sets_level": 1, "fact": "Numb <leg>", "explanation": "A sign"},
        ]
        self.inquiry.priority_reasons = {"reasons": reasons}
        self.inquiry.save(update_fields=["priority_reasons"])
        self.assertContains(self.page(), 'title="A sign: Numb &lt;leg&gt;"')
        for role in ["Front desk", "Auditor"]:
            self.client.force_login(self.staff[role])
            with self.subTest(role), CaptureQueriesContext(connection) as queries:
                self.assertNotContains(self.page(), "Numb")
                self.assertNotIn("priority_reasons", " ".join(query["sql"] for query in queries))

    def test_a_priority_set_by_hand_shows_and_wins(self):
        hand = {"override_level": 1, "override_by": self.nurse, "override_at": timezone.now()}
        Inquiry.objects.filter(pk=self.inquiry.pk).update(**hand)
        self.assertContains(self.page(), '<span class="level level--1" title="Set by hand">Urgent</span>')

    def test_says_who_has_it_open_for_five_minutes(self):
        now = timezone.now()
        presence.seen(self.inquiry, self.staff["Front desk"], now - timedelta(minutes=4))
        self.assertContains(self.page(), "open: front")
        presence.seen(self.inquiry, self.staff["Front desk"], now - timedelta(minutes=6))
        self.assertNotContains(self.page(), "open: front")

    def test_counts_tries_and_flags_what_staff_must_know(self):
        answered = {"questionnaire": "x", "asked": [{"key": "voicemail_ok", "answer": "no"}]}
        second = factories.inquiry(how_to_reach=answered)
        contact.record(second, actor=self.nurse, channel="phone", result="no_answer", version=1)
        row = next(row for row in self.listed() if row == second)
        self.assertEqual(row.beside.tries, 1)
        page = self.page()
        for words in ["repeat", "duplicate?", "no voicemail"]:
            self.assertContains(page, f'<span class="tag">{words}</span>')
        DuplicateDecision.objects.create(inquiry=second, other=self.inquiry, decision="same", by=self.nurse)
        self.assertNotContains(self.page(), "duplicate?")
        self.client.force_login(self.staff["Auditor"])
        self.assertNotContains(self.page(), "no voicemail")

    def test_rows_with_everything_beside_them_cost_no_more_queries(self):
        self.page()
        with CaptureQueriesContext(connection) as one:
            self.page()
        for _ in range(9):
            inquiry = factories.inquiry()
            triage.move(inquiry, Status.IN_REVIEW, actor=self.nurse, version=1)
            presence.seen(inquiry, self.staff["Front desk"], timezone.now())
        with self.assertNumQueries(len(one)):
            self.assertEqual(len(self.listed()), 10)

    def test_rows_are_what_the_tags_of_django_would_write(self):
        other = changed(status=Status.IN_REVIEW.value, owner=self.nurse, has_unseen_update=True, is_suspect=True)
        Inquiry.objects.filter(pk=other.pk).update(next_step="reply", next_step_on=timezone.localdate())
        for query in ({}, {"queue": "all", "region": "knee"}):
            for role in self.staff:
                with self.subTest(role, query=query):
                    self.client.force_login(self.staff[role])
                    page = self.page(**query)
                    rows = ["".join(cells) for cells in admin_list.results(page.context["cl"])]
                    self.assertContains(page, "\n".join(f"<tr>{cells}</tr>" for cells in rows))

    def test_a_title_is_text_in_a_row(self):
        changed(condition=factories.condition(title="<b>Knee</b> & hip"))
        self.assertContains(self.page(), '<td class="field-about">&lt;b&gt;Knee&lt;/b&gt; &amp; hip</td>')


class ScaleTests(ListCase):
    def test_never_counts_the_table(self):
        for query in [{}, {"queue": "all"}, {"queue": "closed"}, {"q": seal("ana")}, {"status__exact": "new"}]:
            with self.subTest(query), CaptureQueriesContext(connection) as queries:
                self.page(**query)
                for sql in (query["sql"] for query in queries if "COUNT(" in query["sql"]):
                    self.assertTrue("LIMIT 1001" in sql or "contactattempt" in sql, sql)

    def test_pages_go_as_deep_as_the_cap_and_then_ask_to_narrow(self):
        for _ in range(5):
            factories.inquiry()
        with (
            mock.patch.object(InquiryAdmin, "list_per_page", 2),
            mock.patch("inquiries.queues.CAP", 4),
            mock.patch.object(request_list, "CAP", 4),
        ):
            self.assertContains(self.page(queue="all", p=2), "4+ requests. The first 4 are shown")
            self.assertEqual(len(self.listed(queue="all", p=2)), 2)
            self.assertNotContains(self.page(queue="all", p=2), "Next page")
            self.assertContains(self.page(queue="all"), "Next page")
            self.assertRedirects(self.page(queue="all", p=3), f"{LIST}?e=1", fetch_redirect_response=False)

    def test_a_filter_looks_through_the_newest_of_everything_and_says_so(self):
        newer = [factories.inquiry() for _ in range(3)]
        with mock.patch.object(request_list, "LOOKED_THROUGH", 2):
            page = self.page(queue="all", source__exact="web")
            self.assertContains(page, "Looked for among the newest 2.")
            self.assertEqual(list(page.context["cl"].result_list), newer[:0:-1] + [newer[0]])
            self.assertEqual(len(self.listed(queue="all")), 4)
            self.assertEqual(len(self.listed(source__exact="web")), 4)

    def test_no_other_order_can_be_asked_for(self):
        factories.inquiry()
        for column in ["2", "-2"]:  # the reference
            self.assertEqual(self.listed(queue="all", o=column), self.listed(queue="all"))

    def test_choices_are_not_looked_up_in_the_table_of_requests(self):
        with CaptureQueriesContext(connection) as queries:
            self.page()
        self.assertFalse(
            [query for query in queries if "DISTINCT" in query["sql"] and "inquiries_inquiry" in query["sql"]]
        )


class NarrowTests(ListCase):
    def test_opens_on_what_needs_action_and_says_how_many_stand_in_each_queue(self):
        changed(due_at=None, minutes_left=1)
        page = self.page()
        self.assertEqual(page.context["cl"].title, "Needs action now")
        self.assertContains(page, 'Waiting for the patient <span class="queues__count">1</span>')

    def test_a_queue_of_another_name_or_for_others_is_the_first_one(self):
        self.client.force_login(self.staff["Auditor"])
        for name in ["nonsense", "mine"]:
            self.assertEqual(self.page(queue=name).context["cl"].name, "needs-action")
        self.assertNotContains(self.page(), "?queue=mine")

    def test_a_search_finds_what_is_closed_too(self):
        closed = factories.moved(factories.inquiry(full_name="Zed Other"), Status.WITHDRAWN, actor=self.nurse)
        self.assertEqual(self.listed(q=seal("zed")), [closed])
        self.assertEqual(self.listed(q=seal("zed"), queue="needs-action"), [])

    def test_a_search_is_written_down_without_what_was_searched_for(self):
        for term, kind in [
            ("Ana", "name"),
            ("a@b.example", "email"),
            ("202 555 0123", "phone"),
            ("RM-ABCD-EFGH", "reference"),
        ]:
            self.client.post(LIST, {"term": term})
            self.assertEqual(AccessLog.objects.latest("pk").detail, kind)
        self.assertEqual(AccessLog.objects.filter(action="search", staff=self.nurse).count(), 4)

    def test_by_priority_owner_condition_and_outcome(self):
        condition = factories.condition()
        hand = {"override_level": 0, "override_by": self.nurse, "override_at": timezone.now()}
        other = changed(condition=condition, **hand)
        triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=1)
        gone = factories.moved(factories.inquiry(), Status.WITHDRAWN, actor=self.nurse)
        self.assertEqual(self.listed(priority="0"), [other])
        self.assertEqual(self.listed(owner=self.nurse.pk), [self.inquiry])
        self.assertEqual(self.listed(owner="nobody"), [other])
        self.assertEqual(self.listed(condition=condition.pk), [other])
        self.assertEqual(self.listed(queue="closed", outcome=gone.outcome), [gone])

    def test_a_choice_nobody_offers_narrows_nothing(self):
        for name in ["priority", "owner", "condition", "outcome"]:
            with self.subTest(name):
                self.assertEqual(self.listed(**{name: "9' OR 1"}), [self.inquiry])
