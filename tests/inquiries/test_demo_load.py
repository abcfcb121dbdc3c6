"""Many made-up requests: true in every row, and the tables they come into are afterwards what they were."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from unittest import mock

from django.db import connection
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from django.utils import timezone

from clinic.models import ClinicProfile
from inquiries import search
from inquiries.chain import Link
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, SearchKey
from inquiries.services import bulk_rows, demo_load, demo_people, histories

NOW = timezone.now()


def fill(requests, **more):
    with mock.patch.object(demo_people, "FORMS", 12):
        demo_load.fill(requests, seed=3, now=NOW, **more)


class RowTests(TestCase):
    """With every check of the database, as it has them in a transaction of somebody else."""

    @classmethod
    def setUpTestData(cls):
        fill(120)

    def test_every_history_is_what_was_written(self):
        self.assertEqual(list(histories.broken()), [])
        self.assertGreater(InquiryEvent.objects.count(), 120)

    def test_a_person_is_found_by_what_they_wrote_and_read_as_they_wrote_it(self):
        inquiry = Inquiry.objects.order_by("pk").last()
        for term in (inquiry.reference, inquiry.phone, inquiry.email, inquiry.full_name.split()[-1]):
            with self.subTest(term):
                self.assertIn(inquiry, search.find(term, country="US", by_person=True))
        self.assertTrue(inquiry.answers["asked"])

    def test_more_are_added_to_those_that_are_there(self):
        fill(7)
        self.assertEqual(Inquiry.objects.count(), 127)
        self.assertEqual(list(histories.broken()), [])

    def test_moments_are_those_of_the_events(self):
        inquiry = Inquiry.objects.filter(closed_at__isnull=False).first()
        events = inquiry.events.order_by("seq")
        self.assertEqual(events.first().at, inquiry.created_at)
        self.assertEqual(events.last().at, inquiry.closed_at)

    def test_a_real_clinic_gets_none(self):
        ClinicProfile.objects.update_or_create(defaults={"is_demo": False})
        with self.assertRaises(demo_load.NotADemonstration):
            fill(1)


class BareTests(TransactionTestCase):
    """Empty tables are filled without indexes, and without what checks each row."""

    def test_nothing_is_missing_afterwards_and_every_row_would_have_passed(self):
        before = standing()
        fill(60)
        self.assertEqual(standing(), before)
        self.assertEqual(wrong_rows(), [])
        self.assertEqual(list(histories.broken()), [])
        self.assertEqual(ConsentRecord.objects.count(), 60 * 3)
        self.assertGreater(SearchKey.objects.count(), 60)

    def test_after_a_failure_nothing_has_happened(self):
        before = standing()

        def stop(done):
            raise RuntimeError("stopped")

        with self.assertRaises(RuntimeError):
            fill(60, said=stop)
        self.assertEqual(standing(), before)
        self.assertFalse(Inquiry.objects.exists() or InquiryEvent.objects.exists())

    def test_few_rows_beside_many_leave_the_indexes_alone(self):
        fill(30)
        with mock.patch.object(bulk_rows, "_strip", side_effect=AssertionError("stripped")):
            fill(3)
        self.assertEqual(Inquiry.objects.count(), 33)


def standing():
    """Everything of the database but rows, and what its connection checks."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master ORDER BY name")
            found = cursor.fetchall()
            for pragma in ("foreign_keys", "ignore_check_constraints", "journal_mode"):
                cursor.execute(f"PRAGMA {pragma}")
                found.append((pragma, cursor.fetchone()[0]))
            return found
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        found = cursor.fetchall()
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
        )
        return found + cursor.fetchall()


def wrong_rows():
    """What the checks that were left out would have refused; PostgreSQL leaves none out that it does not make good."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        found = cursor.fetchall()
        cursor.execute("PRAGMA quick_check")
        return found + [row for row in cursor.fetchall() if row[0] != "ok"]


class LineTests(SimpleTestCase):
    def test_a_row_is_written_as_copy_reads_it(self):
        self.assertEqual(bulk_rows._line((1, None, "a b", True)), "1\t\\N\ta b\tTrue")
        self.assertEqual(bulk_rows._line(("a\\b", None, "t\tn\nr\r")), "a\\\\b\t\\N\tt\\tn\\nr\\r")
        self.assertEqual(bulk_rows._line(("\\N",)), "\\\\N")


class DigestTests(SimpleTestCase):
    LINK = Link("r", 2, "moved", "new", 'in "é\\ review', 7, None, NOW, "", None)

    def test_an_event_is_hashed_as_its_json_with_sorted_keys(self):
        for link in (self.LINK, replace(self.LINK, actor=None, subject=9, before={"z": [None, "ü"], "a": 1})):
            said = {**vars(link), "at": link.at.astimezone(UTC).isoformat(timespec="microseconds")}
            text = json.dumps(["before", said], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
            self.assertEqual(link.digest("before"), sha256(text.encode()).hexdigest())

    def test_each_part_of_an_event_counts(self):
        later = NOW + timedelta(microseconds=1)
        others = {"request": "s", "seq": 3, "kind": "k", "from_status": "f", "to_status": "t", "actor": 8}
        others |= {"subject": 8, "at": later, "detail": "d", "before": {}}
        self.assertEqual(set(others), set(vars(self.LINK)))
        digests = {replace(self.LINK, **{name: value}).digest("") for name, value in others.items()}
        self.assertEqual(len(digests | {self.LINK.digest(""), self.LINK.digest("x")}), len(others) + 2)
        self.assertEqual(datetime.fromisoformat(bulk_rows.moment(later)).replace(tzinfo=UTC), later)
