import re

from django.test import Client
from django.urls import reverse

from inquiries import drafts, safety
from inquiries.models import Inquiry
from tests.inquiries.journey import ANSWERS, CONSENTS, address, fill, sealed_in
from tests.inquiries.test_views import ADVICE, CHECK, ViewCase

CONTINUE_AGAIN = "For your security, press Continue again. Nothing was lost."
SIGN = {False: "none", True: "rf-dvt"}
SEND_AGAIN = "For your security, press Send again. Nothing was lost."


class TokenCase(ViewCase):
    """A missing or wrong CSRF token keeps the answers, saves nothing, and one more press goes on."""

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)

    def token(self, url):
        return self.client.get(url).context["csrf_token"]

    def assert_private(self, page, sentence):
        self.assertContains(page, sentence, status_code=403)
        self.assertContains(page, "(202) 555-0100", status_code=403)
        self.assertNotContains(page, "Please check", status_code=403)
        self.assertIn("no-store", page["Cache-Control"])


class PageTests(TokenCase):
    given = {"for_whom": "other", "helper_name": '"><script>alert(1)</script>', "age_band": "40_54"}

    def post(self, token=None, **headers):
        data = self.given if token is None else {**self.given, "csrfmiddlewaretoken": token}
        return self.client.post(address("who"), data, headers=headers)

    def assert_kept(self, page):
        self.assert_private(page, CONTINUE_AGAIN)
        self.assertContains(page, "&quot;&gt;&lt;script&gt;", status_code=403)
        self.assertRegex(page.content.decode(), r'value="40_54"\s+id="id_age_band_2" checked')

    def test_a_missing_a_wrong_and_a_foreign_token_keep_the_answers(self):
        foreign = Client().get(address("who")).context["csrf_token"]
        self.token(address("who"))
        for token in [None, "", "x", "x" * 64, foreign, "\0"]:
            with self.subTest(str(token)[:5]):
                self.assert_kept(self.post(token))

    def test_a_foreign_origin_keeps_the_answers(self):
        token = self.token(address("who"))
        for origin in ["https://evil.example", "null"]:
            with self.subTest(origin):
                self.assert_kept(self.post(token, origin=origin))

    def test_a_form_that_hides_where_it_stood_counts_when_the_browser_says_it_was_here(self):
        token = self.token(address("who"))
        for site in ["cross-site", "same-site", "none"]:
            with self.subTest(site):
                self.assert_kept(self.post(token, origin="null", **{"sec-fetch-site": site}))
        with self.subTest("without a token"):
            self.assert_kept(self.post(origin="null", **{"sec-fetch-site": "same-origin"}))
        with self.subTest("from another site, whatever else is said"):
            self.assert_kept(self.post(token, origin="https://evil.example", **{"sec-fetch-site": "same-origin"}))
        page = self.post(token, origin="null", **{"sec-fetch-site": "same-origin"})
        self.assertNotEqual(page.status_code, 403)

    def test_one_more_press_goes_on(self):
        page = self.post()
        token = page.context["csrf_token"]
        whole = {**ANSWERS["who"], "csrfmiddlewaretoken": token}
        self.assertEqual(self.client.post(address("who"), whole)["Location"], address("where"))

    def test_ticked_boxes_stay_ticked(self):
        page = self.client.post(address("pain"), {**ANSWERS["pain"], "tried": ["medicine", "surgery"]})
        self.assertEqual(page.content.decode().count(" checked"), 5)

    def test_the_page_of_warning_signs_still_asks_all_it_asked(self):
        lenient = Client()
        fill(lenient, until="safety", where={"body_region": "back"})
        shown = [sign.question for sign in safety.signs_for("back")]
        page = self.client.post(address("safety"), {"safety": [safety.signs_for("back")[0].id], "asked_of": "back"})
        self.assertEqual([words for _, words in page.context["form"].fields["safety"].choices][:-2], shown)
        self.assertEqual(page.content.decode().count(" checked"), 1)
        self.assertContains(page, '<input type="hidden" name="asked_of" value="back"', status_code=403)

    def test_who_blocks_cookies_is_told_what_to_do(self):
        page = self.post()
        self.client.cookies.clear()
        again = self.post(page.context["csrf_token"])
        self.assert_kept(again)
        self.assertContains(again, "allow cookies for this site in your browser, or call", status_code=403)

    def test_elsewhere_it_is_the_plain_refusal(self):
        for url in (reverse("admin:login"), "/consultation/leave/"):
            page = self.client.post(url, {"username": "someone"})
            self.assertEqual(page.status_code, 403)
            self.assertNotContains(page, "Continue again", status_code=403)

    def test_too_much_without_a_token_is_refused(self):
        self.assertEqual(self.client.post(address("more"), {"message": "x" * 400_000}).status_code, 413)


class LeaveTests(TokenCase):
    def test_the_button_on_each_page_removes_the_answers(self):
        for url in (*map(address, ANSWERS), CHECK, ADVICE):
            visitor = Client()
            fill(visitor, until="advice" if url == ADVICE else "check", safety={"safety": [SIGN[url == ADVICE]]})
            self.client.cookies = visitor.cookies
            page = self.client.get(url).content.decode()
            form = re.search(r'<form method="post" action="/consultation/leave/">(.*?)</form>', page)[1]
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
            with self.subTest(url):
                self.assertIsNotNone(token)
                left = self.client.post("/consultation/leave/", {"csrfmiddlewaretoken": token[1]})
                self.assert_leads(left, "/")
                self.assertIsNone(drafts.read(self.client.session))


class SendTests(TokenCase):
    def setUp(self):
        lenient = Client()
        fill(lenient, more={"message": "Stairs hurt"})
        self.sealed = sealed_in(lenient.get(CHECK))
        super().setUp()

    def post(self, **changes):
        return self.client.post(CHECK, {"sealed": self.sealed, **CONSENTS, **changes})

    def test_the_answers_and_the_ticks_are_kept_and_nothing_is_saved(self):
        page = self.post()
        self.assert_private(page, SEND_AGAIN)
        self.assertContains(page, "Stairs hurt", status_code=403)
        self.assertEqual(page.content.decode().count(" checked"), 3)
        self.assertFalse(Inquiry.objects.exists())

    def test_one_more_press_sends(self):
        page = self.post()
        again = self.post(sealed=sealed_in(page), csrfmiddlewaretoken=page.context["csrf_token"])
        self.assertEqual(again.status_code, 303)
        self.assertEqual(Inquiry.objects.count(), 1)

    def test_advice_shows_again(self):
        fill(self.client, until="who")
        self.assertEqual(self.client.post("/consultation/advice/").status_code, 303)
