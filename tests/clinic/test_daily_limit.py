import datetime
from unittest import TestCase, mock

from clinic import daily_limit
from clinic.daily_limit import DailyLimit

DAY = datetime.date(2026, 3, 2)
NEXT = datetime.date(2026, 3, 3)


class DailyLimitTests(TestCase):
    def test_allows_so_many_times_a_day_and_no_more(self):
        limit = DailyLimit(2)
        self.assertEqual([limit.allows("203.0.113.9", DAY) for _ in range(4)], [True, True, False, False])

    def test_counts_each_address_by_itself(self):
        limit = DailyLimit(1)
        self.assertTrue(limit.allows("203.0.113.9", DAY) and limit.allows("203.0.113.10", DAY))
        self.assertFalse(limit.allows("203.0.113.9", DAY))

    def test_begins_anew_the_next_day(self):
        limit = DailyLimit(1)
        limit.allows("203.0.113.9", DAY)
        self.assertTrue(limit.allows("203.0.113.9", NEXT))

    def test_keeps_no_address_and_another_name_for_it_each_day(self):
        limit = DailyLimit(1)
        names = []
        for day in (DAY, NEXT):
            limit.allows("203.0.113.9", day)
            names += list(limit._counts)
        self.assertEqual(len(set(names)), 2)
        self.assertNotIn(b"203.0.113.9", names)

    def test_two_processes_do_not_know_each_others_names(self):
        one, other = DailyLimit(1), DailyLimit(1)
        one.allows("203.0.113.9", DAY)
        other.allows("203.0.113.9", DAY)
        self.assertNotEqual(list(one._counts), list(other._counts))

    def test_remembers_only_so_many_and_forgets_the_one_counted_longest_ago(self):
        with mock.patch.object(daily_limit, "REMEMBERED", 2):
            limit = DailyLimit(1)
            for address in ("a", "b", "a", "c"):
                limit.allows(address, DAY)
            self.assertEqual(len(limit._counts), 2)
            self.assertFalse(limit.allows("a", DAY))
            self.assertTrue(limit.allows("b", DAY))

    def test_the_same_form_sent_again_is_counted_once_and_told_the_same(self):
        limit = DailyLimit(1)
        day = datetime.date(2026, 11, 26)
        self.assertEqual([limit.allows("192.0.2.1", day, once_for="a") for _ in range(3)], [True] * 3)
        self.assertEqual([limit.allows("192.0.2.1", day, once_for="b") for _ in range(2)], [False] * 2)
        self.assertTrue(limit.allows("192.0.2.1", day, once_for="a"))
        self.assertTrue(limit.allows("192.0.2.2", day, once_for="b"))
