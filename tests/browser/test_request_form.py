"""The request form as people use it on a telephone: in few actions, by the keys alone, and by ear."""

import re

import pytest
from playwright.sync_api import expect

from inquiries import questionnaire, safety
from inquiries.questionnaire import Kind
from tests.browser.hearing import heard
from tests.browser.keys import Keys
from tests.browser.test_journey import REFERENCE, answer_until_contact, go_on, start

FEW = 60
KNEE = safety.signs_for("knee")
WAY_OUT = [("button", "Continue"), ("button", "Save nothing and leave")]


class Counted:
    """Does one thing after the other and counts them: a press is one, and what is typed into a field is one."""

    def __init__(self, page):
        self.page, self.actions = page, 0

    def press(self, name, *, within="", role="radio"):
        place = self.page.get_by_role("group", name=within) if within else self.page
        place.get_by_role(role, name=name, exact=True).click()
        self.actions += 1

    def type(self, name, text):
        self.page.get_by_role("textbox", name=name).fill(text)
        self.actions += 1

    def choose(self, name, label):
        self.page.get_by_role("combobox", name=name).select_option(label=label)
        self.actions += 1

    def go_on(self):
        with self.page.expect_navigation():
            self.press("Continue", role="button")


def answer_everything(way: Counted) -> None:
    """Every question there is, the optional ones too."""
    way.press("Me")
    way.press("55 to 69")
    way.go_on()
    way.press("Knee")
    way.choose("Which condition", "Knee osteoarthritis")
    way.choose("Which treatment", "I'm not sure")
    way.go_on()
    way.press("None of these", role="checkbox")
    way.go_on()
    way.press("12 weeks to 1 year")
    way.press("About the same")
    for question in ("on average", "enjoyment of life", "general activity"):
        way.press("6", within=question)
    way.press("Pain medicine", role="checkbox")
    way.go_on()
    way.type("What would you most like", "Walk the dog")
    way.press("Diabetes", role="checkbox")
    way.press("Mostly sitting")
    way.press("No", within="stress, low mood")
    way.type("Is there anything else", "It hurts most on stairs.")
    way.go_on()
    way.type("Full name", "Ivo Example")
    way.press("Phone call")
    way.type("Phone number", "(202) 555-0131")
    way.type("Email address", "ivo@example.com")
    way.press("Yes", within="leave a voicemail")
    way.press("No", within="say our clinic's name")
    way.press("Morning")
    way.type("Do you need anything", "Large print")
    way.go_on()
    expect(way.page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    for consent in way.page.get_by_role("checkbox").all():
        consent.click()
        way.actions += 1
    way.press("Send my request", role="button")


@pytest.mark.parametrize("javascript", [True, False])
def test_every_answer_there_is_takes_few_actions(visit, javascript):
    visitor = visit("/treatments/prp-injection/", width=390, javascript=javascript)
    start(visitor.page)
    way = Counted(visitor.page)
    answer_everything(way)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Request sent")
    assert REFERENCE.search(visitor.text())
    assert way.actions < FEW
    assert visitor.complaints == []


def test_the_keys_alone_are_enough_even_with_a_slip_and_a_warning_sign(visit):
    visitor = visit("/consultation/", width=390)
    keys = Keys(visitor.page)
    keys.press("Start now")
    keys.press("Continue")
    keys.press("Select who this request is for")  # from the summary, which has the focus, to the answer
    expect(visitor.page.get_by_role("radio", name="Me", exact=True)).to_be_focused()
    visitor.page.keyboard.press("Space")
    keys.choose("Under 18", down=3)
    keys.press("Continue")
    keys.choose("Lower back", down=5)
    keys.press("Continue")
    keys.tick(next(sign.question for sign in KNEE if sign.level == "urgent"))
    keys.press("Continue")
    keys.press("I have read this. Continue with my request")
    keys.choose("Less than 6 weeks", down=2)
    keys.choose("Better", down=1)
    keys.choose("0", down=6)
    keys.press("Continue")
    keys.press("Continue")
    keys.type("Full name", "Kim Example")
    keys.choose("Phone call", down=2)
    keys.type("Email address", "kim@example.com")
    keys.press("Continue")
    for words in ("I agree that", "I understand", "I have read how"):
        keys.tick(words)
    keys.press("Send my request")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Request sent")
    assert keys.without_a_mark == []
    assert visitor.complaints == []


def names_of(page, signs=()):
    """What is to be heard on one page of questions: its heading, and each question with its answers, in order."""
    names = [("heading", page.heading)]
    for question in page.questions:
        if question.kind in {Kind.ONE, Kind.SCALE, Kind.MANY}:
            options = question.options or [*((sign.id, sign.question) for sign in signs), *questionnaire.SAFETY_EXITS]
            names.append(("group", question.label))
            role = "checkbox" if question.kind is Kind.MANY else "radio"
            names += [(role, words) for _, words in options]
        else:
            role = {Kind.CONFIRM: "checkbox", Kind.PAGE: "combobox"}.get(question.kind, "textbox")
            names.append((role, question.label))
    return [*names, *WAY_OUT]


def test_a_screen_reader_hears_the_name_of_every_question_answer_and_button(visit):
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    assert heard(page) == [
        ("heading", "Request a consultation"),
        ("button", "Start now"),
        ("heading", "Other ways"),
        ("heading", "What we do with your answers"),
    ]
    page.get_by_role("button", name="Start now").click()
    answer_until_contact(page)
    for each in questionnaire.PAGES:
        visitor.go(f"/consultation/{each.key}/")
        assert heard(page) == names_of(each, KNEE)
    go_on(page)
    assert heard(page)[:3] == [
        ("alert", "Please check 2 answers"),
        ("heading", "Please check 2 answers"),
        ("heading", "How to reach you"),
    ]
    page.get_by_label("Full name").fill("Lea Example")
    page.get_by_role("radio", name="Email", exact=True).check()
    page.get_by_role("textbox", name="Email address").fill("lea@example.com")
    go_on(page)
    clinic = page.title().rpartition("– ")[2]
    assert heard(page) == [
        ("heading", "Check your answers before you send your request"),
        *(("heading", each.heading) for each in questionnaire.PAGES),
        ("heading", "Send your request"),
        *(("checkbox", consent.wording(clinic)) for consent in questionnaire.CONSENTS),
        ("textbox", "Leave this empty"),
        ("button", "Send my request"),
        ("button", "Save nothing and leave"),
    ]
    answers = {"for_whom": "me", "contact_method": "email"}
    asked = [question.label for question in questionnaire.QUESTIONS.values() if question.is_asked(answers)]
    assert page.get_by_role("link", name=re.compile("^Change ")).all_text_contents() == [
        f"Change {one}" for one in asked
    ]
    for consent in page.get_by_role("checkbox").all():
        consent.check()
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request sent")
    assert heard(page) == [
        ("heading", "Request sent"),
        ("button", "Print or save this page"),
        *(("heading", words) for words in ("What happens next", "We read it", "We contact you", "You decide")),
        ("heading", "If it gets worse while you wait"),
        ("heading", "To talk to us"),
    ]
    assert page.get_by_role("main").get_by_role("link").all_text_contents()[:1] == [
        "See where your request stands, add something, or change how we reach you"
    ]


ADVICE = {
    "emergency": ("Get help now", "Emergency care: Call 911 or go to the emergency department now"),
    "urgent": ("Speak to a doctor today", "Urgent advice: See your own doctor or an urgent care clinic today"),
}


def test_a_sign_of_each_level_leads_to_its_advice_by_ear_too(visit):
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    page.get_by_role("button", name="Start now").click()
    for name in ("Me", "55 to 69"):
        page.get_by_role("radio", name=name, exact=True).check()
    go_on(page)
    page.get_by_role("radio", name="Knee", exact=True).check()
    go_on(page)
    for level in ("urgent", "emergency"):
        sign = next(sign for sign in KNEE if sign.level == level)
        page.get_by_role("checkbox", name=sign.question).check()
        go_on(page)
        expect(page.get_by_role("listitem").filter(has_text=sign.question)).to_be_visible()
        assert heard(page) == [
            *(("heading", words) for words in ADVICE[level]),
            ("button", "I have read this. Continue with my request"),
            ("button", "Leave and clear my answers"),
        ]
        page.get_by_role("link", name="Change my answer").click()
