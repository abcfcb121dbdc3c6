"""What the request form asks, word for word, as data. Pure.

Each stored request keeps VERSION and the wording it answered. Who changes a word here gives VERSION a new value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "2026-1"

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """One question. `missing` is what someone reads who left it empty; a question without it is optional."""

    key: str
    label: str
    hint: str = ""
    missing: str = ""
    limit: int = 0
    too_long: str = ""
    options: Options = ()


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
SCALE_ENDS = ("No pain", "Pain as bad as you can imagine")

# Who it is. Stored in its own encrypted fields, so these answers are not repeated in the document below.
WHO = (
    Question(
        "full_name",
        "Full name",
        missing="Enter your full name",
        limit=200,
        too_long="Full name must be 200 characters or fewer",
    ),
    Question(
        "email",
        "Email address",
        hint="We use it only for this request. Emails never contain your answers.",
        limit=254,
        too_long="Email address must be 254 characters or fewer",
    ),
    Question(
        "phone",
        "Phone number",
        hint="Include the country code if your number is from another country.",
        limit=40,
        too_long="Phone number must be 40 characters or fewer",
    ),
)
NO_CONTACT = "Enter an email address or a phone number so we can reply"
WRONG_EMAIL = "Enter an email address in the correct format, like name@example.com"
WRONG_PHONE = "Enter a phone number in the correct format"

# About the pain. The options of condition and treatment are the pages that are live when the form is shown.
HEALTH = (
    Question("condition", "Which condition would you like to ask about? (optional)"),
    Question("treatment", "Which treatment would you like to ask about? (optional)"),
    Question(
        "duration",
        "How long have you had this pain?",
        missing="Select how long you have had this pain",
        options=DURATIONS,
    ),
    Question(
        "pain_avg",
        "What number best describes your pain on average in the past week?",
        hint="0 is no pain. 10 is pain as bad as you can imagine.",
        missing="Select a number from 0 to 10",
        options=SCALE,
    ),
    Question(
        "message",
        "Is there anything else we should know? (optional)",
        hint="Please do not include ID, card or insurance numbers.",
        limit=1000,
        too_long="Your answer must be 1,000 characters or fewer",
    ),
)
QUESTIONS = {question.key: question for question in (*WHO, *HEALTH)}

CONSENTS = (
    Consent(
        "health_data",
        "I agree that {clinic} may use the health information in this request to reply to me and plan a consultation.",
        "Confirm that we may use the health information in this request",
    ),
)


def answers_document(given: Mapping[str, str], offered: Mapping[str, Options]) -> dict[str, Any]:
    """What was asked about the pain and what was answered, as staff will read it.

    `given` are the answers by key, "" where nothing was answered; `offered` the options of the questions whose
    options are not in this module.
    """
    asked = []
    for question in HEALTH:
        answer = given.get(question.key, "")
        options = dict(offered.get(question.key, question.options))
        asked.append(
            {
                "key": question.key,
                "question": question.label,
                "hint": question.hint,
                "answer": answer,
                "text": options.get(answer, answer) if answer else "",
            }
        )
    return {"questionnaire": VERSION, "asked": asked}
