import uuid

from django.http import QueryDict
from django.test import TestCase

from inquiries import questionnaire
from inquiries.forms import SEND_AGAIN, ConsultationForm
from tests import factories
from therapies import library

ANSWERS = {
    "submission_key": "6f8a3ad0-7a3e-4b8e-9d0c-1f2e3d4c5b6a",
    "condition": "knee",
    "treatment": "rest",
    "duration": "12w_1y",
    "pain_avg": "7",
    "message": "Stairs hurt",
    "full_name": "Ana Example",
    "email": "ana@example.org",
    "phone": "(202) 555-0123",
    "consent": "on",
}


class FormCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        factories.condition(slug="knee", title="Worn knee", body_region="knee", live=True)
        factories.condition(slug="draft", title="Unready")
        factories.treatment(slug="rest", title="Rest", live=True)

    def form(self, **changes):
        data = {name: value for name, value in (ANSWERS | changes).items() if value is not None}
        held = library.current()
        return ConsultationForm(data, library=held, clinic=held.clinic)

    def assert_error(self, field, sentence, **changes):
        form = self.form(**changes)
        self.assertIn(sentence, form.errors.get(field, []), form.errors)


class ErrorTests(FormCase):
    def test_all_answers_in_order_make_no_error(self):
        self.assertEqual(self.form().errors, {})

    def test_each_missing_answer_is_named_in_its_own_words(self):
        for field, sentence in {
            "duration": "Select how long you have had this pain",
            "pain_avg": "Select a number from 0 to 10",
            "full_name": "Enter your full name",
            "consent": "Confirm that we may use the health information in this request",
        }.items():
            for missing in (None, ""):
                with self.subTest(f"{field} {missing!r}"):
                    self.assert_error(field, sentence, **{field: missing})

    def test_what_is_optional_may_be_missing(self):
        for field in ["condition", "treatment", "message"]:
            with self.subTest(field):
                self.assertEqual(self.form(**{field: None}).errors, {})

    def test_one_way_to_reach_the_person_is_enough(self):
        self.assertEqual(self.form(email="").errors, {})
        self.assertEqual(self.form(phone="").errors, {})

    def test_no_way_to_reach_the_person_is_an_error(self):
        self.assert_error("email", "Enter an email address or a phone number so we can reply", email="", phone="")
        self.assert_error(
            "email", "Enter an email address or a phone number so we can reply", email="\u200b", phone=" "
        )

    def test_a_wrong_address_is_told_once(self):
        form = self.form(email="a@localhost", phone="")
        self.assertEqual(form.errors["email"], [questionnaire.WRONG_EMAIL])

    def test_a_choice_that_was_not_offered_is_refused(self):
        for field, values in {
            "pain_avg": ["11", "-1", "NaN", "٣", "1_0", "0x1", "1e400", "9" * 40, "7\0", "' OR 1=1", " 7"],
            "duration": ["forever", "12W_1Y", "gt5y\0"],
            "condition": ["draft", "rest", "1", "knee\0", "9" * 21],
            "treatment": ["knee", "../rest", "REST"],
        }.items():
            for value in values:
                with self.subTest(f"{field} {value[:20]!r}"):
                    self.assertIn(field, self.form(**{field: value}).errors)

    def test_zero_is_a_number(self):
        self.assertEqual(self.form(pain_avg="0").errors, {})

    def test_a_ticked_box_is_ticked_whatever_its_value(self):
        self.assertEqual(self.form(consent="maybe").errors, {})

    def test_of_two_values_the_last_counts(self):
        held = library.current()
        data = QueryDict(mutable=True)
        data.update(ANSWERS)
        data.appendlist("pain_avg", "3")
        form = ConsultationForm(data, library=held, clinic=held.clinic)
        self.assertTrue(form.is_valid())
        self.assertEqual(form.submission()["answers"]["asked"][3]["answer"], "3")


class SubmissionKeyTests(FormCase):
    def test_a_lost_or_tampered_key_asks_for_one_more_press(self):
        for key in [None, "", "nonsense", "6f8a3ad0", "x" * 20_000, "\0", "6f8a3ad0-7a3e-4b8e-9d0c-1f2e3d4c5b6z"]:
            with self.subTest(str(key)[:20]):
                form = self.form(submission_key=key)
                self.assertEqual(form.errors["submission_key"], [SEND_AGAIN])
                self.assertTrue(uuid.UUID(form["submission_key"].value()))
                self.assertEqual(form["full_name"].value(), "Ana Example")

    def test_the_new_key_is_accepted(self):
        form = self.form(submission_key="nonsense")
        form.is_valid()
        self.assertEqual(self.form(submission_key=form["submission_key"].value()).errors, {})

    def test_every_opened_form_has_its_own(self):
        held = library.current()
        keys = {str(ConsultationForm(library=held, clinic=held.clinic)["submission_key"].value()) for _ in range(2)}
        self.assertEqual(len(keys), 2)


class SummaryTests(FormCase):
    def test_leads_to_the_first_input_of_each_wrong_answer_in_the_order_of_the_page(self):
        form = self.form(duration=None, pain_avg=None, full_name="", email="x", consent=None)
        self.assertEqual(
            [target for target, _ in form.errors_with_links()],
            ["id_duration_0", "id_pain_avg_0", "id_full_name", "id_email", "id_consent"],
        )

    def test_says_the_words_that_stand_at_the_field(self):
        form = self.form(full_name="")
        self.assertEqual(form.errors_with_links(), [("id_full_name", form.errors["full_name"][0])])


class SubmissionTests(FormCase):
    def facts(self, **changes):
        form = self.form(**changes)
        self.assertTrue(form.is_valid(), form.errors)
        return form.submission()

    def test_is_what_the_service_takes(self):
        facts = self.facts()
        self.assertEqual(
            {name: facts[name] for name in ("full_name", "email", "phone", "condition", "treatment", "duration")},
            {name: ANSWERS[name] for name in ("full_name", "email", "phone", "condition", "treatment", "duration")},
        )
        self.assertEqual(facts["submission_key"], uuid.UUID(ANSWERS["submission_key"]))

    def test_the_region_is_that_of_the_condition(self):
        self.assertEqual(self.facts()["region"], "knee")
        self.assertEqual(self.facts(condition="")["region"], "")

    def test_not_sure_is_an_answer_and_no_page(self):
        facts = self.facts(condition="unsure")
        self.assertEqual(facts["condition"], "")
        self.assertEqual(facts["answers"]["asked"][0]["text"], "I'm not sure")

    def test_keeps_the_titles_that_were_read(self):
        asked = {row["key"]: row["text"] for row in self.facts()["answers"]["asked"]}
        self.assertEqual((asked["condition"], asked["treatment"]), ("Worn knee", "Rest"))
        self.assertEqual((asked["pain_avg"], asked["message"]), ("7", "Stairs hurt"))

    def test_nothing_chosen_is_not_kept_as_choose_one(self):
        self.assertEqual(self.facts(condition="")["answers"]["asked"][0]["text"], "")

    def test_the_consent_is_the_sentence_beside_the_box(self):
        form = self.form()
        form.is_valid()
        self.assertEqual(form.submission()["consents"], [("health_data", form.fields["consent"].label)])


class AsTypedTests(FormCase):
    def test_shows_everything_and_no_error(self):
        form = self.form(email="a@localhost", pain_avg="11").as_typed()
        self.assertEqual(form.errors, {})
        for name in ("email", "message", "full_name", "phone", "condition"):
            self.assertEqual(form[name].value(), self.form(email="a@localhost").data[name])

    def test_keeps_the_key_so_that_the_next_press_is_the_same_request(self):
        self.assertEqual(self.form().as_typed()["submission_key"].value(), ANSWERS["submission_key"])

    def test_never_shows_a_key_that_would_be_refused(self):
        self.assertTrue(uuid.UUID(str(self.form(submission_key="nonsense").as_typed()["submission_key"].value())))

    def test_a_box_that_was_not_ticked_stays_so(self):
        self.assertNotIn("checked", str(self.form(consent=None).as_typed()["consent"]))
        self.assertIn("checked", str(self.form().as_typed()["consent"]))

    def test_without_a_library_a_choice_is_kept_by_its_address(self):
        clinic = library.current().clinic
        form = ConsultationForm(ANSWERS, library=None, clinic=clinic).as_typed()
        self.assertIn('<option value="knee" selected>Knee</option>', str(form["condition"]))

    def test_without_a_library_nonsense_is_not_offered(self):
        clinic = library.current().clinic
        form = ConsultationForm(ANSWERS | {"condition": "<b>Call 555</b>"}, library=None, clinic=clinic)
        self.assertNotIn("Call", str(form.as_typed()["condition"]))


class PageTests(FormCase):
    def test_only_live_pages_are_offered(self):
        self.assertEqual(
            list(self.form().fields["condition"].choices),
            [("", "Choose one"), ("knee", "Worn knee"), ("unsure", "I'm not sure")],
        )

    def test_labels_are_those_of_the_questionnaire(self):
        form = self.form()
        for key, question in questionnaire.QUESTIONS.items():
            self.assertEqual((form.fields[key].label, form.fields[key].help_text), (question.label, question.hint))

    def test_the_browser_does_not_check_in_its_own_words(self):
        self.assertNotIn("required", str(self.form()["full_name"]))
