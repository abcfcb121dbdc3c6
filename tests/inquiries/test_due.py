"""By when we owe a reply: worked examples in the clinic's time, every minute against a model, and nobody starves."""

import datetime
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from clinic.business_time import Calendar
from inquiries.due import TARGETS, Target, in_words, minutes_left, queue_key, reply_due, resumed, share_used

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = datetime.timedelta(minutes=1)
THANKSGIVING = datetime.date(2026, 11, 26)  # a Thursday
WEEKDAYS = tuple((day, datetime.time(8), datetime.time(18)) for day in range(5))
CLINIC = Calendar(WEEKDAYS, frozenset({THANKSGIVING}), NEW_YORK)
NIGHTS = Calendar(tuple((day, datetime.time(0), datetime.time(6)) for day in range(7)), frozenset(), NEW_YORK)
CLOSED = Calendar((), frozenset(), NEW_YORK)
EMERGENCY, URGENT, SOON, ROUTINE = (TARGETS[level] for level in range(4))


def at(text):
    """A moment by the clock on the clinic's wall."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


class ReplyDueTests(SimpleTestCase):
    def assert_due(self, *examples, calendar=CLINIC):
        for received, target, points, due in examples:
            with self.subTest(received, target=target, points=points):
                self.assertEqual(reply_due(calendar, at(received), target, points), at(due))

    def test_on_an_open_day(self):
        self.assert_due(
            ("2026-11-23 10:00", EMERGENCY, 0, "2026-11-23 10:30"),
            ("2026-11-23 10:00", URGENT, 0, "2026-11-23 12:00"),
            ("2026-11-23 10:00", SOON, 0, "2026-11-24 18:00"),
            ("2026-11-23 10:00", ROUTINE, 0, "2026-11-25 18:00"),
        )

    def test_over_a_weekend(self):
        self.assert_due(
            ("2026-11-20 17:45", EMERGENCY, 0, "2026-11-23 08:15"),
            ("2026-11-21 11:00", URGENT, 0, "2026-11-23 10:00"),
            ("2026-11-21 11:00", SOON, 0, "2026-11-23 18:00"),
            ("2026-11-20 23:00", ROUTINE, 0, "2026-11-24 18:00"),
        )

    def test_over_a_holiday(self):
        self.assert_due(
            ("2026-11-25 17:00", URGENT, 0, "2026-11-27 09:00"),
            ("2026-11-25 17:00", SOON, 0, "2026-11-27 18:00"),
            ("2026-11-26 09:00", EMERGENCY, 0, "2026-11-27 08:30"),
            ("2026-11-25 17:00", ROUTINE, 0, "2026-11-30 18:00"),
        )

    def test_when_the_clock_skips_an_hour(self):
        self.assert_due(("2026-03-08 01:30", URGENT, 0, "2026-03-08 04:30"), calendar=NIGHTS)
        self.assert_due(("2026-03-06 17:00", URGENT, 0, "2026-03-09 09:00"))

    def test_when_the_clock_repeats_an_hour(self):
        three_hours = Target(minutes=180)  # two by the clock on the wall
        self.assert_due(("2026-11-01 00:30", three_hours, 0, "2026-11-01 02:30"), calendar=NIGHTS)
        self.assert_due(("2026-10-30 17:00", URGENT, 0, "2026-11-02 09:00"))

    def test_a_point_pulls_it_one_open_minute_earlier(self):
        self.assert_due(
            ("2026-11-23 10:00", URGENT, 15, "2026-11-23 11:45"),
            ("2026-11-23 10:00", ROUTINE, 40, "2026-11-25 17:20"),
            ("2026-11-20 17:45", URGENT, 50, "2026-11-23 08:55"),
            ("2026-11-20 17:45", URGENT, 55, "2026-11-23 08:50"),
        )

    def test_points_pull_at_most_half_of_the_target(self):
        self.assert_due(
            ("2026-11-23 10:00", EMERGENCY, 15, "2026-11-23 10:15"),
            ("2026-11-23 10:00", EMERGENCY, 55, "2026-11-23 10:15"),
            ("2026-11-23 10:00", Target(minutes=31), 55, "2026-11-23 10:16"),
            ("2026-11-21 11:00", SOON, 1000, "2026-11-23 13:00"),
        )

    def test_a_clinic_without_hours_owes_nothing_at_a_time(self):
        for target in TARGETS.values():
            self.assertIsNone(reply_due(CLOSED, at("2026-11-23 10:00"), target, 5))

    def test_a_target_is_minutes_or_days(self):
        for wrong in ({}, {"minutes": 5, "days": 1}, {"minutes": 0}, {"days": 0}, {"minutes": -5}):
            with self.subTest(wrong), self.assertRaises(ValueError):
                Target(**wrong)

    def test_a_more_urgent_level_is_never_due_later(self):
        for received in ("2026-11-20 17:59", "2026-11-21 11:00", "2026-11-23 08:00", "2026-11-25 23:00"):
            dues = [reply_due(CLINIC, at(received), TARGETS[level], 0) for level in range(4)]
            self.assertEqual(dues, sorted(dues))


class MinutesLeftTests(SimpleTestCase):
    def test_only_open_minutes_count(self):
        for due, now, left in (
            ("2026-11-23 12:00", "2026-11-23 10:50", 70),
            ("2026-11-23 09:00", "2026-11-20 17:30", 90),
            ("2026-11-27 09:00", "2026-11-25 17:00", 120),
            ("2026-11-23 12:00", "2026-11-23 12:00", 0),
            ("2026-11-20 17:00", "2026-11-23 08:30", -90),
            ("2026-11-20 18:00", "2026-11-22 12:00", 0),
        ):
            with self.subTest(due=due, now=now):
                self.assertEqual(minutes_left(CLINIC, at(due), at(now)), left)

    def test_a_change_of_the_clock_between_two_moments_of_its_wall_is_counted_as_it_was(self):
        self.assertEqual(minutes_left(NIGHTS, at("2026-11-01 03:30"), at("2026-11-01 00:30")), 240)
        self.assertEqual(minutes_left(NIGHTS, at("2026-03-08 03:30"), at("2026-03-08 00:30")), 120)

    def test_a_part_of_a_minute_is_none_either_way(self):
        due = at("2026-11-23 12:00")
        self.assertEqual(minutes_left(CLINIC, due, due - MINUTE / 2), 0)
        self.assertEqual(minutes_left(CLINIC, due, due + MINUTE / 2), 0)


class PauseTests(SimpleTestCase):
    def test_a_paused_clock_goes_on_with_what_it_had(self):
        left = minutes_left(CLINIC, at("2026-11-25 17:00"), at("2026-11-25 16:00"))
        self.assertEqual(resumed(CLINIC, left, at("2026-11-25 17:30")), at("2026-11-27 08:30"))

    def test_a_pause_over_closed_time_moves_nothing(self):
        due = at("2026-11-23 09:30")
        left = minutes_left(CLINIC, due, at("2026-11-20 19:00"))
        self.assertEqual(resumed(CLINIC, left, at("2026-11-22 12:00")), due)

    def test_what_was_late_is_due_at_once_or_when_the_clinic_opens(self):
        self.assertEqual(resumed(CLINIC, -90, at("2026-11-23 10:00")), at("2026-11-23 10:00"))
        self.assertEqual(resumed(CLINIC, -90, at("2026-11-21 10:00")), at("2026-11-23 08:00"))

    def test_a_request_that_is_opened_again_is_due_by_its_target_from_then(self):
        self.assertEqual(reply_due(CLINIC, at("2026-11-27 17:30"), URGENT), at("2026-11-30 09:30"))

    def test_a_clinic_without_hours_never_goes_on(self):
        self.assertIsNone(resumed(CLOSED, 10, at("2026-11-23 10:00")))


class ShareUsedTests(SimpleTestCase):
    def test_half_and_all_of_the_open_time(self):
        for now, share in (
            ("2026-11-20 17:00", 0),
            ("2026-11-20 18:00", 0.5),
            ("2026-11-22 12:00", 0.5),  # the weekend uses nothing
            ("2026-11-23 08:30", 0.75),
            ("2026-11-23 09:00", 1),
            ("2026-11-23 10:00", 1.5),
        ):
            with self.subTest(now):
                since, due = at("2026-11-20 17:00"), at("2026-11-23 09:00")
                self.assertEqual(share_used(CLINIC, since, due, at(now)), share)

    def test_a_time_without_open_minutes_is_used_up_when_it_is_over(self):
        since, due = at("2026-11-21 10:00"), at("2026-11-22 10:00")
        self.assertEqual(share_used(CLINIC, since, due, since), 0)
        self.assertEqual(share_used(CLINIC, since, due, due), 1)


class InWordsTests(SimpleTestCase):
    def assert_words(self, *examples):
        for due, now, words in examples:
            with self.subTest(due=due, now=now):
                self.assertEqual(in_words(CLINIC, at(due), at(now)), words)

    def test_on_the_day_itself_in_open_hours(self):
        self.assert_words(
            ("2026-11-23 12:00", "2026-11-23 10:50", "in 1 h 10"),
            ("2026-11-23 12:00", "2026-11-23 10:00", "in 2 h"),
            ("2026-11-23 12:00", "2026-11-23 11:15", "in 45 min"),
            ("2026-11-23 12:00", "2026-11-23 12:00", "due now"),
        )

    def test_later_by_the_day(self):
        self.assert_words(
            ("2026-11-24 09:30", "2026-11-23 17:50", "Tue 9:30 am"),
            ("2026-11-29 09:30", "2026-11-23 17:50", "Sun 9:30 am"),
            ("2026-11-30 09:30", "2026-11-23 17:50", "30 Nov"),
        )

    def test_late_in_open_time(self):
        self.assert_words(
            ("2026-11-23 10:00", "2026-11-23 12:00", "2 h late"),
            ("2026-11-20 17:50", "2026-11-23 08:10", "20 min late"),
            ("2026-11-20 18:00", "2026-11-21 09:00", "due now"),  # nobody was there since
        )

    def test_late_by_days_the_clinic_opened(self):
        self.assert_words(
            ("2026-11-20 10:00", "2026-11-24 09:00", "2 days late"),
            ("2026-11-25 10:00", "2026-11-30 09:00", "2 days late"),  # the holiday and the weekend are none
            ("2026-11-20 10:00", "2026-11-27 09:00", "late since 20 Nov"),
        )


class QueueKeyTests(SimpleTestCase):
    def test_who_must_be_called_first_then_the_earliest_due_then_what_waits(self):
        soon, later = at("2026-11-23 10:00"), at("2026-11-23 12:00")
        rows = [(False, None, 1), (False, later, 2), (False, soon, 4), (False, soon, 3), (True, later, 5)]
        self.assertEqual([pk for *_, pk in sorted(rows, key=lambda row: queue_key(*row))], [5, 3, 4, 2, 1])
