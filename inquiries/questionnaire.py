"""What the request form asks, page by page and word for word, as data. Pure.

Each stored request keeps VERSION and the wording it answered. Who changes a word here gives VERSION a new value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

VERSION = "2026-3"

Options = tuple[tuple[str, str], ...]
Answers = Mapping[str, Any]  # by question key: a code, a text, or a list of codes; "" or [] where nothing was answered


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"  # one of the options
    MANY = "many"  # any of the options
    SCALE = "scale"  # 0 to 10
    LINE = "line"
    PARAGRAPHS = "paragraphs"
    EMAIL = "email"
    PHONE = "phone"
    CONFIRM = "confirm"  # a box to tick
    PAGE = "page"  # one of the pages that are live when the form is shown


@dataclass(frozen=True)
class Question:
    """One question. `missing` is what someone reads who left it empty; a question without it is optional.

    `only_if` is (another key of the same page, its answers): else the question is not asked and its answer dropped.
    `ends` are the words at both ends of a scale.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    missing: str = ""
    limit: int = 0
    too_long: str = ""
    options: Options = ()
    only_if: tuple[str, frozenset[str]] | None = None
    ends: tuple[str, str] | None = None

    def is_asked(self, answers: Answers) -> bool:
        """Does this question apply to who gave these answers?"""
        return self.only_if is None or answers.get(self.only_if[0]) in self.only_if[1]


@dataclass(frozen=True)
class Page:
    """One page of the form: `key` is the last part of its address."""

    key: str
    heading: str
    questions: tuple[Question, ...]
    intro: str = ""


@dataclass(frozen=True)
class Consent:
    """One sentence a person agrees to. `{clinic}` stands for the clinic's name."""

    purpose: str
    text: str
    missing: str

    def wording(self, clinic: str) -> str:
        """The sentence as this clinic's visitors read it."""
        return self.text.format(clinic=clinic)


UNSURE = ("unsure", "I'm not sure")
YES_NO: Options = (("yes", "Yes"), ("no", "No"))
AGES: Options = (
    ("u18", "Under 18"),
    ("18_39", "18 to 39"),
    ("40_54", "40 to 54"),
    ("55_69", "55 to 69"),
    ("70p", "70 or older"),
)
UNDER_18 = "u18"
# `other` is no region of the library: such a request is asked the warning signs of the whole body.
REGIONS: Options = (
    ("back", "Lower back"),
    ("neck", "Neck or upper back"),
    ("shoulder", "Shoulder"),
    ("arm", "Elbow, wrist or hand"),
    ("hip", "Hip"),
    ("knee", "Knee"),
    ("foot", "Ankle or foot"),
    ("general", "Several joints"),
    ("other", "Somewhere else"),
)
DURATIONS: Options = (
    ("lt6w", "Less than 6 weeks"),
    ("6_12w", "6 to 12 weeks"),
    ("12w_1y", "12 weeks to 1 year"),
    ("1_5y", "1 to 5 years"),
    ("gt5y", "More than 5 years"),
    UNSURE,
)
CHRONIC = frozenset({"12w_1y", "1_5y", "gt5y"})  # 12 weeks or longer
SCALE: Options = tuple((str(number), str(number)) for number in range(11))
PAIN_ENDS = ("No pain", "Pain as bad as you can imagine")
INTERFERES_ENDS = ("Does not interfere", "Completely interferes")
PEG = ("pain_avg", "pain_enjoyment", "pain_activity")  # Krebs 2009: the mean of three, when all three are answered

NONE, NOT_SURE = "none", "unsure"
SAFETY_EXITS: Options = ((NONE, "None of these"), (NOT_SURE, "I'm not sure"))
SAFETY_MISSING = "Select any that apply, or select 'None of these'"
SAFETY_OTHERS = "Your answer about where the pain is has changed. Read these signs, and select any that apply"
SAFETY_BOTH = "Select the ones that apply, or 'None of these', not both"

NO_CONTACT = "Enter an email address or a phone number so we can reply"
WRONG_EMAIL = "Enter an email address in the correct format, like name@example.com"
WRONG_PHONE = "Enter a phone number in the correct format"

_OTHER = ("for_whom", frozenset({"other"}))
_BY_PHONE = ("contact_method", frozenset({"phone"}))
_LONG_ANSWER = "Your answer must be {} characters or fewer"

WHO = Page(
    "who",
    "Who needs help?",
    (
        Question(
            "for_whom",
            Kind.ONE,
            "Who is this request for?",
            missing="Select who this request is for",
            options=(("me", "Me"), ("other", "Someone else")),
        ),
        Question(
            "helper_name",
            Kind.LINE,
            "Your name",
            hint="Only if you are filling this in for someone else.",
            missing="Enter your name",
            limit=200,
            too_long="Your name must be 200 characters or fewer",
            only_if=_OTHER,
        ),
        Question(
            "helper_relation",
            Kind.ONE,
            "How do you know this person?",
            hint="Only if you are filling this in for someone else.",
            missing="Select how you know this person",
            options=(
                ("family", "Family or partner"),
                ("friend", "Friend or neighbour"),
                ("carer", "Carer"),
                ("professional", "Health or care professional"),
                ("other", "Another way"),
            ),
            only_if=_OTHER,
        ),
        Question(
            "helper_permission",
            Kind.CONFIRM,
            "They know I am sending this",
            hint="Only if you are filling this in for someone else.",
            missing="Confirm that they know, or call us instead",
            only_if=_OTHER,
        ),
        Question(
            "age_band",
            Kind.ONE,
            "How old is the person with the pain?",
            hint="We ask for a range, not a date of birth.",
            missing="Select an age range",
            options=AGES,
        ),
    ),
)
WHERE = Page(
    "where",
    "Where is the pain?",
    (
        Question(
            "body_region",
            Kind.ONE,
            "Where is the main pain?",
            hint="Choose the one that bothers you most.",
            missing="Select where the main pain is",
            options=REGIONS,
        ),
        Question("condition", Kind.PAGE, "Which condition would you like to ask about? (optional)"),
        Question("treatment", Kind.PAGE, "Which treatment would you like to ask about? (optional)"),
    ),
)
# Its options are the warning signs of the region (safety.py), so they are not here.
SAFETY = Page(
    "safety",
    "Your safety",
    (
        Question(
            "safety",
            Kind.MANY,
            "Before you continue: do any of these apply now?",
            hint="These can need care sooner than we can give it.",
            missing=SAFETY_MISSING,
        ),
    ),
)
PAIN = Page(
    "pain",
    "About the pain",
    (
        Question(
            "duration",
            Kind.ONE,
            "How long have you had this pain?",
            missing="Select how long you have had this pain",
            options=DURATIONS,
        ),
        Question(
            "trend",
            Kind.ONE,
            "In the past 2 weeks, has it changed?",
            missing="Select if the pain has changed",
            options=(("better", "Better"), ("same", "About the same"), ("worse", "Worse"), UNSURE),
        ),
        Question(
            "pain_avg",
            Kind.SCALE,
            "What number best describes your pain on average in the past week?",
            hint="0 is no pain. 10 is pain as bad as you can imagine.",
            missing="Select a number from 0 to 10",
            options=SCALE,
            ends=PAIN_ENDS,
        ),
        Question(
            "pain_enjoyment",
            Kind.SCALE,
            "What number best describes how, during the past week, pain has interfered with your enjoyment of life? "
            "(optional)",
            options=SCALE,
            ends=INTERFERES_ENDS,
        ),
        Question(
            "pain_activity",
            Kind.SCALE,
            "What number best describes how, during the past week, pain has interfered with your general activity? "
            "(optional)",
            options=SCALE,
            ends=INTERFERES_ENDS,
        ),
        Question(
            "tried",
            Kind.MANY,
            "What have you tried so far? (optional)",
            options=(
                ("medicine", "Pain medicine"),
                ("exercise", "Physiotherapy or exercise"),
                ("injections", "Injections"),
                ("surgery", "Surgery"),
                ("other", "Something else"),
                ("nothing", "Nothing yet"),
            ),
        ),
    ),
)
MORE = Page(
    "more",
    "A little more about you",
    (
        Question(
            "goal",
            Kind.PARAGRAPHS,
            "What would you most like to be able to do again? (optional)",
            hint="For example, walk the dog or sleep through the night. Up to 500 characters.",
            limit=500,
            too_long=_LONG_ANSWER.format("500"),
        ),
        Question(
            "health_factors",
            Kind.MANY,
            "Do any of these apply? (optional)",
            hint="It helps us plan; it does not rule you out.",
            options=(
                ("blood_thinners", "Takes blood thinners"),
                ("diabetes", "Diabetes"),
                ("cancer", "Cancer now or in the past"),
                ("weak_immunity", "Weak immune system"),
                ("pregnant", "Pregnant"),
                ("replacement", "Joint replacement in this joint"),
                ("none", "None"),
                ("talk", "I'd rather talk about it"),
            ),
        ),
        Question(
            "activity_level",
            Kind.ONE,
            "Which is closest to your usual day? (optional)",
            options=(
                ("sitting", "Mostly sitting"),
                ("feet", "On my feet"),
                ("heavy", "Heavy work"),
                ("not_working", "Not working because of pain"),
                ("other", "Other"),
            ),
        ),
        Question(
            "coping",
            Kind.ONE,
            "Do stress, low mood or poor sleep make the pain harder to live with? (optional)",
            hint="If you are in crisis or thinking of harming yourself, call {crisis_line} now.",
            options=(*YES_NO, ("prefer_not", "I'd rather not say")),
        ),
        Question(
            "message",
            Kind.PARAGRAPHS,
            "Is there anything else we should know? (optional)",
            hint="Please do not include ID, card or insurance numbers. Up to 1,000 characters.",
            limit=1000,
            too_long=_LONG_ANSWER.format("1,000"),
        ),
    ),
)
CONTACT = Page(
    "contact",
    "How to reach you",
    (
        Question(
            "full_name",
            Kind.LINE,
            "Full name",
            hint="The name of the person with the pain.",
            missing="Enter your full name",
            limit=200,
            too_long="Full name must be 200 characters or fewer",
        ),
        Question(
            "contact_method",
            Kind.ONE,
            "How should we contact you?",
            missing="Select how we should contact you",
            options=(("phone", "Phone call"), ("text", "Text message"), ("email", "Email")),
        ),
        Question(
            "phone",
            Kind.PHONE,
            "Phone number",
            hint="Include the country code if your number is from another country.",
            limit=40,
            too_long="Phone number must be 40 characters or fewer",
        ),
        Question(
            "email",
            Kind.EMAIL,
            "Email address",
            hint="We use it only for this request. Emails never contain your answers.",
            limit=254,
            too_long="Email address must be 254 characters or fewer",
        ),
        Question(
            "voicemail_ok",
            Kind.ONE,
            "Can we leave a voicemail?",
            missing="Select yes if we can leave a voicemail",
            options=YES_NO,
            only_if=_BY_PHONE,
        ),
        Question(
            "name_clinic_ok",
            Kind.ONE,
            "Can we say our clinic's name if someone else answers?",
            missing="Select yes if we can say our clinic's name",
            options=YES_NO,
            only_if=_BY_PHONE,
        ),
        Question(
            "best_time",
            Kind.ONE,
            "Best time to call (optional)",
            options=(("any", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon")),
        ),
        Question(
            "communication_needs",
            Kind.LINE,
            "Do you need anything to help us communicate? (optional)",
            hint="For example, an interpreter, large print, or email because of hearing.",
            limit=200,
            too_long=_LONG_ANSWER.format("200"),
        ),
    ),
    intro="Give us an email address, a phone number, or both.",
)

PAGES = (WHO, WHERE, SAFETY, PAIN, MORE, CONTACT)
QUESTIONS = {question.key: question for page in PAGES for question in page.questions}
REQUIRED_CONTACT = {"phone": "phone", "text": "phone", "email": "email"}  # what a way of contact needs
CONTACT_MISSING = {
    "phone": "Enter a phone number so we can call you",
    "email": "Enter an email address so we can reply",
}

# Stored in fields of their own, encrypted or in clear, so not repeated in the documents.
IN_FIELDS = frozenset({"full_name", "phone", "email"})
# How to reach somebody: read by who may know who sent a request. All else is read by who may read about health.
REACH = frozenset(
    {
        *(question.key for question in WHO.questions if question.key != "age_band"),
        *(question.key for question in CONTACT.questions),
    }
)
_IN_DOCUMENTS = tuple(question for question in QUESTIONS.values() if question.key not in IN_FIELDS)
_TO_REACH = tuple(question for question in _IN_DOCUMENTS if question.key in REACH)
_ABOUT_HEALTH = tuple(question for question in _IN_DOCUMENTS if question.key not in REACH)

CONSENTS = (
    Consent(
        "health_data",
        "I agree that {clinic} may use the health information in this request to reply to me and plan a consultation.",
        "Confirm that we may use the health information in this request",
    ),
    Consent(
        "not_emergency",
        "I understand this request is not medical advice or an emergency service, and that I am not yet a patient of "
        "the clinic.",
        "Confirm that you understand this is not medical advice or an emergency service",
    ),
    Consent(
        "privacy_notice",
        "I have read how {clinic} uses my information.",
        "Confirm that you have read how we use your information",
    ),
)


def page(key: str) -> Page | None:
    """The page at this address."""
    return next((each for each in PAGES if each.key == key), None)


def is_chronic(answers: Answers) -> bool:
    """Has the pain lasted 12 weeks or longer (the usual definition of chronic pain, ICD-11 MG30)?"""
    return answers.get("duration") in CHRONIC


def peg(answers: Answers) -> float | None:
    """The mean of the three PEG items (Krebs 2009), one decimal; None unless all three were answered."""
    given = [answers.get(key, "") for key in PEG]
    return round(sum(int(number) for number in given) / len(PEG), 1) if all(given) else None


def region(answers: Answers) -> str:
    """The region of the library somebody's pain belongs to."""
    chosen = answers.get("body_region", "")
    return "general" if chosen == "other" else chosen


def hint(question: Question, crisis_line: str) -> str:
    """The hint as this clinic's visitors read it. Without a crisis line, what needs one is left out."""
    if "{crisis_line}" not in question.hint:
        return question.hint
    return question.hint.format(crisis_line=crisis_line) if crisis_line else ""


def answers_document(answers: Answers, offered: Mapping[str, Options], *, crisis_line: str = "") -> dict[str, Any]:
    """What was asked about health and what was answered, as staff will read it.

    `offered` has the options of the questions whose options are not in this module.
    """
    return {"questionnaire": VERSION, "asked": _asked(_ABOUT_HEALTH, answers, offered, crisis_line)}


def reach_document(answers: Answers) -> dict[str, Any]:
    """What was asked about who sends it and how to reach the person."""
    return {"questionnaire": VERSION, "asked": _asked(_TO_REACH, answers, {})}


def answer_in(document: Mapping[str, Any] | None, key: str) -> Any:
    """What was answered to one question of a stored document, "" if it was not asked."""
    asked = (document or {}).get("asked", [])
    return next((row["answer"] for row in asked if row["key"] == key), "")


def _asked(
    questions: tuple[Question, ...], answers: Answers, offered: Mapping[str, Options], crisis_line: str = ""
) -> list[dict[str, Any]]:
    asked = []
    for question in questions:
        if not question.is_asked(answers):
            continue
        answer = answers.get(question.key, "")
        asked.append(
            {
                "key": question.key,
                "question": question.label,
                "hint": hint(question, crisis_line),
                "answer": answer,
                "text": in_words(question, answer, offered.get(question.key, question.options)),
            }
        )
    return asked


def in_words(question: Question, answer: Any, options: Options = ()) -> str:
    """An answer as somebody reads it; "" where nothing was answered."""
    if question.kind is Kind.CONFIRM:
        return "Yes" if answer else ""
    words = dict(options or question.options)
    if isinstance(answer, list):
        return "; ".join(words.get(code) or str(code) for code in answer)
    return words.get(answer) or str(answer or "")
