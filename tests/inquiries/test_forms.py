from django.http import QueryDict
from django.test import SimpleTestCase, TestCase

from inquiries import questionnaire, safety
from inquiries.forms import CheckForm, PageForm, likely_meant
from tests import factories
from tests.inquiries.journey import ANSWERS
from therapies import library


def posted(given):
    data = QueryDict(mutable=True)
    for name, value in given.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


class FormCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        factories.condition(slug="knee", title="Worn knee", body_region="knee", live=True)
        factories.condition(slug="draft", title="Unready")
        factories.treatment(slug="rest", title="Rest", live=True)

    def form(self, key, answers=None, **changes):
        given = {name: value for name, value in (ANSWERS[key] | changes).items() if value is not None}
        held = library.current()
        return PageForm(
            questionnaire.page(key),
            posted(given),
            answers={"body_region": "knee", **(answers or {})},
            library=held,
            clinic=held.clinic,
        )

    def assert_error(self, key, field, sentence, **changes):
        form = self.form(key, **changes)
        self.assertEqual(form.errors.get(field), [sentence], form.errors)

    def given(self, key, **changes):
        form = self.form(key, **changes)
        self.assertEqual(form.errors, {})
        return form.given()


class MissingTests(FormCase):
    def test_whole_pages_make_no_error(self):
        for key in ANSWERS:
            self.given(key)

    def test_each_missing_answer_is_named_in_its_own_words(self):
        for page in questionnaire.PAGES:
            for question in page.questions:
                if not question.missing or question.only_if:
                    continue
                for missing in (None, "", "nonsense\0" if question.options else " "):
                    with self.subTest(question.key, missing=missing):
                        self.assert_error(page.key, question.key, question.missing, **{question.key: missing})

    def test_what_is_optional_may_be_missing(self):
        for page in questionnaire.PAGES:
            optional = {question.key: None for question in page.questions if question.label.endswith("(optional)")}
            self.given(page.key, **optional)

    def test_who_helps_somebody_else_says_who_they_are(self):
        for key, sentence in {
            "helper_name": "Enter your name",
            "helper_relation": "Select how you know this person",
            "helper_permission": "Confirm that they know, or call us instead",
        }.items():
            helped = {"for_whom": "other", "helper_name": "Hel", "helper_relation": "carer", "helper_permission": "on"}
            self.assert_error("who", key, sentence, **(helped | {key: None}))
            self.given("who", **helped)

    def test_what_does_not_apply_is_not_asked_and_not_kept(self):
        given = self.given("who", helper_name="x" * 999, helper_relation="carer")
        self.assertEqual((given["helper_name"], given["helper_relation"]), ("", ""))

    def test_somebody_to_call_says_what_we_may_say(self):
        for key in ("voicemail_ok", "name_clinic_ok"):
            self.assert_error("contact", key, questionnaire.QUESTIONS[key].missing, **{key: None})
            self.given("contact", contact_method="email", **{key: None})


class SafetyPageTests(FormCase):
    def test_asks_the_signs_of_the_region_and_offers_two_ways_past_them(self):
        for region, sign in (("knee", "rf-locked-knee"), ("back", "rf-saddle-numbness")):
            offered = [code for code, _ in self.form("safety", {"body_region": region}).fields["safety"].choices]
            self.assertIn(sign, offered)
            self.assertEqual(offered[-2:], ["none", "unsure"])
        self.assertNotIn("rf-locked-knee", offered)

    def test_none_and_another_is_an_error(self):
        for other in ("rf-locked-knee", "unsure"):
            self.assert_error("safety", "safety", questionnaire.SAFETY_BOTH, safety=["none", other])

    def test_a_sign_and_not_sure_are_both_kept(self):
        given = self.given("safety", safety=["unsure", "rf-dvt"])
        self.assertEqual(given["safety"], ["rf-dvt", "unsure"])

    def test_none_of_the_signs_of_another_region_is_no_answer_to_these(self):
        about_the_back = {"body_region": "back"}
        form = self.form("safety", about_the_back, safety=["none", "rf-dvt-pe", "unsure"], asked_of="knee")
        self.assertEqual(form.errors["safety"], [questionnaire.SAFETY_OTHERS])
        self.assertEqual(form["safety"].value(), ["rf-dvt-pe", "unsure"])
        self.assertEqual(form["asked_of"].value(), "back")
        self.assertTrue(self.form("safety", about_the_back, safety=["none"], asked_of="back").is_valid())

    def test_where_the_region_is_lost_the_signs_that_were_shown_are_shown_again(self):
        for shown, signs in (("back", "back"), ("", "general"), ("nonsense", "general")):
            form = self.form("safety", {"body_region": ""}, safety=["rf-dvt-pe"], asked_of=shown)
            asked = [code for code, _ in form.fields["safety"].choices]
            self.assertEqual(asked[:-2], [sign.id for sign in safety.signs_for(signs)], shown)

    def test_what_was_not_asked_is_not_an_answer(self):
        self.assert_error("safety", "safety", questionnaire.SAFETY_MISSING, safety=["rf-saddle-numbness", "made-up"])


class ContactTests(FormCase):
    def test_the_chosen_way_needs_its_detail(self):
        for method, field in (("phone", "phone"), ("text", "phone"), ("email", "email")):
            sentence = questionnaire.CONTACT_MISSING[field]
            self.assert_error("contact", field, sentence, contact_method=method, **{field: ""})

    def test_the_other_detail_is_optional(self):
        self.given("contact", contact_method="phone", email="")
        self.given("contact", contact_method="email", phone="")

    def test_a_wrong_address_is_told_once_in_its_own_words(self):
        self.assert_error("contact", "email", questionnaire.WRONG_EMAIL, email="a@localhost", contact_method="email")

    def test_a_likely_slip_is_asked_about_once_and_never_refused(self):
        form = self.form("contact", email="ana@gmial.com")
        self.assertEqual(
            form.errors["email"],
            ["Did you mean ana@gmail.com? If ana@gmial.com is right, press Continue again"],
        )
        self.assertEqual(form["email_looked_at"].value(), "ana@gmial.com")
        self.given("contact", email="ana@gmial.com", email_looked_at="ana@gmial.com")

    def test_another_slip_is_asked_about_again(self):
        form = self.form("contact", email="ana@gmal.com", email_looked_at="ana@gmial.com")
        self.assertIn("email", form.errors)


class LikelyMeantTests(SimpleTestCase):
    def test_one_slip_from_a_well_known_domain(self):
        for typed in ("gmial.com", "gmai.com", "gmaill.com", "gnail.com", "GMAL.com", "gmail.con", "gmail.co"):
            self.assertEqual(likely_meant(f"a@{typed}"), "a@gmail.com", typed)

    def test_other_domains_are_left_alone(self):
        for typed in ("gmail.com", "GMAIL.COM", "example.org", "mail.com", "ymail.com", "clinic.example", "x"):
            self.assertEqual(likely_meant(f"a@{typed}"), "", typed)
        self.assertEqual(likely_meant(""), "")


class ChoiceTests(FormCase):
    def test_a_choice_that_was_not_offered_is_no_answer(self):
        for value in ["11", "-1", "NaN", "٣", "1_0", "0x1", "1e400", "9" * 40, "7\0", "' OR 1=1", " 7"]:
            with self.subTest(value[:20]):
                self.assert_error("pain", "pain_avg", "Select a number from 0 to 10", pain_avg=value)

    def test_zero_is_a_number(self):
        self.assertEqual(self.given("pain", pain_avg="0")["pain_avg"], "0")

    def test_only_live_pages_are_offered_and_another_chooses_nothing(self):
        form = self.form("where")
        self.assertEqual(
            list(form.fields["condition"].choices),
            [("", "Choose one"), ("knee", "Worn knee"), ("unsure", "I'm not sure")],
        )
        for slug in ("draft", "rest", "knee\0", "9" * 300):
            self.assertEqual(self.given("where", condition=slug)["condition"], "")

    def test_of_two_values_the_last_counts(self):
        self.assertEqual(self.given("pain", pain_avg=["7", "3"])["pain_avg"], "3")

    def test_without_a_library_a_choice_is_kept_by_its_address_and_nonsense_is_not(self):
        clinic = library.current().clinic
        for typed, kept in (("knee", "knee"), ("<b>Call 555</b>", "")):
            form = PageForm(
                questionnaire.WHERE,
                posted({"body_region": "knee", "condition": typed}),
                answers={},
                library=None,
                clinic=clinic,
            )
            self.assertTrue(form.is_valid())
            self.assertEqual(form.given()["condition"], kept)


class LimitTests(FormCase):
    def test_each_limit_is_told_in_its_own_words(self):
        for page in questionnaire.PAGES:
            for question in page.questions:
                if not question.limit or question.kind in {"email", "phone"} or question.only_if:
                    continue
                with self.subTest(question.key):
                    self.assert_error(
                        page.key, question.key, question.too_long, **{question.key: "x" * (question.limit + 1)}
                    )
                    self.given(page.key, **{question.key: "x" * question.limit})


class PageTests(FormCase):
    def test_labels_and_hints_are_those_of_the_questionnaire(self):
        for page in questionnaire.PAGES:
            form = self.form(page.key)
            for question in page.questions:
                shown = form.fields[question.key]
                self.assertEqual((shown.label, shown.help_text), (question.label, questionnaire.hint(question, "")))

    def test_the_summary_leads_to_the_first_input_in_the_order_of_the_page(self):
        form = self.form("contact", full_name="", contact_method=None, email="x")
        targets = [target for target, _ in form.errors_with_links()]
        self.assertEqual(targets, ["id_full_name", "id_contact_method_0", "id_email"])

    def test_the_browser_does_not_check_in_its_own_words(self):
        self.assertNotIn("required", str(self.form("contact")["full_name"]))


class CheckFormTests(FormCase):
    def test_each_consent_is_asked_for_in_its_own_words(self):
        clinic = library.current().clinic
        form = CheckForm({}, clinic=clinic, privacy=None)
        self.assertEqual(
            [sentence for _, sentence in form.errors_with_links()],
            [consent.missing for consent in questionnaire.CONSENTS],
        )
        whole = {consent.purpose: "maybe" for consent in questionnaire.CONSENTS}
        self.assertTrue(CheckForm(whole, clinic=clinic, privacy=None).is_valid())
