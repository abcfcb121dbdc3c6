from pathlib import Path
from unittest import TestCase, mock

from clinic.models import ClinicProfile
from tests import factories
from tests.factories import condition_document, evidence, option, treatment_document
from tests.therapies.held import TODAY, library, source
from tests.therapies.test_views import Outline, PageTests
from therapies import content_files, pages
from therapies.pages.headline import advice_against, favor, headline
from therapies.pages.matrix import CERTAINTIES, LESS_SURE, NO_TRIALS, NOT_ASSESSED, RESULT, matrix

CONTENT = Path(__file__).resolve().parents[2] / "therapies" / "content"


def treated(slug, **changes):
    return treatment_document(slug=slug, title=slug, **changes)


def condition(slug, *treatments, rows=(), **changes):
    options = [option("", "usual_care"), *(option(treatment) for treatment in treatments)]
    return condition_document(slug=slug, title=slug, options=options, evidence=list(rows), **changes)


def row(key="a", treatment="pills", **changes):
    return evidence(key, options=[treatment], **changes)


def cell(held, **filters):
    """The one cell of a matrix of one condition and one treatment."""
    ((only,),) = (line.cells for line in matrix(held, **filters).lines)
    return only


class CellTests(TestCase):
    def cell(self, *rows, is_option=True, **filters):
        return cell(library(treated("pills"), condition("knee", *["pills"] * is_option, rows=rows)), **filters)

    def test_a_result_says_its_effect_and_certainty_and_leads_to_its_row(self):
        shown = self.cell(row("ev-7", direction="probably_improves", certainty="moderate"))
        self.assertEqual((shown.kind, shown.words, shown.about), (RESULT, "Probably better", "Pain"))
        self.assertEqual((shown.certainty.level, shown.url), (3, "/conditions/knee/#row-ev-7"))

    def test_a_result_about_some_people_says_which(self):
        self.assertEqual(self.cell(row(population="People with new pain")).about, "Pain, in people with new pain")

    def test_a_search_that_found_no_trials_is_a_cell_of_its_own_with_its_row(self):
        for direction, certainty in (
            ("no_trials_found", "no_trials"),
            ("not_established", "no_trials"),
            ("no_trials_found", "very_low"),
        ):
            shown = self.cell(row("ev-8", direction=direction, certainty=certainty))
            self.assertEqual((shown.kind, shown.words), (NO_TRIALS, "No trials found"))
            self.assertEqual((shown.certainty, shown.url), (None, "/conditions/knee/#row-ev-8"))

    def test_what_we_have_not_assessed_says_so_and_leads_nowhere(self):
        pointer = row(direction="see_specific_condition", certainty="review")
        for shown in (self.cell(), self.cell(is_option=False), self.cell(pointer)):
            self.assertEqual((shown.kind, shown.words, shown.url), (NOT_ASSESSED, "Not assessed by us", ""))

    def test_a_row_of_a_treatment_that_is_no_option_any_more_is_not_shown(self):
        self.assertEqual(self.cell(row(), is_option=False).kind, NOT_ASSESSED)

    def test_what_we_could_be_paid_for_is_marked(self):
        held = library(treated("pills", offered_here=True), condition("knee", "pills"))
        self.assertTrue(cell(held).paid)
        self.assertTrue(matrix(held).sells)
        self.assertFalse(self.cell().paid)


class FilterTests(TestCase):
    HELD = library(
        treated("pills", category="medicine"),
        treated("exercise"),
        treated("spine surgery", category="surgery"),
        condition(
            "knee",
            "pills",
            "exercise",
            rows=[
                row(direction="probably_improves", certainty="moderate"),
                row("b", "exercise", direction="may_improve", certainty="low"),
            ],
        ),
        condition(
            "back",
            "pills",
            "spine surgery",
            body_region="back",
            rows=[
                row(certainty="high", certainty_basis="to_confirm"),
                row("b", "spine surgery", direction="no_trials_found", certainty="no_trials"),
            ],
        ),
    )

    def test_without_filters_every_condition_and_treatment_is_shown(self):
        shown = matrix(self.HELD)
        self.assertEqual([line.title for line in shown.lines], ["back", "knee"])
        self.assertEqual([column.title for column in shown.columns], ["exercise", "pills", "spine surgery"])
        self.assertEqual((shown.results, shown.ignored), (3, False))

    def test_a_region_shows_its_conditions_alone(self):
        shown = matrix(self.HELD, region="back")
        self.assertEqual([line.title for line in shown.lines], ["back"])
        self.assertEqual(len(shown.columns), 3)

    def test_only_regions_with_a_condition_may_be_chosen(self):
        self.assertEqual([key for key, _ in matrix(self.HELD).regions], ["back", "knee"])

    def test_a_certainty_means_at_least(self):
        self.assertEqual(matrix(self.HELD, certainty="moderate").results, 1)
        self.assertEqual(matrix(self.HELD, certainty="low").results, 2)
        self.assertEqual(matrix(self.HELD, certainty="very_low").results, 2)

    def test_a_rating_nobody_confirmed_is_no_certainty_to_count_on(self):
        shown = matrix(self.HELD, region="back", certainty="high")
        self.assertEqual((shown.results, shown.lines, shown.columns), (0, (), ()))

    def test_conditions_and_treatments_without_such_a_result_are_left_out(self):
        shown = matrix(self.HELD, certainty="moderate")
        self.assertEqual([line.title for line in shown.lines], ["knee"])
        self.assertEqual([column.title for column in shown.columns], ["pills"])
        self.assertEqual([len(line.cells) for line in shown.lines], [1])

    def test_a_less_certain_result_in_a_line_that_stays_says_that_it_is_one(self):
        held = library(
            treated("pills"),
            condition("hip", "pills", rows=[row(certainty="low")]),
            condition("knee", "pills", rows=[row(certainty="high", direction="little_or_no_difference")]),
            treated("rest"),
            condition("neck", "pills", "rest", rows=[row(certainty="low"), row("b", "rest", certainty="high")]),
        )
        neck = matrix(held, certainty="high").lines[-1]
        self.assertEqual([one.kind for one in neck.cells], [LESS_SURE, RESULT])
        self.assertEqual((neck.cells[0].certainty, neck.cells[0].url), (None, "/conditions/neck/#row-a"))

    def test_what_is_no_filter_of_ours_is_left_out_and_said(self):
        for filters in ({"region": "moon"}, {"region": "hip"}, {"certainty": "certain"}, {"certainty": "<b>"}):
            with self.subTest(filters):
                shown = matrix(self.HELD, **filters)
                self.assertEqual((len(shown.lines), shown.ignored), (2, True))

    def test_an_empty_library_has_an_empty_matrix(self):
        shown = matrix(library())
        self.assertEqual((shown.lines, shown.columns, shown.regions), ((), (), ()))


class HeadlineTests(TestCase):
    """Which of several results stands where there is room for one."""

    def first(self, *rows):
        return headline([{**each, "key": str(place)} for place, each in enumerate(rows)])["key"]

    def test_of_none_there_is_none(self):
        self.assertIsNone(headline([]))

    def test_each_rule_decides_before_the_next_whichever_row_comes_first(self):
        rated, unrated = row(certainty="very_low"), row(certainty="guideline", direction="guideline_for")
        better, worse = row(direction="may_improve"), row(direction="may_worsen")
        pairs = {
            "rated before unrated": (rated, unrated),
            "rated about some before unrated about everyone": (row(certainty="low", population="some"), unrated),
            "everyone before some": (rated, row(certainty="high", population="some")),
            "confirmed before unconfirmed": (rated, row(certainty="high", certainty_basis="to_confirm")),
            "more certain": (row(certainty="moderate", direction="probably_improves"), worse),
            "pain before function": (better, row(outcome="function", direction="may_worsen")),
            "function before the rest": (row(outcome="function"), row(outcome="cartilage", direction="may_worsen")),
            "the less favorable": (worse, better),
            "no difference before slightly better": (row(direction="little_or_no_difference"), row()),
            "slightly better before better": (row(), better),
            "studies that disagree before better": (row(direction="conflicting"), row()),
            "a guideline against before one for": (row(direction="guideline_against", certainty="guideline"), unrated),
            "less favorable, however many trials": (worse, better | {"trials": 50, "participants": 9000}),
            "more trials": (better | {"trials": 3}, better | {"trials": 2, "participants": 9000}),
            "more people": (better | {"participants": 20}, better | {"participants": 10}),
        }
        for rule, (shown, other) in pairs.items():
            with self.subTest(rule):
                self.assertEqual((self.first(shown, other), self.first(other, shown)), ("0", "1"))

    def test_favor_runs_from_worse_to_better(self):
        directions = ("may_worsen", "little_or_no_difference", "conflicting", "may_slightly_improve", "may_improve")
        self.assertEqual([favor(row(direction=direction)) for direction in directions], [0, 1, 2, 3, 4])

    def test_advice_against_is_said_unless_it_is_what_is_shown(self):
        advice = row(direction="guideline_against", certainty="guideline")
        self.assertEqual(advice_against([row(), advice], None), advice)
        self.assertIsNone(advice_against([advice], advice))
        self.assertIsNone(advice_against([row()], None))


class StarterContentTests(TestCase):
    """The matrix of the content that comes with the site says what the pages say."""

    @classmethod
    def setUpClass(cls):
        content = content_files.read_folder(CONTENT)
        sources = [{**source(), **item, "check": item["check_state"]} for item in content.lists["sources"].items]
        cls.held = library(*(file.page for file in content.pages), sources=sources)
        cls.matrix = matrix(cls.held)

    def test_every_cell_agrees_with_the_page_of_its_condition(self):
        compared = dict.fromkeys((RESULT, NO_TRIALS, NOT_ASSESSED), 0)
        for line, page in zip(self.matrix.lines, self.held.pages("condition"), strict=True):
            shown = pages.condition_page(self.held, page, TODAY)
            glance = {option.url: option for option in shown.glance}
            rows = {
                result.id: result
                for block in (*shown.usual, *shown.regenerative, *shown.surgery)
                for result in block.results
            }
            for column, cell in zip(self.matrix.columns, line.cells, strict=True):
                compared[cell.kind] += 1
                option = glance.get(column.url)
                with self.subTest(line.title, treatment=column.title):
                    if cell.kind == NOT_ASSESSED:
                        self.assertTrue(option is None or option.result is None)
                        continue
                    self.assertEqual(cell.url, f"{line.url}#{option.result.id}")
                    stands = rows[option.result.id]
                    if cell.kind == RESULT:
                        self.assertEqual((cell.words, cell.certainty), (stands.effect.short, stands.certainty))
                    else:
                        self.assertIn("No trials found", (stands.effect.short, stands.certainty.name))
        self.assertTrue(all(compared.values()), compared)

    def test_every_filter_shows_something(self):
        for region, _ in self.matrix.regions:
            self.assertTrue(matrix(self.held, region=region).lines, region)
        for certainty in ("moderate", "low", "very_low"):
            self.assertTrue(matrix(self.held, certainty=certainty).lines, certainty)

    def test_certainties_are_those_of_the_words(self):
        self.assertEqual(list(CERTAINTIES), ["high", "moderate", "low", "very_low"])


class EvidenceViewTests(PageTests):
    URL = "/evidence/"

    def test_is_a_real_table_with_headers_for_every_row_and_column(self):
        text = self.client.get(self.URL).content.decode()
        self.assertIn("<caption", text)
        self.assertEqual(text.count('scope="col"'), 3)  # the corner, two treatments
        self.assertEqual(text.count('scope="row"'), 1)
        self.assertEqual(text.count('role="cell"'), 2)
        for role in ("table", "rowgroup", "row", "columnheader", "rowheader"):
            self.assertIn(f'role="{role}"', text)

    def test_a_cell_leads_to_its_row_on_the_page_of_the_condition(self):
        response = self.client.get(self.URL)
        self.assertContains(response, '<a href="/conditions/knee/#row-b">Probably little or no difference</a>')
        self.assertIn("row-b", Outline(self.client.get("/conditions/knee/").content.decode()).ids)

    def test_both_kinds_of_empty_cells_are_told_apart(self):
        factories.treatment(live=True, slug="none", title="No trials")
        factories.treatment(live=True, slug="unseen", title="Unseen")
        factories.condition(
            live=True,
            slug="hip",
            title="Hip pain",
            body_region="hip",
            options=[option("", "usual_care"), option("none"), option("unseen")],
            evidence=[evidence(options=["none"], direction="no_trials_found", certainty="no_trials")],
        )
        response = self.client.get("/evidence/?region=hip")
        self.assertContains(response, '<a href="/conditions/hip/#row-ev-001">No trials found</a>', 1)
        self.assertContains(response, ">Not assessed by us</td>", 3)

    def test_filters_work_without_a_script_and_keep_what_was_chosen(self):
        response = self.client.get("/evidence/?region=knee&certainty=low")
        self.assertContains(response, '<option value="knee" selected>Knee</option>')
        self.assertContains(response, '<option value="low" selected>Low certainty or higher</option>')
        self.assertContains(response, '<form class="filters" method="get" action="/evidence/">')
        self.assertNotContains(self.client.get("/evidence/?certainty=high"), "<table")

    def test_a_filtered_view_is_not_listed_and_names_the_whole_as_its_address(self):
        ClinicProfile.objects.create(name="Clinic", is_demo=False)
        for url, is_listed in ((self.URL, True), ("/evidence/?region=knee", False)):
            with self.subTest(url):
                text = self.client.get(url).content.decode()
                self.assertEqual('name="robots" content="noindex"' not in text, is_listed)
                self.assertRegex(text, r'<link rel="canonical" href="[^"?]+/evidence/">')

    def test_a_filter_that_is_none_of_ours_is_left_out_with_a_word(self):
        for query in (
            "region=moon",
            "certainty=certain",
            "region=%3Cscript%3Ealert(1)%3C/script%3E",
            "region=" + "a" * 900,
        ):
            with self.subTest(query):
                response = self.client.get(f"/evidence/?{query}")
                self.assertContains(response, "A filter in the address is none of ours")
                self.assertContains(response, "<table")
                self.assertNotContains(response, "alert(1)")

    def test_what_else_stands_in_the_address_changes_nothing(self):
        plain = self.client.get(self.URL)
        for query in ("utm_source=x", "region=&certainty=", "t=prp"):
            self.assertEqual(self.client.get(f"/evidence/?{query}")["ETag"], plain["ETag"])

    def test_a_hostile_query_is_kept_by_nobody(self):
        self.client.get("/evidence/?region=knee")
        for number in range(3):
            self.client.get(f"/evidence/?region=moon{number}")
        with mock.patch("therapies.views.matrix", wraps=matrix) as made:
            self.client.get("/evidence/?region=knee")
            self.assertEqual(made.call_count, 0)
            self.client.get("/evidence/?region=moon1")
            self.assertEqual(made.call_count, 1)

    def test_leads_to_the_method_and_the_method_back(self):
        self.assertContains(self.client.get(self.URL), 'href="/evidence/how-we-grade/"')
        self.assertContains(self.client.get("/evidence/how-we-grade/"), 'href="/evidence/"')
        self.assertContains(self.client.get("/"), 'href="/evidence/"')
