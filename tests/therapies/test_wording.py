import re
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from therapies import wording
from therapies.models import OutcomeEvidence

RATED = {"high": 4, "moderate": 3, "low": 2, "very_low": 1}
DIRECTIONS = [value for value in OutcomeEvidence.Direction.values if value != "see_specific_condition"]


def row(direction="may_improve", certainty="low", **fields):
    return {
        "outcome": "pain",
        "comparator": "a dummy injection",
        "time_point": "up to 6 months",
        "direction": direction,
        "certainty": certainty,
        "certainty_basis": "source",
        "trials": None,
        "participants": None,
        "sources": [],
    } | fields


def strength(sentence):
    """How much a sentence claims, told from its words alone: 4 plain, 3 probably, 2 may, 1 uncertain, 0 nothing."""
    words = sentence.lower()
    if re.search(r"uncertain|disagree|not established|no trials|without a group|guideline", words):
        return 1 if "uncertain" in words else 0
    if re.match(r"may\b", words):
        return 2
    if "probably" in words:
        return 3
    return 4


class SentenceTests(TestCase):
    def said(self, *args, **fields):
        return wording.effect(row(*args, **fields)).sentence

    def test_moderate_certainty_says_probably(self):
        self.assertEqual(self.said("probably_improves", "moderate"), "Probably improves pain")
        self.assertEqual(self.said("probably_slightly_improves", "moderate"), "Probably slightly improves pain")
        self.assertEqual(self.said("probably_worsens", "moderate"), "Probably worsens pain")

    def test_low_certainty_says_may(self):
        self.assertEqual(self.said("may_improve", "low"), "May improve pain")
        self.assertEqual(self.said("may_slightly_improve", "low"), "May slightly improve pain")
        self.assertEqual(self.said("may_worsen", "low"), "May worsen pain")

    def test_no_difference_is_said_as_strongly_as_the_certainty(self):
        direction = "little_or_no_difference"
        self.assertEqual(self.said(direction, "high"), "Makes little or no difference to pain")
        self.assertEqual(self.said(direction, "moderate"), "Probably makes little or no difference to pain")
        self.assertEqual(self.said(direction, "low"), "May make little or no difference to pain")
        self.assertEqual(self.said(direction, "very_low"), "It is very uncertain whether it makes a difference to pain")

    def test_very_low_certainty_is_very_uncertain_in_every_direction(self):
        for direction in wording.EFFECTS:
            with self.subTest(direction):
                said = wording.effect(row(direction, "very_low"))
                self.assertTrue(said.sentence.startswith("It is very uncertain whether "))
                self.assertEqual(said.sign, "unknown")

    def test_certainty_wins_over_a_stronger_direction(self):
        self.assertEqual(self.said("probably_improves", "low"), "May improve pain")

    def test_a_weaker_direction_wins_over_a_stronger_certainty(self):
        self.assertEqual(self.said("may_improve", "high"), "May improve pain")
        self.assertEqual(self.said("probably_improves", "high"), "Probably improves pain")

    def test_very_low_to_low_is_said_as_very_low(self):
        for written in ("very low to low", "very_low_to_low"):
            with self.subTest(written):
                self.assertEqual(wording.certainty(row(certainty=written)).level, 1)
                self.assertTrue(self.said("may_improve", written).startswith("It is very uncertain"))

    def test_what_is_no_effect_has_its_own_sentence(self):
        self.assertEqual(self.said("conflicting", "low"), "Studies disagree about the effect on pain")
        self.assertEqual(self.said("conflicting", "very_low"), "Studies disagree: the effect on pain is very uncertain")
        self.assertEqual(self.said("not_established", "review"), "Not established: any effect on pain")
        self.assertEqual(self.said("no_trials_found", "no_trials"), "No trials were found")
        self.assertEqual(
            self.said("harms_reported", "very_low"), "Harms were reported, without a group to compare with"
        )

    def test_a_guideline_is_named_and_claims_no_effect(self):
        position = row("guideline_against", "guideline", outcome="guideline position")
        said = wording.effect(position, guideline="WHO guideline")
        self.assertEqual(said.sentence, "The WHO guideline recommends against it")
        self.assertEqual(said.full, "The WHO guideline recommends against it.")
        self.assertEqual(said.short, "A guideline recommends against it")
        self.assertEqual(self.said("guideline_for", "guideline"), "A guideline recommends it")

    def test_a_guideline_about_one_use_says_which(self):
        said = wording.effect(row("guideline_against", "guideline", outcome="use of opioids"))
        self.assertEqual(said.full, "A guideline recommends against it (use of opioids).")

    def test_an_effect_without_a_rating_is_uncertain(self):
        self.assertEqual(self.said("may_improve", "review"), "It is uncertain whether it improves pain")
        self.assertEqual(self.said("may_improve", "no_trials"), "No trials were found")

    def test_a_row_that_points_elsewhere_is_no_result(self):
        pointer = row("see_specific_condition", "review")
        self.assertFalse(wording.is_result(pointer))
        with self.assertRaises(ValueError):
            wording.effect(pointer)

    def test_every_direction_and_certainty_of_the_model_has_words(self):
        for direction in DIRECTIONS:
            for certainty in OutcomeEvidence.Certainty.values:
                with self.subTest(f"{direction} at {certainty}"):
                    said = wording.effect(row(direction, certainty))
                    self.assertTrue(said.short and said.sentence and said.full.endswith("."))
                    self.assertIn(said.sign, {"better", "same", "worse", "unknown"})

    @given(
        direction=st.sampled_from(DIRECTIONS),
        certainty=st.sampled_from(OutcomeEvidence.Certainty.values),
        comparator=st.sampled_from(["", "any", "a dummy injection"]),
        time_point=st.sampled_from(["", "12 months", "early to 12 months"]),
        outcome=st.sampled_from(["pain", "pain and function", "knee stiffness"]),
    )
    def test_no_sentence_is_stronger_than_its_certainty(self, direction, certainty, comparator, time_point, outcome):
        said = wording.effect(row(direction, certainty, comparator=comparator, time_point=time_point, outcome=outcome))
        for text in (said.sentence, said.full):
            self.assertLessEqual(strength(text), RATED.get(certainty, 1), text)

    @given(direction=st.sampled_from(list(wording.EFFECTS)), certainty=st.sampled_from(list(RATED)))
    def test_no_short_form_is_stronger_than_its_certainty(self, direction, certainty):
        self.assertLessEqual(strength(wording.effect(row(direction, certainty)).short), RATED[certainty])


class SettingTests(TestCase):
    def test_says_against_what_and_when(self):
        said = wording.effect(row("may_slightly_improve"))
        self.assertEqual(said.full, "May slightly improve pain, compared with a dummy injection, at up to 6 months.")
        self.assertEqual(said.setting, "Pain, compared with a dummy injection, at up to 6 months")

    def test_leaves_out_what_the_row_does_not_say(self):
        said = wording.effect(row(comparator="any", time_point="not stated"))
        self.assertEqual((said.full, said.setting), ("May improve pain.", "Pain"))

    def test_says_in_whom(self):
        said = wording.effect(row(comparator="any", time_point="", population="People with a rupture"))
        self.assertEqual(said.full, "May improve pain, in people with a rupture.")

    def test_no_trials_says_what_was_looked_for(self):
        said = wording.effect(row("no_trials_found", "no_trials", comparator="exercise"))
        self.assertEqual(said.full, "No trials were found that compared it with exercise and measured pain.")
        said = wording.effect(row("no_trials_found", "no_trials", comparator="any"))
        self.assertEqual(said.full, "No trials were found that measured pain.")

    def test_a_time_point_reads_inside_a_sentence(self):
        for written, read in {
            "": "",
            "varies": "",
            "12 months": "at 12 months",
            "about 12 months": "at about 12 months",
            "end of treatment": "at the end of treatment",
            "short term": "in the short term",
            "weeks": "over some weeks",
            "weeks to months": "over weeks to months",
            "immediately after treatment": "immediately after treatment",
            "early to 12 months": "measured: early to 12 months",
        }.items():
            with self.subTest(written):
                self.assertEqual(wording.moment(written), read)


class CertaintyTests(TestCase):
    def test_fills_the_meter_only_for_a_rating(self):
        levels = {value: wording.certainty(row(certainty=value)).level for value in OutcomeEvidence.Certainty.values}
        self.assertEqual(levels, RATED | {"no_trials": 0, "guideline": 0, "review": 0})

    def test_always_has_a_name_and_a_meaning(self):
        for value in OutcomeEvidence.Certainty.values:
            with self.subTest(value):
                shown = wording.certainty(row(certainty=value))
                self.assertTrue(shown.name and shown.means)

    def test_says_of_an_unconfirmed_rating_that_it_is_one(self):
        shown = wording.certainty(row("little_or_no_difference", "high", certainty_basis="to_confirm"))
        self.assertEqual(shown.name, "High certainty, to be confirmed")
        self.assertNotIn("unlikely to change", shown.means)

    def test_says_whose_rating_it_is(self):
        self.assertEqual(wording.rated_by(row(certainty_basis="our_rating")), "Our rating")
        self.assertEqual(wording.rated_by(row(certainty_basis="source")), "Rated by the source")
        self.assertEqual(wording.rated_by(row(certainty_basis="to_confirm")), "")
        self.assertEqual(wording.rated_by(row("guideline_for", "guideline")), "")

    def test_counts_trials_and_people(self):
        self.assertEqual(wording.counts(row(trials=8, participants=459)), "8 trials, 459 people")
        self.assertEqual(wording.counts(row(trials=1, participants=8997)), "1 trial, 8,997 people")
        self.assertEqual(wording.counts(row(participants=40)), "40 people")
        self.assertEqual(wording.counts(row()), "")


class ResponderTests(TestCase):
    def test_gives_both_groups_on_one_scale(self):
        counted = row(intervention_n=21, intervention_total=44, comparator_n=16, comparator_total=45)
        self.assertEqual(
            wording.responders(counted, "PRP"),
            "Got better: 21 of 44 people given PRP (48 in 100), 16 of 45 given a dummy injection (36 in 100).",
        )

    def test_the_name_of_a_treatment_stands_inside_a_sentence(self):
        counted = row(intervention_n=1, intervention_total=2, comparator_n=1, comparator_total=2)
        for name, said in {
            "Exercise": "exercise",
            "PRP": "PRP",
            "Platelet-rich plasma": "platelet-rich plasma",
            "McKenzie exercises": "McKenzie exercises",
            "X-ray guided injection": "X-ray guided injection",
            "Alexander technique": "Alexander technique",
            "one of them": "one of them",
            "A": "a",
        }.items():
            self.assertIn(f"people given {said} (50 in 100)", wording.responders(counted, name))

    def test_so_do_the_people_it_was_tried_in(self):
        for population, said in {"Adults": "in adults", "NSAID users": "in NSAID users", "": ""}.items():
            self.assertEqual(wording.people(row(population=population)), said)

    def test_says_nothing_without_all_four_counts(self):
        self.assertEqual(wording.responders(row(intervention_n=21, intervention_total=44), "PRP"), "")
        self.assertEqual(
            wording.responders(row(intervention_n=0, intervention_total=0, comparator_n=0, comparator_total=0), "PRP"),
            "",
        )


class ToConfirmTests(TestCase):
    SOURCES = {
        "open": {"check": "to_confirm", "status": "current"},
        "seen": {"check": "abstract", "status": "current"},
        "pulled": {"check": "checked", "status": "retracted"},
    }

    def to_confirm(self, *sources, **fields):
        return wording.is_to_confirm(row(sources=list(sources), **fields), self.SOURCES)

    def test_one_confirmed_source_is_enough(self):
        self.assertFalse(self.to_confirm("seen"))
        self.assertFalse(self.to_confirm("open", "seen"))

    def test_holds_while_every_source_is_to_confirm(self):
        self.assertTrue(self.to_confirm("open"))

    def test_holds_while_the_row_is_to_confirm(self):
        self.assertTrue(self.to_confirm("seen", certainty_basis="to_confirm"))

    def test_a_row_without_a_source_shows_no_figure(self):
        self.assertTrue(self.to_confirm())
        self.assertTrue(self.to_confirm("unknown-key"))

    def test_a_retracted_source_supports_no_figure(self):
        self.assertTrue(self.to_confirm("pulled"))


class GuidelineNameTests(TestCase):
    def test_takes_the_name_from_the_title_or_the_publisher(self):
        title = "2021 American College of Rheumatology guideline for the treatment of rheumatoid arthritis"
        self.assertEqual(
            wording.guideline_name({"title": title, "publisher": "A journal", "year": 2021}),
            "2021 American College of Rheumatology guideline",
        )
        self.assertEqual(
            wording.guideline_name({"title": "Osteoarthritis in over 16s (NG226)", "publisher": "NICE", "year": 2022}),
            "NICE guideline (2022)",
        )
        self.assertEqual(wording.guideline_name({"title": "Advice", "publisher": "", "year": None}), "")
