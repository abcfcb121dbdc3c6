from unittest import mock
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from django.test.signals import template_rendered
from django.urls import reverse

from clinic import demo, error_pages
from tests.clinic.test_views import TODAY
from tests.therapies import held
from therapies import library

FALLBACK = {"FALLBACK_CLINIC_NAME": "Northside", "FALLBACK_PHONE": "(202) 555-0111", "FALLBACK_EMERGENCY_NUMBER": "999"}


class ErrorPageTests(SimpleTestCase):
    """A SimpleTestCase may not ask the database: neither may these pages."""

    def pages(self):
        request = RequestFactory().get("/")
        yield error_pages.bad_request(request, ValueError())
        yield error_pages.bad_request(RequestFactory().post("/"), RequestDataTooBig())
        yield error_pages.permission_denied(request, PermissionDenied())
        yield error_pages.page_not_found(request, ValueError())
        yield error_pages.server_error(request)
        yield error_pages.unavailable(request)

    def test_have_their_status(self):
        with mock.patch.object(library, "held", lambda: None):
            self.assertEqual([page.status_code for page in self.pages()], [400, 413, 403, 404, 500, 503])

    @override_settings(**FALLBACK)
    def test_give_phone_and_emergency_number_from_the_environment(self):
        with mock.patch.object(library, "held", lambda: None):
            for page in self.pages():
                with self.subTest(page.status_code):
                    self.assertContains(page, 'href="tel:+12025550111"', status_code=page.status_code)
                    self.assertContains(page, 'href="tel:999"', status_code=page.status_code)
                    self.assertNotContains(page, "not a real clinic", status_code=page.status_code)

    @override_settings(**FALLBACK)
    def test_give_those_of_the_library_where_one_is_held(self):
        with mock.patch.object(library, "held", held.library):
            for page in self.pages():
                with self.subTest(page.status_code):
                    self.assertContains(page, 'href="tel:+12025550100"', status_code=page.status_code)
                    self.assertContains(page, "Example clinic is not a real clinic", status_code=page.status_code)

    @override_settings(FALLBACK_PHONE="", FALLBACK_EMERGENCY_NUMBER="")
    def test_do_without_a_phone(self):
        with mock.patch.object(library, "held", lambda: None):
            for page in self.pages():
                self.assertNotContains(page, "tel:", status_code=page.status_code)
                self.assertContains(page, "your local emergency number", status_code=page.status_code)

    def test_stand_alone(self):
        for page in self.pages():
            self.assertNotContains(page, "sprite", status_code=page.status_code)
        self.assertEqual([template.name for template in self.templates()], ["error.html"])

    def templates(self):
        """The templates one error page takes."""
        seen = []

        def note(sender, template, **rest):
            seen.append(template)

        template_rendered.connect(note)
        try:
            error_pages.error_page(500)
        finally:
            template_rendered.disconnect(note)
        return seen

    def test_a_form_that_is_too_large_is_not_called_an_address(self):
        for posted in ({"message": "x" * 300_000}, {f"field{number}": "" for number in range(1100)}):
            page = self.client.post(
                reverse("inquiries:page", kwargs={"key": "more"}),
                urlencode(posted),
                content_type="application/x-www-form-urlencoded",
            )
            self.assertContains(page, "That was more than this page takes", status_code=413)

    def test_survive_files_that_were_never_collected(self):
        with mock.patch.object(error_pages, "static", side_effect=ValueError("Missing staticfiles manifest entry")):
            self.assertContains(error_pages.error_page(500), "/static/css/site.css", status_code=500)


class OnTheSiteTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        demo.make_clinic(TODAY)

    def test_a_missing_page_costs_no_query(self):
        self.client.get("/")
        with self.assertNumQueries(0):
            self.assertContains(self.client.get("/nowhere"), "We cannot find this page", status_code=404)

    def test_nothing_of_the_address_comes_back(self):
        response = self.client.get("/nowhere-<b>x</b>/?q=<script>")
        self.assertNotContains(response, "nowhere", status_code=404)
        self.assertNotContains(response, "script", status_code=404)

    def test_an_error_of_ours_is_told_in_words(self):
        client = self.client_class(raise_request_exception=False)
        with (
            mock.patch("clinic.views.home_page", side_effect=RuntimeError("inner")),
            self.assertLogs("django.request", "ERROR"),
        ):
            response = client.get("/")
        self.assertContains(response, "Something went wrong at our end", status_code=500)
        self.assertNotContains(response, "inner", status_code=500)
        self.assertEqual(response["Cache-Control"], "private, no-store")
