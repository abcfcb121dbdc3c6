"""What stands behind the flow on the dashboard: hours, reasons and the desk's own tools, from the rows of the nights."""

from django.test import TestCase

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
