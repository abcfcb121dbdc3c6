from django.test import SimpleTestCase

from inquiries import questionnaire
from therapies.models import BodyRegion


class AnswersDocumentTests(SimpleTestCase):
    def setUp(self):
        self.document = questionnaire.answers_document(
            {"condition": "knee", "duration": "12w_1y", "pain_avg": "7", "message": "Stairs hurt"},
            {"condition": (("", "Choose one"), ("knee", "Worn knee"))},
        )
        self.asked = {row["key"]: row for row in self.document["asked"]}

    def test_carries_the_version_of_the_questions(self):
        self.assertEqual(self.document["questionnaire"], questionnaire.VERSION)

    def test_holds_every_question_about_health_in_order(self):
        about_health = [key for key in questionnaire.QUESTIONS if key not in questionnaire.REACH]
        self.assertEqual(list(self.asked), about_health)

    def test_keeps_the_wording_that_was_read(self):
        self.assertEqual(self.asked["duration"]["question"], "How long have you had this pain?")
        self.assertEqual(self.asked["duration"]["text"], "12 weeks to 1 year")
        self.assertEqual(self.asked["condition"]["text"], "Worn knee")
        self.assertEqual(self.asked["message"]["text"], "Stairs hurt")

    def test_keeps_the_hint_that_was_read(self):
        self.assertEqual(self.asked["pain_avg"]["hint"], "0 is no pain. 10 is pain as bad as you can imagine.")

    def test_a_question_left_empty_has_no_answer(self):
        self.assertEqual((self.asked["treatment"]["answer"], self.asked["treatment"]["text"]), ("", ""))

    def test_holds_nothing_about_who_it_is(self):
        self.assertFalse(set(self.asked) & questionnaire.REACH)
        reach = questionnaire.reach_document({"for_whom": "me", "full_name": "Ana", "contact_method": "email"})
        self.assertEqual({row["key"] for row in reach["asked"]} & questionnaire.IN_FIELDS, set())

    def test_a_question_that_did_not_apply_was_not_asked(self):
        asked = [row["key"] for row in questionnaire.reach_document({"for_whom": "me"})["asked"]]
        self.assertNotIn("helper_name", asked)
        asked = [row["key"] for row in questionnaire.reach_document({"for_whom": "other"})["asked"]]
        self.assertIn("helper_name", asked)


class WordingTests(SimpleTestCase):
    def test_a_question_is_required_or_says_optional(self):
        # Email and phone are needed for the way somebody chose; the page says so above them. The safety question has
        # its own ways past it.
        unsaid = [
            question.key
            for question in questionnaire.QUESTIONS.values()
            if bool(question.missing) == question.label.endswith("(optional)")
        ]
        self.assertEqual(unsaid, ["phone", "email"])

    def test_every_limit_is_named_in_its_error(self):
        for question in questionnaire.QUESTIONS.values():
            with self.subTest(question.key):
                self.assertEqual(f"{question.limit:,}" in question.too_long, bool(question.limit))

    def test_chronic_means_twelve_weeks_or_longer(self):
        self.assertEqual(questionnaire.CHRONIC, {"12w_1y", "1_5y", "gt5y"})

    def test_what_somebody_ticks_is_said_in_words(self):
        tried = questionnaire.QUESTIONS["tried"]
        self.assertEqual(questionnaire.in_words(tried, ["medicine", "other"]), "Pain medicine; Something else")
        self.assertEqual(questionnaire.in_words(tried, []), "")
        permission = questionnaire.QUESTIONS["helper_permission"]
        self.assertEqual([questionnaire.in_words(permission, answer) for answer in (True, "")], ["Yes", ""])

    def test_a_hint_that_needs_a_crisis_line_is_left_out_without_one(self):
        coping = questionnaire.QUESTIONS["coping"]
        self.assertIn("call 988 now", questionnaire.hint(coping, "988"))
        self.assertEqual(questionnaire.hint(coping, ""), "")

    def test_a_consent_names_the_clinic(self):
        self.assertIn("Example Clinic", questionnaire.CONSENTS[0].wording("Example Clinic"))


class DerivedTests(SimpleTestCase):
    def test_the_score_needs_all_three_answers(self):
        given = {"pain_avg": "7", "pain_enjoyment": "5", "pain_activity": "8"}
        self.assertEqual(questionnaire.peg(given), 6.7)
        self.assertEqual(questionnaire.peg(dict.fromkeys(given, "0")), 0.0)
        for key in given:
            self.assertIsNone(questionnaire.peg({**given, key: ""}))

    def test_chronic_is_derived_from_how_long(self):
        chronic = [code for code, _ in questionnaire.DURATIONS if questionnaire.is_chronic({"duration": code})]
        self.assertEqual(chronic, ["12w_1y", "1_5y", "gt5y"])

    def test_somewhere_else_belongs_to_the_whole_body(self):
        self.assertEqual(questionnaire.region({"body_region": "other"}), "general")
        self.assertEqual(questionnaire.region({"body_region": "knee"}), "knee")
        self.assertEqual(questionnaire.region({}), "")

    def test_every_region_is_one_of_the_library(self):
        known = {region.value for region in BodyRegion}
        self.assertEqual({questionnaire.region({"body_region": code}) for code, _ in questionnaire.REGIONS}, known)
