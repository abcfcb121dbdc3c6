"""Mail to staff about the desk: warnings before a reply is late, the queue of the day, what the nightly checks found."""

import datetime
from unittest import mock
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone

from clinic import upkeep
from clinic.models import ClinicProfile, Holiday, OpeningHours, OutboxEmail, Staff
from clinic.outbox import NoLongerOwed, renderer
from inquiries.models import Inquiry
from inquiries.services import digests, due_warnings, nightly, owning, staff_mail
from tests import factories
from tests.inquiries.test_mails import Words

ZONE = ZoneInfo("America/New_York")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
PERSONAL = ("Zebedee", "Quux", "zebedee@example.org", "555-0123", "Xylophone", "Wornknee")


def at(day, hour, minute=0):
    """A moment of November 2026 by the clinic's clock; the 23rd is a Monday, the 26th a holiday."""
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


CAME, DUE = at(23, 9), at(25, 17)  # from Monday at nine to the close of Wednesday: 26 open hours


class MailCase(TestCase):
    kind = ""

    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="Example Clinic", phone="(202) 555-0100", time_zone="America/New_York")
        for weekday in range(5):
            OpeningHours.objects.create(weekday=weekday, opens="08:00", closes="17:00")
        Holiday.objects.create(date=datetime.date(2026, 11, 26), name="Thanksgiving")
        factories.condition(slug="knee", title="Wornknee", live=True)
        cls.nurse = cls.person("Triage nurse", "nurse")
        cls.manager = cls.person("Manager", "manager")

    @classmethod
    def person(cls, role, name, **fields):
        alerts = {"on_duty": True, "receives_alerts": True, "email": f"{name}@example.com"}
        person = factories.staff(name, **{**alerts, **fields})
        person.groups.set(Group.objects.filter(name=role))
        return person

    def request(self, **fields):
        inquiry = factories.inquiry(
            full_name="Zebedee Quux", email="zebedee@example.org", message="Xylophone", condition="knee"
        )
        Inquiry.objects.filter(pk=inquiry.pk).update(**fields)
        inquiry.refresh_from_db()
        return inquiry

    def mails(self):
        return OutboxEmail.objects.filter(kind=self.kind).order_by("pk")

    def written(self, now=None):
        """The one mail to the nurse or the manager as it would leave."""
        with mock.patch("django.utils.timezone.now", return_value=now or timezone.now()):
            return renderer(self.kind)(self.mails().first())

    def assert_says_nothing_personal(self, message, link):
        for word in PERSONAL:
            self.assertNotIn(word, message.subject + message.body + message.html)
        html = Words(message.html)
        self.assertEqual(html.words, message.subject.split() + message.body.split())
        self.assertEqual(html.links, [settings.SITE_URL + link])


class DueWarningTests(MailCase):
    kind = due_warnings.KIND

    def waiting(self, came=CAME, due_at=DUE, **fields):
        return self.request(created_at=came, due_at=due_at, due_warned=0, **fields)

    def test_half_of_the_open_time_later_duty_is_told_and_not_a_minute_earlier(self):
        inquiry = self.waiting()
        self.assertEqual(due_warnings.warn(at(24, 12, 59)), 0)
        self.assertEqual(due_warnings.warn(at(24, 13)), 1)
        inquiry.refresh_from_db()
        self.assertEqual(inquiry.due_warned, 50)
        with mock.patch("django.utils.timezone.now", return_value=at(24, 13)):
            self.mails().update(created_at=at(24, 13))
        message = self.written()
        self.assertEqual(message.subject, "Reply due soon: 1 request")
        self.assertIn(inquiry.reference, message.body)
        self.assert_says_nothing_personal(message, "/admin/inquiries/inquiry/?queue=due-today")

    def test_it_is_told_again_when_all_of_it_is_over_and_then_no_more(self):
        self.waiting()
        found = [due_warnings.warn(now) for now in (at(24, 13), at(24, 14), at(25, 17), at(25, 18), at(27, 9))]
        self.assertEqual(found, [1, 0, 1, 0, 0])
        self.mails().update(created_at=at(25, 17))
        message = self.written()
        self.assertEqual(message.subject, "Reply late: 1 request")
        self.assert_says_nothing_personal(message, "/admin/inquiries/inquiry/?queue=overdue")

    def test_nights_weekends_and_holidays_are_no_time_that_is_over(self):
        self.waiting(came=at(25, 16), due_at=at(27, 17))  # ten open hours, a holiday between
        self.assertEqual([due_warnings.warn(now) for now in (at(26, 12), at(27, 11), at(27, 12))], [0, 0, 1])

    def test_one_mail_to_each_on_duty_tells_of_all(self):
        for _ in range(3):
            self.waiting()
        self.waiting(came=at(20, 9), due_at=at(24, 10))
        self.assertEqual(due_warnings.warn(at(24, 13)), 4)
        self.assertEqual(sorted(mail.recipient for mail in self.mails()), ["manager@example.com", "nurse@example.com"])
        self.mails().update(created_at=at(24, 13))
        message = self.written()
        self.assertEqual(message.subject, "Reply late or due soon: 4 requests")
        self.assertLess(message.body.index("Late,"), message.body.index("More than half"))

    def test_who_is_due_first_and_not_yet_half_way_hides_nobody_and_no_number_is_too_many(self):
        soon = {"came": at(24, 12, 50), "due_at": at(24, 13, 30)}  # not half way, but due before the others
        hiding, late = [self.waiting(**soon) for _ in range(3)], self.waiting(came=at(20, 9), due_at=at(24, 10))
        half = [self.waiting() for _ in range(3)]
        with mock.patch.object(due_warnings, "AT_ONCE", 2):
            self.assertEqual(due_warnings.warn(at(24, 13)), 4)
            self.assertEqual(due_warnings.warn(at(24, 13)), 0)
        marks = dict(Inquiry.objects.values_list("pk", "due_warned"))
        self.assertEqual({marks[inquiry.pk] for inquiry in hiding}, {0})
        self.assertEqual([marks[inquiry.pk] for inquiry in (late, *half)], [100, 50, 50, 50])
        mails = [mail for mail in self.mails() if mail.recipient == "nurse@example.com"]
        told = [pk for mail in mails for pk in mail.context["requests"]]
        self.assertEqual((len(mails), sorted(told)), (2, sorted(inquiry.pk for inquiry in (late, *half))))

    def test_a_long_list_ends_with_how_many_more(self):
        for _ in range(3):
            self.waiting()
        due_warnings.warn(at(25, 18))
        self.mails().update(created_at=at(25, 18))
        with mock.patch.object(staff_mail, "MOST_NAMED", 1):
            self.assertIn("and 2 more", self.written().body)

    def test_not_about_who_had_word_of_us_was_closed_or_may_be_spam(self):
        for fields in (
            {"first_contact_at": at(23, 10)},
            {"status": "declined", "closed_at": at(23, 10)},
            {"is_suspect": True},
        ):
            self.waiting(**fields)
        self.waiting(due_at=None)
        self.assertEqual(due_warnings.warn(at(27, 9)), 0)

    def test_a_mail_about_what_was_answered_meanwhile_is_not_sent(self):
        inquiry = self.waiting()
        due_warnings.warn(at(25, 18))
        Inquiry.objects.filter(pk=inquiry.pk).update(first_contact_at=at(25, 18))
        with self.assertRaises(NoLongerOwed):
            self.written()

    def test_with_nobody_on_duty_nothing_is_marked_so_who_comes_is_told(self):
        self.waiting()
        Staff.objects.update(on_duty=False)
        self.assertEqual(due_warnings.warn(at(25, 18)), 0)
        Staff.objects.filter(pk=self.nurse.pk).update(on_duty=True)
        self.assertEqual(due_warnings.warn(at(25, 19)), 1)

    def test_a_second_worker_that_saw_the_same_owes_nothing(self):
        self.waiting()
        # The other one marks it after this one has looked.
        first = mock.Mock(side_effect=lambda: Inquiry.objects.update(due_warned=100) and [self.nurse])
        with mock.patch.object(staff_mail, "on_duty", first):
            self.assertEqual(due_warnings.warn(at(25, 18)), 0)
        self.assertFalse(self.mails().exists())

    def test_a_warning_is_no_change_that_a_colleague_must_read(self):
        inquiry = self.waiting()
        due_warnings.warn(at(25, 18))
        version = inquiry.version
        inquiry.refresh_from_db()
        self.assertEqual((inquiry.version, inquiry.event_count), (version, inquiry.events.count()))


class DigestTests(MailCase):
    kind = digests.KIND

    def owed(self, now):
        before = self.mails().count()
        list(digests.keep_digests(now))
        return self.mails().count() - before

    def test_leaves_at_half_past_seven_once(self):
        self.assertEqual([self.owed(at(23, 7, 29)), self.owed(at(23, 7, 30)), self.owed(at(23, 7, 31))], [0, 1, 0])
        self.assertEqual(self.owed(at(24, 7, 30)), 1)

    def test_not_on_a_weekend_nor_a_holiday_nor_after_the_clinic_has_closed(self):
        self.assertEqual([self.owed(at(*moment)) for moment in ((22, 9), (26, 9), (23, 17))], [0, 0, 0])
        self.assertEqual(self.owed(at(23, 16, 59)), 1)  # the worker was down until then

    def test_goes_to_everybody_who_works_on_requests_and_can_be_reached(self):
        self.person("Clinician", "clinician", on_duty=False)
        self.person("Front desk", "away", is_active=False)
        self.person("Front desk", "nowhere", email="")
        self.person("Auditor", "auditor")
        self.owed(at(23, 8))
        self.assertEqual(
            sorted(mail.recipient for mail in self.mails()), ["clinician@example.com", "nurse@example.com"]
        )

    def test_demonstration_accounts_of_a_real_clinic_get_none(self):
        Staff.objects.filter(pk=self.nurse.pk).update(is_demo=True)
        ClinicProfile.objects.update(is_demo=False)
        self.assertEqual(self.owed(at(23, 8)), 0)

    def test_counts_the_queues_and_names_own_late_requests_by_reference(self):
        own = self.request(due_at=at(20, 9), status="in_review", owner=self.nurse)
        other = self.request(due_at=at(20, 9))
        self.owed(at(23, 8))
        message = self.written(at(23, 8, 1))
        self.assertEqual(message.subject, "Queue today")
        self.assertIn("Overdue: 2\n", message.body)
        self.assertIn("Mine: 1\n", message.body)
        self.assertIn(own.reference, message.body)
        self.assertNotIn(other.reference, message.body)
        self.assert_says_nothing_personal(message, "/admin/")

    def test_is_not_sent_a_day_late_nor_to_who_has_left(self):
        self.owed(at(23, 8))
        with self.assertRaises(NoLongerOwed):
            self.written(at(24, 8))
        Staff.objects.update(is_active=False)
        with self.assertRaises(NoLongerOwed):
            self.written(at(23, 8, 1))


class CheckResultTests(MailCase):
    kind = nightly.KIND

    def check(self, now):
        before = self.mails().count()
        list(nightly.keep_checking(now))
        return self.mails().count() - before

    def test_looks_once_a_night_and_tells_the_managers(self):
        self.assertEqual([self.check(at(*moment)) for moment in ((23, 0, 59), (23, 1), (23, 2), (24, 1))], [0, 1, 0, 1])
        self.assertEqual({mail.recipient for mail in self.mails()}, {"manager@example.com"})

    def test_says_when_nothing_is_wrong(self):
        self.check(at(23, 1))
        message = self.written()
        self.assertIn("found nothing wrong", message.body)
        self.assertIn("all hold", message.body)
        self.assert_says_nothing_personal(message, "/admin/")

    def test_says_what_breaks_a_rule_what_failed_and_what_is_kept_too_long(self):
        now = timezone.now()
        self.request(next_step="", next_step_on=None)
        OutboxEmail.objects.update(state="failed")
        over = now - (settings.RETENTION_DAYS + 1) * DAY
        ended = {"next_step": "", "next_step_on": None, "due_at": None, "patient_told": "yes", "closed_at": over}
        self.request(status="booked", **ended)
        held = {"legal_hold": True, "held_by": self.nurse, "held_at": now}
        self.request(status="booked", **held, **ended)
        found = nightly.results(now)
        self.assertEqual((found["failed_mails"], found["still_to_anonymise"], found["lately_held"]), (1, 1, 1))
        Staff.objects.filter(pk=self.nurse.pk).update(on_duty=False)
        self.check(at(23, 1))
        message = self.written()
        self.assertIn("No next step: 1", message.body)
        self.assertIn("Mails that could not be delivered: 1", message.body)
        self.assertIn("On duty and reached by alerts: 1. At least 2 should be.", message.body)
        self.assertNotIn("nothing wrong", message.body)
        self.assert_says_nothing_personal(message, "/admin/")

    def test_says_whose_history_is_not_what_was_written(self):
        inquiry = self.request()
        Inquiry.objects.filter(pk=inquiry.pk).update(event_count=7)
        self.check(at(23, 1))
        self.assertIn(f"Histories that are not what was written: {inquiry.reference}", self.written().body)

    def test_reads_the_history_of_every_request_within_a_week_a_part_of_the_old_ones_each_night(self):
        old = {"status": "booked", "next_step": "", "next_step_on": None, "due_at": None, "patient_told": "yes"}
        closed = [self.request(**old, closed_at=at(1, 9)) for _ in range(8)]
        broken = {inquiry.reference for inquiry in closed}
        Inquiry.objects.update(event_count=7)
        nights = [set(nightly.results(at(day, 1))["broken_histories"]) for day in range(16, 23)]
        self.assertEqual(set.union(*nights), broken)
        self.assertEqual(sorted(map(len, nights)), [1] * 6 + [2])

    def test_counts_what_retention_did_in_the_last_day(self):
        now = timezone.now()
        over = now - (settings.RETENTION_DAYS + 1) * DAY
        ended = {"status": "booked", "next_step": "", "next_step_on": None, "due_at": None, "closed_at": over}
        self.request(**ended, anonymised_at=now - HOUR)
        self.request(**ended, anonymised_at=now - 2 * DAY)
        self.assertEqual(nightly.results(now)["anonymised"], 1)


class JobTests(MailCase):
    def test_a_colleague_who_left_keeps_no_request(self):
        inquiry = self.request(status="in_review", owner=self.nurse)
        Staff.objects.filter(pk=self.nurse.pk).update(is_active=False)
        self.assertIn(
            "Requests of colleagues who have left, back in the queue: 1.", upkeep.keep_up(now=timezone.now()).done
        )
        inquiry.refresh_from_db()
        self.assertEqual((inquiry.owner, inquiry.status), (None, "new"))
        self.assertEqual(owning.return_orphans(timezone.now()), 0)

    def test_what_cannot_wait_an_hour_is_done_each_minute_before_mail_is_sent(self):
        self.request(created_at=at(20, 9), due_at=at(23, 9))
        with mock.patch("django.utils.timezone.now", return_value=at(23, 10)):
            self.assertEqual(upkeep.keep_time(now=at(23, 10)), ("Mails on the queue of today owed: 1.",))
        self.assertEqual(
            set(OutboxEmail.objects.filter(kind=due_warnings.KIND).values_list("state", flat=True)), {"queued"}
        )

    def test_one_pass_of_the_outbox_does_it_too(self):
        self.request(created_at=timezone.now() - 30 * DAY, due_at=timezone.now() - HOUR)
        call_command("send_outbox", stdout=mock.Mock())
        self.assertTrue(OutboxEmail.objects.filter(kind=due_warnings.KIND, state="sent").exists())
