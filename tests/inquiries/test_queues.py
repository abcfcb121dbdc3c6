"""Which requests stand in which queue, in which order, and that no queue reads the whole table."""

import json
import re
from datetime import timedelta
from unittest import mock

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic import planner
from clinic.models import OutboxEmail
from inquiries import forgotten, queues
from inquiries.models import DuplicateDecision, Inquiry
from inquiries.queues import CAP, QUEUES
from inquiries.services import demo_load, demo_people
from inquiries.states import Status
from tests import factories

NOW = timezone.now()
HOUR = timedelta(hours=1)


def changed(inquiry=None, **fields):
    """A stored request with these columns, whatever service would have led there."""
    inquiry = inquiry or factories.inquiry()
    Inquiry.objects.filter(pk=inquiry.pk).update(**fields)
    inquiry.refresh_from_db()
    return inquiry


class QueueTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = factories.staff(is_superuser=True)

    def rows(self, name, now=NOW):
        return list(QUEUES[name].rows(now, self.staff))

    def test_answers_an_emergency_nobody_called_about_first_then_by_due_time(self):
        late, soon = changed(due_at=NOW - HOUR), changed(due_at=NOW + HOUR)
        flagged = changed(due_at=NOW + 2 * HOUR, needs_call_first=True)
        self.assertEqual(self.rows("needs-action"), [flagged, late, soon])
        self.assertEqual(self.rows("emergency"), [flagged])

    def test_a_request_whose_clock_stands_waits_in_its_own_queue(self):
        paused = changed(due_at=None, minutes_left=90)
        self.assertEqual(self.rows("needs-action"), [])
        self.assertEqual(self.rows("waiting"), [paused])

    def test_a_suspect_needs_no_action_but_its_clock_runs(self):
        suspect = changed(is_suspect=True, due_at=NOW - HOUR)
        self.assertEqual(self.rows("needs-action") + self.rows("unassigned"), [])
        self.assertEqual(self.rows("suspected"), [suspect])
        self.assertEqual(self.rows("overdue"), [suspect])

    def test_what_is_overdue_is_not_due_today_and_the_day_is_the_clinics(self):
        begin, end = queues.day_of(NOW)
        self.assertEqual((begin.hour, begin.minute, end.hour), (0, 0, 0))
        late, today = changed(due_at=NOW - HOUR), changed(due_at=end - timedelta(seconds=1))
        changed(due_at=end)
        self.assertEqual(self.rows("overdue"), [late])
        self.assertEqual(self.rows("due-today"), [today])

    def test_mine_are_open_and_mine_and_the_paused_come_last(self):
        owned = {"status": Status.IN_REVIEW.value, "owner": self.staff}
        paused = changed(due_at=None, **owned)
        later, sooner = changed(due_at=NOW + HOUR, **owned), changed(due_at=NOW, **owned)
        changed(status=Status.IN_REVIEW.value, owner=factories.staff())
        self.assertEqual(self.rows("mine"), [sooner, later, paused])

    def test_a_queue_nobody_has_a_use_for_is_not_counted_for_them(self):
        self.assertNotIn("mine", queues.counts(NOW, factories.staff()))
        self.assertIn("mine", queues.counts(NOW, self.staff))

    def test_a_step_is_late_from_the_day_after(self):
        today = queues.day_of(NOW)[0].date()
        late = changed(next_step="reply", next_step_on=today - timedelta(days=1))
        changed(next_step="reply", next_step_on=today)
        self.assertEqual(self.rows("step-late"), [late])

    def test_a_duplicate_is_asked_about_until_somebody_says(self):
        first = factories.inquiry()
        second = factories.inquiry()
        self.assertEqual(second.previous, first)
        self.assertEqual(self.rows("duplicates"), [second])
        DuplicateDecision.objects.create(inquiry=second, other=first, decision="different", by=self.staff)
        self.assertEqual(self.rows("duplicates"), [])

    def test_mail_that_failed_points_to_its_request(self):
        with_failed, _ = factories.inquiry(), factories.inquiry()
        OutboxEmail.objects.filter(about_id=with_failed.public_id).update(state="failed")
        self.assertEqual(self.rows("mail-failed"), [with_failed])

    def test_the_rest(self):
        new = factories.inquiry()
        wrote = changed(has_unseen_update=True)
        gone = factories.moved(factories.inquiry(), Status.WITHDRAWN, actor=self.staff)
        self.assertEqual(set(self.rows("unassigned")), {new, wrote})
        self.assertEqual(self.rows("patient-wrote"), [wrote])
        self.assertEqual(self.rows("closed"), [gone])
        self.assertEqual(self.rows("all"), [gone, wrote, new])

    def test_every_open_request_needs_action_or_waits_or_is_suspected(self):
        factories.inquiry(), changed(due_at=None, minutes_left=1), changed(is_suspect=True)
        found = [row.pk for name in ("needs-action", "waiting", "suspected") for row in self.rows(name)]
        self.assertEqual(sorted(found), sorted(Inquiry.objects.open().values_list("pk", flat=True)))

    def test_counts_stop_at_the_cap(self):
        self.assertEqual([queues.capped(number) for number in (0, 7, CAP, CAP + 1)], ["0", "7", "1,000", "1,000+"])
        with CaptureQueriesContext(connection) as queries:
            queues.counts(NOW, self.staff)
        counted = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
        self.assertEqual(len(counted), 1)
        for what in ("COUNT(", f"LIMIT {CAP + 1}"):
            self.assertEqual(counted[0].count(what), len(QUEUES))

    def test_counts_are_those_of_the_rows_and_of_none_where_there_can_be_none(self):
        changed(due_at=NOW - HOUR), changed(due_at=NOW - HOUR), changed(has_unseen_update=True)
        found = queues.counts(NOW, self.staff)
        self.assertEqual(found, {name: len(self.rows(name)) for name in QUEUES})
        self.assertEqual(queues.all_counted([Inquiry.objects.none(), Inquiry.objects.all()]), [0, 3])
        with mock.patch.object(queues, "CAP", 1):
            self.assertEqual(queues.counted(Inquiry.objects.all()), 2)


# The index of each queue holds its rows and no others. Walking another one to the end would read every row in disguise.
INDEXES = {
    "needs-action": {"inquiry_needs_action"},
    "emergency": {"inquiry_to_call_first"},
    "overdue": {"inquiry_due_time"},
    "due-today": {"inquiry_due_time"},
    "unassigned": {"inquiry_unassigned"},
    "mine": {"inquiry_of_owner"},
    "waiting": {"inquiry_paused"},
    "patient-wrote": {"inquiry_patient_wrote"},
    "step-late": {"inquiry_next_step"},
    "duplicates": {"inquiry_resembles"},
    "suspected": {"inquiry_suspected"},
    "mail-failed": {"public_id"},
    "closed": {"inquiry_closed_last"},
    "all": {"inquiry_newest_first"},
}


class PlanTests(TestCase):
    """Against a few thousand rows and the statistics of them, as the database itself would choose."""

    @classmethod
    def setUpTestData(cls):
        with mock.patch.object(demo_people, "FORMS", 12):  # each is encrypted, and no plan knows what is in it
            demo_load.fill(3000, seed=1, now=NOW)
        # An index without a row has no statistics.
        few = Inquiry.objects.filter(closed_at=None, due_at__isnull=False).order_by("pk").values_list("pk", flat=True)
        Inquiry.objects.filter(pk__in=list(few[:5])).update(needs_call_first=True)
        Inquiry.objects.filter(pk__in=list(few.filter(safety_level="none")[5:9])).update(is_suspect=True)
        planner.learn()
        cls.staff = Inquiry.objects.filter(owner__isnull=False, closed_at=None).first().owner

    def test_every_queue_is_read_through_its_own_index(self):
        for name, queue in QUEUES.items():
            rows = queue.rows(NOW, self.staff)
            for what, part in (
                ("page", rows[:50]),
                ("deepest page", rows[CAP - 50 : CAP]),
                ("count", queue.to_count(NOW, self.staff)),
            ):
                with self.subTest(f"{name} {what}"):
                    self.assertEqual(read_through(part), INDEXES[name])

    def test_every_queue_is_read_through_its_own_index_though_a_sample_misleads(self):
        if connection.vendor != "sqlite":
            self.skipTest("PostgreSQL knows that a page can be read without reading on.")
        pretend_a_sample_that_misleads()
        for name, queue in QUEUES.items():
            rows = queue.rows(NOW, self.staff).select_related("owner", "condition")  # as the list of admin does
            for what, part in (("page", rows[:50]), ("deepest page", rows[CAP - 50 : CAP])):
                with self.subTest(f"{name} {what}"):
                    self.assertEqual(read_through(part), INDEXES[name])

    def test_what_waits_without_a_clock_is_read_through_an_index_that_holds_nothing_else(self):
        rows = forgotten.RULES["no-clock"].broken_by(NOW).order_by()
        self.assertEqual(read_through(queues.to_count(rows)), {"inquiry_without_clock"})

    def test_sqlite_never_skips_through_the_index_of_another_column(self):
        if connection.vendor != "sqlite":
            self.skipTest("PostgreSQL has no such plan.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'inquiry_of_owner'")
            self.assertEqual([stat.split()[-1] for (stat,) in cursor.fetchall()], ["noskipscan"])

    def test_a_scan_would_show(self):
        self.assertEqual(read_through(Inquiry.objects.filter(link_version=7).order_by()), {"every row"})


def pretend_a_sample_that_misleads():
    """What SQLite knows of a large table comes of a sample: in one with a million requests it took the index of the newest
    first for four times and more as long as others, and read the whole table instead."""
    with connection.cursor() as cursor:
        for index, rows in (("%", 1_000_000), ("inquiry_newest_first", 16_000_000)):
            cursor.execute(
                "UPDATE sqlite_stat1 SET stat = %s || substr(stat, instr(stat, ' '))"
                " WHERE tbl = 'inquiries_inquiry' AND idx LIKE %s AND CAST(stat AS INTEGER) > 2500",
                [rows, index],
            )
        cursor.execute("ANALYZE sqlite_schema")


def read_through(rows):
    """The indexes by which the database would read the table of requests for this; "every row" where by none."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            steps = [row[3] for row in cursor.fetchall() if re.match(r"(SCAN|SEARCH) inquiries_inquiry\b", row[3])]
            found = {_index(re.search(r"USING (?:COVERING )?INDEX (\S+)(.*)", step)) for step in steps}
        else:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0]
            found = _indexes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return found


def _index(match):
    if match is None:
        return "every row"
    return "public_id" if "public_id" in match[0] else match[1]


def _indexes(step):
    found = set().union(*(_indexes(below) for below in step.get("Plans", [])))
    if step["Node Type"] == "Seq Scan" and step["Relation Name"] == Inquiry._meta.db_table:
        return found | {"every row"}
    name = step.get("Index Name", "")
    if not name.startswith("inquir"):
        return found
    return found | {"public_id" if "public_id" in name else name}
