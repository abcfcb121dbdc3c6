import uuid
from datetime import timedelta
from unittest import mock

from django.test import RequestFactory, TestCase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from clinic.models import ClinicProfile, OutboxEmail
from inquiries.forms import SEND_AGAIN
from inquiries.models import Inquiry
from inquiries.views import csrf_failure, request_consultation, sent_token
from tests import factories
from tests.inquiries.test_forms import ANSWERS


def make_clinic():
    return ClinicProfile.objects.create(name="Example Clinic", phone="(202) 555-0100", emergency_number="911")


class ViewCase(TestCase):
    url = "/consultation/"

    @classmethod
    def setUpTestData(cls):
        make_clinic()
        factories.condition(slug="knee", title="Worn knee", body_region="knee", live=True)
        factories.condition(slug="draft", title="Unready")
        factories.treatment(slug="rest", title="Rest", live=True)
        factories.article(slug="privacy", title="Privacy", live=True)

    def post(self, **changes):
        data = {name: value for name, value in (ANSWERS | changes).items() if value is not None}
        return self.client.post(self.url, data)


class OpenTests(ViewCase):
    def test_has_the_address_everything_links_to(self):
        self.assertEqual(reverse("inquiries:request"), self.url)

    def test_shows_the_form_and_what_to_do_in_an_emergency(self):
        page = self.client.get(self.url)
        self.assertContains(page, "<h1>Request a consultation</h1>")
        self.assertContains(page, '<a href="tel:911" class="plain nowrap">911</a>')
        self.assertContains(page, "tel:+12025550100")
        self.assertContains(page, '<a href="/about/privacy/">How we use your information</a>')

    def test_answers_head_without_a_body(self):
        page = self.client.head(self.url)
        self.assertEqual((page.status_code, page.content), (200, b""))

    def test_other_methods_are_refused(self):
        for method in ("put", "patch", "delete", "options", "trace"):
            with self.subTest(method):
                self.assertEqual(getattr(self.client, method)(self.url).status_code, 405)

    def test_choses_the_page_the_visitor_came_from(self):
        page = self.client.get(self.url, {"condition": "knee", "treatment": "rest"})
        self.assertContains(page, '<option value="knee" selected>Worn knee</option>')
        self.assertContains(page, '<option value="rest" selected>Rest</option>')

    def test_ignores_a_page_that_is_not_live(self):
        for slug in ["draft", "rest", "nonsense", "<b>", "9" * 300]:
            with self.subTest(slug[:10]):
                page = self.client.get(self.url, {"condition": slug})
                self.assertContains(page, '<option value="" selected>Choose one</option>', count=2)

    def test_the_address_with_the_topic_is_not_where_the_answers_go(self):
        page = self.client.get(self.url, {"condition": "knee"})
        self.assertContains(page, '<form method="post" action="/consultation/" novalidate>')

    def test_the_browser_checks_nothing_in_its_own_words(self):
        page = self.client.get(self.url)
        self.assertNotContains(page, " required")
        self.assertNotContains(page, "maxlength")
        self.assertNotContains(page, "asterisk")

    def test_is_kept_by_no_cache_and_listed_by_no_search_engine(self):
        for page in (self.client.get(self.url), self.post(full_name="")):
            self.assertIn("no-store", page["Cache-Control"])
            self.assertIn("private", page["Cache-Control"])
            self.assertEqual(page["X-Robots-Tag"], "noindex")

    def test_says_so_itself_whatever_the_middleware_does(self):
        for page in (
            request_consultation(RequestFactory().get(self.url)),
            csrf_failure(RequestFactory().post(self.url)),
        ):
            self.assertIn("no-store", page["Cache-Control"])

    def test_tells_no_other_site_its_address_but_lets_the_form_say_where_it_comes_from(self):
        # With no-referrer a browser sends "Origin: null" with the form, and every request would be refused.
        self.assertEqual(self.client.get(self.url)["Referrer-Policy"], "same-origin")

    def test_writes_nothing(self):
        self.client.get(self.url, {"condition": "knee"})
        self.assertFalse(Inquiry.objects.exists())
        self.assertNotIn("session", self.client.cookies)

    def test_costs_one_query(self):
        self.client.get(self.url)
        with self.assertNumQueries(1):
            self.client.get(self.url)


class SendTests(ViewCase):
    def test_valid_answers_are_stored_and_lead_to_the_confirmation(self):
        response = self.post()
        inquiry = Inquiry.objects.get()
        self.assertEqual(response.status_code, 303)
        self.assertEqual((inquiry.full_name, inquiry.condition.slug, inquiry.region), ("Ana Example", "knee", "knee"))
        self.assertContains(self.client.get(response["Location"]), inquiry.reference)

    def test_a_second_click_is_the_same_request(self):
        first, second = self.post(), self.post()
        self.assertEqual((first.status_code, second.status_code), (303, 303))
        pages = [self.client.get(response["Location"]).content for response in (first, second)]
        self.assertIn(Inquiry.objects.get().reference.encode(), pages[1])
        self.assertEqual((Inquiry.objects.count(), OutboxEmail.objects.count()), (1, 1))

    def test_fields_nobody_asked_for_change_nothing(self):
        self.post(status="closed", id="1", owner="1", version="9", reference="RM-AAAA-AAAA", created_at="1999-01-01")
        inquiry = Inquiry.objects.get()
        self.assertEqual((inquiry.status, inquiry.owner, inquiry.version), ("new", None, 1))
        self.assertNotEqual(inquiry.reference, "RM-AAAA-AAAA")

    def test_markup_and_formulas_are_stored_as_typed(self):
        for typed in ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=HYPERLINK(1)", "' OR 1=1--", "O'Brien"]:
            with self.subTest(typed):
                self.post(full_name=typed, submission_key=str(uuid.uuid4()))
                self.assertEqual(Inquiry.objects.first().full_name, typed)


class WrongAnswerTests(ViewCase):
    def test_shows_the_form_again_with_a_summary_and_stores_nothing(self):
        page = self.post(full_name="", pain_avg=None, email="a@localhost")
        self.assertEqual(page.status_code, 200)
        self.assertContains(page, "<title>Error: Request a consultation")
        self.assertContains(page, "Please check 3 answers")
        self.assertContains(page, '<a href="#id_full_name">Enter your full name</a>')
        self.assertContains(page, '<a href="#id_pain_avg_0">Select a number from 0 to 10</a>')
        self.assertFalse(Inquiry.objects.exists())

    def test_every_link_of_the_summary_leads_to_an_input(self):
        page = self.post(**dict.fromkeys(["duration", "pain_avg", "full_name", "email", "phone", "consent"]))
        targets = [target for target, _ in page.context["errors"]]
        self.assertEqual(len(targets), 5)
        for target in targets:
            self.assertContains(page, f'id="{target}"')

    def test_the_words_at_the_field_are_those_of_the_summary_and_are_read_with_it(self):
        page = self.post(full_name="")
        self.assertContains(page, "Enter your full name", count=2)
        self.assertContains(page, 'aria-describedby="id_full_name_error"')
        self.assertContains(page, 'id="id_full_name_error"')

    def test_everything_typed_is_still_there(self):
        long_name = "x" * 5000
        page = self.post(full_name=long_name, email="a@localhost", message="<b>Stairs</b> hurt\nvery", consent=None)
        self.assertContains(page, long_name)
        self.assertContains(page, 'value="a@localhost"')
        self.assertContains(page, "&lt;b&gt;Stairs&lt;/b&gt; hurt\nvery")
        self.assertContains(page, '<option value="knee" selected>')
        self.assertRegex(page.content.decode(), r'value="12w_1y"\s+id="id_duration_2" checked')

    def test_the_form_keeps_its_key(self):
        self.assertContains(self.post(full_name=""), ANSWERS["submission_key"])

    def test_a_tampered_key_keeps_the_answers_and_asks_for_one_more_press(self):
        page = self.post(submission_key="tampered")
        self.assertContains(page, SEND_AGAIN)
        self.assertNotContains(page, "tampered")
        self.assertContains(page, 'value="Ana Example"')
        self.assertFalse(Inquiry.objects.exists())

    def test_an_empty_post_is_an_error_page(self):
        self.assertContains(self.client.post(self.url), "Please check 5 answers")


class BodyTests(ViewCase):
    """Bodies no browser sends: a page answers, nothing is stored, nothing breaks."""

    def send(self, body, content_type="application/x-www-form-urlencoded"):
        return self.client.generic("POST", self.url, body, content_type=content_type)

    def test_bodies_that_are_no_form(self):
        for content_type in ["application/json", "text/xml", "text/plain", "", "x"]:
            with self.subTest(content_type):
                self.assertEqual(self.send(b'{"full_name": "A"}', content_type).status_code, 200)

    def test_broken_encodings(self):
        for body in [
            b"full_name=%ED%A0%80",
            b"full_name=%FF%FE",
            b"full_name=%C0%BC",
            b"full_name=\xff",
            b"%00=1&=1&&===",
        ]:
            with self.subTest(body):
                self.assertEqual(self.send(body).status_code, 200)

    def test_strange_character_sets(self):
        for charset in ["utf-7", "utf-16", "idna", "rot13", "hex", "\xff", "nonsense"]:
            with self.subTest(charset):
                response = self.send(b"full_name=A", f"application/x-www-form-urlencoded; charset={charset}")
                self.assertIn(response.status_code, {200, 400})

    def test_broken_multipart(self):
        whole = b'--x\r\nContent-Disposition: form-data; name="full_name"; filename="a\0b"\r\n\r\nA\r\n--x--\r\n'
        for content_type in [
            "multipart/form-data",
            "multipart/form-data; boundary=\xe9",
            "multipart/form-data; boundary=y",
        ]:
            with self.subTest(content_type):
                self.assertIn(self.send(whole, content_type).status_code, {200, 400})
        for body in [whole, whole[:40], b""]:
            with self.subTest(body):
                self.assertIn(self.send(body, "multipart/form-data; boundary=x").status_code, {200, 400})

    def test_too_much_is_refused(self):
        self.assertEqual(self.send(b"message=" + b"x" * 1_000_000).status_code, 400)
        self.assertEqual(self.send(b"&".join(b"a%d=1" % number for number in range(1500))).status_code, 400)

    def tearDown(self):
        self.assertFalse(Inquiry.objects.exists())


class SentTests(ViewCase):
    def setUp(self):
        self.inquiry = factories.inquiry(condition="knee", message="Stairs hurt")
        self.sent_url = reverse("inquiries:sent", args=[sent_token(self.inquiry.public_id)])

    def test_says_the_reference_what_happens_next_and_whom_to_call(self):
        page = self.client.get(self.sent_url)
        for words in [self.inquiry.reference, "What happens next", "(202) 555-0100", "tel:911"]:
            self.assertContains(page, words)

    def test_holds_nothing_about_the_person_or_their_health(self):
        page = self.client.get(self.sent_url).content.decode()
        for word in ["Ana", "ana@example.org", "555-0123", "Stairs", "Worn knee", "12w_1y", "12 weeks"]:
            self.assertNotIn(word, page)

    def test_its_address_names_nobody(self):
        for word in [
            str(self.inquiry.public_id),
            self.inquiry.public_id.hex,
            self.inquiry.reference,
            f"/{self.inquiry.pk}/",
        ]:
            self.assertNotIn(word, self.sent_url)

    def test_loading_it_again_changes_nothing(self):
        for _ in range(2):
            self.assertEqual(self.client.get(self.sent_url).status_code, 200)
        self.assertEqual(Inquiry.objects.get().version, 1)

    def test_is_private_and_hides_its_address_even_from_our_own_pages(self):
        for url in (self.sent_url, self.sent_url[:-2] + "x/"):
            page = self.client.get(url)
            self.assertEqual((page["Referrer-Policy"], page["X-Robots-Tag"]), ("no-referrer", "noindex"))
            self.assertIn("no-store", page["Cache-Control"])

    def test_any_other_address_is_one_neutral_page(self):
        token = sent_token(self.inquiry.public_id)
        later = timezone.now() + timedelta(days=8)
        with mock.patch("time.time", return_value=later.timestamp()):
            expired = self.client.get(self.sent_url)
        others = [
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token[1:],
            "x",
            "a.b.c",
            "🙂",
            "x" * 3000,
            token + ".",
        ]
        others += [sent_token(uuid.uuid4()), get_random_string(60), self.inquiry.public_id.hex]
        pages = [expired, *(self.client.get(reverse("inquiries:sent", args=[other])) for other in others)]
        for page in pages:
            self.assertEqual(page.status_code, 404)
            self.assertContains(page, "We cannot show this page", status_code=404)
            self.assertNotContains(page, self.inquiry.reference, status_code=404)

    def test_lives_a_week(self):
        with mock.patch("time.time", return_value=(timezone.now() + timedelta(days=6)).timestamp()):
            self.assertEqual(self.client.get(self.sent_url).status_code, 200)

    def test_other_methods_are_refused(self):
        self.assertEqual(self.client.post(self.sent_url).status_code, 405)
