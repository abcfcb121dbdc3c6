"""How requests came to be closed: tries, time in each status, and coming back. Worked examples, lived through."""

import datetime
from unittest import mock

from django.db import connection
from django.test import TestCase

from inquiries import spread
from inquiries.day_figures import Span
from inquiries.day_histories import histories_of
from inquiries.models import ContactAttempt, DailyFigures, Inquiry, InquiryEvent
from inquiries.reports import report
from inquiries.services import contact, patient, undo
from inquiries.services.figures import roll_up
from inquiries.states import Status
from tests import factories
from tests.inquiries.test_figures import FiguresCase, at
from tests.inquiries.test_reports import UNTIL, counted
from therapies import library

ATTEMPTS = [("phone", "no_answer"), ("email", "sent"), ("phone", "reached"), ("phone", "reached")]


class HistoryTests(FiguresCase):
    def of(self, day, name):
        span = Span(datetime.date(2026, 11, day), library.current().clinic.calendar)
        return {figure.group: figure.count for figure in histories_of(span) if figure.name == name}

    def do(self, moment, what, *args, **given):
        with mock.patch("django.utils.timezone.now", return_value=moment):
            return what(*args, **given)

    def move(self, moment, inquiry, to):
        return self.do(moment, factories.moved, inquiry, to, actor=self.nurse)

    def answered(self, *attempts):
        """Came on Monday at nine, taken at eleven, declined on Tuesday at nine: 2 and 7 open hours."""
        inquiry = self.do(at(23, 9), factories.inquiry)
        inquiry = self.move(at(23, 11), inquiry, Status.IN_REVIEW)
        for channel, result in attempts:
            inquiry.refresh_from_db()
            given = {"actor": self.nurse, "version": inquiry.version, "channel": channel, "result": result}
            self.do(at(23, 12), contact.record, inquiry, **given)
        return self.move(at(24, 9), inquiry, Status.DECLINED)

    def test_the_time_in_each_status_is_open_time_and_counts_for_the_day_of_closing(self):
        self.answered(("phone", "reached"))
        self.assertEqual(self.of(23, "time_in_status"), {})
        self.assertEqual(self.of(24, "time_in_status"), {"new:0240": 1, "in_review:0480": 1})

    def test_a_status_a_request_came_back_to_counts_once_with_all_its_time(self):
        inquiry = self.answered(("phone", "reached"))
        self.move(at(24, 10), inquiry, Status.IN_REVIEW)
        self.move(at(25, 10), inquiry, Status.DECLINED)
        self.assertEqual(self.of(25, "time_in_status"), {"new:0240": 1, "in_review:0960": 1})

    def test_who_comes_back_is_a_share_of_the_closed_when_closed_again(self):
        inquiry = self.answered(("phone", "reached"))
        self.assertEqual((self.of(24, "closed_answered"), self.of(24, "closed_again")), ({"": 1}, {"": 0}))
        self.do(at(24, 10), patient.add_information, inquiry, text="One thing more.")
        self.move(at(25, 9), inquiry, Status.IN_REVIEW)
        self.move(at(25, 10), inquiry, Status.DECLINED)
        self.assertEqual((self.of(25, "closed_answered"), self.of(25, "closed_again")), ({"": 1}, {"": 1}))

    def test_a_slip_that_is_taken_back_is_no_coming_back(self):
        inquiry = self.answered(("phone", "reached"))
        self.do(at(24, 9, 1), undo.undo, inquiry, actor=self.nurse, version=inquiry.version)
        self.move(at(24, 11), inquiry, Status.DECLINED)
        self.assertEqual((self.of(24, "closed_answered"), self.of(24, "closed_again")), ({"": 1}, {"": 0}))

    def test_tries_are_counted_until_somebody_was_reached(self):
        self.answered(*ATTEMPTS)
        self.answered(ATTEMPTS[2])
        self.answered(*[ATTEMPTS[1]] * 5)
        self.assertEqual(self.of(24, "tries_until_reached"), {"1": 1, "3": 1, "never": 1})
        Inquiry.objects.update(contact_method="phone")
        self.assertEqual(self.of(24, "tried_by_method"), {"phone:reached": 2, "phone:never": 1})

    def test_no_day_looks_at_all_histories(self):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        span = Span(datetime.date(2026, 11, 23), library.current().clinic.calendar)
        for model in (InquiryEvent, ContactAttempt):
            plan = model.objects.filter(**span.within("inquiry__closed_at")).order_by("inquiry_id").explain()
            self.assertNotRegex(plan, r"Seq Scan|\bSCAN (?!.*USING)")

    def test_the_roll_up_keeps_them(self):
        self.answered(("phone", "reached"))
        roll_up(datetime.date(2026, 11, 24), datetime.date(2026, 11, 24))
        names = {"time_in_status", "tries_until_reached", "closed_answered", "closed_again"}
        self.assertEqual(names - set(DailyFigures.objects.values_list("name", flat=True)), set())


class CrossedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        counted(UNTIL, "received", count=6)

    def test_how_requests_about_each_condition_ended_and_no_small_number_can_be_worked_out(self):
        knee, hip, arm = (factories.condition(slug=slug, title=slug.title()) for slug in ("knee", "hip", "arm"))
        for page, status, count in [
            *((knee, "booked", 9), (knee, "declined", 6), (hip, "booked", 5), (hip, "declined", 3)),
            *((arm, "booked", 2), (arm, "withdrawn", 4)),
        ]:
            counted(UNTIL, "closed_by_condition", f"{page.pk}:{status}", count)
        for status, count in (("booked", 16), ("declined", 9), ("withdrawn", 4)):
            counted(UNTIL, "closed", status, count)
        crossed = report(7).outcomes_by_condition
        # The outcomes told are those of the chart beside it; two hips of 16 would be known from 9 and 5, so hip is not told.
        self.assertEqual(report(7).outcomes.rows, tuple(zip(crossed.columns, (16,), strict=True)))
        self.assertEqual(crossed.rows, (("Knee", (9,)), ("All others", (7,))))

    def test_of_too_few_nothing_is_told(self):
        counted(UNTIL, "closed_by_condition", ":booked", 3)
        counted(UNTIL, "closed", "booked", 3)
        self.assertEqual(report(7).outcomes_by_condition.rows, ())

    def test_tries_shares_and_times_are_told_of_five_or_more(self):
        for status, count in (("booked", 6), ("unreachable", 2), ("spam", 90)):
            counted(UNTIL, "closed", status, count)
        counted(UNTIL, "closed_answered", count=8)
        counted(UNTIL, "closed_again", count=2)
        counted(UNTIL, "tries_until_reached", "1", 5)
        counted(UNTIL, "time_in_status", "new:0060", 5)
        counted(UNTIL, "time_in_status", "accepted:0060", 4)
        found = report(7)
        self.assertEqual((found.unreachable, found.reopened), (25, 25))
        self.assertEqual(found.tries.rows, (("After 1 try", 5),))
        times = {time.label: (time.count, time.half) for time in found.time_in_status}
        self.assertEqual((times["New"], times["Accepted"]), ((5, 60), (4, None)))

    def test_what_takes_days_falls_into_few_steps(self):
        self.assertEqual([spread.coarse_step_of(minutes) for minutes in (60, 61, 2401)], [60, 240, spread.MORE])
