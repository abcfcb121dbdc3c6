"""What happens when something does not go as planned: one test a case. Where a case has sides, its own file has them.

No JavaScript: the whole file, and every test of the form, runs without it. Database down at Send and earlier:
test_database_down. Many sends and floods: test_floods. Missing tokens: test_security_token.
"""

from clinic.models import OutboxEmail
from inquiries import drafts
from inquiries.models import Inquiry
from tests.inquiries.journey import ANSWERS, address, fill, sealed_in, send
from tests.inquiries.test_views import CHECK, ViewCase, later


class BehaviourTests(ViewCase):
    def test_no_js_needs_none_from_the_first_page_to_the_confirmation(self):
        fill(self.client)
        self.assertEqual(self.client.get(send(self.client)["Location"]).status_code, 200)

    def test_draft_storage_is_the_session_alone_and_cleared_on_send(self):
        fill(self.client)
        self.assertIn(drafts.DRAFT, self.client.session)
        self.assertNotIn("Ana Example", str(dict(self.client.session)))
        self.assertFalse(Inquiry.objects.exists())
        send(self.client)
        self.assertNotIn(drafts.DRAFT, self.client.session)

    def test_check_page_carries_the_answers_so_that_send_needs_no_session(self):
        fill(self.client)
        sealed = sealed_in(self.client.get(CHECK))
        self.client.cookies.clear()
        with later(3601):
            self.assertEqual(send(self.client, sealed).status_code, 303)
        self.assertEqual(Inquiry.objects.get().full_name, "Ana Example")

    def test_double_submit_refresh_or_two_tabs_make_one_request_with_one_confirmation(self):
        fill(self.client)
        sealed = sealed_in(self.client.get(CHECK))
        first, second = (send(self.client, sealed) for _ in range(2))
        reference = Inquiry.objects.get().reference
        for response in (first, second):
            self.assertContains(self.client.get(response["Location"]), reference)
            self.assertNotContains(self.client.get(response["Location"]), "already have")
        self.assertEqual(OutboxEmail.objects.count(), 1)

    def test_a_form_sent_again_from_another_tab_leaves_the_next_request_as_it_is(self):
        fill(self.client)
        sealed = sealed_in(self.client.get(CHECK))
        send(self.client, sealed)
        fill(self.client, until="contact", more={"message": "for my mother"})
        self.assertEqual(send(self.client, sealed).status_code, 303)
        self.assert_leads(self.client.post(address("contact"), ANSWERS["contact"]), CHECK)
        self.assertContains(self.client.get(CHECK), "for my mother")

    def test_same_person_with_the_same_answers_within_ten_minutes_is_the_same_request(self):
        places = []
        for _ in range(2):
            fill(self.client)
            places.append(send(self.client)["Location"])
            said = self.client.get(places[-1])
            words = f"We already have your request {Inquiry.objects.get().reference}"
            (self.assertContains if places[1:] else self.assertNotContains)(said, words)
        self.assertEqual(len({place.partition(".")[0] for place in places}), 1)
        self.assertNotContains(self.client_class().get(places[-1]), words)  # who was sent the address learns nothing

    def test_back_after_send_says_so_with_the_reference_page_and_a_new_start(self):
        fill(self.client)
        sent = send(self.client)
        page = self.client.get(CHECK)
        self.assertContains(page, "You have already sent this request")
        self.assertContains(page, sent["Location"].partition(".")[0])
        self.assertContains(page, "Start a new request")

    def test_csrf_missing_keeps_the_answers_escaped_and_never_saves(self):
        fill(self.client, until="contact")
        strict = self.client_class(enforce_csrf_checks=True)
        strict.cookies = self.client.cookies
        page = strict.post(address("contact"), ANSWERS["contact"] | {"full_name": "<b>Ana"})
        self.assertContains(page, "For your security, press Continue again. Nothing was lost.", status_code=403)
        self.assertContains(page, 'value="&lt;b&gt;Ana"', status_code=403)
        self.assert_leads(self.client.get(CHECK), address("contact"))

    def test_session_expired_mid_way_keeps_this_page_and_leads_to_the_first_one_missing(self):
        fill(self.client, until="more")
        with later(3601):
            response = self.client.post(address("more"), {"message": "Stairs hurt"})
            self.assert_leads(response, address("who"))
            for _ in range(2):  # refreshed, and after an error
                page = self.client.get(address("who"))
                self.assertContains(page, "We removed your earlier answers after 60 minutes to protect your privacy.")
                self.client.post(address("who"))
            self.client.post(address("who"), ANSWERS["who"])
            self.assertNotContains(self.client.get(address("where")), "We removed")
            fill(self.client, until="more")
            self.assertContains(self.client.get(address("more")), "Stairs hurt")

    def test_mail_is_owed_in_the_transaction_of_send_and_sent_later(self):
        fill(self.client)
        send(self.client)
        self.assertEqual(OutboxEmail.objects.get().about_id, Inquiry.objects.get().public_id)

    def test_spam_is_only_scored_gets_no_mail_and_the_person_sees_the_confirmation(self):
        fill(self.client)
        response = send(self.client, website="http://spam.example")
        inquiry = Inquiry.objects.get()
        self.assertIn("trap", inquiry.suspect_reasons)
        self.assertContains(self.client.get(response["Location"]), inquiry.reference)
        self.assertFalse(OutboxEmail.objects.exists())

    def test_unknown_choice_values_are_treated_as_empty(self):
        fill(self.client, until="pain")
        page = self.client.post(address("pain"), ANSWERS["pain"] | {"duration": "for ever"}, follow=True)
        self.assertContains(page, "Select how long you have had this pain")
        self.assertNotContains(page, "for ever")

    def test_long_unicode_rtl_and_emoji_names_are_kept(self):
        for typed, kept in (
            ("Zoe\u0301", "Zo\u00e9"),
            ("\u05e9\u05e8\u05d4", "\u05e9\u05e8\u05d4"),
            ("Ana \U0001f642", None),
            ("x" * 200, None),
        ):
            with self.subTest(kept or typed):
                fill(self.client, contact={"full_name": typed})
                self.assertEqual(send(self.client).status_code, 303)
                self.assertEqual(Inquiry.objects.first().full_name, kept or typed)

    def test_free_text_is_stored_as_typed_and_means_nothing_to_us(self):
        for typed in ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=HYPERLINK(1)", "' OR 1=1--", "O'Brien"]:
            with self.subTest(typed):
                fill(self.client, contact={"full_name": typed})
                send(self.client)
                self.assertEqual(Inquiry.objects.first().full_name, typed)

    def test_control_characters_in_a_name_are_left_out_and_the_name_is_taken(self):
        fill(self.client, contact={"full_name": "A\x07na\0\tExam\u0301ple\r\n"})
        send(self.client)
        self.assertEqual(Inquiry.objects.get().full_name, "Ana Exa\u1e3fple")
