import datetime
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.business_time import Calendar, close_of_open_day, is_open, moment_after, open_time

NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
WEEKDAYS = tuple((day, datetime.time(8), datetime.time(18)) for day in range(5))


def calendar(hours=WEEKDAYS, holidays=(), zone=NEW_YORK):
    return Calendar(hours, frozenset(holidays), zone)


def at(text, zone=NEW_YORK):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


class WorkedExamples(SimpleTestCase):
    def test_two_hours_on_a_friday_evening_end_on_monday_morning(self):
        due = moment_after(calendar(), at("2026-11-20 17:30"), timedelta(hours=2))
        self.assertEqual(due, at("2026-11-23 09:30"))

    def test_a_holiday_does_not_count(self):
        thanksgiving = calendar(holidays=[datetime.date(2026, 11, 26)])
        due = moment_after(thanksgiving, at("2026-11-25 17:00"), timedelta(hours=2))
        self.assertEqual(due, at("2026-11-27 09:00"))

    def test_the_lunch_break_does_not_count(self):
        hours = ((0, datetime.time(8), datetime.time(12)), (0, datetime.time(13), datetime.time(18)))
        due = moment_after(calendar(hours), at("2026-11-23 11:30"), timedelta(hours=1))
        self.assertEqual(due, at("2026-11-23 13:30"))

    def test_no_wait_is_the_next_moment_somebody_is_there(self):
        self.assertEqual(moment_after(calendar(), at("2026-11-22 03:00"), timedelta()), at("2026-11-23 08:00"))
        self.assertEqual(moment_after(calendar(), at("2026-11-23 09:00"), timedelta()), at("2026-11-23 09:00"))

    def test_an_hour_that_is_skipped_is_not_waited_for(self):
        night = calendar(((6, datetime.time(1), datetime.time(5)),))
        due = moment_after(night, at("2026-03-08 01:30"), timedelta(hours=2))
        self.assertEqual(due, at("2026-03-08 04:30"))  # 02:00 to 03:00 does not exist that day

    def test_an_hour_that_comes_twice_counts_twice(self):
        night = calendar(((6, datetime.time(0), datetime.time(5)),))
        self.assertEqual(open_time(night, at("2026-11-01 00:00"), at("2026-11-01 05:00")), timedelta(hours=6))

    def test_days_end_when_the_clinic_closes_on_that_day_it_opens(self):
        holiday = calendar(holidays=[datetime.date(2026, 11, 26)])
        for start, days, due in (
            ("2026-11-23 10:00", 1, "2026-11-24 18:00"),
            ("2026-11-23 10:00", 2, "2026-11-25 18:00"),
            ("2026-11-21 10:00", 1, "2026-11-23 18:00"),  # a Saturday
            ("2026-11-25 23:00", 1, "2026-11-27 18:00"),  # before the holiday
        ):
            with self.subTest(start, days=days):
                self.assertEqual(close_of_open_day(holiday, at(start), days), at(due))

    def test_a_clinic_without_hours_never_gets_there(self):
        never = calendar(())
        self.assertIsNone(moment_after(never, at("2026-11-23 10:00"), timedelta()))
        self.assertIsNone(close_of_open_day(never, at("2026-11-23 10:00"), 1))
        self.assertFalse(is_open(never, at("2026-11-23 10:00")))
        self.assertEqual(open_time(never, at("2026-11-23 10:00"), at("2026-11-24 10:00")), timedelta())

    def test_time_that_runs_backwards_is_none(self):
        self.assertEqual(open_time(calendar(), at("2026-11-24 10:00"), at("2026-11-23 10:00")), timedelta())


def wall(minutes):
    return (datetime.datetime.min + minutes * MINUTE).time()


stretches = st.tuples(st.integers(0, 6), st.integers(0, 1438), st.integers(1, 1439)).map(
    lambda each: (each[0], wall(min(each[1:])), wall(max(each[1:]) if each[1] != each[2] else each[2] + 1))
)
stretches = stretches.filter(lambda each: each[1] < each[2])
# A few days on either side of what is hard: a change of the clock (three zones, one of half an hour), a year's end.
hard = st.sampled_from(
    [
        (NEW_YORK, "2026-03-07"),
        (NEW_YORK, "2026-10-31"),
        (ZoneInfo("Australia/Lord_Howe"), "2026-10-03"),
        (ZoneInfo("Australia/Lord_Howe"), "2026-04-04"),
        (ZoneInfo("Europe/London"), "2026-10-24"),
        (ZoneInfo("America/Santiago"), "2026-09-05"),  # changes at midnight
        (UTC, "2026-12-31"),
    ]
)


@st.composite
def cases(draw):
    zone, day = draw(hard)
    first = datetime.date.fromisoformat(day)
    holidays = [first + timedelta(days=each) for each in draw(st.sets(st.integers(0, 4), max_size=2))]
    hours = tuple(draw(st.lists(stretches, max_size=6)))
    start = datetime.datetime.combine(first, datetime.time(), zone).astimezone(UTC)
    start += draw(st.integers(0, 2 * 1440)) * MINUTE
    return Calendar(hours, frozenset(holidays), zone), start


def minute_by_minute(of, moment):
    """The model: what the clock on the wall says at this minute."""
    local = moment.astimezone(of.zone)
    return local.date() not in of.holidays and any(
        weekday == local.weekday() and opens <= local.time() < closes for weekday, opens, closes in of.hours
    )


class AgainstEveryMinute(SimpleTestCase):
    @settings(max_examples=150, deadline=None)
    @given(cases(), st.integers(0, 2 * 1440))
    def test_the_open_minutes_between_two_moments(self, case, length):
        of, start = case
        counted = sum(minute_by_minute(of, start + each * MINUTE) for each in range(length))
        self.assertEqual(open_time(of, start, start + length * MINUTE), counted * MINUTE)

    @settings(max_examples=150, deadline=None)
    @given(cases(), st.integers(0, 600))
    def test_the_moment_after_some_open_minutes(self, case, wait):
        of, start = case
        due, left = None, wait
        for each in range(3 * 1440):
            open_now = minute_by_minute(of, start + each * MINUTE)
            if wait == 0 and open_now:
                due = start + each * MINUTE
                break
            left -= open_now
            if wait and open_now and left == 0:
                due = start + (each + 1) * MINUTE
                break
        found = moment_after(of, start, wait * MINUTE)
        if due is not None:
            self.assertEqual(found, due)
        else:
            self.assertTrue(found is None or found > start + 3 * 1440 * MINUTE)

    @settings(max_examples=100, deadline=None)
    @given(cases())
    def test_whether_it_is_open_now(self, case):
        of, start = case
        self.assertEqual(is_open(of, start), minute_by_minute(of, start))

    @settings(max_examples=100, deadline=None)
    @given(cases(), st.integers(0, 500), st.integers(0, 500))
    def test_a_pause_in_the_middle_adds_nothing_and_loses_nothing(self, case, first, second):
        of, start = case
        middle = start + first * MINUTE
        whole = open_time(of, start, middle + second * MINUTE)
        self.assertEqual(open_time(of, start, middle) + open_time(of, middle, middle + second * MINUTE), whole)
