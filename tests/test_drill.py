"""The drill's own tools: that they see what is lost, doubled or half written, and keep away from real data."""

import contextlib
import io
import os
import subprocess
import sys
import unittest
import uuid
from pathlib import Path

from django import test
from django.db import connection, transaction

from bench.posting import Answer
from clinic import outbox
from clinic.models import OutboxEmail
from drill import forms, mail_server, records
from drill.__main__ import LONG, parts_of, verdict
from drill.report import Report
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, SearchKey
from inquiries.services import append_only
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
WELL = {"counts": {"acknowledged": 1}, "breaches": []}


class SendTests(test.TestCase):
    @classmethod
    def setUpTestData(cls):
        append_only.unguard(connection)  # tests take rows away that nothing else could
        factories.condition(slug="knee-osteoarthritis", live=True)
        factories.treatment(slug="prp-injection", live=True)

    def sent(self):
        """A form of the drill that was sent and confirmed."""
        form = forms.ready(1)[0]
        head, _, body = form.message.partition(b"\r\n\r\n")
        answer = self.client.post(
            head.split()[1].decode(), body.decode(), content_type="application/x-www-form-urlencoded"
        )
        form.answer = Answer(answer.status_code, answer["Location"], 0.1)
        return form

    def whole(self):
        """What a Send that nothing disturbed writes."""
        with transaction.atomic():
            form = self.sent()
            pattern = records.pattern(Inquiry.objects.get(submission_key=form.key))
            transaction.set_rollback(True)
        return pattern

    def breaches(self, *sent):
        report = Report()
        forms.check(list(sent), self.whole(), report, "killed")
        forms.check_all(report)
        return report.breaches

    def test_a_whole_request_is_no_breach(self):
        self.assertEqual(self.breaches(self.sent()), [])

    def test_a_confirmation_without_its_request_is_a_breach(self):
        form = self.sent()
        form.key = uuid.uuid4()
        self.assertEqual(self.breaches(form), ["killed: acknowledged, but not stored"])

    def test_a_request_without_one_kind_of_its_rows_is_a_breach(self):
        form = self.sent()
        inquiry = Inquiry.objects.get()
        for model, name in ((SearchKey, "search keys"), (ConsentRecord, "consents"), (InquiryEvent, "events")):
            with self.subTest(name):
                rows = model.objects.filter(inquiry=inquiry)
                rows._raw_delete(rows.db)
                self.assertIn(name, records.missing(inquiry))
        OutboxEmail.objects.all().delete()
        self.assertIn("acknowledgement", self.breaches(form)[0])

    def test_a_request_with_a_column_left_empty_is_a_breach(self):
        form = self.sent()
        Inquiry.objects.update(content_hash="")
        self.assertEqual(self.breaches(form), ["killed: stored unlike an undisturbed Send: inquiry.content_hash"])

    def test_a_request_with_a_second_mail_about_it_is_a_breach(self):
        form = self.sent()
        owed = OutboxEmail.objects.get()
        outbox.owe(kind="other", about=("inquiry", owed.about_id), to="ana@example.org", dedupe_key="other")
        self.assertIn("unlike an undisturbed Send: outboxemail", self.breaches(form)[0])

    def test_an_event_that_is_counted_and_not_there_is_a_breach(self):
        form = self.sent()
        Inquiry.objects.update(event_count=2)
        self.assertEqual(self.breaches(form), ["killed: stored without the right events"])

    def test_a_history_that_does_not_end_where_the_request_says_is_a_breach(self):
        form = self.sent()
        Inquiry.objects.update(event_head="another")
        self.assertEqual(self.breaches(form), ["killed: stored without the right events"])

    def test_what_is_stored_without_being_confirmed_is_counted_and_no_breach(self):
        form = self.sent()
        form.answer = None
        report = Report()
        forms.check([form], self.whole(), report, "killed")
        self.assertEqual((report.breaches, report.counts["stored, and the answer lost"]), ([], 1))

    def test_a_form_that_is_not_confirmed_when_sent_again_is_a_breach(self):
        form = self.sent()
        form.answer = Answer(503, "", 0.1)
        report = Report()
        forms.check_sent_again([form], self.whole(), report)
        self.assertEqual(report.breaches, ["sent again: 1 not confirmed"])

    def test_the_same_person_twice_is_a_breach(self):
        self.sent()
        first = Inquiry.objects.get()
        factories.inquiry(email=first.email)
        self.assertIn("1 requests stored twice", self.breaches())

    def test_a_mail_about_nothing_is_a_breach(self):
        self.sent()
        OutboxEmail.objects.update(about_id=uuid.uuid4())
        self.assertIn("1 messages about requests that are not stored", self.breaches())


class VerdictTests(unittest.TestCase):
    def verdict(self, reports):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            return verdict(reports, LONG), printed.getvalue()

    def test_all_well_on_both_databases_ends_with_0(self):
        sqlite, postgres = dict.fromkeys(parts_of("SQLite", LONG), WELL), dict.fromkeys(LONG, WELL)
        self.assertEqual(self.verdict({"SQLite": sqlite, "PostgreSQL": postgres})[0], 0)

    def test_one_breach_ends_with_1_and_says_where(self):
        parts = dict.fromkeys(parts_of("SQLite", LONG), WELL)
        parts["mail"] = {"counts": {}, "breaches": ["a mail is lost"]}
        code, printed = self.verdict({"SQLite": parts})
        self.assertEqual(code, 1)
        self.assertIn("BROKEN  SQLite: a mail server that misbehaves: a mail is lost", printed)

    def test_a_part_that_did_not_run_ends_with_1(self):
        for name in ("SQLite", "PostgreSQL"):
            for left_out in parts_of(name, LONG):
                with self.subTest(f"{name}: {left_out}"):
                    parts = {part: WELL for part in parts_of(name, LONG) if part != left_out}
                    self.assertEqual(self.verdict({name: parts})[0], 1)


class SafetyTests(unittest.TestCase):
    def test_never_touches_the_database_of_a_site(self):
        environment = {name: value for name, value in os.environ.items() if name != "DRILL_DATA"}
        command = [sys.executable, "-m", "drill.inside", "mail=1"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("make drill", done.stderr)

    def test_every_mood_of_the_mail_server_ends_with_it_being_well(self):
        self.assertEqual(mail_server.MOODS[-1], "well")
