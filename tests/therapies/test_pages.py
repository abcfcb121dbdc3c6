import datetime
from decimal import Decimal
from unittest import TestCase

from django.template.loader import render_to_string

from tests.factories import (
    article_document,
    condition_document,
    evidence,
    option,
    section,
    treatment_document,
)
from tests.therapies.held import TODAY, library, live, question, source
from therapies import pages
from therapies.models import Source
from therapies.pages import approval, indexes
from therapies.red_flags import RED_FLAGS

EMERGENCY = next(flag for flag in RED_FLAGS.values() if flag.level == "emergency")


def cell(slug, **changes):
    return treatment_document(
        slug=slug, title=slug, category="cell_therapy", is_regenerative=True, cell_source="autologous", **changes
    )


KNEE = {"slug": "knee", "title": "Knee"}
PRP = {"slug": "prp", "title": "PRP", "category": "regenerative_injection", "is_regenerative": True}
EXERCISE = {"slug": "exercise", "title": "Exercise"}
SURGERY = {"slug": "surgery", "title": "Knee surgery", "category": "surgery", "procedure": "surgery"}


def condition(*treatments, rows=(), sources=(), **changes):
    """The condition page of a library with these treatments, each an option."""
    options = [option(""), *(option(document["slug"]) for document in treatments)]
    options[0]["role"] = "usual_care"
    document = condition_document(**KNEE | {"options": options, "evidence": list(rows)} | changes)
    held = library(document, *treatments, sources=sources or [source()])
    return pages.condition_page(held, held.page("condition", "knee"), TODAY)


def treatment(document, *, rows=(), sources=(), live_facts=None, others=(), **clinic):
    """The page of a treatment that is an option of one live condition."""
    options = [option("", role="usual_care"), option(document["slug"]), *(option(o["slug"]) for o in others)]
    page = live(document, live=live_facts or {})
    knee = condition_document(**KNEE, options=options, evidence=list(rows))
    held = library(page, knee, *others, sources=sources or [source()], **clinic)
    return pages.treatment_page(held, page, TODAY)


class ConditionPageTests(TestCase):
    def test_puts_evidence_under_usual_care_regenerative_options_and_surgery(self):
        shown = condition(
            treatment_document(**EXERCISE),
            treatment_document(**PRP),
            treatment_document(**SURGERY),
            rows=[evidence("a", options=["prp"]), evidence("b", options=["surgery"])],
        )
        self.assertEqual([block.title for block in shown.usual], ["Usual care", "Exercise"])
        self.assertEqual([block.title for block in shown.regenerative], ["PRP"])
        self.assertEqual([block.title for block in shown.surgery], ["Knee surgery"])

    def test_sources_are_numbered_as_the_reader_meets_them(self):
        shown = condition(
            treatment_document(**EXERCISE),
            rows=[evidence(options=["exercise"], sources=["third", "first"])],
            sections=[section(body="One [@first]."), section("symptoms", body="Two [@second].")],
            answered_claims=[{"claim": "c", "verdict": "partly", "answer": "a", "sources": ["fourth"]}],
            sources=[source(key) for key in ("fourth", "third", "second", "first", "unused")],
        )
        self.assertEqual([row.key for row in shown.sources], ["first", "second", "third", "fourth"])
        self.assertIn("#source-3", shown.usual[1].results[0].cites)

    def test_an_option_whose_treatment_is_not_live_is_not_shown(self):
        knee = condition_document(
            **KNEE,
            options=[option("", role="usual_care"), option("draft")],
            evidence=[evidence(options=["draft"], sources=["trial"])],
        )
        held = library(knee, sources=[source()])
        shown = pages.condition_page(held, held.page("condition", "knee"), TODAY)
        self.assertEqual([line.title for line in shown.glance], ["Usual care"])
        self.assertEqual([block.title for block in shown.usual], ["Usual care"])
        self.assertEqual(shown.sources, [])

    def test_a_row_that_points_elsewhere_is_not_a_result(self):
        shown = condition(
            treatment_document(**PRP),
            rows=[evidence(options=["prp"], direction="see_specific_condition", certainty="review")],
        )
        self.assertEqual(shown.regenerative[0].results, ())
        self.assertIsNone(shown.glance[1].result)

    def test_a_row_about_several_options_stands_once_with_all_their_names(self):
        shown = condition(
            cell("marrow"),
            cell("fat"),
            rows=[evidence("a", options=["marrow", "fat"]), evidence("b", options=["fat"])],
        )
        together, marrow, fat = shown.regenerative
        self.assertEqual(together.title, "Several kinds of cell injection taken together")
        self.assertEqual([link.title for link in together.members], ["marrow", "fat"])
        self.assertEqual([len(block.results) for block in (together, marrow, fat)], [1, 0, 1])

    def test_an_option_whose_shared_result_stands_under_another_heading_is_not_called_unassessed(self):
        treatments = [treatment_document(**EXERCISE), treatment_document(**PRP)]
        for direction, said in (
            (
                "may_improve",
                "Studies took it together with others: see the results under another heading of this page.",
            ),
            ("no_trials_found", "We looked for trials of it together with others and found none: see under another"),
        ):
            row = evidence(options=["exercise", "prp"], direction=direction)
            shown = condition(*treatments, rows=[row])
            with self.subTest(direction):
                self.assertTrue(shown.usual[1].note.startswith(said))
                self.assertIn("above", shown.regenerative[1].note)
        self.assertIn("not assessed", condition(*treatments).usual[1].note)

    def test_what_is_not_recommended_comes_last_by_name(self):
        knee = condition_document(
            **KNEE,
            options=[
                option("", "usual_care"),
                *(option(slug, "not_recommended") for slug in ("zinc", "arnica")),
                option("exercise", "investigational"),
            ],
        )
        treatments = [treatment_document(slug=slug, title=slug) for slug in ("zinc", "arnica", "exercise")]
        held = library(knee, *treatments)
        shown = pages.condition_page(held, held.page("condition", "knee"), TODAY)
        for lines in (shown.glance, shown.usual):
            self.assertEqual([line.title for line in lines], ["Usual care", "exercise", "arnica", "zinc"])

    def test_the_table_says_where_a_result_took_several_together(self):
        shown = condition(cell("marrow"), cell("fat"), rows=[evidence(options=["marrow", "fat"])])
        self.assertEqual(
            [line.result.together for line in shown.glance[1:]],
            ["Several kinds of cell injection taken together"] * 2,
        )

    def test_the_table_shows_the_most_certain_result_whichever_way_it_points(self):
        shown = condition(
            treatment_document(**PRP),
            rows=[
                evidence("a", options=["prp"], direction="may_improve", certainty="low"),
                evidence("b", options=["prp"], direction="little_or_no_difference", certainty="moderate"),
                evidence(
                    "c",
                    options=["prp"],
                    outcome="guideline position",
                    direction="guideline_against",
                    certainty="guideline",
                ),
            ],
        )
        line = shown.glance[1]
        self.assertEqual(
            line.result.effect.full, "Probably makes little or no difference to pain, compared with no treatment."
        )
        self.assertEqual((line.more, line.warning), (2, "A guideline recommends against it."))

    def test_the_table_prefers_a_result_about_everyone_with_the_condition(self):
        shown = condition(
            treatment_document(**EXERCISE),
            rows=[
                evidence("a", options=["exercise"], certainty="high", population="people with new pain"),
                evidence("b", options=["exercise"], certainty="low"),
                evidence("c", options=["exercise"], direction="guideline_for", certainty="guideline"),
            ],
        )
        self.assertEqual(shown.glance[1].result.certainty.level, 2)

    def test_what_we_could_be_paid_for_is_marked(self):
        shown = condition(treatment_document(**PRP, offered_here=True), treatment_document(**EXERCISE))
        self.assertEqual([line.paid for line in shown.glance], [False, True, False])
        self.assertTrue(shown.regenerative[0].paid)

    def test_our_price_stands_where_we_could_be_paid(self):
        knee = condition_document(**KNEE, options=[option("", role="usual_care"), option("prp"), option("exercise")])
        prices = {"price_low": Decimal(700), "price_high": Decimal(1200)}
        held = library(
            live(treatment_document(**PRP, offered_here=True), live=prices),
            live(treatment_document(**EXERCISE), live=prices),
            knee,
        )
        shown = pages.condition_page(held, held.page("condition", "knee"), TODAY)
        self.assertEqual([line.price for line in shown.glance], ["", "$700 to $1,200", ""])

    def test_regenerative_options_say_whether_they_are_approved(self):
        row = {"jurisdiction": "US", "status": "not_approved", "public_statement": "No.", "source": ""}
        regulatory = [row | {"checked_on": "", "recheck_due": ""}]
        shown = condition(treatment_document(**EXERCISE, regulatory=regulatory), cell("marrow", regulatory=regulatory))
        self.assertEqual([block.approval for block in shown.regenerative], ["Not approved"])
        self.assertEqual([block.approval for block in shown.usual], ["", ""])

    def test_the_notice_appears_where_an_option_is_an_unapproved_cell_therapy(self):
        self.assertIn("cell treatment", condition(treatment_document(**PRP), cell("marrow")).notice)
        self.assertEqual(condition(treatment_document(**PRP)).notice, "")

    def test_what_you_can_do_yourself_comes_after_what_happens_without_a_procedure(self):
        sections = [section("self_care", heading="Yourself"), section("overview")]
        shown = condition(sections=sections, natural_progression="It passes.")
        self.assertEqual([id for id, _ in shown.contents][1:4], ["overview", "without", "self-care"])

    def test_care_cards_take_their_signs_and_the_emergency_number(self):
        shown = condition(
            care_advice=[
                {
                    "level": "emergency",
                    "action": "Call {emergency_number} if:",
                    "red_flags": [EMERGENCY.id],
                    "items": ["it is worse"],
                }
            ]
        )
        self.assertEqual(shown.emergency.action, "Call 911 if:")
        self.assertEqual(shown.emergency.signs, (EMERGENCY.sign, "it is worse"))
        self.assertEqual(shown.emergency.call, "911")
        self.assertIsNone(shown.urgent)

    def test_contents_list_only_what_is_there(self):
        listed = dict(condition(sections=[section("symptoms", heading="Symptoms")]).contents)
        self.assertEqual(listed["symptoms"], "Symptoms")
        self.assertNotIn("surgery", listed)
        self.assertNotIn("sources", listed)

    def test_related_pages_are_parent_children_and_neighbours(self):
        held = library(
            condition_document(slug="a", title="A", parent="wide"),
            condition_document(slug="wide", title="Wide", body_region="general"),
            condition_document(slug="near", title="Near"),
            condition_document(slug="far", title="Far", body_region="neck"),
        )
        shown = pages.condition_page(held, held.page("condition", "a"), TODAY)
        self.assertEqual([link.title for link in shown.related], ["Wide", "Near"])
        self.assertEqual(
            shown.crumbs,
            [("Conditions", "/conditions/"), ("Knee", "/conditions/#pain-knee"), ("Wide", "/conditions/wide/")],
        )

    def test_questions_about_its_options_come_before_general_ones(self):
        knee = condition_document(**KNEE, options=[option("prp")])
        held = library(
            knee,
            treatment_document(**PRP),
            questions=[
                question("q1"),
                question("q2", "prp"),
                question("q3", "other"),
                question("q4", kind="faq"),
            ],
        )
        shown = pages.condition_page(held, held.page("condition", "knee"), TODAY)
        self.assertEqual([row["key"] for row in shown.questions], ["q2", "q1"])


class FigureTests(TestCase):
    ROW = {
        "options": ["exercise"],
        "figure": "About 1.2 points.",
        "trials": 8,
        "participants": 459,
        "mean_difference": 1.2,
        "range_low": 0.5,
        "range_high": 1.9,
        "intervention_n": 21,
        "intervention_total": 44,
        "comparator_n": 16,
        "comparator_total": 45,
        "sources": ["trial"],
    }

    def result(self, sources=None, **changes):
        shown = condition(
            treatment_document(**EXERCISE),
            rows=[evidence(**self.ROW | changes)],
            sources=sources or [source()],
        )
        return shown.usual[1].results[0]

    def test_a_confirmed_row_shows_its_figures(self):
        result = self.result()
        self.assertEqual(result.figure, "About 1.2 points.")
        self.assertEqual(result.counts, "8 trials, 459 people")
        self.assertIn("Got better: 21 of 44 people given exercise", result.responders)
        self.assertEqual((result.plot.x, result.plot.x1, result.plot.x2), (210.0, 175.0, 245.0))
        self.assertEqual(
            result.plot.alt,
            "Average difference 1.2 better on a scale of 0 to 10; likely range 0.5 better to 1.9 better.",
        )

    def assert_hidden(self, result):
        self.assertTrue(result.to_confirm)
        self.assertEqual((result.figure, result.counts, result.responders, result.plot), ("", "", "", None))
        self.assertTrue(result.effect.sentence)

    def test_a_row_to_confirm_hides_every_figure_and_keeps_its_sentence(self):
        self.assert_hidden(self.result(certainty_basis="to_confirm"))

    def test_a_source_to_confirm_hides_every_figure(self):
        self.assert_hidden(self.result(sources=[source(check="to_confirm")]))

    def test_no_plot_without_mean_and_range_or_beyond_its_axis(self):
        self.assertIsNone(self.result(mean_difference=None, range_low=None, range_high=None).plot)
        self.assertIsNone(self.result(range_high=3.5).plot)

    def test_a_plot_says_its_numbers_to_everyone_and_what_is_shaded(self):
        drawn = self.result().plot
        drawing = render_to_string("components/effect_plot.html", {"p": drawn})
        self.assertIn(f'aria-label="{drawn.alt}"', drawing)
        self.assertIn(f'aria-hidden="true">{drawn.alt} The shaded part begins at 1.5 points', drawing)

    def test_only_a_measured_effect_has_a_plot_and_counts(self):
        for changes in (
            {"direction": "guideline_against", "certainty": "guideline"},
            {"direction": "no_trials_found", "certainty": "no_trials", "trials": None, "participants": None},
            {"direction": "harms_reported", "certainty": "very_low"},
            {"certainty": "review"},
        ):
            with self.subTest(str(changes)):
                result = self.result(**changes)
                self.assertEqual((result.plot, result.responders), (None, ""))


class TreatmentPageTests(TestCase):
    def test_gathers_the_evidence_of_every_live_condition(self):
        document = treatment_document(**PRP)
        held = library(
            document,
            condition_document(slug="b", title="B", options=[option("prp")], evidence=[evidence(options=["prp"])]),
            condition_document(slug="a", title="A", options=[option("prp")], evidence=[evidence(options=["prp"])]),
            condition_document(slug="c", title="C", options=[option("prp")]),
        )
        shown = pages.treatment_page(held, held.page("treatment", "prp"), TODAY)
        self.assertEqual([group.title for group in shown.evidence], ["A", "B"])
        self.assertEqual([link.title for link in shown.not_assessed], ["C"])

    def test_a_row_about_several_says_so_where_one_stands_alone(self):
        shown = treatment(cell("marrow"), others=[cell("fat")], rows=[evidence(options=["marrow", "fat"])])
        self.assertEqual(shown.evidence[0].results[0].together, "Several kinds of cell injection taken together")
        mixed = treatment(
            cell("marrow"), others=[treatment_document(**PRP)], rows=[evidence(options=["marrow", "prp"])]
        )
        self.assertEqual(mixed.best.together, "Several kinds of treatment taken together")

    def test_the_status_box_has_the_most_certain_result(self):
        shown = treatment(
            treatment_document(**PRP),
            rows=[
                evidence("a", options=["prp"], direction="may_improve"),
                evidence("b", options=["prp"], direction="little_or_no_difference", certainty="moderate"),
            ],
        )
        self.assertEqual(shown.best.certainty.level, 3)
        self.assertEqual(shown.best_for.url, "/conditions/knee/")

    def test_a_row_that_points_elsewhere_is_not_a_result(self):
        pointer = evidence(options=["prp"], direction="see_specific_condition", certainty="review")
        shown = treatment(treatment_document(**PRP), rows=[pointer])
        self.assertEqual(shown.evidence, [])
        self.assertEqual([link.title for link in shown.not_assessed], ["Knee"])

    def test_without_evidence_there_is_no_result(self):
        shown = treatment(treatment_document(**PRP))
        self.assertIsNone(shown.best)
        self.assertEqual(shown.evidence, [])

    def test_harms_say_how_often(self):
        harms = [
            {"name": "Pain", "serious": False, "frequency_n": 25, "frequency_denominator": 100, "frequency_words": ""},
            {"name": "Infection", "serious": True, "frequency_n": None, "frequency_denominator": None}
            | {"frequency_words": "rare"},
        ]
        shown = treatment(treatment_document(**PRP, adverse_outcomes=[harm | {"sources": ["trial"]} for harm in harms]))
        self.assertEqual([(h.name, h.how_often) for h in shown.common_harms], [("Pain", "25 in 100 people")])
        self.assertEqual([(h.name, h.how_often) for h in shown.serious_harms], [("Infection", "rare")])
        self.assertIn("#source-1", shown.serious_harms[0].cites)

    def test_alternatives_stand_beside_it_in_the_same_rows(self):
        shown = treatment(
            treatment_document(**PRP),
            others=[treatment_document(**EXERCISE), treatment_document(**SURGERY), cell("marrow")],
            rows=[evidence(options=["prp"])],
        )
        self.assertEqual(
            [side.line.title for side in shown.compared], ["Usual care", "PRP", "Exercise", "Knee surgery"]
        )
        self.assertEqual(shown.compared_for.url, "/conditions/knee/")
        self.assertEqual([link.url for link in shown.compare_links], ["/conditions/knee/compare/"])

    def test_further_alternatives_link_to_live_treatments_and_leave_out_others(self):
        document = treatment_document(**PRP, alternatives=["exercise", "surgery", "A clinical trial", "gone-treatment"])
        held = library(
            document,
            treatment_document(**EXERCISE),
            treatment_document(**SURGERY),
            condition_document(**KNEE, options=[option("", role="usual_care"), option("prp"), option("exercise")]),
        )
        shown = pages.treatment_page(held, held.page("treatment", "prp"), TODAY)
        self.assertEqual(
            [(link.title, link.url) for link in shown.alternatives],
            [("Knee surgery", "/treatments/surgery/"), ("A clinical trial", "")],
        )

    def test_without_a_condition_its_alternatives_are_a_list(self):
        document = treatment_document(**PRP, alternatives=["exercise"])
        held = library(document, treatment_document(**EXERCISE))
        shown = pages.treatment_page(held, held.page("treatment", "prp"), TODAY)
        self.assertEqual((shown.compared, shown.compared_for, shown.compare_links), ([], None, []))
        self.assertEqual([link.title for link in shown.alternatives], ["Exercise"])

    def test_reasons_against_are_told_apart(self):
        reasons = [
            {"name": "Infection", "degree": "absolute", "explanation": ""},
            {"name": "Blood thinners", "degree": "relative", "explanation": ""},
        ]
        shown = treatment(treatment_document(**PRP, contraindications=reasons))
        self.assertEqual([row["name"] for row in shown.never], ["Infection"])
        self.assertEqual([row["name"] for row in shown.judged], ["Blood thinners"])

    def test_harm_is_reported_where_the_clinic_is(self):
        self.assertEqual(treatment(treatment_document(**PRP)).report_harm.title, "FDA MedWatch")
        self.assertIsNone(treatment(treatment_document(**PRP), country="NZ").report_harm)


class ApprovalTests(TestCase):
    REGULATORY = [
        {"jurisdiction": place, "status": "not_approved", "public_statement": f"In {place}.", "source": "trial"}
        | {"checked_on": "", "recheck_due": ""}
        for place in ("US", "EU", "GB")
    ]

    def approvals(self, dates=None, **clinic):
        document = treatment_document(**PRP, regulatory=self.REGULATORY)
        return treatment(document, live_facts={"regulatory_dates": dates or {}}, **clinic).approvals

    def test_the_country_of_the_clinic_comes_first(self):
        for country, first in {"US": "United States", "GB": "United Kingdom", "DE": "European Union"}.items():
            with self.subTest(country):
                shown = self.approvals(country=country)
                self.assertEqual((shown[0].place, shown[0].is_here), (first, True))
                self.assertFalse(any(row.is_here for row in shown[1:]))

    def test_a_country_without_a_record_has_no_status_of_its_own(self):
        self.assertFalse(any(row.is_here for row in self.approvals(country="NZ")))

    def test_a_status_nobody_checked_has_no_date(self):
        self.assertIsNone(self.approvals()[0].checked_on)

    def test_past_its_recheck_date_a_status_is_not_current(self):
        checked = datetime.date(2025, 1, 1)
        due = {"checked_on": checked, "recheck_due": TODAY - datetime.timedelta(days=1)}
        self.assertFalse(self.approvals({"US": due})[0].is_current)
        self.assertEqual(self.approvals({"US": due})[0].short, "Being checked again")
        today = due | {"recheck_due": TODAY}
        self.assertTrue(self.approvals({"US": today})[0].is_current)

    def test_the_table_shows_the_status_where_the_clinic_is(self):
        page = live(treatment_document(**PRP, regulatory=self.REGULATORY))
        self.assertEqual(approval.approval_here(page, library(country="US").clinic, TODAY), "Not approved")
        self.assertEqual(approval.approval_here(page, library(country="NZ").clinic, TODAY), "")
        self.assertEqual(approval.approval_here(None, library().clinic, TODAY), "")


class PriceTests(TestCase):
    def price(self, currency="USD", **facts):
        page = live(treatment_document(**PRP), live=facts)
        return approval.price(page, library(currency=currency).clinic)

    def test_a_range_and_one_price(self):
        self.assertEqual(self.price(price_low=Decimal("700"), price_high=Decimal("1200")), "$700 to $1,200")
        self.assertEqual(self.price("CHF", price_low=Decimal("700.50"), price_high=Decimal("700.50")), "700.50 CHF")

    def test_without_a_price_the_reason_is_said(self):
        facts = {"price_low": None, "price_high": None, "price_on_request_reason": "In your letter."}
        self.assertEqual(self.price(**facts), "In your letter.")
        self.assertEqual(self.price(), "")


class ReviewTests(TestCase):
    def review(self, **fields):
        held = library(live(condition_document(**KNEE), **fields))
        return pages.condition_page(held, held.page("condition", "knee"), TODAY).review

    def test_demonstration_content_shows_no_reviewer_and_no_date(self):
        review = self.review(reviewed_on=TODAY, next_review_due=TODAY)
        self.assertTrue(review.is_demonstration)
        self.assertEqual((review.name, review.reviewed_on, review.next_due), ("", None, None))

    def test_an_approved_page_names_its_reviewer_and_its_dates(self):
        person = {"name": "A. Reviewer", "credentials": "MD", "url": "/about/clinicians/a/"}
        review = self.review(is_demonstration=False, approved_by=person, reviewed_on=TODAY, next_review_due=TODAY)
        self.assertEqual((review.name, review.reviewed_on, review.is_overdue), ("A. Reviewer", TODAY, False))

    def test_an_overdue_review_is_said(self):
        review = self.review(is_demonstration=False, next_review_due=TODAY - datetime.timedelta(days=1))
        self.assertTrue(review.is_overdue)


class SourceTests(TestCase):
    def shown(self, **fields):
        shown = condition(sections=[section(body="x [@trial]")], sources=[source(**fields)])
        return shown.sources[0]

    def test_reads_as_a_reference_with_its_address(self):
        row = self.shown()
        self.assertEqual(
            (row.authors, row.title, row.published), ("Example A", "A study called trial", "A journal, 2024")
        )
        self.assertEqual(row.url, "https://doi.org/10.1000/trial")
        self.assertEqual((row.status, row.to_confirm, row.kind), ("", False, "Systematic review"))

    def test_says_when_it_is_retracted_or_to_confirm(self):
        self.assertEqual(self.shown(status="retracted").status, "Retracted")
        self.assertTrue(self.shown(status="retracted").is_retracted)
        self.assertTrue(self.shown(check="to_confirm").to_confirm)

    def test_what_is_superseded_names_the_newer_one(self):
        newer = source("newer", title="A newer study.")
        shown = condition(
            sections=[section(body="x [@trial]")], sources=[source(status="superseded", superseded_by="newer"), newer]
        )
        (row,) = shown.sources
        self.assertEqual((row.status, row.is_retracted), ("Superseded", False))
        self.assertEqual((row.newer.title, row.newer.url), ("A newer study", "/sources/#newer"))
        self.assertIsNone(self.shown(status="superseded", superseded_by="unknown").newer)

    def test_without_a_doi_its_address_is_shown(self):
        row = self.shown(doi="", url="https://www.who.int/a", authors="", year=None)
        self.assertEqual((row.url, row.authors, row.published), ("https://www.who.int/a", "", "A journal"))


class ArticlePageTests(TestCase):
    def test_shows_its_sections_and_sources(self):
        document = article_document(
            sections=[section("text", heading="One"), section("text", heading="Two", body="x [@trial]")]
        )
        held = library(document, sources=[source()])
        shown = pages.article_page(held, held.page("article", document["slug"]), TODAY)
        self.assertEqual(shown.contents, [("text-one", "One"), ("text-two", "Two"), ("sources", "Sources")])


class IndexTests(TestCase):
    CONDITIONS = library(
        condition_document(
            slug="knee",
            title="Knee pain",
            synonyms=[{"text": "sore knee", "is_misspelling": False}, {"text": "nee", "is_misspelling": True}],
        ),
        condition_document(slug="back", title="Back pain", body_region="back"),
    ).pages("condition")

    def test_a_to_z_holds_titles_and_other_names_but_no_misspelling(self):
        letters = {
            letter.letter: [entry.name for entry in letter.entries] for letter in indexes.a_to_z(self.CONDITIONS)
        }
        self.assertEqual((letters["B"], letters["K"], letters["S"]), (["Back pain"], ["Knee pain"], ["Sore knee"]))
        self.assertEqual((letters["N"], len(letters)), ([], 26))

    def test_regions_follow_the_body_map_and_leave_out_empty_ones(self):
        self.assertEqual([region.key for region in indexes.by_region(self.CONDITIONS)], ["back", "knee"])

    def test_treatments_are_grouped_with_free_and_safer_kinds_first(self):
        held = library(cell("marrow"), treatment_document(**SURGERY), treatment_document(**EXERCISE))
        kinds = indexes.by_category(held.pages("treatment"))
        self.assertEqual([kind.id for kind in kinds], ["exercise", "surgery", "cell-therapy"])

    def test_counts_the_kinds_of_stem_cell_therapy(self):
        cells = indexes.cell_therapies(library(cell("a"), cell("b"), cell("c")).pages("treatment"))
        self.assertEqual((cells.count, [link.title for link in cells.links]), ("three", ["a", "b", "c"]))
        self.assertIsNone(indexes.cell_therapies(library().pages("treatment")))

    def test_glossary_terms_have_a_place_each(self):
        terms = indexes.glossary(library(glossary=[{"term": "Dummy (placebo)", "definition": "x"}]))
        self.assertEqual(terms[0].id, "term-dummy-placebo")

    def test_questions_are_general_first_then_by_treatment_and_apart_what_readers_ask_us(self):
        held = library(
            treatment_document(**PRP), questions=[question("a", "prp"), question("b"), question("c", kind="faq")]
        )
        groups, asked = indexes.questions(held)
        self.assertEqual([group.heading for group in groups], ["About any treatment", "PRP"])
        self.assertEqual([row["key"] for row in asked], ["c"])

    def test_every_kind_of_source_has_a_heading(self):
        self.assertEqual(set(indexes.KINDS), set(Source.Kind.values))

    def test_sources_are_grouped_by_kind(self):
        held = library(sources=[source("b", kind="rct"), source("a", kind="guideline")])
        self.assertEqual([group.id for group in indexes.sources(held)], ["guideline", "rct"])
