from django.test import SimpleTestCase

from inquiries import questionnaire


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
        self.assertEqual(list(self.asked), [question.key for question in questionnaire.HEALTH])

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
        self.assertFalse(set(self.asked) & {question.key for question in questionnaire.WHO})


class WordingTests(SimpleTestCase):
    def test_a_question_is_required_or_says_optional(self):
        # Email and phone are neither: one of them is enough, and the page says so above them.
        unsaid = [
            question.key
            for question in questionnaire.QUESTIONS.values()
            if bool(question.missing) == question.label.endswith("(optional)")
        ]
        self.assertEqual(unsaid, ["email", "phone"])

    def test_every_limit_is_named_in_its_error(self):
        for question in questionnaire.QUESTIONS.values():
            with self.subTest(question.key):
                self.assertEqual(f"{question.limit:,}" in question.too_long, bool(question.limit))

    def test_chronic_means_twelve_weeks_or_longer(self):
        self.assertEqual(questionnaire.CHRONIC, {"12w_1y", "1_5y", "gt5y"})

    def test_a_consent_names_the_clinic(self):
        self.assertIn("Example Clinic", questionnaire.CONSENTS[0].wording("Example Clinic"))
