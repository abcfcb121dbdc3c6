"""Sources: one place, what rests on each, and what happens when one loses its standing."""

import datetime
from unittest import TestCase as PlainTestCase

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.therapies.test_admin import form_of
from therapies import citations, sources
from therapies.documents import DocumentError, validated_item
from therapies.identifiers import bare_doi, bare_url, doi_problem, url_problem
from therapies.library import current
from therapies.models import Section, Source

TODAY = datetime.date(2026, 3, 2)


class IdentifierTests(PlainTestCase):
    def test_a_doi_has_a_prefix_and_a_suffix(self):
        for doi in (
            *("", "10.1002/14651858.CD013342.pub2", "10.1016/S0140-6736(21)00846-1", "10.1136/bmj.l6132"),
            *("10.1000.10/123", "10.1002/(SICI)1097<1::AID>3.0.CO;2-#"),
        ):
            with self.subTest(doi):
                self.assertEqual(doi_problem(doi), "")

    def test_everything_else_is_refused(self):
        for doi in (
            *("1002/14651858", "10.1002", "10.1002/", "10.1/ab", "doi 10.1002/ab", "10.1002/a b", "10.1002/ab\n"),
            *("https://example.org/10.1002/ab", "11.1002/ab", "10.1002/é"),
        ):
            with self.subTest(doi):
                self.assertNotEqual(doi_problem(doi), "")

    def test_what_is_pasted_with_a_doi_comes_off(self):
        for typed in (
            *("10.1002/ab", "https://doi.org/10.1002/ab", "http://dx.doi.org/10.1002/ab", "doi:10.1002/ab"),
            *(" DOI: 10.1002/ab ", "https://www.doi.org/10.1002/ab", "doi.org/10.1002/ab", "dx.doi.org/10.1002/ab"),
            *(
                "https://doi.org/10.1002%2Fab",
                "https://doi.org/10.1002/ab?from=mail#top",
                "10.1002/ab.",
                "10.1002/ab\u200b",
            ),
        ):
            with self.subTest(typed):
                self.assertEqual(bare_doi(typed), "10.1002/ab")

    def test_signs_that_belong_to_a_doi_stay(self):
        for doi in ("10.1002/(SICI)1097<1::AID>3.0.CO;2-#", "10.1016/S0140-6736(07)60457-9", "10.1002/a?b%2Fc"):
            self.assertEqual(bare_doi(doi), doi)

    def test_a_pasted_address_is_told_the_doi_alone(self):
        self.assertEqual(doi_problem("https://doi.org/10.1002/ab"), "write the DOI alone: 10.1002/ab")

    def test_an_address_at_pubmed_ends_in_a_number(self):
        at = "https://pubmed.ncbi.nlm.nih.gov/"
        for url in (
            *(f"{at}34785294/", f"{at}1", "https://example.org/x", "", "https://doi.org/10.1002/ab"),
            *("https://example.org:8443/x?a=%20#b", "https://münchen.example/", "http://192.0.2.1/x"),
        ):
            with self.subTest(url):
                self.assertEqual(url_problem(url), "")
        for url in (at, f"{at}?term=knee", f"{at}0123/", f"{at}123456789/", f"{at}PMC123/", f"{at}123/x", "https://[x"):
            with self.subTest(url):
                self.assertNotEqual(url_problem(url), "")

    def test_an_address_at_pubmed_is_kept_in_one_form(self):
        kept = "https://pubmed.ncbi.nlm.nih.gov/34785294/"
        for typed in (
            *(kept, kept[:-1], f"{kept}?from_term=knee", f"{kept}#abstract", "http://pubmed.ncbi.nlm.nih.gov/34785294"),
            *("https://www.ncbi.nlm.nih.gov/pubmed/34785294", "https://pubmed.gov/34785294/"),
        ):
            with self.subTest(typed):
                self.assertEqual(bare_url(typed), kept)
        for other in (
            "",
            "https://example.org/34785294?a=b",
            "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/",
            "https://[x",
        ):
            with self.subTest(other):
                self.assertEqual(bare_url(other), other)

    def test_an_address_that_no_reader_can_follow_is_refused(self):
        for url in (
            *("https://doi.org/knee", "https://www.ncbi.nlm.nih.gov/pubmed/knee", "ftp://example.org/a"),
            *("https://pubmed.gov/", "https://dx.doi.org/10.1002/"),
            *("https://", "http:", "https:///knee", "https://?a", "https://:443/knee", "https:example.org"),
            "https://knee",
            *("https://exa mple.org/", "https://example.org/a b", "https://example.org:99999/"),
        ):
            with self.subTest(url):
                self.assertNotEqual(url_problem(url), "")

    def test_content_files_are_held_to_the_same_shapes(self):
        item = {
            **{"key": "x", "authors": "", "title": "X", "publisher": "", "year": 2020, "doi": "", "note": ""},
            **{"url": "https://example.org/", "kind": "rct", "status": "current", "check_state": "checked"},
        }
        validated_item("sources", item)
        for wrong in ({"doi": "https://doi.org/10.1002/ab"}, {"url": "https://pubmed.ncbi.nlm.nih.gov/abc/"}):
            with self.subTest(str(wrong)), self.assertRaises(DocumentError):
                validated_item("sources", item | wrong)


class UseTests(TestCase):
    def test_is_found_for_the_same_queries_in_one_text_and_in_many(self):
        source = factories.source("much-cited")
        texts = [factories.section(body="An example [@much-cited].")]
        factories.treatment(sections=texts)
        with CaptureQueriesContext(connection) as few:
            self.assertEqual(len(source.uses()), 1)
        for number in range(3):
            factories.treatment(slug=f"more-{number}", title=f"More {number}", sections=texts)
        with self.assertNumQueries(len(few)):
            self.assertEqual(len(source.uses()), 4)


class ToDoTests(TestCase):
    def test_to_check_is_what_is_due_or_was_never_compared(self):
        factories.source("later", next_check_due=TODAY + datetime.timedelta(days=1))
        factories.source("due", next_check_due=TODAY)
        factories.source("over", next_check_due=TODAY - datetime.timedelta(days=400))
        factories.source("never", check_state="to_confirm")
        factories.source("quiet")
        self.assertEqual({source.key for source in sources.to_check(TODAY)}, {"due", "over", "never"})

    def test_a_link_is_broken_when_nothing_answers_or_nothing_is_there(self):
        answers = {"none": 0, "gone": 410, "missing": 404, "ill": 503, "fine": 200, "closed": 403, "busy": 429}
        for key, status in answers.items():
            factories.source(key, link_status=status, link_checked_at=timezone.now())
        factories.source("untried")
        self.assertEqual({source.key for source in sources.broken_links()}, {"none", "gone", "missing", "ill"})


class CitingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for key in ("cited", "cited-too", "other"):
            factories.source(key)
        harm = {
            **{"name": "Soreness", "serious": False, "frequency_n": None, "frequency_denominator": None},
            **{"frequency_words": "common", "sources": ["cited"]},
        }
        approval = {
            **{"jurisdiction": "US", "status": "unclear", "public_statement": "Ask.", "source": "cited"},
            **{"checked_on": "", "recheck_due": ""},
        }
        claim = {"claim": "It cures.", "verdict": "unsupported", "answer": "No.", "sources": ["cited"]}
        factories.treatment(slug="example-treatment")
        options = [factories.option("", "usual_care"), factories.option(main_harms="Soreness")]
        cls.pages = {
            "evidence": factories.condition(
                slug="evidence", options=options, evidence=[factories.evidence(sources=["cited"])]
            ),
            "harm": factories.treatment(slug="harm", adverse_outcomes=[harm]),
            "approval": factories.treatment(slug="approval", regulatory=[approval]),
            "claim": factories.article(slug="claim", answered_claims=[claim]),
            "section": factories.article(slug="section", sections=[factories.section("text", body="So [@cited].")]),
            "own field": factories.condition(slug="own", when_chronic="After weeks [@other; @cited]."),
            "option": factories.condition(
                slug="option", options=[factories.option("", "usual_care", description="Rest [@cited].")]
            ),
        }
        cls.live = factories.article(
            slug="live", live=True, sections=[factories.section("text", body="Still [@cited].")]
        )
        Section.objects.filter(page=cls.live).update(body="No more.")
        factories.article(slug="near", sections=[factories.section("text", body="[@cited-too] @cited cited [@other]")])

    def test_finds_a_page_wherever_it_cites_the_source(self):
        found = citations.pages_citing({"cited"})
        for where, page in {**self.pages, "live text": self.live}.items():
            with self.subTest(where):
                self.assertIn(page.pk, found)
        self.assertEqual(len(found), len(self.pages) + 1)

    def test_no_key_is_cited_nowhere_and_costs_nothing(self):
        with self.assertNumQueries(0):
            self.assertEqual(citations.pages_citing(set()), set())

    def test_costs_the_same_for_few_pages_and_many(self):
        with CaptureQueriesContext(connection) as few:
            citations.pages_citing({"cited"})
        for number in range(8):
            factories.article(slug=f"a-{number}", live=True, sections=[factories.section("text", body="[@cited]")])
        with self.assertNumQueries(len(few)):
            self.assertEqual(len(citations.pages_citing({"cited"})), len(self.pages) + 9)


class AdminTests(TestCase):
    url = "/admin/therapies/source/"

    @classmethod
    def setUpTestData(cls):
        cls.source = factories.source("cited", doi="10.1000/cited")
        cls.newer = factories.source("newer")
        cls.article = factories.article(
            slug="page", title="A page", live=True, sections=[factories.section("text", body="So [@cited].")]
        )
        cls.chief = factories.staff("chief", is_superuser=True)

    def setUp(self):
        self.client.force_login(self.chief)

    def save(self, **changes):
        address = f"{self.url}{self.source.pk}/change/"
        data = {**form_of(self.client.get(address)), **changes}
        page = self.client.post(address, data, follow=True)
        self.source.refresh_from_db()
        return page

    def test_says_where_a_source_is_cited(self):
        page = self.client.get(f"{self.url}{self.source.pk}/change/")
        self.assertContains(page, "section “What it is” of A page")
        self.assertContains(page, "the live page A page")

    def test_what_is_pasted_with_a_doi_comes_off_and_is_said(self):
        page = self.save(doi="https://doi.org/10.1000/other")
        self.assertEqual(self.source.doi, "10.1000/other")
        self.assertContains(page, "The DOI was kept as 10.1000/other")

    def test_an_address_at_pubmed_is_kept_in_one_form_and_that_is_said(self):
        page = self.save(url="https://pubmed.ncbi.nlm.nih.gov/34785294?from_term=knee")
        self.assertEqual(self.source.url, "https://pubmed.ncbi.nlm.nih.gov/34785294/")
        self.assertContains(page, "The address was kept as https://pubmed.ncbi.nlm.nih.gov/34785294/.")

    def test_a_wrong_doi_and_a_wrong_pubmed_address_are_named(self):
        self.assertContains(self.save(doi="10.1000"), "A DOI looks like 10.1000/abc.123")
        self.assertContains(self.save(url="https://pubmed.ncbi.nlm.nih.gov/knee/"), "ends in the number of the article")
        self.assertContains(self.save(url="ftp://example.org/a"), "An address begins with https://.")
        self.assertEqual(self.source.doi, "10.1000/cited")

    def test_a_year_in_which_nothing_was_printed_is_refused(self):
        for year in ("1799", "2147483648", str(timezone.now().year + 3)):
            with self.subTest(year):
                self.assertContains(self.save(year=year), "Write the year with four digits, such as 2021.")
        self.save(year=str(timezone.now().year + 1))
        self.assertEqual(self.source.year, timezone.now().year + 1)

    def test_a_retraction_names_every_page_that_rests_on_it_and_is_public_at_once(self):
        page = self.save(status="retracted")
        link = reverse("admin:therapies_article_change", args=[self.article.pk])
        self.assertContains(page, f'Source cited is retracted. These pages cite it: <a href="{link}">A page</a>.')
        self.assertEqual(current().sources["cited"]["status"], "retracted")

    def test_superseding_names_the_newer_one(self):
        page = self.save(status="superseded", superseded_by=self.newer.pk)
        self.assertContains(page, "Source cited is superseded. These pages cite it")
        self.assertEqual(self.source.superseded_by, self.newer)

    def test_a_source_nobody_cites_says_so(self):
        self.source = self.newer
        self.assertContains(self.save(status="retracted"), "No page cites source newer.")

    def test_other_changes_name_no_pages(self):
        Source.objects.filter(pk=self.source.pk).update(status="retracted")
        self.assertNotContains(self.save(title="Another title"), "These pages cite it")

    def test_a_current_source_has_no_newer_one(self):
        self.assertContains(self.save(superseded_by=self.newer.pk), "is superseded or retracted, not current")

    def test_newer_ones_do_not_go_round_in_a_circle(self):
        Source.objects.filter(pk=self.newer.pk).update(status="superseded", superseded_by=self.source)
        for newer in (self.newer, self.source):
            page = self.save(status="superseded", superseded_by=newer.pk)
            self.assertContains(page, "That would go round in a circle")

    def test_a_circle_further_on_is_found_too(self):
        third = factories.source("third", status="superseded", superseded_by=self.newer)
        Source.objects.filter(pk=self.newer.pk).update(status="superseded", superseded_by=third)
        page = self.save(status="superseded", superseded_by=self.newer.pk)
        self.assertContains(page, "That would go round in a circle")

    def test_shows_what_its_address_last_answered(self):
        Source.objects.filter(pk=self.source.pk).update(link_status=404, link_checked_at=timezone.now())
        Source.objects.filter(pk=self.newer.pk).update(link_status=0, link_checked_at=timezone.now())
        page = self.client.get(self.url)
        for words in ("Answered 404", "No answer, "):
            self.assertContains(page, words)

    def test_filters_by_what_is_to_do(self):
        Source.objects.filter(pk=self.source.pk).update(link_status=404, status="retracted")
        Source.objects.filter(pk=self.newer.pk).update(check_state="to_confirm")
        for value, keys in {
            "check": ["newer"],
            "broken": ["cited"],
            "not_current": ["cited"],
            "x": ["cited", "newer"],
        }.items():
            with self.subTest(value):
                page = self.client.get(self.url, {"upkeep": value})
                self.assertEqual([source.key for source in page.context["cl"].result_list], keys)
