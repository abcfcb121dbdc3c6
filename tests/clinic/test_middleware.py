import json
import logging
from unittest import mock
from urllib.parse import quote

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from clinic import logs
from clinic.client_address import client_address, is_from_this_machine
from clinic.middleware import RefuseHostileAddress, RequestId, SecurityHeaders, content_security_policy
from clinic.models import Staff

ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def answer(request):
    return HttpResponse("ok")


class HeaderTests(TestCase):
    def assertHasAll(self, response):
        for name, value in ALWAYS.items():
            self.assertEqual(response.headers.get(name), value, name)
        self.assertIn("camera=()", response["Permissions-Policy"])
        self.assertRegex(response["X-Request-ID"], r"^[0-9a-f]{16}$")

    def test_stand_on_every_status(self):
        for status, ask in {
            200: lambda: self.client.get("/admin/login/"),
            302: lambda: self.client.get("/admin/"),
            404: lambda: self.client.get("/nowhere/"),
            400: lambda: self.client.get("/", {"q": "\0"}),
            405: lambda: self.client.get("/admin/logout/"),
        }.items():
            with self.subTest(status):
                response = ask()
                self.assertEqual(response.status_code, status)
                self.assertHasAll(response)

    def test_stand_on_the_answer_to_a_foreign_host(self):
        response = self.client.get("/", HTTP_HOST="evil.example")
        self.assertEqual(response.status_code, 400)
        self.assertNotContains(response, "evil", status_code=400)
        self.assertHasAll(response)

    def test_stand_on_a_refused_form(self):
        client = self.client_class(enforce_csrf_checks=True)
        response = client.post("/admin/login/", {"username": "x"})
        self.assertEqual(response.status_code, 403)
        self.assertHasAll(response)

    def test_stand_on_an_error_of_ours(self):
        from unittest import mock

        self.client.raise_request_exception = False
        with mock.patch("clinic.admin.site.ClinicAdminSite.each_context", side_effect=ZeroDivisionError):
            response = self.client.get("/admin/login/")
        self.assertEqual(response.status_code, 500)
        self.assertHasAll(response)

    def test_stand_on_static_files(self):
        response = self.client.get("/static/css/admin.css")
        self.assertEqual(response.status_code, 200)
        self.assertHasAll(response)
        response.close()

    def test_a_view_may_be_stricter(self):
        def strict(request):
            return HttpResponse(headers={"Referrer-Policy": "no-referrer"})

        response = SecurityHeaders(strict)(RequestFactory().get("/"))
        self.assertEqual(response["Referrer-Policy"], "no-referrer")

    def test_no_directive_lets_inline_code_in(self):
        self.assertNotIn("unsafe", ALWAYS["Content-Security-Policy"])
        self.assertEqual(content_security_policy({"a": ["b", "c"], "d": ["e"]}), "a b c; d e")


class RequestIdTests(SimpleTestCase):
    def test_is_ours_never_the_visitors(self):
        response = RequestId(answer)(RequestFactory().get("/", headers={"X-Request-ID": "forged"}))
        self.assertNotEqual(response["X-Request-ID"], "forged")

    def test_differs_from_request_to_request(self):
        ask = RequestId(answer)
        first, second = (ask(RequestFactory().get("/"))["X-Request-ID"] for _ in range(2))
        self.assertNotEqual(first, second)

    def test_is_in_the_log_lines_of_its_request_and_no_others(self):
        def line():
            record = logging.LogRecord("x", logging.INFO, __file__, 1, "said\nforged %s", ("\x85",), None)
            return json.loads(logs.JsonLine().format(record))

        lines = []
        response = RequestId(lambda request: lines.append(line()) or HttpResponse())(RequestFactory().get("/"))
        self.assertEqual(lines[0]["request"], response["X-Request-ID"])
        self.assertNotIn("request", line())

    def test_a_log_record_is_one_line_whatever_it_quotes(self):
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "a\nb\u2028c\x85d", (), None)
        text = logs.JsonLine().format(record)
        self.assertEqual(len(text.splitlines()), 1)

    def test_an_error_is_logged_by_kind_and_place_without_its_text(self):
        try:
            raise ValueError("Ana Example, 202-555-0143")
        except ValueError:
            import sys

            record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
        text = logs.JsonLine().format(record)
        self.assertNotIn("Ana", text)
        self.assertEqual(json.loads(text)["error"], "ValueError")


class HostileAddressTests(TestCase):
    def status(self, path, query=""):
        return self.client.get(path + ("?" + query if query else "")).status_code

    def test_refuses_control_characters_in_the_path(self):
        for character in ["\x00", "\x01", "\t", "\r\n", "\x1f", "\x7f", "\x80", "\x9f"]:
            with self.subTest(repr(character)):
                self.assertEqual(self.status("/conditions/a" + quote(character) + "/"), 400)

    def test_refuses_control_characters_in_the_query(self):
        for character in ["\x00", "\x08", "\n", "\x7f", "\x85"]:
            with self.subTest(repr(character)):
                self.assertEqual(self.status("/admin/login/", "q=a" + quote(character)), 400)
                self.assertEqual(self.status("/admin/login/", quote(character) + "=a"), 400)

    def test_refuses_broken_utf8(self):
        for broken in ["%FF%FE", "%C3%28", "%ED%A0%80", "%C0%80"]:
            with self.subTest(broken):
                self.assertEqual(self.status("/admin/login/", "q=" + broken), 400)
                self.assertEqual(self.status(f"/conditions/{broken}/"), 400)

    def test_refuses_what_a_server_hands_over_undecoded(self):
        request = RequestFactory().get("/")
        request.META["QUERY_STRING"] = "q=a\x01b"
        with self.assertRaises(Exception) as caught:
            RefuseHostileAddress(answer)(request)
        self.assertEqual(type(caught.exception).__name__, "BadRequest")

    def test_refuses_a_foreign_host_before_anything_answers(self):
        for host in ["evil.example", "testserver.evil.example", "testserver@evil.example", "[::1", "testserver:x"]:
            with self.subTest(host), self.assertRaises(DisallowedHost):
                RefuseHostileAddress(answer)(RequestFactory().get("/", HTTP_HOST=host))

    def test_lets_ordinary_letters_through(self):
        for query in [
            "q=knee+pain",
            "q=%C3%A9",
            "q=%F0%9F%A6%B5",
            "q=100%25",
            "q=%E2%80%8F",
            "q=%2500",
            "?&&==",
            "q=%",
        ]:
            with self.subTest(query):
                self.assertEqual(self.status("/admin/login/", query), 200)

    def test_the_answer_repeats_nothing_of_the_address(self):
        response = self.client.get("/<script>/", {"q": "\0canary"})
        self.assertNotContains(response, "canary", status_code=400)
        self.assertNotContains(response, "<script>/", status_code=400)

    def test_sets_no_cookie(self):
        self.assertFalse(self.client.get("/", {"q": "\0"}).cookies)


class StaffSessionTests(TestCase):
    def test_a_database_that_is_down_is_said_as_on_every_page(self):
        self.client.force_login(Staff.objects.create(username="nina", is_staff=True, is_superuser=True))
        for kind in (OperationalError, InterfaceError):
            for place in ("clinic.staff_session.end_if_over", "clinic.models.ClinicProfile.zone"):
                with self.subTest(f"{kind} {place}"), mock.patch(place, side_effect=kind("host db")):
                    response = self.client.get("/admin/")
                    self.assertContains(response, "We cannot show this page just now", status_code=503)
                    self.assertEqual(response["Retry-After"], "60")


class ClientAddressTests(SimpleTestCase):
    def address(self, forwarded=None, remote="203.0.113.9"):
        headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
        return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))

    def test_is_the_peer_without_a_proxy(self):
        self.assertEqual(self.address("198.51.100.1"), "203.0.113.9")

    @override_settings(BEHIND_PROXY=True)
    def test_is_what_our_proxy_wrote(self):
        self.assertEqual(self.address("198.51.100.1"), "198.51.100.1")
        self.assertEqual(self.address("127.0.0.1, 198.51.100.1"), "198.51.100.1")
        self.assertEqual(self.address("2001:db8::1"), "2001:db8::1")

    @override_settings(BEHIND_PROXY=True)
    def test_falls_back_to_the_peer_for_rubbish(self):
        for rubbish in ["", "unknown", "1.2.3.4:80", "' OR 1=1", "x" * 10_000]:
            with self.subTest(rubbish[:10]):
                self.assertEqual(self.address(rubbish), "203.0.113.9")

    def test_this_machine_is_only_loopback_without_any_proxy(self):
        factory = RequestFactory()
        self.assertTrue(is_from_this_machine(factory.get("/", REMOTE_ADDR="127.0.0.1")))
        self.assertTrue(is_from_this_machine(factory.get("/", REMOTE_ADDR="::1")))
        for remote in ["203.0.113.9", "", "unix:"]:
            self.assertFalse(is_from_this_machine(factory.get("/", REMOTE_ADDR=remote)))
        for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"]:
            request = factory.get("/", REMOTE_ADDR="127.0.0.1", headers={header: "127.0.0.1"})
            self.assertFalse(is_from_this_machine(request))
