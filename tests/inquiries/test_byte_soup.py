"""Whatever is posted, a page answers, and what was not a whole request is not stored."""

from urllib.parse import quote_from_bytes, urlencode

from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from inquiries.links import token_of
from inquiries.models import Inquiry
from inquiries.views.status import ACTIONS
from tests import factories
from tests.inquiries.journey import ANSWERS, CONSENTS, address, fill, send

SOUP = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAGES = {200, 302, 303, 400, 403, 404, 405, 413, 429}
ADDRESSES = [
    *(f"/consultation/{key}/" for key in ANSWERS),
    *(f"/consultation/{key}/" for key in ("advice", "check", "leave")),
]
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b", "x"]


class ByteSoupTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        factories.condition(slug="knee", title="Worn knee", live=True)
        factories.treatment(slug="rest", title="Rest", live=True)

    def answer(self, url, body, content_type="application/x-www-form-urlencoded"):
        return self.client.generic("POST", url, body, content_type=content_type).status_code

    @SOUP
    @given(url=st.sampled_from(ADDRESSES), body=st.binary(max_size=2000), kind=st.sampled_from(KINDS))
    def test_any_body_of_any_kind_to_any_page(self, url, body, kind):
        self.assertIn(self.answer(url, body, kind), PAGES)
        self.assertFalse(Inquiry.objects.exists())

    @SOUP
    @given(key=st.sampled_from(list(ANSWERS)), data=st.data())
    def test_any_bytes_in_one_answer(self, key, data):
        field = data.draw(st.sampled_from([*ANSWERS[key], "csrfmiddlewaretoken", "status"]))
        others = urlencode({name: each for name, each in ANSWERS[key].items() if name != field}, doseq=True)
        value = quote_from_bytes(data.draw(st.binary(max_size=300)))
        self.assertIn(self.answer(address(key), f"{others}&{field}={value}"), PAGES)

    @SOUP
    @given(field=st.sampled_from(["full_name", "communication_needs", "email", "phone"]), value=st.text(max_size=300))
    def test_any_text_in_one_answer_goes_through_readable_or_is_named_as_wrong(self, field, value):
        fill(self.client, until="contact")
        given = urlencode(ANSWERS["contact"] | {field: value}, errors="replace")
        kind = "application/x-www-form-urlencoded"
        page = self.client.generic("POST", address("contact"), given, content_type=kind)
        self.assertEqual(page.status_code, 303)
        if page["Location"] == address("contact"):
            self.assertContains(self.client.get(address("contact")), "<title>Error:")
        else:
            self.client.post("/consultation/advice/")
            self.assertEqual(send(self.client).status_code, 303)

    @SOUP
    @given(sealed=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
    def test_any_sealed_answers(self, sealed):
        self.assertIn(self.answer("/consultation/check/", urlencode({"sealed": sealed, **CONSENTS})), PAGES)

    @SOUP
    @given(token=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=200))
    def test_any_confirmation_address(self, token):
        self.assertIn(self.client.get(reverse("inquiries:sent", args=[token])).status_code, {400, 404})


class StatusPagesTests(TestCase):
    """The page of one request, its actions, and the way to find it again."""

    @classmethod
    def setUpTestData(cls):
        cls.inquiry = factories.inquiry(region="knee")
        cls.request_page = f"/request/{token_of(cls.inquiry)}/"
        cls.addresses = [cls.request_page, *(f"{cls.request_page}{action}/" for action in ACTIONS), "/request/find/"]

    @SOUP
    @given(data=st.data(), body=st.binary(max_size=2000), kind=st.sampled_from(KINDS))
    def test_any_body_of_any_kind(self, data, body, kind):
        url = data.draw(st.sampled_from(self.addresses))
        response = self.client.generic("POST", url, body, content_type=kind)
        self.assertIn(response.status_code, PAGES | {409})  # 409: it names no consent

    @SOUP
    @given(data=st.data())
    def test_any_bytes_in_one_answer(self, data):
        url = data.draw(st.sampled_from(self.addresses))
        names = ["text", "safety", "proof", "email", "phone", "reference", "purpose", "csrfmiddlewaretoken"]
        field = data.draw(st.sampled_from(names))
        value = quote_from_bytes(data.draw(st.binary(max_size=300)))
        body = f"safety=none&proof=ana@example.org&reference={self.inquiry.reference}&{field}={value}"
        response = self.client.generic("POST", url, body, content_type=KINDS[0])
        self.assertIn(response.status_code, PAGES | {409})  # 409: it was withdrawn already

    @SOUP
    @given(
        token=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=200),
        query=st.binary(max_size=200),
        action=st.sampled_from(["", *(f"{action}/" for action in ACTIONS), "x/"]),
    )
    def test_any_address_and_any_query(self, token, query, action):
        address = reverse("inquiries:status", args=[token]) + action
        for url in (address, self.request_page + action):
            for method in ("GET", "POST"):
                answer = self.client.generic(method, f"{url}?{quote_from_bytes(query)}")
                self.assertIn(answer.status_code, PAGES | {409}, url)
