from django.test import Client
from django.urls import reverse

from inquiries.forms import SEND_AGAIN
from inquiries.models import Inquiry
from tests.inquiries.test_forms import ANSWERS
from tests.inquiries.test_views import ViewCase


class SecurityTokenTests(ViewCase):
    """A missing or wrong CSRF token keeps the answers, saves nothing, and one more press sends."""

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)

    def token(self):
        return self.client.get(self.url).context["csrf_token"]

    def assert_kept(self, page):
        self.assertEqual(page.status_code, 403)
        self.assertContains(page, SEND_AGAIN, status_code=403)
        self.assertContains(page, 'value="Ana Example"', status_code=403)
        self.assertContains(page, "Stairs hurt", status_code=403)
        self.assertContains(page, ANSWERS["submission_key"], status_code=403)
        self.assertContains(page, "(202) 555-0100", status_code=403)
        self.assertNotContains(page, "Please check", status_code=403)
        self.assertIn("no-store", page["Cache-Control"])
        self.assertFalse(Inquiry.objects.exists())

    def test_with_the_right_token_the_request_is_stored(self):
        self.assertEqual(self.post(csrfmiddlewaretoken=self.token()).status_code, 303)

    def test_a_missing_a_wrong_and_a_foreign_token_keep_the_answers(self):
        foreign = Client().get(self.url).context["csrf_token"]
        self.token()
        for token in [None, "", "x", "x" * 64, foreign, "\0"]:
            with self.subTest(str(token)[:5]):
                self.assert_kept(self.post(csrfmiddlewaretoken=token))

    def test_a_foreign_origin_keeps_the_answers_and_saves_nothing(self):
        token = self.token()
        for origin in ["https://evil.example", "null"]:
            with self.subTest(origin):
                page = self.client.post(self.url, ANSWERS | {"csrfmiddlewaretoken": token}, headers={"origin": origin})
                self.assert_kept(page)

    def test_one_more_press_sends(self):
        page = self.post()
        response = self.post(csrfmiddlewaretoken=page.context["csrf_token"])
        self.assertEqual(response.status_code, 303)
        self.assertEqual(Inquiry.objects.count(), 1)

    def test_who_blocks_cookies_is_told_what_to_do(self):
        page = self.post()
        self.client.cookies.clear()
        again = self.post(csrfmiddlewaretoken=page.context["csrf_token"])
        self.assert_kept(again)
        self.assertContains(again, "allow cookies for this site in your browser, or call", status_code=403)

    def test_answers_come_back_escaped(self):
        page = self.post(full_name='"><script>alert(1)</script>')
        self.assertContains(page, "&quot;&gt;&lt;script&gt;", status_code=403)

    def test_elsewhere_it_is_the_plain_refusal(self):
        page = self.client.post(reverse("admin:login"), {"username": "someone"})
        self.assertEqual(page.status_code, 403)
        self.assertNotContains(page, "Request a consultation</h1>", status_code=403)

    def test_too_much_without_a_token_is_refused(self):
        self.assertEqual(self.post(message="x" * 400_000).status_code, 400)
