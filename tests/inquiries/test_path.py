from dataclasses import replace

from django.test import SimpleTestCase

from inquiries import path, questionnaire
from inquiries.path import Draft

WHOLE = {
    "who": {"for_whom": "me", "age_band": "55_69"},
    "where": {"body_region": "knee", "condition": "", "treatment": ""},
    "safety": {"safety": ["none"]},
    "pain": {"duration": "1_5y", "trend": "same", "pain_avg": "6"},
    "more": {"goal": "", "message": ""},
    "contact": {"full_name": "Ana Example", "contact_method": "email", "email": "ana@example.org"},
}


def draft(until="", **changes):
    made = Draft(submission_key="6f8a3ad0-7a3e-4b8e-9d0c-1f2e3d4c5b6a", begun_at=0)
    for key, given in WHOLE.items():
        if key == until:
            break
        made = path.answered(made, questionnaire.page(key), {**given, **changes.get(key, {})})
    return made


class NextTests(SimpleTestCase):
    def test_page_after_page_then_the_check(self):
        for key in WHOLE:
            self.assertEqual(path.next_stop(draft(until=key)), key)
        self.assertEqual(path.next_stop(draft()), path.CHECK)

    def test_a_sign_leads_to_its_advice_until_it_was_read(self):
        flagged = draft(until="pain", safety={"safety": ["rf-limb-circulation"]})
        self.assertEqual(path.next_stop(flagged), path.ADVICE)
        read = replace(flagged, read=path.unread(flagged))
        self.assertEqual(path.next_stop(read), "pain")

    def test_advice_is_shown_once_for_each_reason(self):
        flagged = draft(until="pain", safety={"safety": ["rf-limb-circulation"]})
        read = replace(flagged, read=path.unread(flagged))
        more = path.answered(read, questionnaire.SAFETY, {"safety": ["rf-limb-circulation", "rf-dvt"]})
        self.assertEqual(path.unread(more), ("rf-dvt",))
        words = path.answered(read, questionnaire.MORE, {"message": "chest pain"})
        self.assertEqual(path.unread(words), ("word chest pain",))

    def test_a_sign_without_an_alert_needs_no_advice_page(self):
        calm = draft(until="pain", safety={"safety": ["rf-new-inflammatory"]})
        self.assertEqual((path.next_stop(calm), path.level(calm)), ("pain", "non_urgent"))

    def test_not_being_sure_leads_to_advice(self):
        self.assertEqual(path.next_stop(draft(until="pain", safety={"safety": ["unsure"]})), path.ADVICE)

    def test_words_anywhere_in_free_text_raise_the_level(self):
        for page, key in (("more", "goal"), ("more", "message"), ("contact", "communication_needs")):
            raised = draft(**{page: {key: "I want to die"}})
            self.assertEqual((path.level(raised), path.next_stop(raised)), ("emergency", path.ADVICE), key)


class ChangeTests(SimpleTestCase):
    def test_another_region_asks_for_its_own_signs(self):
        changed = path.answered(draft(), questionnaire.WHERE, {"body_region": "back"})
        self.assertEqual(path.next_stop(changed), "safety")
        same = path.answered(draft(), questionnaire.WHERE, {"body_region": "knee"})
        self.assertEqual(path.next_stop(same), path.CHECK)

    def test_what_was_said_about_signs_is_not_forgotten_with_the_region(self):
        flagged = draft(safety={"safety": ["rf-limb-circulation"]})
        changed = path.answered(flagged, questionnaire.WHERE, {"body_region": "back"})
        self.assertEqual(path.level(changed), "emergency")

    def test_an_answer_that_is_taken_back_is_gone(self):
        changed = path.answered(draft(more={"message": "chest pain"}), questionnaire.MORE, {"message": ""})
        self.assertEqual(path.level(changed), "none")


class OpenTests(SimpleTestCase):
    def test_no_page_before_those_before_it(self):
        reached = draft(until="pain")
        may = [page.key for page in questionnaire.PAGES if path.may_open(reached, page)]
        self.assertEqual(may, ["who", "where", "safety", "pain"])

    def test_advice_comes_before_what_follows_but_answers_can_be_changed(self):
        flagged = draft(until="pain", safety={"safety": ["rf-limb-circulation"]})
        may = [page.key for page in questionnaire.PAGES if path.may_open(flagged, page)]
        self.assertEqual(may, ["who", "where", "safety"])

    def test_back_leads_page_by_page_to_the_start(self):
        self.assertEqual(
            [path.page_before(page) for page in questionnaire.PAGES],
            ["", "who", "where", "safety", "pain", "more"],
        )


class DataTests(SimpleTestCase):
    def test_a_draft_comes_back_from_its_data_as_it_was(self):
        made = draft(safety={"safety": ["rf-dvt"]})
        self.assertEqual(Draft.from_data(made.as_data()), made)
