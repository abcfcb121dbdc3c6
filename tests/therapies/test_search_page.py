"""The search page: what it says, what it never does with what was typed, and that it is the same on every database."""

import gzip
import json
import logging
from unittest import mock

from django.db import OperationalError, connection
from django.test import TestCase

from clinic.logs import JsonLine
from clinic.models import ClinicProfile
from tests import factories
from therapies import library, publishing
from therapies.models import GlossaryTerm

HOSTILE = '<script>alert("1")</script>'


class SearchPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(
            name="Example Clinic", phone="(202) 555-0100", emergency_number="911", is_demo=True
        )
        factories.treatment(live=True, slug="plasma", title="Plasma injection")
        cls.knee = factories.condition(
            live=True,
            slug="knee",
            title="Worn knee",
            summary="A joint that <creaks> & hurts.",
            synonyms=[
                {"text": "creaky joint", "is_misspelling": False},
                {"text": "worn nee", "is_misspelling": True},
            ],
            sections=[factories.section("symptoms", heading="Symptoms", body="Swelling after a walk.")],
            options=[factories.option("", "usual_care"), factories.option("plasma", "investigational")],
        )
        for number in range(24):
            GlossaryTerm.objects.create(term=f"Zebra {number:02}", definition="A stripe.")

    def get(self, query=None, **asked):
        return self.client.get("/search/", query if query is not None else asked)

    def test_an_empty_question_offers_the_lists_and_a_way_to_ask(self):
        for query in ({}, {"q": ""}, {"q": "   "}):
            response = self.get(query)
            with self.subTest(query):
                self.assertContains(response, 'role="search"')
                self.assertContains(response, '<label for="q">')
                self.assertContains(response, 'href="/conditions/#pain-knee"')
                self.assertContains(response, 'href="tel:+12025550100"')
                self.assertContains(response, 'href="/consultation/"')
                self.assertNotContains(response, "We found")

    def test_shows_what_was_found_with_kind_words_and_a_way_into_the_page(self):
        response = self.get(q="swelling")
        self.assertContains(response, "<strong>1 result</strong> for “swelling”.")
        self.assertContains(response, '<p class="results__kind">Condition</p>')
        self.assertContains(response, '<a href="/conditions/knee/">Worn knee</a>')
        self.assertContains(response, "<mark>Swelling</mark> after a walk.")
        self.assertContains(response, 'Jump to: <a href="/conditions/knee/#symptoms">Symptoms')

    def test_shows_the_other_name_and_never_a_misspelled_one(self):
        response = self.get(q="creaky joint")
        self.assertContains(response, "Also called: <mark>creaky</mark> <mark>joint</mark>")
        self.assertNotContains(self.get(q="worn"), "worn nee")

    def test_offers_the_right_spelling(self):
        response = self.get(q="plazma", region="knee")
        self.assertContains(response, 'Did you mean <a href="/search/?q=plasma&amp;region=knee">plasma</a>?')

    def test_says_when_no_page_has_every_word(self):
        self.assertContains(self.get(q="qqqq swelling"), "No page has “qqqq”. These pages have some of your words.")
        self.assertContains(self.get(q="swelling zebra"), "No page has all of these words.")

    def test_says_when_nothing_was_found(self):
        response = self.get(q="qqqq")
        self.assertContains(response, "We found nothing for “qqqq”.")
        self.assertContains(response, 'href="/conditions/#pain-knee"')

    def test_filters_are_kept_in_the_form_and_can_be_left(self):
        response = self.get(q="swelling", kind="term", region="knee")
        self.assertContains(response, '<option value="term" selected>')
        self.assertContains(response, '<option value="knee" selected>')
        self.assertContains(response, '<a href="/search/?q=swelling">See all 1 result</a>')

    def test_more_results_stand_on_further_lists(self):
        response = self.get(q="zebra", kind="term")
        self.assertContains(response, 'href="/search/?q=zebra&amp;kind=term&amp;page=2"')
        second = self.get(q="zebra", kind="term", page="2")
        self.assertContains(second, "<strong>24 results</strong> for “zebra”, list 2.")
        self.assertContains(second, 'start="21"')
        self.assertNotContains(second, "More results")
        for page in ("0", "-1", "x", "9" * 40, "²", "٣", ""):
            with self.subTest(page):
                self.assertEqual(self.get(q="zebra", page=page).status_code, 200)

    def test_whatever_is_typed_is_text(self):
        for text in (HOSTILE, f"swelling {HOSTILE}", "zebra</title><b>", '" onfocus="x'):
            html = self.get(q=text).content.decode()
            with self.subTest(text):
                self.assertNotIn("<script>alert", html)
                self.assertNotIn("<b>", html)
                self.assertNotIn('" onfocus', html)
        self.assertContains(self.get(q="creaks"), "A joint that &lt;<mark>creaks</mark>&gt; &amp; hurts.")

    def test_strange_questions_get_a_page_that_says_what_to_do(self):
        for text in ("a", '"( ) : * ~ ^ [ ] +-\\', "😀", "?", "\u202e", "%", "膝", "9" * 150):
            with self.subTest(text):
                self.assertContains(self.get(q=text), "We found no word to look for in what you typed.")
        for text in ("swelling AND (walk* OR [x TO y]) NOT ~1^2", "עברית", "9" * 30, "膝の痛み", "swelling\u200b"):
            with self.subTest(text):
                self.assertContains(self.get(q=text), "for “")

    def test_a_long_question_is_cut_and_that_is_said(self):
        response = self.get(q="swelling " + "x" * 5000)
        self.assertContains(response, "That was long. We looked for the first part of it only")
        self.assertLess(len(response.content), 60_000)

    def test_control_characters_are_refused_like_on_every_page(self):
        self.assertEqual(self.client.get("/search/?q=a%00b").status_code, 400)

    def test_costs_one_query(self):
        self.get(q="swelling")
        for query in ({}, {"q": "swelling"}, {"q": "plazma shot", "kind": "treatment"}):
            with self.subTest(query), self.assertNumQueries(1):
                self.get(query)

    def test_shows_at_once_what_was_published_and_not_what_was_withdrawn(self):
        self.assertNotContains(self.get(q="quagga"), "results__kind")
        hip = factories.condition(live=True, slug="hip", title="Quagga hip")
        self.assertContains(self.get(q="quagga"), "/conditions/hip/")
        publishing.withdraw(hip, actor=factories.staff())
        self.assertNotContains(self.get(q="quagga"), "results__kind")

    def test_nobody_keeps_the_page_and_no_other_site_learns_its_address(self):
        for _ in range(2):
            response = self.get(q="swelling")
            self.assertEqual(response["Cache-Control"], "no-store")
            self.assertEqual(response["Referrer-Policy"], "no-referrer")
            self.assertEqual(response["X-Robots-Tag"], "noindex")
            self.assertNotIn("ETag", response)
            self.assertEqual(response.cookies, {})

    def test_search_engines_are_told_the_address_without_the_question(self):
        ClinicProfile.objects.update(is_demo=False)
        publishing.library_changed()
        response = self.get(q="zebra")
        self.assertContains(response, '<link rel="canonical" href="http://127.0.0.1:8000/search/">')
        self.assertContains(response, '<meta name="robots" content="noindex">', count=1)

    def test_comes_compressed_and_says_so(self):
        response = self.client.get("/search/", {"q": "zebra"}, headers={"Accept-Encoding": "gzip"})
        self.assertEqual((response["Content-Encoding"], response["Vary"]), ("gzip", "Accept-Encoding"))
        self.assertIn("24 results", gzip.decompress(response.content).decode())

    def test_only_reads(self):
        self.assertEqual(self.client.post("/search/", {"q": "swelling"}).status_code, 405)
        self.assertEqual(self.client.head("/search/", {"q": "swelling"}).status_code, 200)

    def test_every_page_leads_to_it_and_home_and_the_missing_page_have_the_field(self):
        self.assertContains(self.client.get("/glossary/"), 'href="/search/"')
        for path, status in (("/", 200), ("/no-such-page/", 404)):
            with self.subTest(path):
                response = self.client.get(path)
                self.assertContains(response, 'role="search" action="/search/" method="get"', status_code=status)
                self.assertContains(response, 'name="q"', status_code=status)


class WhatIsWrittenDownTests(TestCase):
    """What somebody looks for is about their health: it stands in no line of our logs."""

    def setUp(self):
        self.lines = []
        handler = logging.Handler()
        handler.emit = lambda record: self.lines.append(JsonLine().format(record))
        for logger in (logging.getLogger(), logging.getLogger("django")):
            logger.addHandler(handler)
            self.addCleanup(logger.removeHandler, handler)

    def assert_unwritten(self, *, at_least):
        self.assertGreaterEqual(len(self.lines), at_least)
        self.assertNotIn("incontinence", json.dumps(self.lines))

    def test_when_it_is_found(self):
        self.client.get("/search/", {"q": "incontinence"})
        self.assert_unwritten(at_least=0)

    def test_when_the_address_is_refused(self):
        self.client.get("/search/?q=incontinence%00")
        self.client.post("/search/?q=incontinence")
        self.client.get("/search/x/?q=incontinence")
        self.assert_unwritten(at_least=3)

    def test_when_the_database_is_down(self):
        with (
            mock.patch.object(library, "_held", None),
            mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")),
        ):
            response = self.client.get("/search/", {"q": "incontinence"})
        self.assertEqual(response.status_code, 503)
        self.assert_unwritten(at_least=1)

    def test_when_the_page_breaks(self):
        self.client.raise_request_exception = False
        with mock.patch("therapies.search.find", side_effect=RuntimeError("incontinence")):
            self.assertEqual(self.client.get("/search/", {"q": "incontinence"}).status_code, 500)
        self.assert_unwritten(at_least=1)

    def test_while_the_database_is_down_the_last_library_is_searched(self):
        self.client.get("/search/", {"q": "appointment"})
        with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
            self.assertContains(self.client.get("/search/", {"q": "appointment"}), "Request a consultation")
