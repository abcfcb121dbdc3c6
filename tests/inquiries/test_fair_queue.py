"""Nobody starves: day after day of the desk, simulated, in the order of the queue and in the order of levels.

One desk answers four requests an open hour, forty a day. Emergency signs go first of all; with the urgent requests they
take 39 of the forty, for twenty open days. In the first six days four routine requests a day come in between.
"""

import datetime
import heapq
import random
from dataclasses import dataclass

from django.test import SimpleTestCase

from clinic.business_time import DAY, open_time
from inquiries.due import TARGETS, queue_key, reply_due
from inquiries.priority import EMERGENCY, ROUTINE, SOON, URGENT
from tests.inquiries.test_due import CLINIC, MINUTE, at

SEEDS = (1, 2)
AN_HOUR = 4  # requests one desk answers
DAYS = 20  # open days
TURN = 60 * MINUTE / AN_HOUR
FIRST_DAY = at("2026-10-19 00:00")
OPEN_DAY = datetime.timedelta(hours=10)
EMERGENCIES, URGENT_ONES, LAST_HOUR = 1, 3, 17  # of each hour; in the last there is one urgent request less
ROUTINE_ONES = dict.fromkeys(range(6), 4)


@dataclass
class Request:
    pk: int
    level: int
    came: datetime.datetime
    due_at: datetime.datetime
    answered: datetime.datetime | None = None

    @property
    def late(self):
        return open_time(CLINIC, self.due_at, self.answered)


def stream(seed, hourly, routine):
    """Requests as they come on every open day: so many an hour of a level, at odd minutes; routine ones by day."""
    draw = random.Random(seed)
    came = []
    for hour in open_hours():
        for level, number in hourly(hour).items():
            came += [(hour + draw.randrange(60) * MINUTE, level) for _ in range(number)]
    for day, number in routine.items():
        came += [(hour_of(day) + draw.randrange(600) * MINUTE, ROUTINE) for _ in range(number)]
    requests = []
    for pk, (moment, level) in enumerate(sorted(came)):
        due_at = reply_due(CLINIC, moment, TARGETS[level], draw.randrange(56))
        requests.append(Request(pk, level, moment.astimezone(datetime.UTC), due_at))
    return requests


def full(hour):
    return {EMERGENCY: EMERGENCIES, URGENT: URGENT_ONES - (hour.hour == LAST_HOUR)}


def open_days():
    days = (FIRST_DAY + number * DAY for number in range(2 * DAYS))
    return [day for day in days if open_time(CLINIC, day, day + DAY)][:DAYS]


def open_hours():
    return [day.replace(hour=hour) for day in open_days() for hour in range(8, 18)]


def hour_of(day):
    return open_days()[day].replace(hour=8)


def by_queue(request):
    return queue_key(request.level == EMERGENCY, request.due_at, request.pk)


def by_level(request):
    return (request.level, request.came)


def work(requests, order):
    """Answer whoever stands first, one each turn of every open hour."""
    coming, waiting = list(reversed(requests)), []
    for hour in open_hours():
        for turn in range(AN_HOUR):
            now = hour.astimezone(datetime.UTC) + turn * TURN
            while coming and coming[-1].came <= now:
                request = coming.pop()
                heapq.heappush(waiting, (order(request), request.pk))
            if waiting:
                requests[heapq.heappop(waiting)[1]].answered = now + TURN
    return requests


def of_level(requests, level):
    return [request for request in requests if request.level == level]


class FairQueueTests(SimpleTestCase):
    def test_every_routine_request_is_answered_within_a_day_of_its_target_under_a_stream_of_urgent_ones(self):
        for seed in SEEDS:
            with self.subTest(seed):
                routine = of_level(work(stream(seed, full, ROUTINE_ONES), by_queue), ROUTINE)
                self.assertEqual([request for request in routine if request.answered is None], [])
                self.assertLessEqual(max(request.late for request in routine), OPEN_DAY)

    def test_in_the_order_of_levels_the_same_stream_starves_them(self):
        for seed in SEEDS:
            with self.subTest(seed):
                routine = of_level(work(stream(seed, full, ROUTINE_ONES), by_level), ROUTINE)
                starved = [each for each in routine if each.answered is None or each.late > 5 * OPEN_DAY]
                self.assertGreater(len(starved), len(routine) // 2)

    def test_an_emergency_sign_waits_for_nobody_but_another(self):
        for seed in SEEDS:
            with self.subTest(seed):
                for request in of_level(work(stream(seed, full, ROUTINE_ONES), by_queue), EMERGENCY)[:-1]:
                    self.assertLessEqual(open_time(CLINIC, request.came, request.answered), 3 * TURN)

    def test_while_the_desk_can_do_all_that_comes_every_level_keeps_its_target(self):
        """But for the two turns that whoever is served now, and an emergency sign of the same minute, may take."""
        every_level = {EMERGENCY: 1, URGENT: 1, SOON: 1}
        found = work(stream(SEEDS[0], lambda hour: every_level, dict.fromkeys(range(DAYS), 4)), by_queue)
        last_days = hour_of(DAYS - 3)
        settled = [request for request in found if request.came < last_days]
        self.assertGreater(len(settled), 400)
        self.assertLessEqual(max(request.late for request in settled), 2 * TURN)
