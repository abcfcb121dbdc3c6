"""A session that ends while a page is made: the page answers as it does for who comes back to a session that is gone."""

from unittest import mock

from django.contrib.sessions.models import Session

from clinic.sessions import SessionStore
from inquiries import drafts
from inquiries.models import Inquiry
from tests.inquiries.journey import ANSWERS, address, fill, sealed_in, send
from tests.inquiries.test_tries import HOUR_IS_OVER
from tests.inquiries.test_views import ADVICE, CHECK, START, ViewCase, later


def session_ends_once_read():
    """It is deleted between its load and its save, as by who signs out in another tab."""
    load = SessionStore.load

    def loaded(store):
        found = load(store)
        Session.objects.all().delete()
        return found

    return mock.patch.object(SessionStore, "load", loaded)


class SessionEndsTests(ViewCase):
    def test_the_answers_of_this_page_are_kept_and_the_rest_is_explained(self):
        fill(self.client, until="contact")
        with session_ends_once_read():
            response = self.client.post(address("contact"), ANSWERS["contact"])
        self.assert_leads(response, address("who"))
        self.assertContains(self.client.get(address("who")), HOUR_IS_OVER)
        self.assertEqual(drafts.read(self.client.session).answers["full_name"], "Ana Example")

    def test_the_first_page_explains_it_too(self):
        fill(self.client)
        with session_ends_once_read():
            response = self.client.post(address("who"), ANSWERS["who"])
        self.assert_leads(response, address("where"))
        self.assertContains(self.client.get(address("where")), HOUR_IS_OVER)

    def test_a_first_page_that_was_never_begun_explains_nothing(self):
        self.client.post(address("who"), ANSWERS["who"])
        self.assertNotContains(self.client.get(address("where")), HOUR_IS_OVER)

    def test_an_answer_we_do_not_keep_still_leads_to_whom_to_ask(self):
        self.client.post(address("who"), {"for_whom": "me"})
        with session_ends_once_read():
            response = self.client.post(address("who"), {"for_whom": "me", "age_band": "u18"})
        self.assert_leads(response, "/consultation/under-18/")

    def test_what_was_removed_is_not_said_to_have_been_changed(self):
        fill(self.client, until="more")
        with later(3601):
            self.client.post(address("more"), {"message": "Stairs hurt"})
            for key in ("who", "where", "safety", "pain"):
                self.assertNotContains(self.client.get(address(key)), "You changed an answer", msg_prefix=key)
                self.client.post(address(key), ANSWERS[key])
            self.assertContains(self.client.get(address("more")), "Stairs hurt")

    def test_the_advice_is_shown_and_what_comes_next_explains_it(self):
        fill(self.client, until="advice", safety={"safety": ["rf-dvt"]})
        with session_ends_once_read():
            self.assertContains(self.client.get(ADVICE), "<h1>")
        self.assert_leads(self.client.post(ADVICE), f"{address('who')}?removed")

    def test_going_on_from_the_advice_explains_it(self):
        fill(self.client, until="advice", safety={"safety": ["rf-dvt"]})
        with session_ends_once_read():
            self.assert_leads(self.client.post(ADVICE), f"{address('who')}?removed")

    def test_send_sends_what_was_checked_once(self):
        fill(self.client)
        sealed = sealed_in(self.client.get(CHECK))
        with session_ends_once_read():
            response = send(self.client, sealed)
        self.assertTrue(response["Location"].endswith("/sent/"))
        self.assertEqual(Inquiry.objects.count(), 1)
        self.assertContains(self.client.get(CHECK), "You have already sent this request")

    def test_the_start_remembers_what_is_asked_about(self):
        fill(self.client, until="where")
        with session_ends_once_read():
            self.assert_leads(self.client.get(START, {"condition": "knee"}), START, 302)
        fill(self.client, until="where")
        self.assertContains(self.client.get(address("where")), '<option value="knee" selected>')

    def test_who_leaves_gets_away(self):
        fill(self.client)
        with session_ends_once_read():
            self.assert_leads(self.client.post("/consultation/leave/"), "/")
