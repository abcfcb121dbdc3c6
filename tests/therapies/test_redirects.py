"""Addresses that moved answer 301, pages that were taken off the site 410, what never was 404."""

from django.contrib.auth.models import Group
from django.db import connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext

from clinic.models import ClinicProfile
from tests import factories
from therapies import library, publishing
from therapies.models import Redirect
from therapies.old_addresses import is_gone, moved_to


def moved(page, *old_paths):
    for path in old_paths:
        Redirect.objects.create(old_path=path, page=page)
    publishing.library_changed()


def withdrawn(page):
    publishing.withdraw(page, actor=factories.staff())
    return page


class Old(SimpleTestCase):
    """The pure part: which address stands for which."""

    redirects = {"/conditions/old/": "/conditions/new/", "/about/then/": "/about/now/"}

    def test_a_page_moves_with_what_lies_under_it(self):
        for path, now in {
            "/conditions/old/": "/conditions/new/",
            "/conditions/old/history/": "/conditions/new/history/",
            "/about/then/": "/about/now/",
        }.items():
            with self.subTest(path):
                self.assertEqual(moved_to(path, self.redirects), now)

    def test_nothing_else_moves(self):
        for path in ("/", "/conditions/", "/conditions/older/", "/conditions/old/a/b/", "//conditions/old/", "/old/"):
            with self.subTest(path):
                self.assertIsNone(moved_to(path, self.redirects))

    def test_what_lies_under_a_page_is_gone_with_it(self):
        gone = frozenset({"/conditions/old/"})
        self.assertTrue(is_gone("/conditions/old/", gone) and is_gone("/conditions/old/compare/", gone))
        self.assertFalse(is_gone("/conditions/", gone) or is_gone("/conditions/oldest/", gone))


class Moved(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.condition = factories.condition(slug="knee-wear", live=True)
        moved(cls.condition, "/conditions/knee/", "/conditions/worn-knee/")

    def test_an_old_address_leads_to_the_page_for_good(self):
        for path in ("/conditions/knee/", "/conditions/worn-knee/"):
            for method in (self.client.get, self.client.head):
                with self.subTest(path):
                    response = method(path)
                    self.assertEqual((response.status_code, response["Location"]), (301, "/conditions/knee-wear/"))
                    self.assertEqual(response.cookies, {})
                    self.assertNotIn("Cookie", response.get("Vary", ""))
                    self.assertIn("public, max-age=0", response["Cache-Control"])

    def test_every_kind_of_page_moves(self):
        moved(factories.treatment(slug="rest", live=True), "/treatments/pause/")
        moved(factories.article(slug="privacy", live=True), "/about/data/")
        self.assertEqual(self.client.get("/treatments/pause/")["Location"], "/treatments/rest/")
        self.assertEqual(self.client.get("/about/data/")["Location"], "/about/privacy/")

    def test_what_stands_behind_the_question_mark_and_says_nothing_is_dropped(self):
        self.assertEqual(self.client.get("/conditions/knee/?utm=1")["Location"], "/conditions/knee-wear/")

    def test_never_leads_off_the_site(self):
        for path in ("//conditions/knee/", "/conditions/knee//evil.example/"):
            with self.subTest(path):
                self.assertNotIn(self.client.get(path).status_code, (301, 302))

    def test_is_answered_anew_when_the_page_moves_on_or_back(self):
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 301)
        factories.condition(slug="knee", title="Another page", live=True)
        self.assertContains(self.client.get("/conditions/knee/"), "Another page")

    def test_leads_nowhere_while_the_page_is_withdrawn(self):
        withdrawn(self.condition)
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 410)

    def test_costs_one_query(self):
        self.client.get("/conditions/knee/")
        with self.assertNumQueries(1):
            self.client.get("/conditions/knee/")


class Gone(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(slug="knee", title="Worn knee", live=True)

    def test_a_withdrawn_page_says_so_and_offers_a_way_on(self):
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 200)
        withdrawn(self.page)
        response = self.client.get("/conditions/knee/")
        self.assertContains(response, "We have taken this page off the site", status_code=410)
        self.assertContains(response, 'href="/conditions/"', status_code=410)
        self.assertContains(response, 'action="/search/"', status_code=410)
        self.assertNotContains(response, "Worn knee", status_code=410)
        self.assertEqual(response.cookies, {})

    def test_it_comes_back_when_it_is_published_again(self):
        withdrawn(self.page)
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 410)
        factories.publish(self.page)
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 200)

    def test_what_never_was_is_not_found(self):
        factories.condition(slug="draft", title="Unready")
        for path in ("/conditions/draft/", "/conditions/nothing/", "/treatments/knee/", "/about/knee/"):
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, 404)

    def test_every_kind_of_page_goes(self):
        withdrawn(factories.treatment(slug="rest", live=True))
        withdrawn(factories.article(slug="privacy", live=True))
        for path in ("/treatments/rest/", "/about/privacy/"):
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, 410)

    def test_the_address_is_the_one_readers_knew(self):
        withdrawn(self.page)
        self.page.slug = "moved"
        self.page.save()
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 410)
        self.assertEqual(self.client.get("/conditions/moved/").status_code, 404)

    def test_a_real_site_never_had_its_demonstrations(self):
        ClinicProfile.objects.create(name="Example Clinic", is_demo=False)
        approved = factories.condition(slug="hip")
        factories.publish(approved, approved_by=factories.clinician())
        withdrawn(approved)
        withdrawn(factories.condition(slug="back", live=True))
        moved(self.page, "/conditions/once/")
        for path, status in {
            "/conditions/hip/": 410,
            "/conditions/back/": 404,
            "/conditions/knee/": 404,
            "/conditions/once/": 404,
        }.items():
            with self.subTest(path):
                self.assertEqual(self.client.get(path).status_code, status)


class Loading(TestCase):
    def test_costs_the_same_for_one_old_address_and_for_many(self):
        moved(factories.condition(live=True), "/conditions/x/")
        withdrawn(factories.condition(slug="gone", live=True))
        with CaptureQueriesContext(connection) as few:
            library.current()
        for number in range(8):
            moved(factories.condition(slug=f"c-{number}", live=True), f"/conditions/old-{number}/")
            withdrawn(factories.condition(slug=f"gone-{number}", live=True))
        with self.assertNumQueries(len(few)):
            held = library.current()
        self.assertEqual((len(held.redirects), len(held.gone)), (9, 9))


class AdminTests(TestCase):
    url = "/admin/therapies/redirect/"

    @classmethod
    def setUpTestData(cls):
        moved(factories.condition(slug="knee", title="Worn knee", live=True), "/conditions/old/")

    def sign_in(self, role="", **fields):
        person = factories.staff(**fields)
        person.groups.set(Group.objects.filter(name=role))
        self.client.force_login(person)

    def test_editors_and_auditors_read_them_and_nobody_else(self):
        for role, status in {
            **{"Editor": 200, "Auditor": 200, "Content author": 403, "Clinical reviewer": 403},
            **{"Front desk": 403, "Manager": 403},
        }.items():
            with self.subTest(role):
                self.sign_in(role)
                self.assertEqual(self.client.get(self.url).status_code, status)

    def test_nobody_changes_one(self):
        self.sign_in(is_superuser=True)
        self.assertContains(self.client.get(self.url), "/conditions/old/")
        one = f"{self.url}{Redirect.objects.get().pk}/"
        self.assertEqual(self.client.get(f"{one}change/").status_code, 200)
        self.assertEqual(self.client.post(f"{one}change/", {"old_path": "/x/"}).status_code, 403)
        self.assertEqual(self.client.get(f"{one}delete/").status_code, 403)
        self.assertEqual(self.client.get(f"{self.url}add/").status_code, 403)

    def test_the_list_costs_the_same_for_few_rows_and_many(self):
        self.sign_in(is_superuser=True)
        self.client.get(self.url)
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.url)
        for number in range(20):
            moved(factories.condition(slug=f"c-{number}"), f"/conditions/was-{number}/")
        with self.assertNumQueries(len(few)):
            self.client.get(self.url)
