import datetime
from decimal import Decimal
from unittest import TestCase, mock

from clinic.models import ClinicProfile
from tests.factories import condition_document, evidence, option, treatment_document
from tests.therapies.held import TODAY, library, live, question, source
from tests.therapies.test_views import PageTests
from therapies import publishing
from therapies.models import Revision
from therapies.pages import approval, parts
from therapies.pages.compare import comparison


def status(place="US", status="not_approved"):
    row = {"jurisdiction": place, "status": status, "public_statement": "Said.", "source": ""}
    return {**row, "checked_on": "", "recheck_due": ""}


def cell(slug="cells", **changes):
    fields = {"category": "cell_therapy", "is_regenerative": True, "cell_source": "autologous"}
    return treatment_document(slug=slug, title=slug, **{**fields, "regulatory": [status()], **changes})


EXERCISE = treatment_document(slug="exercise", title="Exercise", recovery="None.", key_facts=["Cost: Free."])
PILLS = treatment_document(slug="pills", title="Pills", category="medicine")
SHOT = live(
    treatment_document(slug="shot", title="Shot", category="injection", offered_here=True, key_facts=["Cost: Low."]),
    live={"price_low": Decimal(100), "price_high": Decimal(100)},
)
KNEE = condition_document(
    slug="knee",
    title="Knee",
    care_advice=[
        {"level": "emergency", "action": "Call {emergency_number} if:", "red_flags": [], "items": ["it is hot"]},
        {"level": "urgent", "action": "Today if:", "red_flags": [], "items": ["it swells"]},
    ],
    options=[
        option("", "usual_care", description="Rest and time."),
        option("exercise", "first_line", what_it_takes="An hour.", time_to_effect="Weeks.", main_harms="Sore."),
        option("shot", "second_line", duration_of_effect="Months."),
        option("cells", "investigational"),
        option("pills", "not_recommended"),
    ],
    evidence=[
        evidence("a", options=["shot"], sources=["one"]),
        evidence("b", options=["exercise"], sources=["two"]),
        evidence("c", options=["shot"], direction="little_or_no_difference", sources=["three"]),
    ],
)
HELD = library(
    EXERCISE,
    PILLS,
    SHOT,
    cell(),
    KNEE,
    sources=[source(key) for key in ("one", "two", "three")],
    questions=[question("q1", "shot"), question("q2", "exercise"), question("q3")],
)


def compared(*asked, held=HELD, today=TODAY):
    return comparison(held, held.page("condition", "knee"), asked, today)


def titles(shown):
    return [side.line.title for side in shown.sides]


class ChoiceTests(TestCase):
    def test_without_a_choice_all_options_stand_in_the_order_of_the_page(self):
        shown = compared()
        self.assertEqual(titles(shown), ["Usual care", "Exercise", "Shot", "cells", "Pills"])
        self.assertEqual((shown.is_choice, shown.ignored, shown.is_normal), (False, False, True))
        self.assertTrue(all(choice.is_chosen for choice in shown.choices))

    def test_usual_care_stands_beside_every_choice_and_is_none_itself(self):
        shown = compared("shot")
        self.assertEqual(titles(shown), ["Usual care", "Shot"])
        self.assertEqual([c.value for c in shown.choices], ["exercise", "shot", "cells", "pills"])
        self.assertEqual([c.value for c in shown.choices if c.is_chosen], ["shot"])
        self.assertTrue(shown.is_choice and shown.is_normal)

    def test_the_order_of_the_address_changes_nothing_but_its_form(self):
        shown = compared("pills", "exercise")
        self.assertEqual(titles(shown), ["Usual care", "Exercise", "Pills"])
        self.assertEqual((shown.ignored, shown.is_normal), (False, False))

    def test_what_is_no_option_or_stands_twice_is_left_out_and_said(self):
        for asked in (("shot", "unknown"), ("shot", "shot"), ("shot", "<b>"), ("shot", "knee")):
            with self.subTest(asked):
                shown = compared(*asked)
                self.assertEqual(titles(shown), ["Usual care", "Shot"])
                self.assertEqual((shown.ignored, shown.is_normal), (True, False))

    def test_an_address_that_names_no_option_at_all_shows_all(self):
        shown = compared("unknown")
        self.assertEqual((len(shown.sides), shown.ignored, shown.is_choice), (5, True, False))

    def test_an_option_whose_treatment_is_not_live_is_unknown(self):
        shown = compared("exercise", held=library(KNEE, PILLS))
        self.assertEqual((titles(shown), shown.ignored), (["Usual care", "Pills"], True))

    def test_a_condition_without_options_has_nothing_to_compare(self):
        shown = compared("exercise", held=library({**KNEE, "options": []}, EXERCISE))
        self.assertEqual((shown.sides, shown.choices, shown.ignored), ([], [], True))


class SideTests(TestCase):
    def side(self, slug, **changes):
        return next(side for side in compared(slug, **changes).sides if side.line.url)

    def test_answers_the_same_questions_for_each_option(self):
        side = self.side("exercise")
        self.assertEqual((side.line.what_it_takes, side.line.main_harms), ("An hour.", "Sore."))
        self.assertEqual((side.time_to_effect, side.duration_of_effect), ("Weeks.", ""))
        self.assertEqual((side.recovery, side.cost, side.blank), ("None.", "Free.", "Not recorded"))

    def test_usual_care_says_what_it_is(self):
        usual = compared().sides[0]
        self.assertEqual((usual.description, usual.blank), ("Rest and time.", "Depends on its parts"))

    def test_shows_the_result_that_the_page_shows(self):
        side = self.side("shot")
        self.assertEqual(side.line.result.effect.short, "May make little or no difference")

    def test_our_price_is_said_where_we_offer_it(self):
        self.assertEqual(self.side("shot").cost, "Here: $100. Low.")

    def test_what_we_could_be_paid_for_is_marked(self):
        self.assertEqual([side.line.paid for side in compared().sides], [False, False, True, False, False])
        self.assertEqual(compared().charges, "We charge for some of these treatments.")
        self.assertEqual(compared("exercise").charges, "")

    def test_only_the_cell_therapy_carries_the_notice(self):
        noticed = [side.line.title for side in compared().sides if side.notice]
        self.assertEqual(noticed, ["cells"])


class SheetTests(TestCase):
    """Printed, it is the sheet to bring along."""

    def test_the_signs_to_get_help_first_stand_on_it(self):
        shown = compared("shot")
        self.assertEqual((shown.emergency.action, shown.emergency.signs), ("Call 911 if:", ("it is hot",)))
        self.assertEqual(shown.urgent.signs, ("it swells",))

    def test_questions_and_sources_are_those_of_what_is_compared(self):
        shown = compared("shot")
        self.assertEqual([row["key"] for row in shown.questions], ["q1", "q3"])
        self.assertEqual([row.key for row in shown.sources], ["three"])
        self.assertEqual([row.key for row in compared().sources], ["two", "three"])

    def test_what_several_options_share_is_a_note_said_once(self):
        advice = evidence("d", options=["cells"], direction="guideline_against", certainty="guideline")
        options = [*KNEE["options"], option("more", "investigational")]
        knee = {**KNEE, "options": options, "evidence": [advice, evidence("e", options=["cells"])]}
        shown = compared(held=library(EXERCISE, PILLS, SHOT, cell(), cell("more"), knee))
        sides = {side.line.title: side for side in shown.sides}
        self.assertEqual(
            [(note.mark, note.text) for note in shown.notes],
            [("a", sides["cells"].line.warning), ("b", sides["cells"].notice)],
        )
        self.assertEqual((sides["cells"].warning_mark, sides["cells"].notice_mark), ("a", "b"))
        self.assertEqual((sides["more"].warning_mark, sides["more"].notice_mark), ("", "b"))
        self.assertEqual((sides["Pills"].warning_mark, sides["Pills"].notice_mark), ("", ""))

    def test_its_address_names_what_was_chosen(self):
        self.assertEqual((compared().query, compared("pills", "shot", "no").query), ("", "?t=shot&t=pills"))

    def test_a_source_is_named_shortly(self):
        shown = parts.source(1, source("one", authors="A. B.", year=2020, doi="10.1/x", publisher="BMJ"), {})
        self.assertEqual(shown.on_paper, "2020. doi.org/10.1/x")
        shown = parts.source(
            1, source("one", authors="", year=2020, doi="", url="https://a.example/b", publisher="BMJ"), {}
        )
        self.assertEqual(shown.on_paper, "BMJ, 2020. a.example/b")


class NoticeTests(TestCase):
    def notice(self, document=None, dates=None, **clinic):
        page = live(document or cell(), live={"regulatory_dates": dates or {}})
        return approval.notice(page, library(**clinic).clinic, TODAY)

    def test_appears_by_itself_on_a_cell_therapy_without_approval(self):
        self.assertTrue(self.notice().startswith("The US Food and Drug Administration (FDA) has not approved"))
        self.assertIn("your own doctor", self.notice())
        for state in ("investigational", "unclear", "off_label", "cleared_other_use"):
            self.assertTrue(self.notice(cell(regulatory=[status(status=state)])), state)

    def test_is_that_of_the_place_of_the_clinic(self):
        document = cell(regulatory=[status("US"), status("EU"), status("GB")])
        for country, words in (("GB", "in the United Kingdom"), ("DE", "in the European Union")):
            self.assertIn(words, self.notice(document, country=country))
        self.assertIn("no record", self.notice(document, country="NZ"))

    def test_is_not_said_of_what_is_approved_or_holds_no_cells(self):
        for state in ("approved", "exempt"):
            self.assertEqual(self.notice(cell(regulatory=[status(status=state)])), "")
        self.assertEqual(self.notice(cell(category="regenerative_injection", cell_source="none")), "")
        self.assertEqual(approval.notice(None, library().clinic, TODAY), "")

    def test_past_its_recheck_date_it_says_when_that_held(self):
        due = {"checked_on": datetime.date(2025, 1, 1), "recheck_due": TODAY - datetime.timedelta(days=1)}
        self.assertTrue(self.notice(dates={"US": due}).startswith("When this was last checked,"))

    def test_what_the_law_wants_said_besides_is_the_text_of_the_clinic(self):
        said = self.notice(cell_therapy_notice="This notice is given under the law.")
        self.assertTrue(
            said.endswith("(FDA) has not approved this cell treatment. This notice is given under the law.")
        )


class CostTests(TestCase):
    def cost(self, facts=(), *, offered=True, **prices):
        document = treatment_document(offered_here=offered, key_facts=list(facts))
        return approval.cost(live(document, live=prices), library().clinic)

    def test_is_what_the_page_says_of_cost_in_short(self):
        self.assertEqual(self.cost(["Recovery: Days.", "Cost: Often covered."]), "Often covered.")
        self.assertEqual(self.cost(["No label"]), "")
        self.assertEqual(approval.cost(None, library().clinic), "")

    def test_begins_with_our_own_price_or_why_there_is_none(self):
        prices = {"price_low": Decimal(10), "price_high": Decimal(20)}
        self.assertEqual(self.cost(["Cost: Varies."], **prices), "Here: $10 to $20. Varies.")
        self.assertEqual(self.cost(price_on_request_reason="In your letter."), "Here: In your letter.")
        self.assertEqual(self.cost(["Cost: Varies."], offered=False, **prices), "Varies.")


class CompareViewTests(PageTests):
    URL = "/conditions/knee/compare/"

    def test_is_a_table_with_the_same_rows_for_each_option(self):
        text = self.client.get(self.URL).content.decode()
        self.assertEqual(text.count('scope="row"'), 3 + 1)  # usual care has a second, shorter row for paper
        self.assertEqual(text.count('role="cell"'), 15 + 1)
        for part in ("Recovery", "Time until it works", "How long it lasts"):
            self.assertEqual(text.count(f'<b class="compare__part">{part}</b>'), 3, part)
        for part in ("Cost", "Approval, United States"):
            self.assertEqual(text.count(f'<b class="compare__part off-paper">{part}</b>'), 3, part)

    def test_a_form_of_boxes_chooses(self):
        response = self.client.get(f"{self.URL}?t=prp")
        self.assertContains(response, '<form class="chooser" method="get" action="/conditions/knee/compare/">')
        self.assertContains(response, 'name="t" value="prp" id="t-prp" checked')
        self.assertContains(response, 'name="t" value="exercise" id="t-exercise">')
        self.assertContains(response, "Usual care is always shown")
        self.assertNotContains(response, 'class="compare__name" href="/treatments/exercise/"')
        self.assertContains(response, '<span class="compare__name">Usual care</span>')

    def test_what_is_left_out_is_said(self):
        words = "The address names something that is not an option for this condition, or names one twice."
        self.assertNotContains(self.client.get(f"{self.URL}?t=prp&t=exercise"), words)
        for query in ("t=prp&t=nope", "t=prp&t=prp", "t=%3Cscript%3Ealert(1)%3C/script%3E", "t=" + "a" * 900):
            with self.subTest(query):
                response = self.client.get(f"{self.URL}?{query}")
                self.assertContains(response, words)
                self.assertNotContains(response, "alert(1)")

    def test_a_choice_is_not_listed_and_names_the_whole_as_its_address(self):
        ClinicProfile.objects.create(name="Clinic", is_demo=False)
        Revision.objects.update(is_demonstration=False, needs_clinician=False)
        publishing.library_changed()
        for url, is_listed in ((self.URL, True), (f"{self.URL}?t=prp", False)):
            with self.subTest(url):
                text = self.client.get(url).content.decode()
                self.assertEqual('name="robots" content="noindex"' not in text, is_listed)
                self.assertRegex(text, r'<link rel="canonical" href="[^"?]+/conditions/knee/compare/">')

    def test_only_a_choice_in_its_normal_form_is_kept(self):
        for query, is_kept in (
            ("t=exercise&t=prp", True),
            ("t=prp&t=exercise", False),
            ("t=prp&t=nope", False),
            ("t=prp&t=prp", False),
        ):
            with self.subTest(query), mock.patch("therapies.views.comparison", wraps=comparison) as made:
                for _ in range(2):
                    self.assertEqual(self.client.get(f"{self.URL}?{query}").status_code, 200)
                self.assertEqual(made.call_count, 1 if is_kept else 2)

    def test_is_led_to_from_the_options_at_a_glance(self):
        self.assertContains(self.client.get("/conditions/knee/"), f'href="{self.URL}"')
        self.assertContains(self.client.get("/treatments/prp/"), f'href="{self.URL}"')

    def test_an_unknown_condition_is_not_found(self):
        self.assertEqual(self.client.get("/conditions/unknown/compare/?t=prp").status_code, 404)
