import dataclasses
import datetime
import re
import struct
import unittest
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.test import Client, SimpleTestCase

from clinic.error_pages import error_page
from tests import factories
from tests.therapies import held
from therapies import indexing
from therapies.sitemaps import addresses

SITE = settings.SITE_URL
TODAY = datetime.date(2026, 3, 2)
NOON = datetime.datetime(2026, 3, 2, 17, tzinfo=datetime.UTC)
NOINDEX = '<meta name="robots" content="noindex">'
PICTURE = Path(settings.BASE_DIR) / "static" / "img" / "og.png"


def approved(document, **fields):
    return held.live(document, is_demonstration=False, **fields)


def a_library(*, review_due=None, **clinic):
    return held.library(
        approved(
            factories.condition_document(slug="knee", title="Knee & hip", summary="Words “about” it."),
            next_review_due=review_due,
        ),
        approved(factories.treatment_document(slug="exercise"), published_on=datetime.date(2026, 2, 1)),
        approved(factories.article_document(slug="privacy", title="Privacy")),
        **{"is_demo": False, **clinic},
    )


class HeadTests(SimpleTestCase):
    def head(self, path, library=None):
        with (
            mock.patch("therapies.library.current", return_value=library or a_library()),
            mock.patch("django.utils.timezone.now", return_value=NOON),
        ):
            html = Client().get(path).content.decode()
        return html.partition("</head>")[0]

    def said(self, head, name):
        (found,) = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', head)
        return found

    def test_names_its_one_address_whatever_is_asked_for(self):
        for path in (
            "/conditions/knee/?utm_source=x",
            "/conditions/knee/compare/?t=exercise",
            "/evidence/?region=knee",
        ):
            with self.subTest(path):
                head = self.head(path)
                one = SITE + path.partition("?")[0]
                self.assertEqual(re.findall('<link rel="canonical" href="([^"]*)">', head), [one])
                self.assertEqual(self.said(head, "og:url"), one)

    def test_tells_those_who_share_it_what_it_is(self):
        head = self.head("/conditions/knee/")
        self.assertEqual(self.said(head, "og:title"), "Knee &amp; hip")
        self.assertEqual(self.said(head, "og:description"), "Words “about” it.")
        self.assertEqual(self.said(head, "og:type"), "article")
        self.assertEqual(self.said(head, "og:site_name"), "Example clinic")
        self.assertEqual(self.said(head, "og:image"), f"{SITE}/static/img/og.png")
        self.assertEqual(self.said(head, "twitter:card"), "summary_large_image")
        self.assertEqual(self.said(self.head("/conditions/"), "og:type"), "website")

    def test_a_real_page_may_be_listed(self):
        for path in (
            "/",
            "/conditions/",
            "/conditions/knee/",
            "/conditions/knee/compare/",
            "/evidence/",
            "/about/privacy/",
        ):
            with self.subTest(path):
                self.assertNotIn("noindex", self.head(path))

    def test_words_nobody_asked_for_do_not_hide_a_page(self):
        self.assertNotIn("noindex", self.head("/conditions/knee/?utm_source=x"))

    def test_a_choice_a_search_and_a_form_are_not_listed(self):
        for path in (
            "/conditions/knee/compare/?t=exercise",
            "/evidence/?region=knee",
            "/search/?q=knee",
            "/search/",
            "/consultation/",
        ):
            with self.subTest(path):
                self.assertIn(NOINDEX, self.head(path))

    def test_nothing_of_a_demonstration_is_listed(self):
        for path in ("/", "/conditions/knee/", "/about/privacy/"):
            with self.subTest(path):
                self.assertIn(NOINDEX, self.head(path, a_library(is_demo=True)))

    def test_a_page_90_days_overdue_is_listed_and_a_day_later_not(self):
        for days, hidden in ((0, False), (90, False), (91, True)):
            library = a_library(review_due=TODAY - datetime.timedelta(days))
            for path in ("/conditions/knee/", "/conditions/knee/compare/"):
                with self.subTest(path, days=days):
                    self.assertEqual(NOINDEX in self.head(path, library), hidden)
            self.assertNotIn(NOINDEX, self.head("/treatments/exercise/", library))

    def test_an_error_page_is_not_listed(self):
        self.assertContains(error_page(404), NOINDEX, status_code=404)


class RuleTests(unittest.TestCase):
    def test_each_reason_alone_hides_a_page(self):
        shown = {
            **{"path": "/conditions/knee/", "query": "", "is_demo": False, "is_public": True},
            **{"review_due": None, "today": TODAY},
        }
        self.assertTrue(indexing.may_be_listed(**shown))
        for reason in (
            {"path": "/search/"},
            {"query": "t=prp"},
            {"is_demo": True},
            {"is_public": False},
            {"review_due": datetime.date(2025, 1, 1)},
        ):
            with self.subTest(reason):
                self.assertFalse(indexing.may_be_listed(**{**shown, **reason}))


class PictureTests(unittest.TestCase):
    def test_is_of_the_size_that_other_sites_show_and_light(self):
        content = PICTURE.read_bytes()
        self.assertEqual(struct.unpack(">II", content[16:24]), (1200, 630))
        self.assertLessEqual(len(content), 40_000)


class SitemapTests(unittest.TestCase):
    def test_names_each_page_with_what_stands_beside_it_and_the_day_it_changed(self):
        found = dict(addresses(a_library(), TODAY))
        self.assertEqual(found["/conditions/knee/"], held.PUBLISHED)
        self.assertEqual(found["/conditions/knee/compare/"], held.PUBLISHED)
        self.assertEqual(found["/conditions/knee/history/"], held.PUBLISHED)
        self.assertEqual(found["/treatments/exercise/history/"], datetime.date(2026, 2, 1))
        self.assertEqual(found["/about/privacy/"], held.PUBLISHED)
        self.assertIsNone(found["/glossary/"])

    def test_a_list_changed_when_the_newest_of_its_pages_did(self):
        found = dict(addresses(a_library(), TODAY))
        self.assertEqual(found["/conditions/"], held.PUBLISHED)
        self.assertEqual(found["/evidence/"], datetime.date(2026, 2, 1))

    def test_leaves_out_what_is_long_overdue_and_says_so_nowhere_else(self):
        overdue = a_library(review_due=TODAY - datetime.timedelta(91))
        missing = dict(addresses(a_library(), TODAY)).keys() - dict(addresses(overdue, TODAY)).keys()
        self.assertEqual(missing, {f"/conditions/knee/{place}" for place in ("", "compare/", "history/")})

    def test_names_the_clinicians_who_have_a_page(self):
        person = {"slug": "example", "url": "/about/clinicians/example/"}
        found = dict(addresses(dataclasses.replace(a_library(), clinicians=(person,)), TODAY))
        self.assertIn("/about/clinicians/example/", found)

    def test_names_nothing_of_a_demonstration(self):
        self.assertEqual(addresses(a_library(is_demo=True), TODAY), [])


class SitemapAddressTests(SimpleTestCase):
    def test_names_only_addresses_that_answer_and_may_be_listed(self):
        library = a_library()
        client = Client()
        with mock.patch("therapies.library.current", return_value=library):
            for path, _ in addresses(library, TODAY):
                with self.subTest(path):
                    response = client.get(path)
                    self.assertEqual(response.status_code, 200)
                    self.assertNotContains(response, "noindex")
