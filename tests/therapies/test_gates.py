from django.test import SimpleTestCase, TestCase

from clinic.models import ClinicProfile
from tests import factories
from tests.therapies import starter_rules as starter
from therapies import balance, gate_rules, gates
from therapies.claim_gates import claim_gates
from therapies.claims import Rule
from therapies.gate_rules import SourceFact
from therapies.models import ClaimRule, ClaimWaiver, Source, Treatment

CHECKS = (*gate_rules.RULES, *balance.RULES)
SOURCES = {"filled-in": SourceFact("systematic_review"), "trial": SourceFact("rct"), "other": SourceFact("other")}
CURE = Rule("cure", "cures?", "Cure", "block", "Implies too much.", "may help a little")
BETTER = Rule("better", "better", "Better", "needs_source", "Needs a trial.")
HOPE = Rule("hope", "hope", "Hope", "warn", "Plays on feelings.")


def opened(document, sources=SOURCES, *, is_demo=False):
    found = [gate for check in CHECKS for gate in check(document, sources, is_demo)]
    return [(gate.kind, gate.severity) for gate in found]


def condition(**changes):
    return factories.condition_document(
        **{
            "options": [factories.option("", "usual_care"), factories.option()],
            "evidence": [factories.evidence(sources=["filled-in"])],
            **changes,
        }
    )


def cells(**changes):
    return factories.treatment_document(**{"is_regenerative": True, **changes})


class EachGate(SimpleTestCase):
    def refused(self, document, kind, severity="block", *, allowed, sources=SOURCES, is_demo=False):
        self.assertEqual(opened(document, sources, is_demo=is_demo), [(kind, severity)])
        self.assertEqual(opened(allowed), [])

    def test_lets_whole_pages_through(self):
        for document in (condition(), cells(), factories.treatment_document(), factories.article_document()):
            with self.subTest(document["kind"]):
                self.assertEqual(opened(document), [])

    def test_usual_care(self):
        self.refused(condition(options=[factories.option()]), "usual_care", allowed=condition())

    def test_red_flags(self):
        later = [factories.care_card("non_urgent")]
        urgent = condition(care_advice=[factories.care_card("urgent")])
        for care_advice in ([], later):
            self.refused(condition(care_advice=care_advice), "red_flags", allowed=urgent)

    def test_harms_of_an_option(self):
        without = [factories.option("", "usual_care"), factories.option(main_harms="")]
        self.refused(condition(options=without), "harms_missing", allowed=condition())

    def test_harms_of_a_treatment(self):
        self.refused(
            factories.treatment_document(adverse_outcomes=[]), "harms_missing", allowed=factories.treatment_document()
        )

    def test_evidence_without_a_source(self):
        self.refused(condition(evidence=[factories.evidence()]), "unsourced", allowed=condition())

    def test_a_frequency_without_a_source_warns(self):
        counted = {"frequency_n": 1, "frequency_denominator": 100}
        self.refused(
            factories.treatment_document(adverse_outcomes=[factories.adverse_outcome(**counted)]),
            "unsourced",
            "warn",
            allowed=factories.treatment_document(
                adverse_outcomes=[factories.adverse_outcome(**counted, sources=["trial"])]
            ),
        )

    def test_an_answer_without_a_source_warns(self):
        claim = {"claim": "x", "verdict": "partly", "answer": "y", "sources": []}
        self.refused(
            condition(answered_claims=[claim]),
            "unsourced",
            "warn",
            allowed=condition(answered_claims=[{**claim, "sources": ["trial"]}]),
        )

    def test_a_retracted_source_wherever_it_stands(self):
        sources = {**SOURCES, "gone": SourceFact("rct", "retracted")}
        for document in (
            condition(evidence=[factories.evidence(sources=["filled-in", "gone"])]),
            condition(natural_progression="So [@gone]."),
            condition(sections=[factories.section(body="- So [@trial; @gone]")]),
            factories.treatment_document(regulatory=[factories.regulatory(source="gone")]),
            factories.treatment_document(adverse_outcomes=[factories.adverse_outcome(sources=["gone"])]),
        ):
            self.refused(document, "retracted_source", sources=sources, allowed=condition())

    def test_a_superseded_source_warns(self):
        sources = {**SOURCES, "old": SourceFact("rct", "superseded")}
        self.refused(
            condition(natural_progression="So [@old]."),
            "superseded_source",
            "warn",
            sources=sources,
            allowed=condition(natural_progression="So [@trial]."),
        )

    def test_a_source_nobody_knows(self):
        self.refused(condition(natural_progression="So [@nothing]."), "unknown_source", allowed=condition())

    def test_a_result_to_confirm_stops_all_but_a_demonstration(self):
        document = condition(evidence=[factories.evidence(sources=["filled-in"], certainty_basis="to_confirm")])
        self.refused(document, "to_confirm", allowed=condition())
        self.refused(document, "to_confirm", "warn", is_demo=True, allowed=condition())

    def test_a_source_to_confirm_stops_all_but_a_demonstration(self):
        sources = {**SOURCES, "unseen": SourceFact("rct", check="to_confirm")}
        document = condition(natural_progression="So [@unseen].")
        self.refused(document, "to_confirm", sources=sources, allowed=condition())
        self.refused(document, "to_confirm", "warn", sources=sources, is_demo=True, allowed=condition())

    def test_certainty_on_less_than_two_trials_warns(self):
        for certainty in ("high", "moderate"):
            row = factories.evidence(sources=["trial"], certainty=certainty)
            for enough in (
                {"sources": ["trial", "filled-in"]},
                {"trials": 2},
                {"certainty": "low"},
            ):
                self.refused(
                    condition(evidence=[row]), "certainty_basis", "warn", allowed=condition(evidence=[row | enough])
                )

    def test_a_long_review_interval_warns(self):
        self.refused(
            condition(review_interval_months=25),
            "review_interval",
            "warn",
            allowed=condition(review_interval_months=24),
        )
        self.refused(
            cells(review_interval_months=13), "review_interval", "warn", allowed=cells(review_interval_months=12)
        )

    def test_approval_status_of_a_regenerative_treatment(self):
        self.refused(cells(regulatory=[]), "approval_status", allowed=cells())
        self.assertEqual(opened(factories.treatment_document(regulatory=[])), [])

    def test_approval_status_of_the_place_where_the_clinic_is(self):
        def opened_in(here, *places):
            document = cells(regulatory=[{"jurisdiction": place} for place in places])
            return [(gate.kind, gate.fix) for gate in gate_rules.approval_where_we_are(document, here)]

        missing = [("approval_status", "Add its status for the United States.")]
        self.assertEqual(opened_in("US", "EU"), missing)
        for here, places in (("US", ("EU", "US")), ("", ("EU",)), ("US", ())):  # with none at all another gate is open
            self.assertEqual(opened_in(here, *places), [])
        other = factories.treatment_document(regulatory=[{"jurisdiction": "EU"}])
        self.assertEqual(list(gate_rules.approval_where_we_are(other, "US")), [])

    def test_each_of_the_other_five_disclosures(self):
        mild, serious = factories.adverse_outcome(), factories.adverse_outcome("Other", serious=True)
        for what, changes in (
            ("evidence is limited", {"summary": "It is being studied. It was not recommended."}),
            ("speaks against it", {"summary": "It is being studied. It is uncertain what it does."}),
            ("is experimental", {"summary": "Small trials found it no better."}),
            ("general risks", {"adverse_outcomes": [serious]}),
            ("specific risks", {"adverse_outcomes": [mild]}),
        ):
            with self.subTest(what):
                document = cells(**changes)
                self.refused(document, "disclosures", allowed=cells())
                [gate] = balance.disclosures(document, SOURCES, False)
                self.assertIn(what, gate.message)
                self.assertEqual(gate.where, "Harms" if "risks" in what else "The whole page")

    def test_figures_that_say_the_opposite_of_their_sentence(self):
        def with_row(direction, mean=None, counts=(None,) * 4):
            names = ("intervention_n", "intervention_total", "comparator_n", "comparator_total")
            figures = dict(zip(("mean_difference", "range_low", "range_high"), (mean,) * 3, strict=True))
            row = {"direction": direction, **figures, **dict(zip(names, counts, strict=True))}
            return condition(evidence=[factories.evidence(sources=["filled-in"], **row)])

        for direction, wrong, right in (("may_improve", -0.5, 0.5), ("may_worsen", 0.5, -0.5), ("may_improve", -1, 0)):
            self.refused(with_row(direction, wrong), "figures", allowed=with_row(direction, right))
        fewer, more = (1, 10, 4, 20), (4, 20, 1, 10)
        self.refused(
            with_row("may_improve", counts=fewer), "figures", "warn", allowed=with_row("may_improve", counts=more)
        )
        self.assertEqual(opened(with_row("little_or_no_difference", -0.2, fewer)), [])

    def test_length_of_benefit_and_harm_warns_outside_half_to_double(self):
        def option(benefit, harm):
            texts = {"description": "word " * benefit, "main_harms": "word " * harm}
            return condition(options=[factories.option("", "usual_care"), factories.option(**texts)])

        for benefit, harm in ((41, 20), (19, 40)):
            self.refused(option(benefit, harm), "balance", "warn", allowed=option(40, 20))
        self.assertEqual(opened(option(20, 40)), [])
        self.assertEqual(opened(option(20, 5)), [])  # so short that a ratio says nothing


class DisclosuresOfOptions(SimpleTestCase):
    """A page on a condition says of the regenerative treatments it lists what their own pages must say."""

    def opened(self, regenerative=None, row=(), **changes):
        option = factories.option("cells", **{"role": "investigational", **dict(row)})
        found = factories.evidence(options=["cells"], direction="little_or_no_difference")
        document = condition(
            **{"options": [factories.option("", "usual_care"), option], "evidence": [found], **changes}
        )
        regenerative = {"cells": True} if regenerative is None else regenerative
        return [gate.message for gate in balance.disclosures_of_options(document, regenerative)]

    def test_nothing_is_asked_where_all_six_stand_or_none_is_listed(self):
        self.assertEqual(self.opened(), [])
        self.assertEqual(self.opened(regenerative={}, row={"main_harms": "x"}, evidence=[]), [])
        article = factories.article_document()
        self.assertEqual(list(balance.disclosures_of_options(article, {"cells": True})), [])

    def test_each_of_the_six(self):
        better = factories.evidence(options=["cells"], certainty="moderate", direction="probably_improves")
        for what, changes in (
            ("that the evidence is limited", {"evidence": [{**better, "direction": "little_or_no_difference"}]}),
            ("what speaks against them", {"evidence": [{**better, "certainty": "low"}]}),
            ("that they are experimental", {"row": {"role": "second_line"}}),
            ("its general risks", {"row": {"main_harms": "Serious: infection."}}),
            ("its specific risks", {"row": {"main_harms": "Common: pain."}}),
            ("whether it is approved", {"regenerative": {"cells": False}}),
        ):
            with self.subTest(what):
                self.assertEqual(self.opened(**changes), [f"The page does not say {what}."])

    def test_words_about_other_options_do_not_count(self):
        moderate = factories.evidence(options=["cells"], certainty="moderate", direction="may_worsen")
        other = {"sections": [factories.section("overview", body="There are few trials.")]}
        mine = {"sections": [factories.section("known_unknown", body="There are few trials.")]}
        self.assertEqual(len(self.opened(evidence=[moderate], **other)), 1)
        self.assertEqual(self.opened(evidence=[moderate], **mine), [])

    def test_the_starter_content_passes(self):
        pages = starter.pages()
        regenerative = {page["slug"]: bool(page["regulatory"]) for page in pages if page.get("is_regenerative")}
        for page in pages:
            with self.subTest(page["slug"]):
                self.assertEqual(list(balance.disclosures_of_options(page, regenerative)), [])


class ClaimGates(SimpleTestCase):
    def opened(self, *rules, waived=(), **changes):
        return list(claim_gates(factories.condition_document(**changes), SOURCES, rules, waived))

    def test_say_where_what_why_and_what_instead(self):
        [gate] = self.opened(CURE, sections=[factories.section(body="Fine.\n\nIt cures.")])
        self.assertEqual((gate.kind, gate.severity, gate.where), ("claim", "block", "Section “What it is”, body"))
        self.assertEqual(gate.message, "“cures” in “It cures.”: Implies too much.")
        self.assertEqual(gate.fix, "Write instead, for example: “may help a little”.")
        self.assertEqual((gate.rule, gate.sentence), ("cure", "It cures."))

    def test_look_into_every_text_readers_meet(self):
        rows = {
            "title": "Cure",
            "medical_name": "Cure",
            "summary": "Cure.",
            "key_facts": ["Cost: cure"],
            "when_chronic": "Cure.",
            "natural_progression": "Cure.",
            "synonyms": [{"text": "cure", "is_misspelling": False}],
            "sections": [factories.section(heading="Cure", body="Cure.")],
            "care_advice": [factories.care_card(action="Cure if:", items=["cure"])],
            "options": [
                factories.option(
                    **dict.fromkeys(("description", "who_might_consider", "what_it_takes"), "Cure."),
                    **dict.fromkeys(("time_to_effect", "duration_of_effect", "main_harms"), "Cure."),
                )
            ],
            "evidence": [
                factories.evidence(
                    **dict.fromkeys(("outcome", "population", "comparator", "time_point", "detail", "figure"), "cure")
                )
            ],
            "answered_claims": [{"claim": "x", "verdict": "partly", "answer": "Cure.", "sources": []}],
        }
        self.assertEqual(len(self.opened(CURE, **rows)), 6 + 1 + 2 + 2 + 6 + 6 + 1)

    def test_leave_out_what_readers_do_not_meet_and_claims_we_answer(self):
        self.assertEqual(
            self.opened(
                CURE,
                slug="cure",
                synonyms=[{"text": "cure", "is_misspelling": True}],
                evidence=[factories.evidence(note="cure", search_date="cure")],
                answered_claims=[{"claim": "It cures.", "verdict": "unsupported", "answer": "No.", "sources": []}],
            ),
            [],
        )

    def test_that_need_a_source_pass_with_one_in_the_same_paragraph_that_is_good_enough(self):
        for body, is_open in (
            ("It is better.", True),
            ("It is better [@trial].", False),
            ("It is better [@filled-in].", False),
            ("It is better [@other].", True),
            ("It is better.\n\nSo it is [@trial].", True),
            ("- It is better\n- So it is [@trial]", True),
            ("It is better. So it is [@trial].", False),
        ):
            with self.subTest(body):
                self.assertEqual(bool(self.opened(BETTER, sections=[factories.section(body=body)])), is_open)

    def test_that_need_a_source_may_take_it_from_their_row(self):
        row = factories.evidence(detail="It is better.")
        self.assertEqual(len(self.opened(BETTER, evidence=[row])), 1)
        self.assertEqual(self.opened(BETTER, evidence=[{**row, "sources": ["trial"]}]), [])

    def test_no_retracted_or_unconfirmed_source_is_good_enough(self):
        document = factories.condition_document(natural_progression="It is better [@trial].")
        for fact in (SourceFact("rct", "retracted"), SourceFact("rct", check="to_confirm")):
            with self.subTest(fact):
                self.assertEqual(len(list(claim_gates(document, {"trial": fact}, [BETTER], ()))), 1)

    def test_a_source_does_not_make_a_blocked_claim_pass(self):
        self.assertEqual(len(self.opened(CURE, natural_progression="It cures [@trial].")), 1)

    def test_of_a_rule_that_warns_warn(self):
        [gate] = self.opened(HOPE, natural_progression="There is hope.")
        self.assertEqual(gate.severity, "warn")

    def test_waived_stand_in_exactly_that_sentence_and_for_that_rule(self):
        changes = {"natural_progression": "It cures."}
        self.assertEqual(self.opened(CURE, waived={("cure", "It cures.")}, **changes), [])
        self.assertEqual(len(self.opened(CURE, waived={("cure", "It cures!")}, **changes)), 1)
        self.assertEqual(len(self.opened(CURE, waived={("other", "It cures.")}, **changes)), 1)


class StarterContent(SimpleTestCase):
    def test_passes_every_gate_of_a_demonstration(self):
        for page in starter.pages():
            with self.subTest(page["slug"]):
                blocked = [
                    kind for kind, severity in opened(page, starter.sources(), is_demo=True) if severity == "block"
                ]
                self.assertEqual(blocked, [])


class OpenGates(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(
            options=[factories.option("", "usual_care")], evidence=[], natural_progression="It cures. It is hope."
        )
        cls.rule = ClaimRule.objects.create(
            key="cure", pattern="cures?", category="Cure", severity="block", message="No."
        )
        ClaimRule.objects.create(key="hope", pattern="hope", category="Hope", severity="warn", message="No.")

    def opened(self, document=None):
        return [(gate.kind, gate.rule) for gate in gates.open_gates(self.page, document, is_demo=True)]

    def test_those_that_stop_come_first(self):
        found = gates.open_gates(self.page, is_demo=True)
        self.assertEqual([gate.rule for gate in found], ["cure", "hope"])
        self.assertEqual([gate.rule for gate in gates.blocking(found)], ["cure"])

    def test_are_those_of_the_working_copy_or_of_a_frozen_text(self):
        document = factories.condition_document(options=[])
        self.assertEqual(self.opened(document), [("usual_care", "")])
        self.assertEqual(len(self.opened()), 2)

    def test_a_rule_that_is_switched_off_finds_nothing(self):
        ClaimRule.objects.filter(key="cure").update(is_active=False)
        self.assertEqual(self.opened(), [("claim", "hope")])

    def test_a_waiver_holds_on_its_page_alone(self):
        clinician = factories.clinician()
        other = factories.condition(slug="other", natural_progression="It cures.")
        ClaimWaiver.objects.create(
            page=other, rule=self.rule, sentence="It cures.", reason="x", clinician=clinician, waived_by=clinician.user
        )
        self.assertIn(("claim", "cure"), self.opened())
        self.assertEqual(gates.open_gates(other, is_demo=True), ())

    def test_what_is_known_of_a_source_comes_from_its_row(self):
        factories.source("gone", status="retracted")
        factories.source("unseen", check_state="to_confirm")
        document = factories.condition_document(natural_progression="So [@gone; @unseen].")
        self.assertEqual(self.opened(document), [("retracted_source", ""), ("to_confirm", "")])

    def test_what_is_known_of_a_treatment_comes_from_its_row(self):
        factories.treatment(slug="cells", is_regenerative=True)
        document = condition(options=[factories.option("", "usual_care"), factories.option("cells")], evidence=[])
        self.assertIn(("disclosures", ""), self.opened(document))
        treatment = Treatment.objects.get(slug="cells")
        treatment.is_regenerative = False
        treatment.save()
        self.assertNotIn(("disclosures", ""), self.opened(document))

    def test_the_place_is_that_of_the_clinic(self):
        document = cells(regulatory=[factories.regulatory("EU")])
        for country, is_open in ((None, False), ("US", True), ("FR", False), ("JP", False), ("GB", True)):
            ClinicProfile.objects.all().delete()
            if country:
                ClinicProfile.objects.create(name="Example Clinic", country=country)
            with self.subTest(country):
                self.assertEqual(("approval_status", "") in self.opened(document), is_open)

    def test_cost_five_queries_for_a_document_however_large(self):
        small = factories.condition_document()
        large = factories.condition_document(sections=[factories.section("text", body="It cures.")] * 30)
        for number in range(20):
            Source.objects.create(key=f"s-{number}", title="x", url="https://example.org/", kind="rct")
        for document in (small, large):
            with self.assertNumQueries(5):
                gates.open_gates(self.page, document, is_demo=True)
        facts = gates.Facts.read()
        with self.assertNumQueries(1):
            gates.open_gates(self.page, large, is_demo=True, facts=facts)
