"""What a day of the desk comes to: worked examples, counted once however often, from that day's rows alone."""

import datetime
from io import StringIO
from unittest import mock, skipUnless
from zoneinfo import ZoneInfo

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext

from clinic.models import ClinicProfile, Holiday, OpeningHours, OutboxEmail
from inquiries import day_figures, spread
from inquiries.models import AccessLog, ContactAttempt, DailyFigures, Inquiry
from inquiries.services import figures
from tests import factories
from therapies import library

ZONE = ZoneInfo("America/New_York")
DAY = datetime.timedelta(days=1)
MONDAY = datetime.date(2026, 11, 23)
THANKSGIVING = datetime.date(2026, 11, 26)


def at(day, hour, minute=0):
    """A moment by the clinic's clock; `day` in November 2026."""
    day = datetime.date(2026, 11, day) if isinstance(day, int) else day
    return datetime.datetime.combine(day, datetime.time(hour, minute), ZONE)


class SpreadTests(SimpleTestCase):
    def test_a_time_falls_into_the_step_within_which_it_ended(self):
        found = [spread.step_of(minutes) for minutes in (0, 15, 15.1, 239, 241, 2400, 2401, 9999)]
        self.assertEqual(found, [15, 15, 30, 240, 270, 2400, spread.MORE, spread.MORE])

    def test_steps_of_several_days_say_within_which_half_and_nine_in_ten_lie(self):
        steps = {30: 4, 60: 1, 600: 5}
        self.assertEqual(spread.step_at_share(steps, spread.HALF), 60)
        self.assertEqual(spread.step_at_share(steps, spread.NINE_IN_TEN), 600)

    def test_of_fewer_than_five_no_time_is_told(self):
        self.assertIsNone(spread.step_at_share({30: 4}, spread.HALF))

    def test_a_share_is_one_of_the_times_themselves(self):
        self.assertEqual([spread.at_share([3, 1, 2], share) for share in (0.5, 0.9)], [2, 3])
        self.assertIsNone(spread.at_share([], 0.5))

    def test_small_groups_are_told_together(self):
        self.assertEqual(spread.told({"a": 9, "b": 4, "c": 3, "d": 0}), ({"a": 9}, 7))

    def test_what_is_left_over_is_never_a_small_number_to_be_worked_out(self):
        self.assertEqual(spread.told({"a": 9, "b": 6, "c": 3}), ({"a": 9}, 9))
        self.assertEqual(spread.told({"a": 3}), ({}, 3))

    def test_a_percentage_is_of_five_or_more_and_whole_only_when_it_is(self):
        found = [spread.percent(*pair) for pair in ((4, 4), (5, 5), (999, 1000), (1, 1000), (0, 9))]
        self.assertEqual(found, [None, 100, 99, 1, 0])


class FiguresCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="Example Clinic", time_zone="America/New_York")
        for weekday in range(5):
            OpeningHours.objects.create(weekday=weekday, opens="08:00", closes="17:00")
        Holiday.objects.create(date=THANKSGIVING, name="Thanksgiving")
        cls.nurse = factories.staff("nurse")

    def request(self, came, **fields):
        """A request that came at a moment, and stands as `fields` say."""
        inquiry = factories.inquiry(**{name: fields.pop(name) for name in ("suspect_reasons",) if name in fields})
        plain = {"promised_at": None, "previous": None, "due_at": None, "minutes_left": None, "priority_level": 3}
        Inquiry.objects.filter(pk=inquiry.pk).update(**{"created_at": came, **plain, **fields})
        inquiry.refresh_from_db()
        return inquiry

    def closed(self, came, closed, status="declined", **fields):
        return self.request(came, status=status, closed_at=closed, **fields)

    def of(self, day, name):
        """The groups of a figure of a day: {group: (count, value)}; counts alone where there are no times."""
        calendar = library.current().clinic.calendar
        day = datetime.date(2026, 11, day) if isinstance(day, int) else day
        found = [figure for figure in day_figures.figures_of(day, calendar) if figure.name == name]
        return {
            figure.group: figure.count if figure.value is None else (figure.count, figure.value) for figure in found
        }


class FlowTests(FiguresCase):
    def test_a_request_counts_for_the_day_of_the_clinic_not_of_greenwich(self):
        self.request(at(23, 23, 59))
        self.request(at(24, 0))
        self.assertEqual([self.of(day, "received")[""] for day in (22, 23, 24, 25)], [0, 1, 1, 0])

    def test_received_by_condition_region_hour_and_while_closed(self):
        knee = factories.condition(slug="knee", title="Wornknee")
        self.request(at(23, 9), condition=knee, region="knee")
        self.request(at(23, 9, 30))
        self.request(at(23, 20))
        self.assertEqual(self.of(23, "received_by_condition"), {str(knee.pk): 1, "": 2})
        self.assertEqual(self.of(23, "received_by_region"), {"knee": 1, "": 2})
        self.assertEqual(self.of(23, "received_by_hour"), {"09": 2, "20": 1})
        self.assertEqual(self.of(23, "received_while_closed"), {"": 1})
        self.request(at(THANKSGIVING, 10))
        self.assertEqual(self.of(26, "received_while_closed"), {"": 1})

    def test_the_hour_a_change_of_the_clock_repeats_belongs_to_one_day(self):
        first, again = (datetime.datetime(2026, 11, 1, hour, 30, tzinfo=datetime.UTC) for hour in (5, 6))
        self.request(first)
        self.request(again)
        self.assertEqual(self.of(1, "received_by_hour"), {"01": 2})

    def test_closed_by_status_outcome_condition_and_level(self):
        self.closed(at(20, 9), at(23, 9), outcome="other_care_first", priority_level=2)
        self.closed(at(20, 9), at(23, 10), "booked")
        self.assertEqual(self.of(23, "closed"), {"declined": 1, "booked": 1})
        self.assertEqual(self.of(23, "closed_outcome"), {"other_care_first": 1})
        self.assertEqual(self.of(23, "closed_by_condition"), {":declined": 1, ":booked": 1})
        self.assertEqual(self.of(23, "closed_by_level"), {"2": 1, "3": 1})

    def test_repeats_and_suspects_on_the_day_they_came_and_what_they_were_when_closed(self):
        earlier = self.request(at(2, 9))
        self.request(at(23, 9), previous=earlier)
        self.closed(at(23, 9), at(24, 9), "spam", suspect_reasons=["links"])
        self.closed(at(23, 9), at(24, 9), "booked", suspect_reasons=["links"])
        self.assertEqual([self.of(23, name)[""] for name in ("repeats", "suspects", "suspects_judged")], [1, 2, 0])
        self.assertEqual(
            [self.of(24, name)[""] for name in ("suspects", "suspects_judged", "suspects_no_spam")], [0, 2, 1]
        )

    def test_closed_by_part_of_the_body_and_by_how_long_it_has_been_there(self):
        self.closed(at(20, 9), at(23, 9), "booked", region="knee", duration="1_5y")
        self.closed(at(20, 9), at(23, 9), region="knee", duration="")
        self.assertEqual(self.of(23, "closed_by_region"), {"knee:booked": 1, "knee:declined": 1})
        self.assertEqual(self.of(23, "closed_by_duration"), {"1_5y:booked": 1, ":declined": 1})

    def test_closed_by_the_level_of_the_rules_and_how_it_ended(self):
        person = {"override_level": 1, "override_by": self.nurse, "override_at": at(20, 9)}
        self.closed(at(20, 9), at(23, 9), "booked", priority_level=2, **person)
        self.closed(at(20, 9), at(23, 10), priority_level=2)
        self.assertEqual(self.of(23, "closed_by_level_and_status"), {"2:booked": 1, "2:declined": 1})

    def test_how_long_the_form_took_without_what_is_not_known_and_what_a_machine_may_have_sent(self):
        for minutes in (5, 5, 12, None):
            self.request(at(23, 9), filled_in_within=minutes)
        self.request(at(23, 9), filled_in_within=2, suspect_reasons=["too_fast"])
        self.assertEqual(self.of(23, "form_within"), {"web:0005": 2, "web:0012": 1})

    def test_overrides_by_the_level_of_the_rules_and_of_the_person(self):
        person = {"override_by": self.nurse, "override_at": at(20, 9)}
        self.closed(at(20, 9), at(23, 9), priority_level=3, override_level=1, **person)
        self.closed(at(20, 9), at(23, 9), priority_level=3, override_level=3, **person)
        self.closed(at(20, 9), at(23, 9), priority_level=3)
        self.assertEqual(self.of(23, "overridden"), {"3:1": 1})

    def test_mail_that_failed_on_the_day_it_was_owed(self):
        inquiry = self.request(at(23, 9))
        OutboxEmail.objects.filter(about_id=inquiry.public_id).update(state="failed", created_at=at(23, 9))
        self.assertEqual(self.of(23, "mail_failed"), {"": 1})
        self.assertEqual(self.of(24, "mail_failed"), {"": 0})


class FirstContactTests(FiguresCase):
    def test_counts_open_minutes_within_a_day(self):
        self.request(at(23, 9), first_contact_at=at(23, 10, 30))
        self.assertEqual(self.of(23, "first_contact"), {"": (1, 90), "3": (1, 90)})
        self.assertEqual(self.of(23, "first_contact_within"), {"3:0090": 1})

    def test_a_night_and_a_weekend_do_not_count(self):
        self.request(at(20, 16), first_contact_at=at(23, 9))  # Friday to Monday
        self.assertEqual(self.of(23, "first_contact")[""], (1, 120))

    def test_a_holiday_does_not_count(self):
        self.request(at(25, 16), first_contact_at=at(27, 9))
        self.assertEqual(self.of(27, "first_contact")[""], (1, 120))

    def test_a_change_of_the_clock_while_the_clinic_is_open_counts_the_hours_that_were(self):
        OpeningHours.objects.create(weekday=6, opens="00:00", closes="06:00")
        # The clock goes back at two: from midnight to three by the wall four hours pass.
        self.request(at(1, 0), first_contact_at=at(1, 3))
        self.assertEqual(self.of(1, "first_contact")[""], (1, 240))

    def test_waiting_for_the_patient_comes_after_it_and_changes_nothing(self):
        self.request(
            at(23, 9), first_contact_at=at(23, 10), status="awaiting_patient", owner=self.nurse, minutes_left=300
        )
        self.assertEqual(self.of(23, "first_contact")[""], (1, 60))

    def test_a_request_that_was_reopened_counts_once_on_the_day_of_its_first_contact(self):
        self.request(at(19, 9), first_contact_at=at(19, 11), status="in_review", owner=self.nurse)
        found = [self.of(day, "first_contact").get("") for day in (19, 20, 23)]
        self.assertEqual(found, [(1, 120), None, None])

    def test_median_and_nine_in_ten_by_the_level_that_counts(self):
        for hour in (9, 10, 11):
            self.request(at(23, 8), first_contact_at=at(23, hour))
        urgent = {"override_level": 1, "override_by": self.nurse, "override_at": at(23, 8)}
        self.request(at(23, 8), first_contact_at=at(23, 16), **urgent)
        self.assertEqual(self.of(23, "first_contact"), {"": (4, 120), "1": (1, 480), "3": (3, 120)})
        self.assertEqual(self.of(23, "first_contact_p90"), {"": (4, 480), "1": (1, 480), "3": (3, 180)})


class PromiseTests(FiguresCase):
    def kept(self, **fields):
        self.request(at(23, 9), promised_at=at(25, 17), **fields)
        return self.of(25, "promises_kept")[""], self.of(25, "promises_due")[""]

    def test_is_kept_by_contact_in_time_and_not_a_minute_later(self):
        self.assertEqual(self.kept(first_contact_at=at(25, 17)), (1, 1))
        self.assertEqual(self.kept(first_contact_at=at(25, 17, 1)), (1, 2))
        self.assertEqual(self.kept(), (1, 3))

    def test_a_new_time_told_later_does_not_make_it_kept(self):
        told = {"late_told_at": at(25, 15), "promised_again_at": at(27, 17), "first_contact_at": at(27, 9)}
        self.assertEqual(self.kept(**told), (0, 1))

    def test_binds_nobody_for_spam_for_what_was_merged_and_for_who_withdrew_before(self):
        other = self.request(at(23, 9))
        self.assertEqual(self.kept(status="spam", closed_at=at(24, 9)), (0, 0))
        self.assertEqual(self.kept(status="merged", closed_at=at(24, 9), merged_into=other), (0, 0))
        self.assertEqual(self.kept(status="withdrawn", closed_at=at(24, 9)), (0, 0))
        self.assertEqual(self.kept(status="withdrawn", closed_at=at(27, 9)), (0, 1))


class EmergencyTests(FiguresCase):
    def flagged(self, came, *calls, channel="phone"):
        inquiry = factories.inquiry(safety_level="emergency", advice_shown_at=came)
        Inquiry.objects.filter(pk=inquiry.pk).update(created_at=came)
        for moment in calls:
            ContactAttempt.objects.create(
                inquiry=inquiry, by=self.nurse, at=moment, channel=channel, result="no_answer"
            )
        return inquiry

    def test_open_minutes_from_send_to_the_first_call_whoever_answered(self):
        self.flagged(at(23, 9), at(23, 9, 20), at(23, 11))
        self.flagged(at(20, 16, 50), at(23, 8, 30))
        self.assertEqual(self.of(23, "emergency_call"), {"": (2, 20)})
        self.assertEqual(self.of(23, "emergency_call_longest"), {"": (2, 40)})
        self.assertEqual(self.of(23, "emergency_call_late"), {"": 1})

    def test_what_was_closed_without_a_call_is_a_call_that_was_never_made(self):
        def closed(at_, status="withdrawn", **fields):
            Inquiry.objects.filter(pk=self.flagged(at(23, 9)).pk).update(status=status, closed_at=at_, **fields)

        closed(at(23, 9, 31))
        closed(at(23, 16), "unreachable")
        self.assertEqual(self.of(23, "emergency_call_never"), {"": 2})
        closed(at(23, 9, 30))  # they withdrew while nobody was late yet
        closed(at(23, 16), "spam")
        closed(at(23, 16), "merged", merged_into=factories.inquiry())
        closed(at(24, 16))
        self.flagged(at(23, 9))  # still open: it stands in the queue
        called = self.flagged(at(23, 9), at(23, 11))
        mailed = self.flagged(at(23, 9), at(23, 11), channel="email")
        for inquiry in (called, mailed):
            Inquiry.objects.filter(pk=inquiry.pk).update(status="withdrawn", closed_at=at(23, 16))
        self.assertEqual(self.of(23, "emergency_call_never"), {"": 3})
        self.assertEqual(self.of(24, "emergency_call_never"), {"": 1})

    def test_a_second_call_on_another_day_and_a_mail_are_no_first_call(self):
        self.flagged(at(20, 9), at(20, 9, 10), at(23, 9))
        self.flagged(at(23, 9), at(23, 9, 5), channel="email")
        self.assertEqual(self.of(23, "emergency_call"), {})


class StandingTests(FiguresCase):
    def test_age_is_counted_in_days_the_clinic_opened(self):
        for came in (at(27, 9), at(25, 20), at(24, 9), at(23, 9), at(20, 9), at(13, 9)):
            self.request(came)
        # On the Friday after Thanksgiving: Wednesday evening is one open day ago.
        self.assertEqual(self.of(27, "open_by_age"), {"0": 1, "1": 1, "2": 1, "3": 2, "6": 1})
        # On the Sunday after it nothing has aged.
        self.assertEqual(self.of(29, "open_by_age"), {"0": 1, "1": 1, "2": 1, "3": 2, "6": 1})

    def test_what_comes_while_the_clinic_is_closed_counts_for_the_day_it_opens(self):
        self.request(at(21, 9))  # a Saturday
        self.assertEqual(self.of(23, "open_by_age")["0"], 1)
        self.assertEqual(self.of(24, "open_by_age")["1"], 1)

    def test_what_was_open_that_evening_counts_though_it_is_closed_now(self):
        self.closed(at(23, 9), at(24, 9), owner=self.nurse)
        self.assertEqual([sum(self.of(day, "open_by_age").values()) for day in (22, 23, 24)], [0, 1, 0])
        self.assertEqual(self.of(23, "open_by_owner"), {str(self.nurse.pk): 1})

    def test_open_requests_by_owner_with_those_nobody_has(self):
        self.request(at(23, 9), status="in_review", owner=self.nurse)
        self.request(at(23, 9))
        self.assertEqual(self.of(23, "open_by_owner"), {"": 1, str(self.nurse.pk): 1})

    def test_open_requests_by_the_level_that_counts_and_by_status(self):
        person = {"override_level": 1, "override_by": self.nurse, "override_at": at(23, 9)}
        self.request(at(23, 9), status="in_review", owner=self.nurse, priority_level=3, **person)
        self.request(at(23, 9), priority_level=2)
        self.closed(at(23, 9), at(24, 9))
        none = dict.fromkeys(("0:new", "1:new", "2:new", "3:new"), 0)
        self.assertEqual(self.of(23, "open_by_level"), {**none, "1:in_review": 1, "2:new": 1, "3:": 1})
        self.assertEqual(self.of(24, "open_by_level"), {**none, "1:in_review": 1, "2:new": 1})
        self.assertEqual(self.of(22, "open_by_level"), none)

    def test_the_oldest_of_all_and_of_what_nobody_has_taken_in_open_time(self):
        self.assertEqual(self.of(22, "open_oldest"), {})
        self.request(at(20, 16), status="in_review", owner=self.nurse)  # a Friday
        self.request(at(23, 9))
        self.assertEqual(self.of(23, "open_oldest"), {"": (1, 600), "nobody": (1, 480)})

    def test_a_clinic_without_hours_counts_every_day(self):
        OpeningHours.objects.all().delete()
        self.request(at(21, 9))
        self.assertEqual(self.of(23, "open_by_age")["2"], 1)


class RollUpTests(FiguresCase):
    def rows(self):
        return list(DailyFigures.objects.exclude(name=DailyFigures.COUNTED).order_by("pk").values())

    def test_the_same_day_counted_again_is_the_same_rows(self):
        self.request(at(23, 9), first_contact_at=at(23, 10))
        figures.roll_up(MONDAY, MONDAY)
        once = self.rows()
        figures.roll_up(MONDAY, MONDAY)
        self.assertEqual(self.rows(), once)

    def test_counted_again_it_says_what_is_true_now_and_drops_what_is_not(self):
        inquiry = self.request(at(23, 9), region="knee")
        figures.roll_up(MONDAY, MONDAY)
        Inquiry.objects.filter(pk=inquiry.pk).update(region="hip")
        figures.roll_up(MONDAY, MONDAY)
        groups = DailyFigures.objects.filter(name="received_by_region")
        self.assertEqual(list(groups.values_list("group", "count")), [("hip", 1)])

    def test_runs_once_a_night_and_makes_good_the_days_that_are_missing(self):
        self.assertEqual(list(figures.keep_figures(at(24, 0, 5))), [])  # the desk never had a request
        self.request(at(22, 9))
        with mock.patch.object(figures, "REACHES_BACK", 0):
            self.assertEqual(list(figures.keep_figures(at(24, 0, 5))), ["Figures of the desk counted for 1 days."])
        DailyFigures.objects.all().delete()
        self.request(at(20, 9))
        with mock.patch.object(figures, "REACHES_BACK", 99):
            self.assertEqual(list(figures.keep_figures(at(24, 0, 5))), ["Figures of the desk counted for 4 days."])
        self.assertEqual(list(figures.keep_figures(at(24, 23))), [])
        with mock.patch.object(figures, "SETTLES_IN", 1):
            self.assertEqual(list(figures.keep_figures(at(27, 1))), ["Figures of the desk counted for 4 days."])
        days = DailyFigures.objects.filter(name="received").values_list("date", flat=True)
        self.assertEqual(max(days), THANKSGIVING)
        self.assertNotIn(datetime.date(2026, 11, 27), days)  # it is not over

    def test_the_command_counts_every_day_since_one(self):
        said = StringIO()
        with mock.patch("django.utils.timezone.now", return_value=at(25, 12)):
            call_command("roll_up_figures", "--since", "2026-11-22", stdout=said)
        self.assertEqual(said.getvalue(), "Days counted: 3.\n")
        with self.assertRaises(CommandError), mock.patch("django.utils.timezone.now", return_value=at(25, 12)):
            call_command("roll_up_figures", "--since", "2026-11-25")

    def test_costs_the_same_for_one_request_and_for_many(self):
        calendar, costs = library.current().clinic.calendar, []
        figures.roll_up_day(MONDAY, calendar)  # the rows of a count before are removed by one query more
        for _ in range(2):
            self.request(at(23, 9), first_contact_at=at(23, 10), promised_at=at(23, 17))
            with CaptureQueriesContext(connection) as queries:
                figures.roll_up_day(MONDAY, calendar)
            costs.append(len(queries))
            for _ in range(5):
                self.closed(at(23, 9), at(23, 11), first_contact_at=at(23, 10), promised_at=at(23, 17))
        self.assertEqual(costs[1], costs[0])
        self.assertLessEqual(costs[0], 22 + (connection.vendor == "postgresql"))  # which asks for a lock

    def test_no_day_looks_at_all_requests(self):
        span = day_figures.Span(MONDAY, library.current().clinic.calendar)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")  # as if the table were large
        of_the_day = [
            Q(**span.within(field)) for field in ("created_at", "closed_at", "first_contact_at", "promised_at")
        ]
        open_then = [Q(closed_at=None), Q(closed_at__gte=span.end)]
        for rows in (
            *(Inquiry.objects.filter(wanted).order_by() for wanted in (*of_the_day, *open_then)),
            ContactAttempt.objects.filter(**span.within("at")).order_by(),
            OutboxEmail.objects.failed().filter(**span.within("created_at")),
            AccessLog.objects.filter(**span.within("at")).order_by(),
        ):
            with self.subTest(str(rows.query)[-120:]):
                plan = rows.explain()
                self.assertRegex(plan, r"(?i)index")
                self.assertNotRegex(plan, r"Seq Scan|\bSCAN (?!.*USING)")

    @skipUnless(connection.vendor == "sqlite", "the words of SQLite's plans")
    def test_what_a_night_asks_reads_no_request_beside_the_open_ones_and_those_of_the_day(self):
        calendar = library.current().clinic.calendar
        with CaptureQueriesContext(connection) as asked:
            figures.roll_up_day(MONDAY, calendar)
        with connection.cursor() as cursor:
            for each in asked:
                if each["sql"].startswith("SELECT"):
                    cursor.execute("EXPLAIN QUERY PLAN " + each["sql"])
                    plan = "; ".join(row[3] for row in cursor.fetchall())
                    with self.subTest(each["sql"][:120]):
                        # Read whole is only the index of what is open.
                        self.assertNotRegex(plan, r"\bSCAN (?!inquiries_inquiry USING INDEX inquiry_of_owner)")
