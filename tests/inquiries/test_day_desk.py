"""What the desk did on a day: updates read, requests compared, letters changed, rules overruled. Worked examples."""

import datetime
from unittest import mock

from django.db import connection
from django.test import SimpleTestCase

from inquiries import spread
from inquiries.day_desk import desk_work_of, percent_changed
from inquiries.day_figures import Span
from inquiries.models import ContactAttempt, DailyFigures, DuplicateDecision, PatientUpdate, Reply, SavedReply
from inquiries.services import merging, patient, triage
from inquiries.services.figures import roll_up
from tests import factories
from tests.inquiries.test_figures import FiguresCase, at
from therapies import library


class DeskWorkCase(FiguresCase):
    def did(self, day, name):
        span = Span(datetime.date(2026, 11, day), library.current().clinic.calendar)
        return {figure.group: figure.count for figure in desk_work_of(span) if figure.name == name}

    def do(self, moment, what, *args, **given):
        with mock.patch("django.utils.timezone.now", return_value=moment):
            return what(*args, **given)


class UpdateTests(DeskWorkCase):
    def seen(self, moment, inquiry):
        inquiry.refresh_from_db()
        return self.do(moment, triage.mark_seen, inquiry, actor=self.nurse, version=inquiry.version)

    def test_open_time_until_somebody_read_it_with_what_is_worse_apart(self):
        inquiry = self.do(at(20, 9), factories.inquiry)
        self.do(at(20, 16), patient.report_worse, inquiry, text="", signs=[], level="none")
        self.do(at(20, 16, 30), patient.add_information, inquiry, text="One thing more.")
        for kind, wrote in (("worse", at(20, 16)), ("information", at(20, 16, 30))):
            PatientUpdate.objects.filter(kind=kind).update(at=wrote)  # the field took the clock as it is
        self.seen(at(23, 9), inquiry)  # a weekend lies between
        self.assertEqual(self.did(20, "update_seen_within"), {})
        self.assertEqual(self.did(23, "update_seen_within"), {"worse:0120": 1, "information:0090": 1})

    def test_what_nobody_has_read_is_not_counted_yet(self):
        inquiry = self.do(at(23, 9), factories.inquiry)
        self.do(at(23, 10), patient.add_information, inquiry, text="One thing more.")
        self.assertEqual(self.did(23, "update_seen_within"), {})


class ComparedTests(DeskWorkCase):
    def decide(self, moment, decision):
        one, other = (self.do(at(20, 9), factories.inquiry) for _ in range(2))
        self.do(moment, merging.decide, one, other, decision=decision, actor=self.nurse, version=one.version)

    def test_a_pair_counts_once_for_the_day_on_which_somebody_said(self):
        self.decide(at(23, 9), "same")
        self.decide(at(23, 10), "different")
        self.decide(at(24, 10), "different")
        self.assertEqual(DuplicateDecision.objects.count(), 6)
        self.assertEqual(self.did(23, "compared"), {"same": 1, "different": 1})
        self.assertEqual(self.did(24, "compared"), {"different": 1})


class LetterTests(DeskWorkCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.saved = SavedReply.objects.create(title="Call us", body="Please call us.")
        cls.inquiry = factories.inquiry()

    def letter(self, offered, sent, **fields):
        given = {"saved_reply": self.saved, "by": self.nurse, "at": at(23, 10), **fields}
        Reply.objects.create(inquiry=self.inquiry, offered=offered, sent=sent, **given)

    def test_letters_by_how_much_of_the_saved_reply_was_changed(self):
        self.letter("Please call us. We have news for you.", "Please call us. We have news for you.")
        self.letter("Please call us. We have news for you.", "Please ring us. We have news for you.")
        self.letter("Please call us. We have news for you.", "Good day, thank you, come on Tuesday.")
        self.assertEqual(
            self.did(23, "letter_changed_within"),
            {f"{self.saved.pk}:{step}": 1 for step in ("000", "025", "100")},
        )

    def test_a_letter_without_a_saved_reply_or_of_an_erased_person_tells_nothing(self):
        self.letter("", "A letter of my own.", saved_reply=None)
        self.letter("", "")
        self.letter("Please call us.", "Please call us.", at=at(24, 0))
        self.assertEqual(self.did(23, "letter_changed_within"), {})

    def test_letters_that_cannot_be_read_are_not_taken_for_unchanged_ones(self):
        self.letter("Please call us.", "Good day.")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inquiries_reply SET offered = 'lost:AAAA', sent = 'lost:BBBB'")
        self.assertEqual(self.did(23, "letter_changed_within"), {})


class CallTests(DeskWorkCase):
    def call(self, moment, result, channel="phone"):
        inquiry = self.do(at(20, 9), factories.inquiry)
        ContactAttempt.objects.create(inquiry=inquiry, by=self.nurse, at=moment, channel=channel, result=result)

    def test_tries_to_speak_to_somebody_by_the_hour_of_the_clinic_and_what_came_of_it(self):
        for moment, result in ((at(23, 9), "reached"), (at(23, 9, 59), "no_answer"), (at(23, 16), "reached")):
            self.call(moment, result)
        self.call(at(23, 9), "sent", channel="email")
        self.call(at(24, 0), "reached")
        self.assertEqual(self.did(23, "called_at_hour"), {"09:no_answer": 1, "09:reached": 1, "16:reached": 1})


class ChangedTests(SimpleTestCase):
    def test_is_the_share_of_words_that_both_texts_do_not_have_in_common(self):
        found = [percent_changed("a b c d", sent) for sent in ("a b c d", "a b c e", "a b", "a b c d e f g h", "e f")]
        self.assertEqual([round(percent) for percent in found], [0, 25, 33, 33, 100])

    def test_lines_that_a_browser_sends_otherwise_are_no_change(self):
        self.assertEqual(percent_changed("Dear patient,\n\nplease call.", "Dear patient,\r\n\r\nplease call. "), 0)

    def test_falls_into_few_steps_and_only_nothing_is_nothing(self):
        self.assertEqual(
            [spread.change_step_of(p) for p in (0, 0.1, 10, 10.1, 50, 51, 100)], [0, 10, 10, 25, 50, 100, 100]
        )


class RuleTests(FiguresCase):
    def test_rules_on_what_was_closed_and_which_way_a_person_said_otherwise(self):
        why = {"reasons": [{"rule": "TREND-WORSE"}, {"rule": "WORDS"}]}
        by = {"override_by": self.nurse, "override_at": at(23, 8), "priority_level": 2}
        self.closed(at(20, 9), at(23, 9), priority_reasons=why, override_level=3, **by)
        self.closed(at(20, 9), at(23, 9), priority_reasons=why, override_level=1, **by)
        self.closed(at(20, 9), at(23, 9), priority_reasons=why, override_level=3, **by)
        self.closed(at(20, 9), at(23, 9), priority_reasons=why, override_level=2, **by)  # as the rules have it
        self.closed(at(20, 9), at(23, 9), priority_reasons={"reasons": []})
        self.assertEqual(self.of(23, "rule_stood"), {"": 1, "TREND-WORSE": 4, "WORDS": 4})
        ways = {f"{code}:{way}": n for code in ("TREND-WORSE", "WORDS") for way, n in (("higher", 1), ("lower", 2))}
        self.assertEqual(self.of(23, "rule_overruled"), ways)

    def test_spam_and_who_was_taken_out_say_nothing_of_rules(self):
        why = {"reasons": [{"rule": "WORDS"}]}
        self.closed(at(20, 9), at(23, 9), "spam", priority_reasons=why)
        self.closed(at(20, 9), at(23, 9), priority_reasons=None)
        self.assertEqual(self.of(23, "rule_stood"), {})


class SourceTests(FiguresCase):
    def test_what_came_by_the_site_is_counted_apart_from_what_staff_typed_in(self):
        self.request(at(23, 9))
        self.request(at(23, 10), source="phone", entered_by=self.nurse)
        self.assertEqual((self.of(23, "received"), self.of(23, "received_on_site")), ({"": 2}, {"": 1}))


class KeptTests(DeskWorkCase):
    def test_the_roll_up_keeps_them(self):
        self.closed(at(20, 9), at(23, 9), priority_reasons={"reasons": []})
        inquiry = self.do(at(20, 9), factories.inquiry)
        PatientUpdate.objects.create(inquiry=inquiry, kind="worse", at=at(23, 9), seen_at=at(23, 10))
        saved = SavedReply.objects.create(title="Call us", body="Please call us.")
        Reply.objects.create(inquiry=inquiry, saved_reply=saved, offered="a", sent="a", by=self.nurse, at=at(23, 9))
        other = self.do(at(20, 9), factories.inquiry)
        DuplicateDecision.objects.create(inquiry=inquiry, other=other, decision="same", by=self.nurse, at=at(23, 9))
        roll_up(datetime.date(2026, 11, 23), datetime.date(2026, 11, 23))
        names = {"rule_stood", "update_seen_within", "letter_changed_within", "compared"}
        self.assertEqual(names - set(DailyFigures.objects.values_list("name", flat=True)), set())

    def test_no_day_looks_at_all_that_was_ever_done(self):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        span = Span(datetime.date(2026, 11, 23), library.current().clinic.calendar)
        for model, field in (
            (PatientUpdate, "seen_at"),
            (DuplicateDecision, "at"),
            (Reply, "at"),
            (ContactAttempt, "at"),
        ):
            with self.subTest(model.__name__):
                plan = model.objects.filter(**span.within(field)).order_by().explain()
                self.assertRegex(plan, r"(?i)index")
                self.assertNotRegex(plan, r"Seq Scan|\bSCAN (?!.*USING)")
