import dataclasses
import datetime
from unittest import mock

import brotli
from django.db import OperationalError, connection
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory, SimpleTestCase, TestCase, TransactionTestCase, override_settings

from clinic import demo, public_bytes
from clinic.public_bytes import (
    CACHE_CONTROL,
    PrivateByDefault,
    PublicBytes,
    normal_query,
    not_kept,
    public_page,
)
from tests.therapies import held
from therapies import library, publishing
from therapies.models import GlossaryTerm

TODAY = datetime.date(2026, 3, 2)
LONG = "Probably makes little or no difference. " * 100


class Counted:
    """A public view that says what it was asked, and counts how often it was."""

    def __init__(self, query=(), **headers):
        self.calls, self.headers = [], headers
        self.view = public_page(self._view, query=query)

    def _view(self, request):
        self.calls.append(request.META["QUERY_STRING"])
        return HttpResponse(f"{request.GET.dict()} {request.COOKIES} {LONG}", headers=self.headers)


class WithALibrary(SimpleTestCase):
    """No database: the library is held in memory and its version changes when a test says so."""

    def setUp(self):
        self.shown = held.library()
        self.enterContext(mock.patch.object(library, "current", lambda: self.shown))

    def ask(self, middleware, address="/page/", method="get", **headers):
        return middleware(getattr(RequestFactory(), method)(address, headers=headers))

    def kept(self, **counted):
        page = Counted(**counted)
        return page, PublicBytes(page.view)


class FinishedPageTests(WithALibrary):
    def test_is_rendered_once(self):
        page, site = self.kept()
        first, second = self.ask(site), self.ask(site)
        self.assertEqual(len(page.calls), 1)
        self.assertEqual(first.content, second.content)
        self.assertEqual(first.headers, second.headers)

    def test_says_how_long_it_may_be_kept(self):
        _, site = self.kept()
        response = self.ask(site)
        self.assertEqual(response["Cache-Control"], CACHE_CONTROL)
        self.assertEqual(response["Vary"], "Accept-Encoding")
        self.assertRegex(response["ETag"], r'^W/"[0-9a-f]{32}"$')
        self.assertFalse(response.cookies)

    def test_is_compressed_for_browsers_that_can_unpack_it(self):
        _, site = self.kept()
        plain = self.ask(site)
        self.assertNotIn("Content-Encoding", plain)
        for encoding in ("br", "gzip"):
            response = self.ask(site, **{"accept-encoding": encoding})
            self.assertEqual(response["Content-Encoding"], encoding)
            self.assertEqual(response["Content-Length"], str(len(response.content)))
            self.assertLess(len(response.content), len(plain.content))
            self.assertEqual(response["ETag"], plain["ETag"])
        response = self.ask(site, **{"accept-encoding": "gzip, br"})
        self.assertEqual(brotli.decompress(response.content), plain.content)

    def test_keeps_the_headers_of_its_view(self):
        _, site = self.kept(**{"Content-Type": "text/plain", "Content-Location": "/elsewhere/"})
        for _ in range(2):
            self.assertEqual(self.ask(site)["Content-Type"], "text/plain")
        self.assertEqual(self.ask(site)["Content-Location"], "/elsewhere/")

    def test_a_header_set_on_one_answer_is_not_on_the_next(self):
        _, site = self.kept()
        self.ask(site).headers["X-Request-ID"] = "mine"
        self.assertNotIn("X-Request-ID", self.ask(site))
        etag = self.ask(site)["ETag"]
        self.ask(site, **{"if-none-match": etag}).headers["X-Request-ID"] = "mine"
        self.assertNotIn("X-Request-ID", self.ask(site, **{"if-none-match": etag}))

    def test_has_the_headers_of_every_page_and_the_stricter_ones_of_its_view(self):
        _, site = self.kept(**{"Referrer-Policy": "no-referrer"})
        etag = self.ask(site)["ETag"]
        for response in (self.ask(site), self.ask(site, **{"if-none-match": etag})):
            self.assertEqual(response["X-Content-Type-Options"], "nosniff")
            self.assertEqual(response["Referrer-Policy"], "no-referrer")

    def test_has_no_body_for_head_but_the_same_headers(self):
        _, site = self.kept()
        got, headed = self.ask(site), self.ask(site, method="head")
        self.assertEqual(headed.content, b"")
        self.assertEqual(headed.headers, got.headers)

    def test_is_the_same_whatever_the_cookies(self):
        _, site = self.kept()
        first = self.ask(site, cookie="session=secret")
        self.assertNotIn(b"secret", first.content)
        self.assertEqual(self.ask(site).content, first.content)

    def test_is_not_kept_for_other_methods(self):
        page, site = self.kept()
        self.ask(site, method="post")
        self.ask(site, method="post")
        self.assertEqual(len(page.calls), 2)


class NotModifiedTests(WithALibrary):
    def setUp(self):
        super().setUp()
        self.page, self.site = self.kept(**{"Content-Location": "/elsewhere/"})
        self.etag = self.ask(self.site)["ETag"]

    def test_is_the_answer_to_a_browser_that_has_the_page(self):
        for condition in (self.etag, self.etag[2:], f'"other", {self.etag}', "*"):
            with self.subTest(condition):
                response = self.ask(self.site, **{"if-none-match": condition, "accept-encoding": "br"})
                self.assertEqual((response.status_code, response.content), (304, b""))
        self.assertEqual(len(self.page.calls), 1)

    def test_carries_the_headers_of_the_page(self):
        response = self.ask(self.site, **{"if-none-match": self.etag})
        self.assertEqual(response["ETag"], self.etag)
        self.assertEqual(response["Cache-Control"], CACHE_CONTROL)
        self.assertEqual(response["Vary"], "Accept-Encoding")
        self.assertEqual(response["Content-Location"], "/elsewhere/")

    def test_is_not_the_answer_to_another_tag(self):
        for condition in ('"other"', 'W/"other"', self.etag[2:-1], "nonsense"):
            with self.subTest(condition):
                self.assertEqual(self.ask(self.site, **{"if-none-match": condition}).status_code, 200)

    def test_is_also_the_answer_of_a_process_that_has_just_begun(self):
        _, site = self.kept()
        self.assertEqual(self.ask(site, **{"if-none-match": self.etag}).status_code, 304)


class KeyTests(WithALibrary):
    def tag(self, site, address="/page/"):
        return self.ask(site, address)["ETag"]

    def test_a_new_library_is_a_new_page(self):
        page, site = self.kept()
        first = self.tag(site)
        self.shown = dataclasses.replace(self.shown, version="v2")
        self.assertNotEqual(self.tag(site), first)
        self.assertEqual(len(page.calls), 2)

    def test_a_new_day_where_the_clinic_is_is_a_new_page(self):
        page, site = self.kept()
        late, later = (datetime.datetime(2026, 3, 3, hour, tzinfo=datetime.UTC) for hour in (4, 6))  # 11 pm and 1 am
        with mock.patch("django.utils.timezone.now", return_value=late):
            first = self.tag(site)
        with mock.patch("django.utils.timezone.now", return_value=later):
            self.assertNotEqual(self.tag(site), first)
        self.assertEqual(len(page.calls), 2)

    def test_a_new_release_is_a_new_page(self):
        tags = set()
        for release in ("one", "two"):
            with override_settings(RELEASE=release):
                _, site = self.kept()
                tags.add(self.tag(site))
        self.assertEqual(len(tags), 2)

    def test_another_address_is_another_page(self):
        _, site = self.kept()
        self.assertNotEqual(self.tag(site, "/one/"), self.tag(site, "/two/"))

    def test_what_the_view_does_not_ask_for_changes_nothing(self):
        page, site = self.kept()
        plain = self.ask(site, "/page/")
        for address in ("/page/?utm_source=x", "/page/?q=1&q=2", "/page/?%00", "/page/?" + "a" * 3000):
            response = self.ask(site, address)
            self.assertEqual((response.content, response["ETag"]), (plain.content, plain["ETag"]))
        self.assertEqual(page.calls, [""])

    def test_a_tracked_link_does_not_decide_what_the_first_reader_leaves_behind(self):
        _, site = self.kept()
        self.assertNotIn(b"utm", self.ask(site, "/page/?utm_source=x").content)
        self.assertNotIn(b"utm", self.ask(site).content)

    def test_what_the_view_asks_for_decides(self):
        page, site = self.kept(query=("q", "kind"))
        for address in ("/page/?q=knee", "/page/?q=hip", "/page/?q=hip&kind=condition", "/page/"):
            self.ask(site, address)
        self.assertEqual(page.calls, ["q=knee", "q=hip", "q=hip&kind=condition", ""])

    def test_the_order_of_a_query_does_not_matter(self):
        page, site = self.kept(query=("q", "kind"))
        self.ask(site, "/page/?q=hip&kind=condition")
        self.ask(site, "/page/?kind=condition&utm=1&q=knee&q=hip")
        self.assertEqual(page.calls, ["q=hip&kind=condition"])

    def test_a_long_query_is_answered_and_forgotten(self):
        page, site = self.kept(query=("q",))
        for _ in range(2):
            self.assertEqual(self.ask(site, "/page/?q=" + "a" * 300).status_code, 200)
        self.assertEqual((len(page.calls), len(site.store), len(site.views)), (2, 0, 0))

    def test_a_page_asked_for_in_other_words_is_answered_and_forgotten(self):
        view = public_page(lambda request: not_kept(HttpResponse(LONG)), query=("q",))
        site = PublicBytes(view)
        response = self.ask(site, "/page/?q=nonsense")
        self.assertEqual((response.status_code, response["Cache-Control"]), (200, CACHE_CONTROL))
        self.assertEqual((len(site.store), len(site.views), site.addresses), (0, 0, {}))

    def test_pages_with_a_query_drive_out_none_without(self):
        page, site = self.kept(query=("q",))
        site.store.limit = site.views.limit = 20_000
        self.ask(site)
        for number in range(10):
            self.ask(site, f"/page/?q={number}")
        self.assertLess(len(site.views), 10)
        self.ask(site)
        self.assertEqual(page.calls.count(""), 1)


class NormalQueryTests(SimpleTestCase):
    def test_keeps_only_what_is_named(self):
        self.assertEqual(normal_query("a=1&b=2&c=", ("b", "c", "d")), "b=2")
        self.assertEqual(normal_query("a=1", ()), "")

    def test_the_last_of_several_counts_as_it_does_in_a_view(self):
        self.assertEqual(normal_query("q=one&q=two", ("q",)), "q=two")

    def test_a_name_with_a_star_keeps_all_it_has_as_asked(self):
        self.assertEqual(normal_query("t=b&x=1&t=a&t=&t=b", ("t*",)), "t=b&t=a&t=b")
        self.assertEqual(normal_query("x=1", ("t*",)), "")

    def test_is_its_own_normal_form(self):
        once = normal_query("q=%C3%A4+b%26c&x=1", ("q",))
        self.assertEqual(normal_query(once, ("q",)), once)


class OtherAnswersTests(WithALibrary):
    def nothing_is_kept(self, view, status=200):
        site = PublicBytes(view)
        response = self.ask(site)
        self.assertEqual(response.status_code, status)
        self.assertEqual((len(site.store), site.addresses), (0, {}))
        self.assertNotIn("ETag", response)
        return response

    def test_are_not_kept_without_the_mark(self):
        self.nothing_is_kept(lambda request: HttpResponse(LONG))

    def test_are_not_kept_for_another_status(self):
        for status in (204, 302, 404, 500):
            response = self.nothing_is_kept(public_page(lambda request, s=status: HttpResponse(status=s)), status)
            self.assertNotIn("Cache-Control", response)

    def test_are_private_where_a_view_breaks_its_promise(self):
        @public_page
        def sets_a_cookie(request):
            response = HttpResponse(LONG)
            response.set_cookie("seen", "1")
            return response

        @public_page
        def depends_on_one(request):
            return HttpResponse(LONG, headers={"Vary": "Accept, Cookie"})

        for view in (sets_a_cookie, depends_on_one):
            with self.assertLogs("clinic.public_bytes", "ERROR"):
                self.assertEqual(self.nothing_is_kept(view)["Cache-Control"], "private, no-store")

    def test_a_404_is_raised_as_ever(self):
        def missing(request):
            raise Http404

        with self.assertRaises(Http404):
            self.ask(PublicBytes(public_page(missing)))


class DefaultTests(WithALibrary):
    def answer(self, shown, **headers):
        with mock.patch.object(library, "held", lambda: shown):
            return PrivateByDefault(lambda request: HttpResponse(headers=headers))(RequestFactory().get("/"))

    def test_what_says_nothing_is_private(self):
        self.assertEqual(self.answer(self.shown)["Cache-Control"], "private, no-store")

    def test_what_says_something_keeps_its_word(self):
        self.assertEqual(self.answer(self.shown, **{"Cache-Control": "max-age=9"})["Cache-Control"], "max-age=9")

    def test_nothing_of_a_demonstration_is_indexed(self):
        self.assertEqual(self.answer(self.shown)["X-Robots-Tag"], "noindex")

    def test_a_real_site_may_be_indexed(self):
        self.assertNotIn("X-Robots-Tag", self.answer(held.library(is_demo=False)))

    def test_a_process_that_does_not_know_yet_is_careful(self):
        self.assertEqual(self.answer(None)["X-Robots-Tag"], "noindex")


class OnTheSiteTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        demo.make_clinic(TODAY)
        GlossaryTerm.objects.create(term="Placebo", definition="A dummy treatment.")

    def test_a_page_costs_one_query_once_it_is_kept_and_so_does_its_304(self):
        etag = self.client.get("/glossary/")["ETag"]
        with self.assertNumQueries(1):
            self.assertContains(self.client.get("/glossary/"), "Placebo")
        with self.assertNumQueries(1):
            self.assertEqual(self.client.get("/glossary/", headers={"if-none-match": etag}).status_code, 304)

    def test_a_page_that_has_to_be_rendered_costs_no_more(self):
        self.client.get("/glossary/")
        with self.assertNumQueries(1):  # the library is held already
            self.client.get("/sources/")

    def test_a_change_is_seen_at_once(self):
        self.client.get("/glossary/")
        GlossaryTerm.objects.create(term="Trial", definition="A fair test.")
        self.assertContains(self.client.get("/glossary/"), "A fair test.")

    def test_a_missing_page_is_kept_by_nobody(self):
        for _ in range(2):
            response = self.client.get("/conditions/nowhere/")
            self.assertEqual((response.status_code, response["Cache-Control"]), (404, "private, no-store"))

    def test_a_form_is_never_compressed_by_us(self):
        response = self.client.get("/consultation/", headers={"accept-encoding": "br, gzip"})
        self.assertNotIn("Content-Encoding", response)
        self.assertIn("no-store", response["Cache-Control"])

    def test_a_slash_is_still_added(self):
        self.assertRedirects(self.client.get("/glossary"), "/glossary/", status_code=301)

    def test_only_reading_is_allowed(self):
        self.assertEqual(self.client.post("/glossary/").status_code, 405)

    def test_signing_in_changes_nothing_about_a_public_page(self):
        plain = self.client.get("/glossary/")
        self.client.cookies["session"] = "something"
        response = self.client.get("/glossary/")
        self.assertEqual(response.content, plain.content)
        self.assertNotIn("Cookie", response["Vary"])


class BrokenPromiseTests(TestCase):
    def test_a_csrf_token_on_a_public_page_is_noticed(self):
        with (
            mock.patch("clinic.views.render", lambda request, *rest: HttpResponse(get_token(request))),
            self.assertLogs("clinic.public_bytes", "ERROR"),
        ):
            response = self.client.get("/")
        self.assertEqual(response["Cache-Control"], "private, no-store")


class WithoutADatabaseTests(TransactionTestCase):
    def setUp(self):
        self.addCleanup(setattr, library, "_held", library._held)
        publishing.library_changed()

    def down(self):
        return mock.patch.object(connection, "cursor", side_effect=OperationalError("gone"))

    def test_pages_go_on_from_the_library_held(self):
        kept = self.client.get("/glossary/").content
        with self.down(), self.assertLogs("therapies.library", "WARNING"):
            self.assertEqual(self.client.get("/glossary/").content, kept)
            self.assertEqual(self.client.get("/sources/").status_code, 200)

    @override_settings(
        FALLBACK_CLINIC_NAME="Northside", FALLBACK_PHONE="(202) 555-0111", FALLBACK_EMERGENCY_NUMBER="911"
    )
    def test_a_process_that_never_held_one_gives_phone_and_emergency_number(self):
        library._held = None
        with self.down(), self.assertLogs("clinic.public_bytes", "ERROR"):
            response = self.client.get("/glossary/")
        self.assertContains(response, 'href="tel:+12025550111"', status_code=503)
        self.assertContains(response, 'href="tel:911"', status_code=503)
        self.assertNotContains(response, "not a real clinic", status_code=503)
        self.assertEqual((response["Retry-After"], response["Cache-Control"]), ("60", "private, no-store"))

    def test_an_address_known_to_be_public_says_so_too(self):
        self.client.get("/glossary/")
        with mock.patch.object(public_bytes.library, "current", side_effect=library.LibraryUnavailable):
            self.assertEqual(self.client.get("/glossary/").status_code, 503)

    def test_a_database_that_fails_within_a_view_asks_for_patience(self):
        with (
            mock.patch("clinic.views.home_page", side_effect=OperationalError("gone")),
            self.assertLogs("clinic.public_bytes", "ERROR"),
        ):
            self.assertEqual(self.client.get("/").status_code, 503)
