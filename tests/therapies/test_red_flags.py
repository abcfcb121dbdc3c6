import ast
import re
from pathlib import Path
from unittest import TestCase

import yaml

from therapies import red_flags
from therapies.models.condition import BodyRegion, CareAdvice
from therapies.red_flags import ANYWHERE, CHECKED, LEVELS, RED_FLAGS, STANDARD

THERAPIES = Path(red_flags.__file__).parent
CONDITIONS = sorted((THERAPIES / "content" / "conditions").glob("*.yaml"))
PLACEHOLDERS = {"emergency_number", "crisis_line"}


class TableTests(TestCase):
    def test_holds_every_sign_once(self):
        self.assertEqual(len(RED_FLAGS), 27)
        self.assertEqual([flag.id for flag in RED_FLAGS.values()], list(RED_FLAGS))

    def test_levels_are_those_of_the_care_cards_the_most_urgent_first(self):
        self.assertEqual(list(LEVELS), CareAdvice.Level.values)

    def test_anywhere_means_every_region(self):
        self.assertEqual(set(ANYWHERE), set(BodyRegion.values))

    def test_is_pure(self):
        tree = ast.parse(Path(red_flags.__file__).read_text())
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        self.assertEqual(modules, {"dataclasses"})
        self.assertFalse([node for node in ast.walk(tree) if isinstance(node, ast.Import)])

    def test_has_a_version(self):
        self.assertTrue(red_flags.TABLE_VERSION)


def broken(rule):
    """The ids of the rows that break a rule."""
    return [flag.id for flag in RED_FLAGS.values() if not rule(flag)]


class RowTests(TestCase):
    """What must hold of every row; a failure names the rows that break it."""

    def test_level_is_known(self):
        self.assertEqual(broken(lambda flag: flag.level in LEVELS), [])

    def test_regions_are_of_the_one_enum_and_stand_once(self):
        self.assertEqual(broken(lambda flag: set(flag.regions) <= set(BodyRegion.values)), [])
        self.assertEqual(broken(lambda flag: len(set(flag.regions)) == len(flag.regions)), [])

    def test_several_joints_or_whole_body_is_asked_everything(self):
        self.assertEqual(broken(lambda flag: BodyRegion.GENERAL in flag.regions), [])

    def test_advice_begins_as_for_every_sign_of_its_level(self):
        self.assertEqual(broken(lambda flag: flag.advice.startswith(red_flags.GENERAL[flag.level])), [])

    def test_particular_advice_names_the_clinics_number_and_leaves_the_crisis_line_to_the_card(self):
        self.assertTrue(RED_FLAGS["rf-dvt"].particular_advice("112").startswith("Call 112 if "))
        self.assertTrue(RED_FLAGS["rf-dvt"].particular_advice("").startswith("Call your local emergency number if "))
        self.assertEqual(RED_FLAGS["rf-self-harm"].particular_advice("112"), "")
        self.assertEqual(RED_FLAGS["rf-dvt-pe"].particular_advice("112"), "")

    def test_question_is_a_question(self):
        self.assertEqual(broken(lambda flag: flag.question.endswith("?")), [])

    def test_sign_finishes_the_line_of_a_care_card(self):
        line = re.compile(r"(you|your|a|an|one|several|after) [^.]*[a-z)]")
        self.assertEqual(broken(lambda flag: line.fullmatch(flag.sign)), [])

    def test_sign_has_no_link_and_no_placeholder(self):
        self.assertEqual(broken(lambda flag: not re.search(r"[{}\[\]<>]|https?:", flag.sign)), [])

    def test_advice_has_known_placeholders_only(self):
        self.assertEqual(broken(lambda flag: set(re.findall(r"{(\w*)}", flag.advice)) <= PLACEHOLDERS), [])

    def test_advice_begins_with_how_fast_to_get_help(self):
        first = {
            "emergency": "Call {emergency_number} or go to an emergency department now.",
            "urgent": "Get medical advice today:",
            "non_urgent": "Talk to your doctor soon.",
        }
        self.assertEqual(broken(lambda flag: flag.advice.startswith(first[flag.level])), [])

    def test_advice_names_no_country(self):
        place = re.compile(r"NHS|England|\b(111|911|999|988)\b")
        self.assertEqual(broken(lambda flag: not place.search(flag.advice)), [])

    def test_says_why(self):
        self.assertEqual(broken(lambda flag: flag.why.endswith(".")), [])

    def test_a_row_without_a_source_waits_for_one(self):
        self.assertEqual(broken(lambda flag: flag.check == (CHECKED if flag.sources else STANDARD)), [])


class StricterLevelTests(TestCase):
    """Signs that sources rate differently: the stricter level stands until the clinical lead signs another."""

    def test_a_hot_swollen_joint_is_an_emergency_with_or_without_fever(self):
        flag = RED_FLAGS["rf-hot-joint-fever"]
        self.assertEqual(flag.level, "emergency")
        self.assertIn("with or without a fever", flag.sign)

    def test_a_shoulder_out_of_place_is_an_emergency(self):
        self.assertEqual(RED_FLAGS["rf-shoulder-injury"].level, "emergency")

    def test_new_weakness_of_one_leg_is_an_emergency(self):
        self.assertEqual(RED_FLAGS["rf-leg-weakness"].level, "emergency")

    def test_a_minor_fall_with_weak_bones_is_an_emergency(self):
        flag = RED_FLAGS["rf-major-trauma"]
        self.assertEqual(flag.level, "emergency")
        self.assertIn("minor fall", flag.sign)

    def test_signs_of_the_lower_back_are_asked_for_the_neck_too(self):
        for flag_id in ("rf-bladder-bowel", "rf-saddle-numbness", "rf-leg-weakness", "rf-major-trauma"):
            with self.subTest(flag_id):
                self.assertLessEqual({"back", "neck"}, set(RED_FLAGS[flag_id].regions))

    def test_thoughts_of_self_harm_are_asked_everywhere_and_give_the_crisis_line(self):
        flag = RED_FLAGS["rf-self-harm"]
        self.assertEqual((flag.level, flag.regions), ("emergency", ANYWHERE))
        self.assertIn("{crisis_line}", flag.advice)


class CareCardTests(TestCase):
    """The cards of the starter content against the table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cards = []
        for path in CONDITIONS:
            page = yaml.safe_load(path.read_text())
            cls.cards += [(page, card) for card in page["care_advice"]]

    def wrong(self, rule):
        """Page and sign where a rule does not hold."""
        return [
            (page["slug"], flag_id)
            for page, card in self.cards
            for flag_id in card["red_flags"]
            if not rule(page, card, RED_FLAGS.get(flag_id))
        ]

    def test_there_are_cards(self):
        self.assertGreaterEqual(len(self.cards), 15)

    def test_every_sign_is_in_the_table(self):
        self.assertEqual(self.wrong(lambda page, card, flag: flag), [])

    def test_every_sign_stands_on_the_card_of_its_level(self):
        self.assertEqual(self.wrong(lambda page, card, flag: card["level"] == flag.level), [])

    def test_every_sign_is_about_the_region_of_its_page(self):
        self.assertEqual(self.wrong(lambda page, card, flag: page["body_region"] in flag.regions), [])
