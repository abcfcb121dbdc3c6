"""A page posted with errors leads back to itself, with what was typed; what cannot be kept is answered as it stands."""

from types import SimpleNamespace
from unittest import mock

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client, TransactionTestCase
from django.urls import reverse

from inquiries import drafts
from inquiries.models import Inquiry
from inquiries.views import tries
from tests.inquiries.journey import ANSWERS, address, fill, sealed_in, send
from tests.inquiries.test_database_down import read_only
from tests.inquiries.test_floods import fences
from tests.inquiries.test_views import ADVICE, CHECK, ViewCase, later, make_clinic

WRONG = {**ANSWERS["contact"], "full_name": "", "email": "ana at example", "voicemail_ok": ""}
HOUR_IS_OVER = "We removed your earlier answers after 60 minutes"


class TriesCase(ViewCase):
    def assert_shows_what_was_typed(self, page, status=200):
        self.assertContains(page, "<title>Error: How to reach you", status_code=status)
        self.assertContains(page, "Please check 3 answers", status_code=status)
        self.assertContains(page, 'value="ana at example"', status_code=status)
        self.assertContains(page, "(202) 555-0123", status_code=status)

    def errors_on(self, key):
        return self.client.get(address(key)).context["errors"]


class PageTests(TriesCase):
    def setUp(self):
        fill(self.client, until="contact")

    def wrong(self, **changes):
        return self.client.post(address("contact"), {**WRONG, **changes})

    def test_leads_to_the_same_page_which_shows_it_however_often_it_is_opened(self):
        self.assert_leads(self.wrong(), address("contact"))
        for _ in range(2):
            self.assert_shows_what_was_typed(self.client.get(address("contact")))

    def test_a_first_page_with_nothing_chosen_is_one_too(self):
        visitor = self.client_class()
        self.assert_leads(visitor.post(address("who")), address("who"))
        self.assertContains(visitor.get(address("who")), "Please check 2 answers")

    def test_is_over_when_the_page_is_answered(self):
        self.wrong()
        self.client.post(address("contact"), ANSWERS["contact"])
        page = self.client.get(address("contact"))
        self.assertEqual(page.context["errors"], [])
        self.assertContains(page, 'value="Ana Example"')
        self.assertEqual(drafts.read(self.client.session).tried, {})

    def test_is_over_too_when_the_answer_is_one_we_do_not_keep(self):
        self.client.post(address("who"), {"for_whom": "me"})
        self.assertEqual(len(self.errors_on("who")), 1)
        self.client.post(address("who"), {"for_whom": "me", "age_band": "u18"})
        self.assertEqual(self.errors_on("who"), [])

    def test_belongs_to_its_page_alone(self):
        self.wrong()
        self.client.post(address("pain"), {**ANSWERS["pain"], "pain_avg": ""})
        self.assertEqual([error for _, error in self.errors_on("pain")], ["Select a number from 0 to 10"])
        self.assertEqual(self.errors_on("who"), [])
        self.client.post(address("pain"), ANSWERS["pain"])
        self.assertEqual(len(self.errors_on("contact")), 3)

    def test_signs_of_another_part_of_the_body_were_not_tried(self):
        self.client.post(address("safety"))
        self.assertEqual(len(self.errors_on("safety")), 1)
        self.client.post(address("where"), {"body_region": "back"})
        self.assertEqual(self.errors_on("safety"), [])

    def test_an_address_with_a_slip_is_asked_about_once(self):
        mail = {"email": "ana@gmial.com", "full_name": "Ana", "voicemail_ok": "no"}
        self.assert_leads(self.wrong(**mail), address("contact"))
        page = self.client.get(address("contact"))
        self.assertContains(page, "Did you mean ana@gmail.com?")
        looked_at = page.context["form"].data["email_looked_at"]
        self.assert_leads(self.wrong(**mail, email_looked_at=looked_at), CHECK)

    def test_ticked_boxes_come_back_all_of_them(self):
        self.client.post(address("pain"), {"trend": "same", "tried": ["medicine", "surgery"]})
        self.assertEqual(self.client.get(address("pain")).content.decode().count(" checked"), 3)

    def test_lies_in_the_session_encrypted_and_holds_nothing_nobody_asked_for(self):
        self.wrong(status="booked")
        self.assertNotIn("ana at example", str(dict(self.client.session)))
        self.assertNotIn("status", drafts.read(self.client.session).tried["contact"])

    def test_begins_the_hour_again_and_ends_with_it(self):
        with later(50 * 60):
            self.wrong()
        with later(100 * 60):
            self.assert_shows_what_was_typed(self.client.get(address("contact")))
        with later(120 * 60):
            self.assert_leads(self.client.get(address("contact")), address("who"), 302)

    def test_leaving_forgets_it(self):
        self.wrong()
        self.client.post(reverse("inquiries:leave"))
        fill(self.client, until="contact")
        self.assertNotContains(self.client.get(address("contact")), "ana at example")

    def test_costs_no_more_than_an_answer(self):
        self.wrong()
        with self.assertNumQueries(4):  # the session read and stored, the library's version, and what is counted
            self.wrong()


class DirectTests(TriesCase):
    """What cannot be kept comes with the answer itself."""

    def wrong(self):
        return self.client.post(address("contact"), WRONG)

    def test_more_than_anybody_types(self):
        fill(self.client, until="contact")
        with mock.patch.object(tries, "LARGEST", 30):
            self.assert_shows_what_was_typed(self.wrong())
        fill(self.client, until="more")
        page = self.client.post(address("more"), {"message": "x" * 30_000})
        self.assertContains(page, "x" * 30_000)

    def test_half_a_character(self):
        posted = QueryDict(mutable=True)
        posted["full_name"] = "\ud800"
        self.assertIsNone(tries.typed_in(SimpleNamespace(fields=posted), posted))

    def test_a_session_that_is_gone(self):
        fill(self.client, until="contact")
        Session.objects.all().delete()
        self.assert_shows_what_was_typed(self.wrong())

    def test_a_session_that_ends_meanwhile(self):
        fill(self.client, until="contact")
        with mock.patch.object(tries, "keep", side_effect=UpdateError):
            self.assert_shows_what_was_typed(self.wrong())

    def test_after_the_hour(self):
        fill(self.client, until="contact")
        with later(3601):
            page = self.wrong()
            self.assertContains(page, HOUR_IS_OVER)
            self.assert_shows_what_was_typed(page)

    def test_a_page_that_is_too_early(self):
        fill(self.client, until="pain")
        self.assert_shows_what_was_typed(self.wrong())

    def test_without_cookies(self):
        strict = Client(enforce_csrf_checks=True)
        page = strict.post(address("contact"), WRONG)
        self.assertContains(page, 'value="ana at example"', status_code=403)
        self.assertNotIn("session", strict.cookies)

    def test_more_pages_with_errors_than_people_make(self):
        self.client = self.client_class(REMOTE_ADDR="203.0.113.7")
        with fences(KEPT=1):
            fill(self.client, until="contact")
            self.assert_leads(self.wrong(), address("contact"))
            self.assert_shows_what_was_typed(self.wrong())


class WithoutDatabaseTests(TransactionTestCase):
    def test_a_database_that_only_reads_loses_nothing_and_says_what_is_wrong(self):
        make_clinic()
        fill(self.client, until="contact")
        with read_only():
            page = self.client.post(address("contact"), WRONG)
        self.assertContains(page, "Please check 3 answers")
        self.assertContains(page, 'value="ana at example"')
        self.assertEqual(self.client.post(address("contact"), ANSWERS["contact"])["Location"], CHECK)


class CheckTests(TriesCase):
    def setUp(self):
        fill(self.client, more={"message": "Stairs hurt"})
        self.sealed = sealed_in(self.client.get(CHECK))

    def without_a_consent(self, **changes):
        return send(self.client, self.sealed, **{"privacy_notice": "", **changes})

    def assert_asks_for_the_consent(self, page, ticked=2):
        self.assertContains(page, "<title>Error: Check your answers")
        self.assertContains(page, "Please check 1 answer")
        self.assertEqual(page.content.decode().count(" checked"), ticked)

    def test_leads_to_itself_with_what_was_ticked_and_then_sends(self):
        self.assert_leads(self.without_a_consent(), CHECK)
        for _ in range(2):
            page = self.client.get(CHECK)
            self.assert_asks_for_the_consent(page)
        self.assertEqual(send(self.client, sealed_in(page)).status_code, 303)
        self.assertEqual(Inquiry.objects.count(), 1)
        self.assertContains(self.client.get(CHECK), "You have already sent this request")

    def test_an_answer_that_changes_asks_for_every_consent_anew(self):
        self.without_a_consent()
        self.client.post(address("more"), {"message": "Stairs hurt more"})
        self.assertNotContains(self.client.get(CHECK), " checked")

    def test_a_machine_in_the_trap_stays_there(self):
        self.without_a_consent(website="http://spam.example")
        page = self.client.get(CHECK)
        self.assertContains(page, "http://spam.example")
        send(self.client, sealed_in(page), website=page.context["form"].data["website"])
        self.assertIn("trap", Inquiry.objects.get().suspect_reasons)

    def test_answers_that_changed_in_another_tab_are_not_put_under_what_was_checked(self):
        self.client.post(address("more"), {"message": "From the other tab"})
        page = self.without_a_consent()
        self.assert_asks_for_the_consent(page)
        self.assertContains(page, "Stairs hurt")
        self.assertNotContains(page, "From the other tab")

    def test_where_what_was_checked_cannot_be_opened_nothing_else_is_sent_in_its_place(self):
        self.client.post(address("more"), {"message": "From the other tab"})
        page = send(self.client, self.sealed[:-4] + "AAAA")
        self.assertFalse(Inquiry.objects.exists())
        self.assertContains(page, "Your request has not been sent yet")
        self.assertContains(page, "From the other tab")
        self.assertNotContains(page, " checked")
        self.assertEqual(send(self.client, sealed_in(page)).status_code, 303)

    def test_without_a_session_it_is_answered_directly_and_sends(self):
        self.client.cookies.clear()
        page = self.without_a_consent()
        self.assert_asks_for_the_consent(page)
        self.assertEqual(send(self.client, sealed_in(page)).status_code, 303)

    def test_a_new_first_page_with_errors_does_not_hide_what_was_sent(self):
        send(self.client)
        self.client.post(address("who"))
        self.assertContains(self.client.get(CHECK), "You have already sent this request")

    def test_the_page_never_carries_what_was_tried(self):
        self.without_a_consent()
        self.assertEqual(drafts.unseal(sealed_in(self.client.get(CHECK))).tried, {})


class AdviceTests(TriesCase):
    def test_advice_comes_before_a_page_that_was_tried(self):
        fill(self.client, until="contact")
        self.client.post(address("contact"), WRONG)
        self.assert_leads(self.client.post(address("safety"), {"safety": ["rf-dvt"]}), ADVICE)
        self.assert_leads(self.client.get(address("contact")), ADVICE)
        self.client.post(ADVICE)
        self.assert_shows_what_was_typed(self.client.get(address("contact")))
