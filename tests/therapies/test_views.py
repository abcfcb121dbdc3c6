import datetime
import re
from html.parser import HTMLParser

from django.test import TestCase
from django.utils import timezone

from clinic.models import ClinicProfile
from tests import factories
from tests.factories import evidence, option, section
from therapies import publishing
from therapies.models import GlossaryTerm, Page, QuestionToAsk, Revision, Source

HOSTILE = "<script>alert(1)</script>"
FIGURE = "About 1.2 points on a 0 to 10 scale."


class Outline(HTMLParser):
    """The headings, ids and links of a page."""

    def __init__(self, html):
        super().__init__()
        self.levels, self.ids, self.hrefs, self.tags = [], [], [], set()
        self.attributes = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        # Data for machines is no script: nothing runs it.
        self.tags.add(tag if found.get("type") != "application/ld+json" else "data")
        self.attributes |= set(found)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in found:
            self.ids.append(found["id"])
        if "href" in found:
            self.hrefs.append(found["href"])


class PageTests(TestCase):
    """One live condition with two live treatments, and what must hold for each public page."""

    URLS = (
        "/conditions/",
        "/conditions/knee/",
        "/treatments/",
        "/treatments/prp/",
        "/glossary/",
        "/questions-to-ask/",
        "/sources/",
        "/evidence/",
        "/evidence/?region=knee&certainty=low",
        "/evidence/how-we-grade/",
        "/conditions/knee/compare/",
        "/conditions/knee/compare/?t=prp",
        "/conditions/knee/history/",
        "/treatments/prp/history/",
    )

    @classmethod
    def setUpTestData(cls):
        factories.source("seen", title="A seen study")
        factories.source("unseen", title="An unseen study", check_state="to_confirm")
        factories.treatment(live=True, slug="exercise", title="Exercise")
        cls.prp = factories.treatment(
            live=True,
            slug="prp",
            title="PRP injection",
            category="regenerative_injection",
            is_regenerative=True,
            procedure="injection",
            synonyms=[{"text": "plasma therapy", "is_misspelling": False}],
            offered_here=True,
            sections=[
                section(),
                section(
                    "limits",
                    heading="What it might not do",
                    body="The trials are few and small. It may be no better than a dummy injection. It is unproven, and still being studied.",
                ),
            ],
            regulatory=[
                {
                    "jurisdiction": place,
                    "status": "not_approved",
                    "public_statement": f"Not approved in {place}.",
                    "source": "",
                    "checked_on": "",
                    "recheck_due": "",
                }
                for place in ("US", "EU")
            ],
            adverse_outcomes=[
                {
                    "name": "Soreness",
                    "serious": False,
                    "frequency_n": 25,
                    "frequency_denominator": 100,
                    "frequency_words": "",
                    "sources": ["seen"],
                },
                factories.adverse_outcome("Infection", serious=True),
            ],
        )
        cls.knee = factories.condition(
            live=True,
            slug="knee",
            title="Knee pain",
            synonyms=[{"text": "sore knee", "is_misspelling": False}],
            sections=[section(body=f"Text [@seen]. {HOSTILE}")],
            care_advice=[
                {
                    "level": "emergency",
                    "action": "Call {emergency_number} now if:",
                    "red_flags": [],
                    "items": ["you cannot stand"],
                }
            ],
            options=[
                option("", "usual_care"),
                option("exercise"),
                option("prp", "investigational", description="Few trials."),
            ],
            evidence=[
                evidence("a", options=["exercise"], sources=["seen"], figure=FIGURE, detail=HOSTILE),
                evidence(
                    "b",
                    options=["prp"],
                    sources=["unseen"],
                    figure="Hidden figure.",
                    trials=7,
                    direction="little_or_no_difference",
                    certainty="moderate",
                    comparator="a dummy injection",
                    time_point="12 months",
                ),
            ],
            answered_claims=[
                {
                    "claim": "It regrows cartilage",
                    "verdict": "unsupported",
                    "answer": "No trial shows it.",
                    "sources": [],
                }
            ],
        )
        factories.article(live=True, slug="how-we-grade", title="How we grade evidence", category="method")
        GlossaryTerm.objects.create(term="Placebo", definition="A dummy treatment.")
        QuestionToAsk.objects.create(key="q-1", text="Is it approved?", why="Most are not.")
        publishing.library_changed()


class EveryPageTests(PageTests):
    def test_is_served_to_anyone_and_only_read(self):
        for url in self.URLS:
            with self.subTest(url):
                self.assertEqual(self.client.get(url).status_code, 200)
                self.assertEqual(self.client.head(url).status_code, 200)
                self.assertEqual(self.client.post(url).status_code, 405)

    def test_sets_no_cookie_and_may_be_kept_by_a_shared_cache(self):
        for url in self.URLS:
            with self.subTest(url):
                response = self.client.get(url)
                self.assertFalse(response.cookies)
                self.assertNotIn("cookie", response.get("Vary", "").lower())
                self.assertIn("public", response["Cache-Control"])

    def test_costs_at_most_one_query_when_warm(self):
        for url in self.URLS:
            with self.subTest(url):
                self.client.get(url)
                with self.assertNumQueries(1):
                    self.client.get(url)

    def test_has_one_title_and_skips_no_heading_level(self):
        for url in self.URLS:
            with self.subTest(url):
                levels = Outline(self.client.get(url).content.decode()).levels
                self.assertEqual(levels.count(1), 1)
                reached = 1
                for level in levels[levels.index(1) :]:
                    self.assertLessEqual(level, reached + 1)
                    reached = level

    def test_links_within_the_page_lead_somewhere(self):
        for url in self.URLS:
            with self.subTest(url):
                outline = Outline(self.client.get(url).content.decode())
                self.assertEqual(len(outline.ids), len(set(outline.ids)))
                within = {href[1:] for href in outline.hrefs if href.startswith("#")}
                self.assertLessEqual(within, set(outline.ids))

    def test_runs_no_script_and_carries_no_inline_style(self):
        for url in self.URLS:
            with self.subTest(url):
                outline = Outline(self.client.get(url).content.decode())
                self.assertNotIn("script", outline.tags)
                self.assertNotIn("style", outline.tags | outline.attributes)


class ConditionViewTests(PageTests):
    URL = "/conditions/knee/"

    def test_says_what_studies_found_how_sure_and_against_what(self):
        response = self.client.get(self.URL)
        self.assertContains(response, "Probably makes little or no difference to pain")
        self.assertContains(response, "Pain, compared with a dummy injection, at 12 months")
        self.assertContains(response, "Moderate certainty")
        self.assertContains(response, FIGURE)

    def test_a_figure_to_confirm_is_hidden(self):
        response = self.client.get(self.URL)
        self.assertNotContains(response, "Hidden figure.")
        self.assertNotContains(response, "7 trials")
        self.assertContains(response, "Figure to be confirmed.")
        self.assertContains(response, "Figures to be confirmed.")

    def test_get_help_now_comes_first_and_names_the_emergency_number(self):
        ClinicProfile.objects.create(name="Clinic", phone="(202) 555-0100", emergency_number="911", country="US")
        text = self.client.get(self.URL).content.decode()
        self.assertIn("Call 911 now if:", text)
        self.assertIn('href="tel:911"', text)
        self.assertLess(text.index('id="emergency"'), text.index('id="overview"'))
        self.assertLess(text.index('id="overview"'), text.index('id="options"'))

    def test_says_when_it_last_changed_also_when_it_cites_nothing(self):
        factories.condition(live=True, slug="plain", title="Plain")
        response = self.client.get("/conditions/plain/")
        self.assertNotContains(response, 'id="sources"')
        self.assertContains(response, "Last change <time")
        self.assertContains(response, "This page is demonstration content.", count=2)

    def test_usual_care_comes_before_what_we_charge_for(self):
        text = self.client.get(self.URL).content.decode()
        self.assertLess(text.index('id="usual-care"'), text.index('id="regenerative"'))
        self.assertContains(self.client.get(self.URL), "We could be paid for this")

    def test_answers_what_people_are_told_elsewhere(self):
        response = self.client.get(self.URL)
        self.assertContains(response, "<q>It regrows cartilage</q>")
        self.assertContains(response, "<strong>Not supported.</strong> No trial shows it.")

    def test_says_that_no_clinician_has_reviewed_it(self):
        response = self.client.get(self.URL)
        self.assertContains(response, "Not yet reviewed by a clinician")
        self.assertNotContains(response, "Reviewed <time")

    def test_the_consultation_link_carries_the_condition_and_comes_after_the_evidence(self):
        response = self.client.get(self.URL)
        text = response.content.decode()
        self.assertLess(text.index('id="sources"'), text.index('href="/consultation/?condition=knee"'))
        self.assertContains(response, "We charge for some of these treatments.")

    def test_markup_of_an_editor_is_text(self):
        response = self.client.get(self.URL)
        self.assertNotContains(response, "<script>")
        self.assertContains(response, "&lt;script&gt;alert(1)&lt;/script&gt;", 2)

    def test_a_draft_and_an_unknown_page_are_not_found_a_withdrawn_one_is_gone(self):
        factories.condition(slug="draft", title="Draft")
        Revision.objects.filter(page__slug="knee").update(state="withdrawn")
        publishing.library_changed()
        for slug, status in {"draft": 404, "unknown": 404, "knee": 410}.items():
            with self.subTest(slug):
                self.assertEqual(self.client.get(f"/conditions/{slug}/").status_code, status)

    def test_a_treatment_is_not_found_among_conditions(self):
        self.assertEqual(self.client.get("/conditions/prp/").status_code, 404)

    def test_later_edits_of_the_working_copy_are_not_shown(self):
        self.knee.title = "Edited"
        self.knee.save()
        publishing.library_changed()
        self.assertNotContains(self.client.get(self.URL), "Edited")

    def test_a_source_that_fell_says_so_in_the_list(self):
        words = {"retracted": '<strong class="flag flag--urgent">Retracted</strong>', "superseded": "Superseded by: <a"}
        newer = factories.source("newer", title="A newer study")
        for status, said in words.items():
            with self.subTest(status):
                Source.objects.filter(key="seen").update(status=status, superseded_by=newer)
                publishing.library_changed()
                for url in (self.URL, "/sources/"):
                    self.assertContains(self.client.get(url), said)

    def test_a_figure_that_rests_on_a_retracted_source_alone_is_hidden(self):
        Source.objects.filter(key="seen").update(status="retracted")
        publishing.library_changed()
        self.assertNotContains(self.client.get(self.URL), FIGURE)

    def test_says_when_its_review_is_overdue_and_asks_not_to_be_listed_after_90_days(self):
        ClinicProfile.objects.create(name="Clinic", is_demo=False)
        Revision.objects.update(is_demonstration=False, needs_clinician=False)
        for days, is_said, is_listed in ((0, False, True), (1, True, True), (90, True, True), (92, True, False)):
            due = timezone.localdate(timezone=ClinicProfile.zone()) - datetime.timedelta(days=days)
            Page.objects.update(next_review_due=due)
            publishing.library_changed()
            text = self.client.get(self.URL).content.decode()
            with self.subTest(days):
                words = f'This page’s review was due on <time datetime="{due:%Y-%m-%d}">'
                self.assertEqual(words in text, is_said)
                self.assertEqual('<meta name="robots" content="noindex">' not in text, is_listed)

    def test_every_row_of_evidence_has_a_place_of_its_own(self):
        ids = Outline(self.client.get(self.URL).content.decode()).ids
        self.assertLessEqual({"row-a", "row-b"}, set(ids))

    def test_contents_stand_once(self):
        self.assertContains(self.client.get(self.URL), "On this page", 2)  # the name of the list, and its lid


class TreatmentViewTests(PageTests):
    URL = "/treatments/prp/"

    def test_status_and_money_come_before_any_benefit(self):
        text = self.client.get(self.URL).content.decode()
        for first in ("Not approved in US.", "We charge for this treatment.", "We offer it and could be paid for it."):
            self.assertLess(text.index(first), text.index('id="evidence"'))
        self.assertLess(text.index("Not approved in US."), text.index("Not approved in EU."))

    def test_says_when_nobody_has_checked_the_approval(self):
        self.assertContains(self.client.get(self.URL), "Not yet checked.", 2)

    def test_shows_the_day_of_the_last_check_and_what_is_past_its_recheck(self):
        self.prp.regulatory_statuses.filter(jurisdiction="US").update(
            checked_on=datetime.date(2020, 1, 2), recheck_due=datetime.date(2021, 1, 2)
        )
        publishing.library_changed()
        response = self.client.get(self.URL)
        self.assertContains(response, '<time datetime="2020-01-02">2 January 2020</time>')
        self.assertContains(response, "To be checked again.")

    def test_shows_the_evidence_of_its_conditions(self):
        response = self.client.get(self.URL)
        self.assertContains(response, '<a href="/conditions/knee/">Knee pain</a>')
        self.assertContains(response, "Probably makes little or no difference to pain")
        self.assertNotContains(response, "Hidden figure.")

    def test_says_how_often_harm_happens(self):
        self.assertContains(self.client.get(self.URL), "Soreness: 25 in 100 people")

    def test_alternatives_stand_beside_it_with_their_harms(self):
        text = self.client.get(self.URL).content.decode()
        table = text[text.index('id="alternatives"') :].partition("</table>")[0]
        self.assertEqual(table.count('scope="row"'), 3)
        self.assertIn("Usual care", table)
        self.assertIn('href="/treatments/exercise/"', table)
        self.assertNotIn('href="/treatments/prp/"', table)

    def test_says_whom_to_tell_of_harm(self):
        self.assertContains(self.client.get(self.URL), "tell your doctor and us, and report it to")
        self.assertContains(self.client.get("/treatments/exercise/"), "tell your doctor and the clinic that gave it")

    def test_an_unapproved_cell_therapy_carries_the_notice_before_everything_it_says(self):
        words = "The US Food and Drug Administration (FDA) has not approved this cell treatment."
        self.assertNotContains(self.client.get(self.URL), words)
        document = {**Revision.objects.get(page=self.prp, state="live").document, "cell_source": "autologous"}
        Revision.objects.filter(page=self.prp).update(document=document)
        publishing.library_changed()
        text = self.client.get(self.URL).content.decode()
        self.assertLess(text.index(words), text.index("Not approved in US."))
        self.assertContains(self.client.get("/conditions/knee/compare/"), words)
        self.assertContains(self.client.get("/conditions/knee/"), words)

    def test_the_consultation_link_carries_the_treatment(self):
        response = self.client.get(self.URL)
        self.assertContains(response, 'href="/consultation/?treatment=prp"')
        self.assertContains(response, "We charge for this treatment.")
        self.assertNotContains(self.client.get("/treatments/exercise/"), "We charge for this")

    def test_evidence_of_a_withdrawn_condition_is_gone(self):
        Revision.objects.filter(page__slug="knee").update(state="withdrawn")
        publishing.library_changed()
        response = self.client.get(self.URL)
        self.assertContains(response, "We have not assessed any trials of this treatment.")
        self.assertNotContains(response, "/conditions/knee/")

    def test_an_unknown_treatment_is_not_found(self):
        self.assertEqual(self.client.get("/treatments/unknown/").status_code, 404)


class ListTests(PageTests):
    def test_conditions_stand_from_a_to_z_and_by_region(self):
        response = self.client.get("/conditions/")
        self.assertContains(response, 'id="pain-knee"')
        self.assertContains(response, '<a href="/conditions/knee/">Sore knee (Knee pain)</a>')
        self.assertContains(response, 'href="#letter-K"')
        self.assertNotContains(response, 'href="#letter-X"')

    def test_treatments_are_grouped_and_marked(self):
        response = self.client.get("/treatments/")
        text = response.content.decode()
        self.assertLess(text.index('id="exercise"'), text.index('id="regenerative-injection"'))
        self.assertContains(response, "We could be paid for this.", 1)
        self.assertContains(response, "Also called: plasma therapy")

    def test_readers_who_look_for_stem_cell_therapy_find_its_kinds(self):
        self.assertNotContains(self.client.get("/treatments/"), "Looking for stem cell therapy?")
        for slug in ("marrow", "fat", "grown"):
            factories.treatment(live=True, slug=slug, title=slug, category="cell_therapy", cell_source="autologous")
        self.assertContains(
            self.client.get("/treatments/"), "Looking for stem cell therapy? There are three kinds here:"
        )

    def test_glossary_questions_and_sources_hold_their_rows(self):
        self.assertContains(self.client.get("/glossary/"), 'id="term-placebo"')
        self.assertContains(self.client.get("/questions-to-ask/"), "Is it approved?")
        response = self.client.get("/sources/")
        self.assertContains(response, '<li id="seen">')
        self.assertContains(response, "Figures to be confirmed.", 1)

    def test_how_we_grade_is_an_article(self):
        self.assertContains(self.client.get("/evidence/how-we-grade/"), "<h1>How we grade evidence</h1>", html=False)


class EmptyLibraryTests(TestCase):
    def test_lists_say_that_they_are_empty(self):
        for url, words in {
            "/conditions/": "No conditions are published yet.",
            "/treatments/": "No treatments are published yet.",
            "/glossary/": "No words are explained yet.",
            "/questions-to-ask/": "No questions are published yet.",
            "/sources/": "No sources are listed yet.",
        }.items():
            with self.subTest(url):
                self.assertContains(self.client.get(url), words)

    def test_a_real_clinic_serves_no_demonstration_content(self):
        factories.condition(live=True, slug="knee", title="Knee pain")
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 200)
        ClinicProfile.objects.create(name="Clinic", country="US", is_demo=False)
        publishing.library_changed()
        self.assertEqual(self.client.get("/conditions/knee/").status_code, 404)
