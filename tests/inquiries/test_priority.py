"""Every rule of the ranking, what each two of them make together, and what no rule looks at."""

import dataclasses
import datetime
import itertools

from django.test import SimpleTestCase

from inquiries import priority, questionnaire, safety
from inquiries.priority import EMERGENCY, ROUTINE, SOON, URGENT, Facts, facts_of, ranking

MONDAY = datetime.date(2026, 11, 23)
# (facts, level, points, rules that fired, what they saw): the table that is signed, by example.
EXAMPLES = {
    "nothing": (Facts(), ROUTINE, 0, {}),
    "emergency sign": (
        Facts(safety_level="emergency", signs=(("Cannot walk?", "emergency"),)),
        EMERGENCY,
        0,
        {"E-ANY": "Cannot walk?"},
    ),
    "two signs": (
        Facts(safety_level="emergency", signs=(("Cannot walk?", "emergency"), ("Fever?", "urgent"))),
        EMERGENCY,
        0,
        {"E-ANY": "Cannot walk?", "U-ANY": "Fever?"},
    ),
    "sign alone": (Facts(signs=(("Cannot walk?", "emergency"),)), EMERGENCY, 0, {"E-ANY": "Cannot walk?"}),
    "urgent sign": (Facts(safety_level="urgent", signs=(("Fever?", "urgent"),)), URGENT, 0, {"U-ANY": "Fever?"}),
    "not sure": (Facts(safety_level="urgent", is_unsure=True), URGENT, 0, {"U-ANY": "I'm not sure"}),
    "sign without alert": (Facts(safety_level="non_urgent", signs=(("Weight loss?", "non_urgent"),)), ROUTINE, 0, {}),
    "later emergency": (Facts(safety_level="emergency"), EMERGENCY, 0, {"E-ANY": priority.LATER}),
    "emergency word": (
        Facts(safety_level="emergency", words=(("chest pain", "emergency"),)),
        EMERGENCY,
        0,
        {"E-ANY": "chest pain", "WORDS": "chest pain"},
    ),
    "word alone": (Facts(words=(("chest pain", "emergency"),)), SOON, 0, {"WORDS": "chest pain"}),
    "two words": (Facts(words=(("fever", "urgent"), ("stroke", "urgent"))), SOON, 0, {"WORDS": "fever; stroke"}),
    "worse": (Facts(worse_on=MONDAY), URGENT, 0, {"UPD-WORSE": "2026-11-23"}),
    "worse, which is urgent": (Facts(safety_level="urgent", worse_on=MONDAY), URGENT, 0, {"UPD-WORSE": "2026-11-23"}),
    "worse with an emergency": (
        Facts(safety_level="emergency", worse_on=MONDAY),
        EMERGENCY,
        0,
        {"E-ANY": priority.LATER, "UPD-WORSE": "2026-11-23"},
    ),
    "repeat": (Facts(repeat_of="ABCD"), SOON, 15, {"REPEAT-30D": "ABCD"}),
    "got worse": (Facts(trend="worse"), ROUTINE, 15, {"TREND-WORSE": "Worse"}),
    "the same": (Facts(trend="same"), ROUTINE, 0, {}),
    "not sure of the trend": (Facts(trend="unsure"), ROUTINE, 0, {}),
    "PEG 10": (Facts(peg=10.0), ROUTINE, 20, {"PEG-7": "PEG 10.0"}),
    "PEG 7": (Facts(peg=7.0), ROUTINE, 20, {"PEG-7": "PEG 7.0"}),
    "PEG 6.7": (Facts(peg=6.7), ROUTINE, 10, {"PEG-4": "PEG 6.7"}),
    "PEG 4": (Facts(peg=4.0), ROUTINE, 10, {"PEG-4": "PEG 4.0"}),
    "PEG 3.7": (Facts(peg=3.7), ROUTINE, 0, {}),
    "PEG 0": (Facts(peg=0.0), ROUTINE, 0, {}),
    "coping": (Facts(coping="yes"), ROUTINE, 5, {"COPING": "Yes"}),
    "rather not say": (Facts(coping="prefer_not"), ROUTINE, 0, {}),
    "everything": (
        Facts(
            "emergency",
            (("A?", "emergency"), ("B?", "urgent")),
            True,
            (("fever", "urgent"),),
            "worse",
            9.3,
            "yes",
            "ABCD",
            MONDAY,
        ),
        EMERGENCY,
        55,
        {
            "E-ANY": "A?",
            "U-ANY": "B?; I'm not sure",
            "UPD-WORSE": "2026-11-23",
            "REPEAT-30D": "ABCD",
            "WORDS": "fever",
            "TREND-WORSE": "Worse",
            "PEG-7": "PEG 9.3",
            "COPING": "Yes",
        },
    ),
}
# One way to bring each rule about.
CAUSES = {
    "E-ANY": {"signs": (("A?", "emergency"),)},
    "U-ANY": {"is_unsure": True},
    "UPD-WORSE": {"worse_on": MONDAY},
    "REPEAT-30D": {"repeat_of": "ABCD"},
    "WORDS": {"words": (("fever", "urgent"),)},
    "TREND-WORSE": {"trend": "worse"},
    "PEG-7": {"peg": 8.0},
    "PEG-4": {"peg": 5.0},
    "COPING": {"coping": "yes"},
}
# The signed table. Who changes it changes VERSION.
SIGNED = {
    "2026-1": {
        "E-ANY": (0, 0),
        "U-ANY": (1, 0),
        "UPD-WORSE": (1, 0),
        "REPEAT-30D": (2, 15),
        "WORDS": (2, 0),
        "TREND-WORSE": (None, 15),
        "PEG-7": (None, 20),
        "PEG-4": (None, 10),
        "COPING": (None, 5),
    }
}


class RuleTests(SimpleTestCase):
    def test_each_example_of_the_table(self):
        for name, (facts, level, points, seen) in EXAMPLES.items():
            with self.subTest(name):
                found = ranking(facts)
                self.assertEqual((found.level, found.points), (level, points))
                self.assertEqual({reason.rule: reason.fact for reason in found.reasons}, seen)

    def test_the_table_is_the_one_that_carries_its_version(self):
        rules = {rule.code: (rule.sets_level, rule.points) for rule in priority.RULES}
        self.assertEqual(rules, SIGNED[priority.VERSION])
        self.assertEqual(ranking(Facts()).ruleset, priority.VERSION)

    def test_every_rule_can_fire_and_says_why(self):
        self.assertEqual(set(CAUSES), {rule.code for rule in priority.RULES})
        for code, cause in CAUSES.items():
            with self.subTest(code):
                (reason,) = ranking(Facts(**cause)).reasons
                self.assertEqual(reason.rule, code)
                self.assertTrue(reason.fact and reason.explanation)

    def test_of_any_two_rules_the_more_urgent_level_stands_and_the_points_add_up(self):
        for one, other in itertools.combinations(CAUSES, 2):
            if not CAUSES[one].keys() & CAUSES[other].keys():
                with self.subTest(one=one, other=other):
                    both = ranking(Facts(**CAUSES[one], **CAUSES[other]))
                    alone = [ranking(Facts(**CAUSES[rule])) for rule in (one, other)]
                    self.assertEqual(both.level, min(each.level for each in alone))
                    self.assertEqual(both.points, sum(each.points for each in alone))

    def test_of_any_two_levels_of_safety_the_sign_and_the_request_the_worse_counts(self):
        levels = {"none": ROUTINE, "non_urgent": ROUTINE, "urgent": URGENT, "emergency": EMERGENCY}
        self.assertEqual(list(levels), list(safety.LEVELS))
        for whole, sign in itertools.product(levels, levels):
            with self.subTest(whole=whole, sign=sign):
                found = ranking(Facts(safety_level=whole, signs=(("A?", sign),)))
                self.assertEqual(found.level, min(levels[whole], levels[sign]))

    def test_nothing_somebody_adds_lowers_the_level_or_the_points(self):
        for name, (facts, level, points, _) in EXAMPLES.items():
            for code, cause in CAUSES.items():
                with self.subTest(name, added=code):
                    more = ranking(dataclasses.replace(facts, **{key: together(facts, key, cause) for key in cause}))
                    self.assertLessEqual(more.level, level)
                    self.assertGreaterEqual(more.points, points)

    def test_the_rules_have_no_place_for_what_is_never_used(self):
        looked_at = {field.name for field in dataclasses.fields(Facts)}
        expected = {"safety_level", "signs", "is_unsure", "words", "trend", "peg", "coping", "repeat_of", "worse_on"}
        self.assertEqual(looked_at, expected)


def together(facts, key, cause):
    """What somebody said before with what they say now. Of two numbers the higher stands."""
    before, now = getattr(facts, key), cause[key]
    if isinstance(now, tuple):
        return (*before, *now)
    return max(before or 0, now) if key == "peg" else now


def document(region="back", ticked=(), words=(), **answers):
    """What is stored of a request, as the form stores it."""
    safety_options = tuple((sign.id, sign.question) for sign in safety.signs_for(region))
    offered = {"safety": (*safety_options, *questionnaire.SAFETY_EXITS)}
    asked = {"safety": list(ticked), "body_region": region, **answers}
    return {
        **questionnaire.answers_document(asked, offered),
        "signs": safety.asked_document(region, ticked),
        "words": list(words),
    }


class FactsOfStoredAnswersTests(SimpleTestCase):
    def test_a_request_without_anything_to_worry_about_has_no_facts(self):
        self.assertEqual(facts_of(document(ticked=["none"]), safety_level="none"), Facts())

    def test_answers_become_facts(self):
        sign = safety.signs_for("back")[0]
        stored = document(
            ticked=[sign.id],
            words=["chest pain"],
            trend="worse",
            coping="yes",
            pain_avg="7",
            pain_enjoyment="8",
            pain_activity="7",
        )
        found = facts_of(stored, safety_level="emergency", repeat_of="ABCD", worse_on=MONDAY)
        self.assertEqual(
            found,
            Facts(
                "emergency",
                ((sign.question, sign.level),),
                False,
                (("chest pain", "emergency"),),
                "worse",
                7.3,
                "yes",
                "ABCD",
                MONDAY,
            ),
        )

    def test_not_being_sure_is_a_fact(self):
        self.assertTrue(facts_of(document(ticked=["unsure"]), safety_level="urgent").is_unsure)

    def test_two_of_three_numbers_are_no_peg(self):
        self.assertIsNone(facts_of(document(pain_avg="9", pain_enjoyment="9"), safety_level="none").peg)

    def test_a_word_that_is_no_longer_listed_still_counts(self):
        found = ranking(facts_of(document(words=["old word"]), safety_level="none"))
        self.assertEqual(found.level, SOON)

    def test_what_the_patient_wrote_later_comes_on_top(self):
        first, second = safety.signs_for("back")[:2]
        later = [{"signs": safety.asked_document("back", [first.id, second.id]), "words": ["fever", "stroke"]}, {}]
        found = facts_of(document(ticked=[first.id], words=["fever"]), safety_level="emergency", later=later)
        self.assertEqual(found.signs, ((first.question, first.level), (second.question, second.level)))
        self.assertEqual(found.words, (("fever", "urgent"), ("stroke", "urgent")))

    def test_an_erased_document_has_no_facts(self):
        self.assertEqual(facts_of({}, safety_level="none"), Facts())

    def test_what_is_never_used_and_what_is_a_label_change_nothing(self):
        plain = ranking(facts_of(document(trend="worse"), safety_level="none"))
        others = {
            "age_band": "70p",
            "treatment": "surgery",
            "condition": "sciatica",
            "duration": "gt5y",
            "communication_needs": "An interpreter",
            "helper_name": "Ana Example",
        }
        told = ranking(facts_of(document(trend="worse", **others), safety_level="none"))
        self.assertEqual(told, plain)
        self.assertEqual(len(priority.LABELS_ONLY), 2)
