"""The numbers of the dashboard, from the rows the roll-up wrote, and how they are drawn."""

import datetime

from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext

from inquiries import charts, reports, spread
from inquiries.models import DailyCounter, DailyFigures
from tests import factories

DAY = datetime.timedelta(days=1)
UNTIL = datetime.date(2026, 11, 25)  # a Wednesday


def counted(date, name, group="", count=0, value=None):
    return DailyFigures.objects.create(date=date, name=name, group=group, count=count, value=value)


class ReportTests(TestCase):
    def setUp(self):
        counted(UNTIL, "received", count=6)

    def test_before_the_first_night_there_is_none(self):
        DailyFigures.objects.all().delete()
        self.assertIsNone(reports.report(7))

    def test_ends_with_the_last_day_that_was_counted(self):
        report = reports.report(30)
        self.assertEqual((report.since, report.until), (datetime.date(2026, 10, 27), UNTIL))

    def test_adds_up_the_days_of_the_time_and_no_others(self):
        counted(UNTIL - 6 * DAY, "received", count=4)
        counted(UNTIL - 7 * DAY, "received", count=100)
        self.assertEqual(reports.report(7).totals["received"], 10)

    def test_the_median_of_a_time_is_of_all_its_contacts_and_not_of_its_days(self):
        for days, step, count in ((0, "0600", 1), (1, "0015", 2), (2, "0015", 2), (3, "0015", 2)):
            counted(UNTIL - days * DAY, "first_contact_within", f"3:{step}", count)
        times = reports.report(7).times
        self.assertEqual((times.count, times.half, times.nine_in_ten), (7, 15, 600))

    def test_times_by_the_level_that_counted(self):
        counted(UNTIL, "first_contact_within", "1:0030", 5)
        counted(UNTIL, "first_contact_within", "3:0600", 4)
        found = {times.label: (times.count, times.half) for times in reports.report(7).times_by_level}
        self.assertEqual(found["Urgent"], (5, 30))
        self.assertEqual(found["Routine"], (4, None))  # of so few no time is told

    def test_the_share_of_promises_kept(self):
        counted(UNTIL, "promises_due", count=8)
        counted(UNTIL, "promises_kept", count=6)
        self.assertEqual(reports.report(7).kept, 75)
        self.assertEqual([point.kept for point in reports.report(7).points][-2:], [None, 75])

    def test_a_week_is_drawn_by_day_and_longer_by_whole_weeks_from_monday(self):
        self.assertEqual(
            [point.begins for point in reports.report(7).points], [UNTIL - n * DAY for n in range(6, -1, -1)]
        )
        points = reports.report(30).points
        self.assertEqual(
            [points[0].begins, points[-1].begins], [datetime.date(2026, 10, 26), datetime.date(2026, 11, 23)]
        )
        self.assertEqual([point.is_whole for point in points], [True] * 4 + [False])
        self.assertEqual(points[-1].received, 6)

    def test_small_groups_are_told_together(self):
        knee, hip, arm = (factories.condition(slug=slug, title=slug.title()) for slug in ("knee", "hip", "arm"))
        for page, count in ((knee, 9), (hip, 4), (arm, 2)):
            counted(UNTIL, "received_by_condition", str(page.pk), count)
        self.assertEqual(reports.report(7).conditions.all_rows, (("Knee", 9), ("All others", 6)))

    def test_where_all_groups_are_small_nothing_is_told(self):
        counted(UNTIL, "closed", "declined", 2)
        counted(UNTIL, "closed", "booked", 1)
        self.assertEqual(reports.report(7).outcomes.all_rows, ())

    def test_age_and_load_are_those_of_the_last_day(self):
        nurse = factories.staff("nurse", first_name="Nia", last_name="Example")
        counted(UNTIL - DAY, "open_by_age", "0", 99)
        counted(UNTIL, "open_by_age", "0", 3)
        counted(UNTIL, "open_by_owner", str(nurse.pk), 2)
        counted(UNTIL, "open_by_owner", "", 1)
        report = reports.report(7)
        self.assertEqual(report.backlog.ages[0], ("Came on that day", 3))
        self.assertEqual(report.backlog.load, (("Nia Example", 2), ("Nobody yet", 1)))

    def test_open_requests_by_priority_and_status_are_those_of_the_last_day(self):
        for group, count in (("0:new", 0), ("1:new", 2), ("1:in_review", 1), ("3:new", 9)):
            counted(UNTIL, "open_by_level", group, count)
        counted(UNTIL - DAY, "open_by_level", "0:new", 99)
        counted(UNTIL, "open_oldest", "", 1, 600)
        backlog = reports.report(7).backlog
        self.assertEqual(backlog.by_level, (("Emergency sign", 0), ("Urgent", 3), ("Soon", 0), ("Routine", 9)))
        self.assertEqual(backlog.levels.columns, ("New", "In review", "Waiting for the patient", "Accepted"))
        self.assertEqual(backlog.levels.rows[1], ("Urgent", (2, 1, 0, 0)))
        self.assertEqual((backlog.oldest, backlog.oldest_of_nobody), (600, None))

    def test_what_was_closed_since_stands_apart_and_a_day_counted_before_has_no_rows(self):
        self.assertEqual(reports.report(7).backlog.levels.rows, ())
        counted(UNTIL, "open_by_level", "2:", 4)
        levels = reports.report(7).backlog.levels
        self.assertEqual((levels.columns[-1], levels.rows[2]), ("Closed since", ("Soon", (0, 0, 0, 0, 4))))

    def test_outcomes_by_priority_in_its_order_and_small_ones_together(self):
        for group, count in (("3:booked", 9), ("1:booked", 6), ("0:booked", 2), ("2:booked", 4), ("1:declined", 4)):
            counted(UNTIL, "closed_by_level_and_status", group, count)
        for status, count in (("booked", 21), ("declined", 4)):
            counted(UNTIL, "closed", status, count)
        counted(UNTIL, "closed", "redirected", 7)
        found = reports.report(7).outcomes_by_level
        self.assertEqual(found.columns, ("Booked",))  # declined and sent elsewhere are told together
        self.assertEqual(found.rows, (("Urgent", (6,)), ("Routine", (9,)), ("All others", (6,))))

    def test_outcomes_by_part_of_the_body_and_by_how_long_it_has_been_there(self):
        counted(UNTIL, "closed", "booked", 17)
        for name, groups in (("region", ("knee", "")), ("duration", ("1_5y", "lt6w"))):
            for group, count in zip(groups, (11, 6), strict=True):
                counted(UNTIL, f"closed_by_{name}", f"{group}:booked", count)
        report = reports.report(7)
        self.assertEqual(report.outcomes_by_region.rows, (("Knee", (11,)), ("Not said", (6,))))
        self.assertEqual(report.outcomes_by_duration.rows, (("Less than 6 weeks", (6,)), ("1 to 5 years", (11,))))

    def test_who_was_never_reached_by_how_they_asked_to_be_contacted(self):
        for group, count in (
            ("phone:never", 2),
            ("phone:reached", 6),
            ("email:never", 4),
            ("email:reached", 3),
            ("text:never", 4),
        ):
            counted(UNTIL, "tried_by_method", group, count)
        self.assertEqual(
            reports.report(7).never_reached, (("Phone call", 8, 25),)
        )  # e-mail hides that of text messages

    def test_closed_by_day(self):
        counted(UNTIL, "closed", "booked", 3)
        counted(UNTIL, "closed", "declined", 1)
        self.assertEqual([point.closed for point in reports.report(7).points][-2:], [0, 4])

    def test_half_and_nine_in_ten_of_the_forms_by_the_clock_on_the_wall(self):
        counted(UNTIL, "form_within", "web:0005", 3)
        counted(UNTIL, "form_within", "web:0012", 1)
        self.assertIsNone(reports.report(7).form_times.half)  # of so few no time is told
        counted(UNTIL - DAY, "form_within", f"web:{spread.FORM_LONGER:04}", 1)
        times = reports.report(7).form_times
        self.assertEqual((times.half, times.nine_in_ten), (5, spread.FORM_LONGER))

    def test_the_way_through_the_safety_questions(self):
        DailyCounter.objects.create(date=UNTIL, name="safety shown", value=12)
        DailyCounter.objects.create(date=UNTIL - 7 * DAY, name="safety shown", value=100)
        self.assertEqual(reports.report(7).funnel[0], ("Answered the safety questions", 12))

    def test_costs_the_same_for_a_week_and_for_a_quarter_with_many_rows(self):
        counted(UNTIL, "received_by_condition", "", count=1)
        with CaptureQueriesContext(connection) as week:
            reports.report(7)
        for n in range(1, 20):
            counted(UNTIL - n * DAY, "received", count=n)
            counted(UNTIL - n * DAY, "received_by_condition", "", count=n)
        with self.assertNumQueries(len(week)):
            reports.report(90)
        self.assertLessEqual(len(week), 9)


class ChartTests(SimpleTestCase):
    def test_the_longest_bar_is_as_wide_as_there_is_place(self):
        self.assertEqual(
            [bar.width for bar in charts.bars([("a", 8), ("b", 2), ("c", 0)])], ["100.00%", "25.00%", "0.00%"]
        )
        self.assertEqual([bar.width for bar in charts.bars([("a", 0)])], ["0.00%"])

    def test_an_axis_ends_at_a_round_number_above_everything(self):
        found = [charts.top(values) for values in ([], [None], [0.4], [2], [5], [11], [61], [101])]
        self.assertEqual(found, [2, 2, 2, 2, 6, 20, 100, 200])

    def test_columns_stand_on_the_ground(self):
        for column in charts.columns([0, 5, 10], 10):
            self.assertEqual(column.y + column.height, charts.HEIGHT)

    def test_a_line_has_a_gap_where_nothing_is_known(self):
        line = charts.line([1, 2, None, 3, None, 4, 5], 10)
        self.assertEqual(len(line.segments), 2)
        self.assertEqual([dot.x for dot in line.dots], ["50.00%", "92.86%"])
        self.assertEqual(charts.line([None], 10), charts.Line((), ()))


class WordTests(SimpleTestCase):
    def test_times_are_said_as_people_say_them(self):
        self.assertEqual(
            [spread.in_words(m) for m in (0, 45, 60, 70, 185)], ["0 min", "45 min", "1 h", "1 h 10", "3 h 05"]
        )
        self.assertEqual([spread.step_in_words(step) for step in (90, spread.MORE)], ["1 h 30", "over 40 h"])

    def test_the_time_of_a_form_is_said_in_its_own_steps(self):
        self.assertEqual([spread.form_step_of(minutes) for minutes in (0, 2, 2.1, 60, 60.1)], [2, 2, 3, 60, 61])
        self.assertEqual([spread.form_step_in_words(step) for step in (6, 61)], ["6 min", "over 1 h"])

    def test_sums_are_told_in_fives(self):
        self.assertEqual([spread.about(total) for total in (0, 4, 5, 13)], ["0", "fewer than 5", "about 5", "about 15"])
