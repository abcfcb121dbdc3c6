"""Whatever is posted, a page answers, and what was not a whole request is not stored."""

from urllib.parse import quote_from_bytes, urlencode

from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from inquiries.models import Inquiry
from tests import factories
from tests.inquiries.test_forms import ANSWERS

SOUP = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAGES = {200, 303, 400, 403, 404, 405}


class ByteSoupTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        factories.condition(slug="knee", title="Worn knee", live=True)
        factories.treatment(slug="rest", title="Rest", live=True)

    def answer(self, body, content_type="application/x-www-form-urlencoded"):
        return self.client.generic("POST", "/consultation/", body, content_type=content_type).status_code

    @SOUP
    @given(body=st.binary(max_size=2000))
    def test_any_body(self, body):
        self.assertIn(self.answer(body), PAGES - {303})

    @SOUP
    @given(body=st.binary(max_size=300), content_type=st.sampled_from(["multipart/form-data; boundary=x", "a/b", "x"]))
    def test_any_body_of_any_kind(self, body, content_type):
        self.assertIn(self.answer(body, content_type), PAGES - {303})

    @SOUP
    @given(field=st.sampled_from([*ANSWERS, "csrfmiddlewaretoken", "status"]), value=st.binary(max_size=300))
    def test_any_bytes_in_one_answer(self, field, value):
        others = urlencode({name: text for name, text in ANSWERS.items() if name != field})
        self.assertIn(self.answer(f"{others}&{field}={quote_from_bytes(value)}"), PAGES)

    @SOUP
    @given(field=st.sampled_from(["full_name", "message", "email", "phone"]), value=st.text(max_size=300))
    def test_any_text_in_one_answer_is_stored_readable_or_named_as_wrong(self, field, value):
        status = self.answer(urlencode(ANSWERS | {field: value}, errors="replace"))
        self.assertIn(status, {200, 303})
        self.assertEqual(Inquiry.objects.exists(), status == 303)

    @SOUP
    @given(token=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=200))
    def test_any_confirmation_address(self, token):
        self.assertIn(self.client.get(reverse("inquiries:sent", args=[token])).status_code, {400, 404})
