"""Many requests from one address are taken and looked at; a flood has to wait; who is in danger never does."""

import datetime
from contextlib import contextmanager
from unittest import mock

from django.test import SimpleTestCase
from django.urls import reverse

from clinic.models import OutboxEmail
from inquiries.models import Inquiry, PatientUpdate
from inquiries.views import floods
from tests import factories
from tests.inquiries.journey import ANSWERS, CONSENTS, address, fill, sealed_in, send
from tests.inquiries.test_status import StatusCase
from tests.inquiries.test_views import CHECK

NOW = datetime.datetime(2026, 3, 3, 15, 4, tzinfo=datetime.UTC)
WAIT = "Very many forms have come from your internet connection. Nothing you typed is lost."


def the_clock_says(at):
    """To the fences alone: sessions go on by the real one."""
    return mock.patch.object(floods, "timezone", mock.Mock(now=lambda: at))


@contextmanager
def fences(at=NOW, **numbers):
    """Fences that counted nothing yet, at a moment of their own."""
    # What is counted is made last: with these numbers.
    with (
        mock.patch.multiple(floods, **numbers),
        the_clock_says(at),
        mock.patch.object(floods, "fences", floods.Fences()),
    ):
        yield


class FloodCase(StatusCase):
    def setUp(self):
        super().setUp()
        self.client = self.visitor()

    def visitor(self, address="203.0.113.7"):
        return self.client_class(REMOTE_ADDR=address)

    def send_one(self, number, **pages):
        visitor = self.visitor()
        mail = f"person{number}@example.org"
        fill(visitor, contact={"email": mail, "phone": f"(202) 555-01{number:02}"}, **pages)
        self.assertEqual(send(visitor).status_code, 303)
        return Inquiry.objects.latest("pk")

    def assert_waits(self, page, *kept):
        self.assertContains(page, WAIT, status_code=429)
        self.assertContains(page, "(202) 555-0100", status_code=429)
        for words in kept:
            self.assertContains(page, words, status_code=429)
        self.assertEqual(page["Retry-After"], "361")  # 15:04 to 15:10
        self.assertIn("no-store", page["Cache-Control"])


class ManySendsTests(FloodCase):
    def test_over_the_limit_of_an_hour_a_request_is_taken_and_waits_for_a_person(self):
        with fences(SENDS_AN_HOUR=1):
            first, second = self.send_one(1), self.send_one(2)
        self.assertFalse(first.is_suspect)
        self.assertEqual((second.is_suspect, second.suspect_reasons), (True, ["many"]))
        self.assertFalse(OutboxEmail.objects.filter(about_id=second.public_id).exists())

    def test_the_next_hour_begins_anew_and_the_day_does_not(self):
        with fences(SENDS_AN_HOUR=1, SENDS_A_DAY=2):
            self.send_one(1)
            with the_clock_says(NOW + datetime.timedelta(hours=1)):
                self.assertFalse(self.send_one(2).is_suspect)
            with the_clock_says(NOW + datetime.timedelta(hours=2)):
                self.assertTrue(self.send_one(3).is_suspect)

    def test_a_warning_sign_is_never_suspect(self):
        with fences(SENDS_AN_HOUR=0):
            self.assertFalse(self.send_one(1, safety={"safety": ["unsure"]}).is_suspect)

    def test_the_numbers_are_those_that_are_told(self):
        self.assertEqual((floods.SENDS_AN_HOUR, floods.SENDS_A_DAY), (5, 20))

    def test_the_machine_the_site_runs_on_is_not_counted(self):
        with fences(SENDS_AN_HOUR=0, POSTS=0):
            fill(self.client_class())
            visitor = self.client_class()
            fill(visitor)
            send(visitor)
        self.assertFalse(Inquiry.objects.latest("pk").is_suspect)


class FormTests(FloodCase):
    def test_a_page_waits_with_what_was_typed_and_one_more_press_goes_on(self):
        fill(self.client, until="contact")
        with fences(POSTS=1):
            first = self.client.post(address("contact"), ANSWERS["contact"])
            second = self.client.post(address("contact"), ANSWERS["contact"] | {"full_name": "Ana Again"})
        self.assertEqual(first.status_code, 303)
        self.assert_waits(second, 'value="Ana Again"', "Press Continue again in 10 minutes, or call")
        self.assertNotContains(self.client.get(CHECK), "Ana Again")

    def test_send_waits_with_answers_and_ticks_and_one_more_press_sends(self):
        fill(self.client, more={"message": "Stairs ache"})
        stored = Inquiry.objects.count()
        with fences(POSTS=0):
            page = send(self.client)
        self.assert_waits(page, "Stairs ache", "Press Send again in 10 minutes")
        self.assertEqual(page.content.decode().count(" checked"), len(CONSENTS))
        self.assertEqual(Inquiry.objects.count(), stored)
        self.assertEqual(send(self.client, sealed_in(page)).status_code, 303)

    def assert_goes_on_to_the_end(self, key, given):
        """From this page, whose answers give a warning sign, while everybody else waits."""
        fill(self.client, until=key)
        with fences(POSTS=0):
            page = self.client.post(address(key), ANSWERS[key] | given)
            self.assertEqual((page.status_code, page["Location"]), (303, reverse("inquiries:advice")))
            self.client.get(reverse("inquiries:advice"))
            self.client.post(reverse("inquiries:advice"))
            after = list(ANSWERS)[list(ANSWERS).index(key) + 1 :]
            for rest in after:
                self.assertEqual(self.client.post(address(rest), ANSWERS[rest]).status_code, 303, rest)
            self.assertEqual(send(self.client).status_code, 303)

    def test_who_ticks_a_warning_sign_goes_on_all_the_way(self):
        self.assert_goes_on_to_the_end("safety", {"safety": ["unsure"]})

    def test_who_writes_a_warning_sign_goes_on_all_the_way(self):
        self.assert_goes_on_to_the_end("more", {"message": "I want to kill myself"})

    def test_staff_never_wait(self):
        self.client.force_login(factories.staff())
        with fences(POSTS=0):
            self.assertEqual(self.client.post(address("who"), ANSWERS["who"]).status_code, 303)

    def test_another_address_does_not_wait(self):
        with fences(POSTS=1):
            for last in ("7", "8"):
                response = self.visitor(f"203.0.113.{last}").post(address("who"), ANSWERS["who"])
                self.assertEqual(response.status_code, 303)


class StatusActionTests(FloodCase):
    def test_what_is_added_waits_with_its_words(self):
        with fences(POSTS=0):
            self.assert_waits(self.post("information", text="A new number"), "A new number", "Press the button again")
        self.assertFalse(PatientUpdate.objects.exists())

    def test_withdrawing_waits(self):
        with fences(POSTS=0):
            self.assert_waits(self.post("withdraw"))
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.status, "new")

    def test_that_it_is_worse_never_waits(self):
        with fences(POSTS=0):
            self.assertContains(self.read("worse", safety=["none"], text=""), "We have what you sent")

    def test_no_more_pages_with_errors_are_kept_than_people_make(self):
        with fences(KEPT=0):
            self.assertContains(self.post("information", text=""), "Write what you would like to add")

    def test_words_that_worry_us_never_wait(self):
        with fences(POSTS=0):
            self.assertContains(self.read("information", text="I want to kill myself"), "We have what you sent")

    def test_a_request_with_a_warning_sign_never_waits(self):
        Inquiry.objects.update(safety_level="urgent")
        with fences(POSTS=0):
            self.assertEqual(self.post("information", text="A new number").status_code, 303)


class FindTests(FloodCase):
    def test_looking_for_a_link_waits_sooner_and_sends_nothing(self):
        given = {"reference": self.inquiry.reference, "proof": "ana@example.org"}
        with fences(FINDS=1):
            self.client.post("/request/find/", given)
            sent = OutboxEmail.objects.count()
            self.assert_waits(self.client.post("/request/find/", given), self.inquiry.reference)
        self.assertEqual(OutboxEmail.objects.count(), sent)
        self.assertLess(floods.FINDS, floods.POSTS)


class NetworkTests(SimpleTestCase):
    def test_an_ipv6_address_stands_for_its_network(self):
        same = {floods.network_of("2001:db8:1:2::1"), floods.network_of("2001:db8:1:2:ffff::9")}
        self.assertEqual(same, {"2001:db8:1:2::/64"})
        self.assertNotIn(floods.network_of("2001:db8:1:3::1"), same)

    def test_an_ipv4_address_stands_for_itself_in_either_form(self):
        self.assertEqual(floods.network_of("203.0.113.7"), "203.0.113.7")
        self.assertEqual(floods.network_of("::ffff:203.0.113.7"), "203.0.113.7")

    def test_what_is_no_address_is_counted_as_it_is(self):
        self.assertEqual(floods.network_of(""), "")
