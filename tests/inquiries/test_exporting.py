"""Requests leave the system as FHIR, as a table and on paper: only for who may, for a reason, and never unseen."""

import csv
import io
import json
import stat
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.facts import read_clinic
from inquiries import fhir, records
from inquiries.models import AccessLog, Inquiry
from inquiries.services import exporting, patient, privacy
from inquiries.states import Status
from tests import factories
from tests.inquiries.test_admin import person

REASON = "The patient asked for a copy"
NAMES = ("Ana", "ana@example.org", "555-0123", "Stairs hurt")


def answered(document, link_id):
    asked = document["entry"][1]["resource"]["item"]
    return next(item for group in asked for item in group["item"] if item["linkId"] == link_id)


class ExportCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.officer, cls.nurse = person("Privacy officer"), person("Triage nurse")
        factories.condition(slug="knee", title="Worn knee", live=True)
        cls.inquiry = factories.inquiry(condition="knee", message="Stairs hurt")

    def setUp(self):
        self.client.force_login(self.officer)

    def closed_as_spam(self):
        spam = factories.inquiry(full_name="Spam Example", email="spam@example.org", phone="")
        return factories.moved(spam, Status.SPAM, actor=self.nurse)

    def anonymised(self):
        gone = factories.inquiry(full_name="Gone Example", email="gone@example.org", phone="")
        return privacy.anonymise(gone, actor=None, version=gone.version)

    def looks(self, **filters):
        found = AccessLog.objects.filter(action="export", **filters).order_by("pk")
        return [(each.staff, each.inquiry, each.detail, each.reason) for each in found]


class RecordTests(ExportCase):
    def record_of(self, inquiry):
        return records.record(records.with_parts(records.exportable()).get(pk=inquiry.pk), read_clinic())

    def test_a_record_says_what_is_stored(self):
        record = self.record_of(self.inquiry)
        self.assertEqual((record.person.name, record.condition), ("Ana Example", "Worn knee"))
        self.assertEqual(list(record.health), self.inquiry.answers["asked"])
        self.assertEqual(len(record.agreements), 3)
        self.assertEqual(record.helper, None)
        self.assertEqual(json.loads(fhir.as_bytes(fhir.bundle(record)))["type"], "collection")

    def test_what_happened_since_is_part_of_it(self):
        patient.report_worse(self.inquiry, text="Now the hip too", signs=[], level="none")
        moved = factories.moved(self.inquiry, Status.IN_REVIEW, actor=self.nurse)
        record = self.record_of(moved)
        self.assertEqual([update.text for update in record.updates], ["Now the hip too"])
        self.assertEqual([(step.by, step.words) for step in record.steps], [("staff", "From “New” to “In review”")])
        self.assertEqual(record.changed_at, moved.events.latest("seq").at)
        self.assertNotIn(self.nurse.username, fhir.as_bytes(fhir.bundle(record)).decode())

    def test_somebody_who_helps_is_known(self):
        document = {
            "asked": [
                {"key": "for_whom", "question": "Who?", "answer": "other", "text": "Someone else"},
                {"key": "helper_name", "question": "Your name", "answer": "Ben", "text": "Ben"},
                {"key": "helper_relation", "question": "How?", "answer": "carer", "text": "Carer"},
            ]
        }
        helped = factories.inquiry(full_name="Helped Example", phone="", email="h@example.org", how_to_reach=document)
        self.assertEqual(self.record_of(helped).helper, fhir.Helper("Ben", "Carer"))

    def test_spam_and_who_was_taken_out_are_left_out(self):
        self.closed_as_spam(), self.anonymised()
        self.assertEqual(list(records.exportable()), [self.inquiry])

    def test_several_leaves_out_what_is_nobodys_whatever_it_is_asked_for(self):
        self.closed_as_spam(), self.anonymised()
        self.assertEqual(len(list(exporting.several(Inquiry.objects.all(), staff=self.officer, reason=REASON))), 1)

    def test_half_a_record_is_not_handed_out(self):
        # Not through the ORM, which would encrypt it.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inquiries_inquiry SET phone = %s WHERE id = %s", ["k1:broken", self.inquiry.pk])
        with self.assertRaisesMessage(records.CannotRead, self.inquiry.reference):
            self.record_of(self.inquiry)

    def test_many_take_as_many_queries_as_one(self):
        def queries():
            with CaptureQueriesContext(connection) as found:
                lines = list(exporting.several(Inquiry.objects.all(), staff=self.officer, reason=REASON))
            return len(lines), len(found)

        list(exporting.several(Inquiry.objects.all(), staff=self.officer, reason=REASON))
        one = queries()
        for number in range(4):
            factories.inquiry(full_name=f"Person {number}", email=f"p{number}@example.org", phone="")
        many = queries()
        self.assertEqual((one[0], many[0]), (1, 5))
        self.assertEqual(one[1], many[1])

    def test_more_than_one_part_is_written_whole(self):
        factories.inquiry(full_name="Other Example", email="other@example.org", phone="")
        with mock.patch.object(exporting, "AT_ONCE", 1):
            lines = list(exporting.several(Inquiry.objects.all(), staff=self.officer, reason=REASON))
        self.assertEqual(len(lines), 2)


class CommandTests(ExportCase):
    def export(self, **options):
        out, err = io.StringIO(), io.StringIO()
        given = {"staff": self.officer.username, "reason": REASON, **options}
        call_command("export_fhir", **given, stdout=out, stderr=err)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    def test_writes_one_bundle_a_line(self):
        factories.inquiry(full_name="Other Example", email="other@example.org", phone="")
        self.closed_as_spam(), self.anonymised()
        found = self.export()
        self.assertEqual([each["resourceType"] for each in found], ["Bundle"] * 2)
        self.assertEqual(answered(found[0], "message")["answer"], [{"valueString": "Stairs hurt"}])

    def test_each_request_is_in_the_access_log_and_the_reason_too(self):
        self.export()
        self.assertEqual(
            self.looks(),
            [(self.officer, None, "fhir:several", REASON), (self.officer, self.inquiry, "fhir:several", "")],
        )

    def test_one_reference_only(self):
        other = factories.inquiry(full_name="Other Example", email="other@example.org", phone="")
        found = self.export(reference=other.reference.lower())
        self.assertEqual([each["identifier"]["value"] for each in found], [other.reference])
        with self.assertRaises(CommandError):
            self.export(reference=self.closed_as_spam().reference)

    def test_since_a_day_counts_what_changed_too(self):
        today = timezone.localdate()
        self.assertEqual(len(self.export(since=today)), 1)
        self.assertEqual(self.export(since=today + timedelta(days=1)), [])

    def test_a_file_is_new_and_for_its_owner_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.ndjson"
            self.export(output=str(path))
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            before = path.read_bytes()
            self.assertTrue(before.endswith(b"}\n"))
            with self.assertRaises(CommandError):
                self.export(output=str(path))
            self.assertEqual(path.read_bytes(), before)

    def test_no_half_file_is_left(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.ndjson"
            with mock.patch.object(fhir, "bundle", None), self.assertRaises(TypeError):
                self.export(output=str(path))
            self.assertFalse(path.exists())

    def test_what_cannot_be_read_is_named_and_the_rest_is_written(self):
        other = factories.inquiry(full_name="Other Example", email="other@example.org", phone="")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inquiries_inquiry SET answers = %s WHERE id = %s", ["k1:broken", self.inquiry.pk])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.ndjson"
            with self.assertRaisesMessage(CommandError, self.inquiry.reference):
                self.export(output=str(path))
            self.assertEqual(json.loads(path.read_text())["identifier"]["value"], other.reference)

    def test_only_who_may_and_says_why(self):
        cases = ({"staff": self.nurse.username}, {"staff": "nobody"}, {"reason": "because"}, {"reason": "          "})
        for case in cases:
            with self.subTest(case), self.assertRaises(CommandError):
                self.export(**case)
        self.officer.is_active = False
        self.officer.save()
        with self.assertRaises(CommandError):
            self.export()
        self.assertEqual(self.looks(), [])


class DownloadTests(ExportCase):
    def download(self, inquiry=None, reason=REASON):
        address = reverse("admin:inquiries_inquiry_export", args=[(inquiry or self.inquiry).pk])
        return self.client.post(address, {"reason": reason})

    def test_gives_the_bundle_under_the_reference(self):
        response = self.download()
        self.assertEqual(response["Content-Type"], "application/fhir+json")
        self.assertEqual(response["Content-Disposition"], f'attachment; filename="{self.inquiry.reference}.json"')
        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(json.loads(response.content)["identifier"]["value"], self.inquiry.reference)
        self.assertEqual(self.looks(), [(self.officer, self.inquiry, "fhir", REASON)])
        self.assertEqual(self.download().content, response.content)

    def test_wants_a_reason(self):
        response = self.download(reason="  why  ")
        self.assertRedirects(response, reverse("admin:inquiries_inquiry_change", args=[self.inquiry.pk]))
        self.assertEqual(self.looks(), [])

    def test_is_offered_to_who_may_and_refused_to_all_others(self):
        page = reverse("admin:inquiries_inquiry_change", args=[self.inquiry.pk])
        self.assertContains(self.client.get(page), "Download as FHIR")
        self.client.force_login(self.nurse)
        self.assertNotContains(self.client.get(page), "Download as FHIR")
        self.assertEqual(self.download().status_code, 403)
        self.assertEqual(self.looks(), [])

    def test_is_no_address_to_open(self):
        address = reverse("admin:inquiries_inquiry_export", args=[self.inquiry.pk])
        self.assertEqual(self.client.get(address).status_code, 405)

    def test_what_is_nobodys_is_neither_offered_nor_given(self):
        for gone in (self.closed_as_spam(), self.anonymised()):
            page = reverse("admin:inquiries_inquiry_change", args=[gone.pk])
            self.assertNotContains(self.client.get(page), "Download as FHIR")
            self.assertContains(
                self.client.post(page.replace("/change/", "/export/"), {"reason": REASON}, follow=True),
                "nobody to export",
            )
        self.assertEqual(self.looks(), [])


class TableTests(ExportCase):
    address = "/admin/inquiries/inquiry/export/"

    def table(self, query="", **given):
        response = self.client.post(
            self.address + query, {"columns": ["reference", "status"], "reason": REASON, **given}
        )
        self.assertEqual(response.status_code, 200, response)
        return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))

    def test_names_nobody_unless_asked(self):
        response = self.client.post(self.address, {"columns": list(exporting.OPERATIONAL), "reason": REASON})
        text = b"".join(response.streaming_content).decode()
        self.assertIn(self.inquiry.reference, text)
        for name in NAMES:
            self.assertNotIn(name, text)
        self.assertRegex(response["Content-Disposition"], r'^attachment; filename="requests-\d{4}-\d\d-\d\d\.csv"$')
        self.assertEqual(self.looks(), [(self.officer, None, "csv:1", REASON)])

    def test_names_are_written_down_for_each_request(self):
        rows = self.table(columns=["reference", "full_name", "phone"])
        self.assertEqual(
            rows, [["Reference", "Name", "Phone"], [self.inquiry.reference, "Ana Example", "(202) 555-0123"]]
        )
        self.assertEqual(
            self.looks(),
            [(self.officer, None, "csv:names:1", REASON), (self.officer, self.inquiry, "csv:names", "")],
        )

    def test_a_formula_is_words(self):
        factories.inquiry(full_name="=HYPERLINK(1)", email="f@example.org", phone="+1 202 555 0199")
        rows = self.table("?queue=all", columns=["full_name", "phone"])
        self.assertIn(["'=HYPERLINK(1)", "'+1 202 555 0199"], rows)

    def test_is_the_list_as_it_is_filtered(self):
        spam = self.closed_as_spam()
        self.assertEqual([row[0] for row in self.table()[1:]], [self.inquiry.reference])
        self.assertEqual([row[0] for row in self.table("?queue=closed")[1:]], [spam.reference])

    def test_ends_at_a_number_that_is_said(self):
        factories.inquiry(full_name="Other Example", email="other@example.org", phone="")
        with mock.patch.object(exporting, "CAP", 1):
            self.assertContains(self.client.get(self.address), "only the first 1 are written")
            self.assertEqual(len(self.table()), 2)

    def test_wants_a_reason_and_a_column(self):
        for given in ({"reason": "why"}, {"columns": []}, {"columns": ["answers"]}):
            response = self.client.post(self.address, {"columns": ["reference"], "reason": REASON, **given})
            with self.subTest(given):
                self.assertContains(response, "errornote")
        self.assertEqual(self.looks(), [])

    def test_only_who_may_take_it_out(self):
        self.client.force_login(self.nurse)
        self.assertEqual(self.client.get(self.address).status_code, 403)
        self.assertEqual(self.client.post(self.address, {"columns": ["reference"], "reason": REASON}).status_code, 403)
        with self.assertRaises(PermissionError):
            exporting.table([self.inquiry.pk], ["reference"], staff=self.nurse, reason=REASON)

    def test_names_are_only_for_who_may_know_them(self):
        self.officer.groups.clear()
        for code in ("view_inquiry", "export_inquiry"):
            self.officer.user_permissions.add(
                Permission.objects.get(codename=code, content_type__app_label="inquiries")
            )
        page = self.client.get(self.address)
        self.assertNotContains(page, "full_name")
        response = self.client.post(self.address, {"columns": ["full_name"], "reason": REASON})
        self.assertContains(response, "errornote")
        staff = type(self.officer).objects.get(pk=self.officer.pk)
        with self.assertRaises(PermissionError):
            exporting.table([self.inquiry.pk], ["full_name"], staff=staff, reason=REASON)

    def test_many_rows_take_as_many_queries_as_one(self):
        def queries():
            with CaptureQueriesContext(connection) as found:
                self.table(columns=list(exporting.LABELS))
            return len(found)

        queries()
        one = queries()
        for number in range(4):
            factories.inquiry(full_name=f"Person {number}", email=f"p{number}@example.org", phone="", condition="knee")
        self.assertEqual(queries(), one)


class CellTests(SimpleTestCase):
    def test_what_begins_a_formula_gets_an_apostrophe(self):
        for text in ("=1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1"):
            self.assertEqual(exporting.cell(text), f"'{text}")
        for text in ("", "1+1", "Ana", "a=b", "'=1"):
            self.assertEqual(exporting.cell(text), text)


class PrintTests(ExportCase):
    def printed(self, staff=None):
        self.client.force_login(staff or self.nurse)
        return self.client.get(reverse("admin:inquiries_inquiry_print", args=[self.inquiry.pk]))

    def test_shows_what_the_person_may_read_and_who_printed_it(self):
        page = self.printed()
        for words in (*NAMES, "What they agreed to", "I have read how Example Clinic uses", "Sent by the patient"):
            self.assertContains(page, words)
        self.assertContains(page, f"Printed by {self.nurse.username}")

    def test_hides_what_they_may_not(self):
        desk = person("Front desk")
        page = self.printed(desk)
        self.assertContains(page, "Ana Example")
        self.assertNotContains(page, "Stairs hurt")
        page = self.printed(person("Auditor"))
        for name in NAMES:
            self.assertNotContains(page, name)

    def test_is_written_down(self):
        self.printed()
        look = AccessLog.objects.get(action="print")
        self.assertEqual((look.staff, look.inquiry), (self.nurse, self.inquiry))

    def test_is_for_who_sees_requests(self):
        self.assertEqual(self.printed(person("Content author")).status_code, 403)
        self.assertFalse(AccessLog.objects.filter(action="print").exists())

    def test_the_history_takes_as_many_queries_however_long(self):
        self.printed()
        with CaptureQueriesContext(connection) as short:
            self.printed()
        factories.moved(self.inquiry, Status.IN_REVIEW, actor=self.nurse)
        with CaptureQueriesContext(connection) as long:
            self.printed()
        self.assertEqual(len(long), len(short))
