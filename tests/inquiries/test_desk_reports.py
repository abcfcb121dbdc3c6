"""What stands behind the flow on the dashboard: hours, reasons and the desk's own tools, from the rows of the nights."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from inquiries.models import DailyCounter, SavedReply
from inquiries.reports import report
from tests.inquiries.test_reports import UNTIL, counted


class DeskReportCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        counted(UNTIL, "received", count=20)

    def counted(self, name, groups):
        for group, count in groups.items():
            counted(UNTIL, name, group, count)


class ComingTests(DeskReportCase):
    def test_hours_are_told_by_three_in_their_order_and_few_of_them_together(self):
        self.counted("received_by_hour", {"20": 2, "02": 4, "14": 6, "17": 1, "09": 3, "11": 4})
        coming = report(7).coming
        self.assertEqual(coming.hours.rows, (("09:00 to 12:00", 7), ("12:00 to 15:00", 6)))
        self.assertEqual(coming.hours.others, 7)

    def test_the_share_that_came_while_the_clinic_was_closed(self):
        self.counted("received_while_closed", {"": 5})
        self.assertEqual(report(7).coming.while_closed, 25)


class CallTests(DeskReportCase):
    def test_the_share_of_calls_that_reached_somebody_by_hour_and_few_of_them_together(self):
        self.counted("called_at_hour", {"16:reached": 3, "16:no_answer": 5, "09:voicemail": 6, "09:reached": 6})
        self.counted("called_at_hour", {"12:reached": 3, "13:no_answer": 1, "14:no_answer": 1})
        found = [(hour.words, hour.calls, hour.reached) for hour in report(7).calls]
        self.assertEqual(found, [("09:00 to 10:00", 12, 50), ("16:00 to 17:00", 8, 38), ("All others", 5, 60)])

    def test_of_fewer_than_five_calls_nothing_is_told(self):
        self.counted("called_at_hour", {"16:reached": 4})
        self.assertEqual(report(7).calls, ())


class EndingTests(DeskReportCase):
    def test_why_requests_were_declined_with_those_closed_before_there_was_a_choice(self):
        self.counted("closed", {"declined": 20, "booked": 30})
        self.counted("closed_outcome", {"other_care_first": 8, "risk_too_high": 6, "consultation_booked": 30})
        rows = (
            ("Other care should be tried first", 8),
            ("Not recorded", 6),
            ("The risks outweigh what can be gained", 6),
        )
        self.assertEqual(report(7).endings.declined.all_rows, rows)

    def test_few_reasons_are_told_together(self):
        self.counted("closed", {"declined": 12})
        self.counted("closed_outcome", {"other_care_first": 8, "risk_too_high": 3, "patient_decided": 1})
        self.assertEqual(report(7).endings.declined.all_rows, (("All others", 12),))

    def test_of_an_outcome_that_is_not_told_no_reason_is(self):
        # Six declined stand among nine others: told here, they would tell that three withdrew.
        self.counted("closed", {"booked": 20, "declined": 6, "withdrawn": 3})
        self.counted("closed_outcome", {"other_care_first": 6})
        self.assertEqual(report(7).endings.declined.all_rows, ())

    def test_how_many_were_sent_to_emergency_care(self):
        self.counted("closed", {"redirected": 13})
        self.counted("closed_outcome", {"emergency_care": 6, "own_doctor": 7})
        endings = report(7).endings
        self.assertEqual((endings.to_emergency_care, endings.elsewhere.rows[1]), (6, ("To emergency care", 6)))

    def test_few_sent_to_emergency_care_are_not_told(self):
        self.counted("closed", {"redirected": 12})
        self.counted("closed_outcome", {"emergency_care": 3, "own_doctor": 9})
        self.assertIsNone(report(7).endings.to_emergency_care)

    def test_booked_is_a_share_of_those_that_were_answered(self):
        self.counted("closed", {"booked": 6, "declined": 2, "spam": 90, "merged": 7})
        self.assertEqual(report(7).endings.booked, 75)


class ToolTests(DeskReportCase):
    def test_what_is_worse_is_told_apart_and_of_fewer_than_five_no_time_is(self):
        self.counted("update_seen_within", {"worse:0030": 4, "worse:0240": 1, "information:0060": 4})
        worse, more = report(7).tools.updates
        self.assertEqual((worse.label, worse.count, worse.half, worse.nine_in_ten), ("It is worse", 5, 30, 240))
        self.assertEqual((more.label, more.count, more.half), ("More information", 4, None))

    def test_pairs_compared_and_the_share_that_was_the_same(self):
        self.counted("compared", {"same": 6, "different": 18})
        tools = report(7).tools
        self.assertEqual((tools.compared.all_rows, tools.confirmed), ((("Not the same", 18), ("The same", 6)), 25))

    def test_a_saved_reply_that_is_always_rewritten_is_seen(self):
        call, wait = (SavedReply.objects.create(title=title, body="Text") for title in ("Call us", "Please wait"))
        self.counted("letter_changed_within", {f"{call.pk}:000": 2, f"{call.pk}:025": 6, f"{wait.pk}:100": 4})
        self.counted("letter_changed_within", {f"{wait.pk}:050": 1})
        first, second = report(7).tools.letters
        self.assertEqual((first.title, first.count, first.as_offered, first.half), ("Call us", 8, 25, 25))
        self.assertEqual((second.title, second.rewritten, second.needs_work), ("Please wait", 80, True))
        self.assertFalse(first.needs_work)

    def test_saved_replies_that_are_rarely_used_are_told_together(self):
        replies = [SavedReply.objects.create(title=f"Reply {number}", body="Text") for number in range(3)]
        for reply, count in zip(replies, (9, 3, 2), strict=True):
            self.counted("letter_changed_within", {f"{reply.pk}:000": count})
        self.assertEqual(
            [(row.title, row.count) for row in report(7).tools.letters], [("Reply 0", 9), ("All others", 5)]
        )

    def test_a_rule_and_how_often_a_person_said_otherwise(self):
        self.counted("rule_stood", {"TREND-WORSE": 8, "": 30, "OLD-RULE": 4})
        self.counted("rule_overruled", {"TREND-WORSE:lower": 2, "OLD-RULE:higher": 4})
        rules = [(rule.words, rule.count, rule.lower, rule.higher) for rule in report(7).tools.rules]
        trend = ("Got worse in the past 2 weeks (TREND-WORSE)", 8, 25, 0)
        self.assertEqual(rules, [trend, ("None: routine", 30, 0, 0), ("OLD-RULE", 4, None, None)])

    def test_titles_of_saved_replies_cost_no_query_of_their_own(self):
        self.counted("received_by_condition", {"1": 9})
        with CaptureQueriesContext(connection) as without:
            report(7)
        self.counted("letter_changed_within", {f"{SavedReply.objects.create(title='Call us', body='Text').pk}:000": 9})
        with self.assertNumQueries(len(without)):
            self.assertEqual(report(7).tools.letters[0].title, "Call us")


class FormTests(DeskReportCase):
    def test_the_way_through_the_form_ends_with_the_requests_of_the_site(self):
        for name, value in (("form started", 20), ("form page who", 10), ("form error email", 6)):
            DailyCounter.objects.create(date=UNTIL, name=name, value=value)
        self.counted("received_on_site", {"": 7})
        form = report(7).form
        self.assertEqual((form.steps[0].count, form.steps[1].went_on, form.steps[-1].count), (20, 50, 7))
        self.assertEqual(form.errors, (("email", 6),))
