"""The arithmetic of due times against a model that walks every minute: weekends, holidays, changes of the clock, pauses.

The model knows one thing: what the clock on the wall says at a minute (minute_by_minute). It walks three days; what is
not settled by then must not be settled before.
"""

from datetime import UTC, timedelta

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiries.due import Target, minutes_left, reply_due, resumed, share_used
from tests.clinic.test_business_time import cases, minute_by_minute

MINUTE = timedelta(minutes=1)
WALKED = 3 * 1440
few = settings(max_examples=12, deadline=None)


class Walk:
    """Three days from a moment on, minute by minute."""

    def __init__(self, calendar, start):
        self.zone, self.start = calendar.zone, start
        self.open = [minute_by_minute(calendar, start + each * MINUTE) for each in range(WALKED)]

    def counted(self, begin, end):
        """Open minutes between two minutes of the walk."""
        return sum(self.open[begin:end])

    def after(self, begin, wait):
        """The minute by which `wait` open ones passed since `begin`; of none, the first open one. None: not in here."""
        for minute in range(begin, WALKED):
            if wait == 0 and self.open[minute]:
                return minute
            wait -= self.open[minute]
            if wait == 0 and self.open[minute]:
                return minute + 1
        return None

    def close_of_day(self, days):
        """The minute after the last open one of the `days`th day that opens, the day of the start left out."""
        dates = [(self.start + each * MINUTE).astimezone(self.zone).date() for each in range(WALKED)]
        whole = [day for day in sorted(set(dates)) if day not in {dates[0], dates[-1]}]  # the last may go on
        opened = [day for day in whole if any(o for o, d in zip(self.open, dates, strict=True) if d == day)]
        if len(opened) < days:
            return None
        return max(each for each in range(WALKED) if dates[each] == opened[days - 1] and self.open[each]) + 1

    def moment(self, minute):
        return self.start + minute * MINUTE


class AgainstEveryMinute(SimpleTestCase):
    def assert_found(self, found, walk, minute):
        if minute is None:
            self.assertTrue(found is None or found > walk.moment(WALKED) - timedelta(days=1))
        else:
            self.assertEqual(found, walk.moment(minute))

    @few
    @given(cases(), st.integers(1, 600), st.integers(0, 80))
    def test_a_target_in_minutes(self, case, minutes, points):
        walk = Walk(*case)
        found = reply_due(*case, Target(minutes=minutes), points)
        if walk.after(0, minutes) is None:
            self.assert_found(found and reply_due(*case, Target(minutes=minutes)), walk, None)
        else:
            self.assert_found(found, walk, walk.after(0, minutes - min(points, minutes // 2)))

    @few
    @given(cases(), st.integers(1, 2), st.integers(0, 80))
    def test_a_target_in_days(self, case, days, points):
        walk = Walk(*case)
        latest = walk.close_of_day(days)
        if latest is None or not points:
            self.assert_found(reply_due(*case, Target(days=days)), walk, latest)
        else:
            whole = walk.counted(0, latest)
            pulled = min(points, whole // 2)
            self.assert_found(reply_due(*case, Target(days=days), points), walk, walk.after(0, whole - pulled))

    @few
    @given(cases(), st.integers(0, WALKED), st.integers(0, WALKED))
    def test_the_minutes_left_and_the_share_used(self, case, now, due):
        walk = Walk(*case)
        left = walk.counted(now, due) if now <= due else -walk.counted(due, now)
        self.assertEqual(minutes_left(case[0], walk.moment(due), walk.moment(now)), left)
        if whole := walk.counted(0, due):
            used = share_used(case[0], walk.start, walk.moment(due), walk.moment(now))
            self.assertAlmostEqual(used, walk.counted(0, now) / whole)

    @few
    @given(cases(), st.integers(1, 600), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 900)), max_size=3))
    def test_pauses_give_back_every_open_minute_and_no_more(self, case, minutes, pauses):
        """The clock runs only outside pauses: (minutes it runs, minutes it then stands), as often as drawn."""
        walk = Walk(*case)
        due, runs, now, owed = reply_due(*case, Target(minutes=minutes)), set(range(WALKED)), 0, minutes
        for run, stand in pauses:
            owed -= walk.counted(now, now + run)
            if owed <= 0 or due is None:
                break  # it was answered, or was late, before this pause
            left = minutes_left(case[0], due, walk.moment(now + run))
            self.assertEqual(left, owed)
            runs -= set(range(now + run, now + run + stand))
            now += run + stand
            due = resumed(case[0], left, walk.moment(now))
        running = [minute for minute in sorted(runs) if walk.open[minute]]
        self.assert_found(due, walk, running[minutes - 1] + 1 if len(running) >= minutes else None)

    @few
    @given(cases(), st.integers(1, 600), st.integers(0, 80), st.integers(0, 80))
    def test_more_points_are_never_due_later_and_nothing_is_due_before_it_came(self, case, minutes, fewer, more):
        dues = [reply_due(*case, Target(minutes=minutes), points) for points in (fewer, fewer + more)]
        if None not in dues:
            self.assertGreaterEqual(dues[0], dues[1])
            self.assertGreaterEqual(dues[1], case[1].astimezone(UTC))
