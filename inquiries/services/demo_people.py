"""People who do not exist, what they answer in the form, and what the rules make of it. For demonstration data."""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from inquiries import priority, questionnaire, safety, search
from inquiries.models import Inquiry
from inquiries.questionnaire import QUESTIONS, Kind

FORMS = 250  # different sets of answers; people are many more
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
LEVELS = (("emergency", 0.01), ("urgent", 0.03), ("non_urgent", 0.06))
WORDS = (
    "It began on holiday.",
    "Stairs are slow.",
    "Sleep is short.",
    "Walking helps a little.",
    "Mornings are stiff.",
)


@dataclass(frozen=True)
class Form:
    """One set of answers, and the columns of a request that come of it, the encrypted ones encrypted."""

    safety_level: str
    ranking: priority.Ranking
    columns: dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody as they are stored, and what they are found again by."""

    sealed: dict[str, str]
    keys: tuple[search.Key, ...]


def person(number: int, rng: Random, *, country: str) -> Person:
    """The person of this number: a plainly made-up name, a telephone number that reaches nobody."""
    name = f"{_word(rng, 2).capitalize()} Demo{_word(rng, 2)}"
    email = f"demo{number}@example.com"
    phone = f"({rng.randrange(201, 990)}) 555-01{rng.randrange(100):02}"
    keys = search.keys_of(full_name=name, email=email, phone=phone, country=country)
    columns = {"full_name": name, "email": email, "phone": phone}
    return Person({field: sealed(field, value) for field, value in columns.items()}, tuple(keys))


def forms(rng: Random) -> list[Form]:
    """Sets of answers of all kinds, each encrypted once: a ciphertext is bound to its column and not to its row."""
    return [_form(rng) for _ in range(FORMS)]


def _word(rng: Random, syllables: int) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables))


def _form(rng: Random) -> Form:
    answers: dict[str, Any] = {key: _answer(question, rng) for key, question in QUESTIONS.items()}
    answers |= {"for_whom": "me", "age_band": rng.choice(["18_39", "40_54", "55_69", "70p"])}
    region = questionnaire.region(answers)
    wanted = next((level for level, share in LEVELS if rng.random() < share), "none")
    ticked = [sign.id for sign in safety.signs_for(region) if sign.level == wanted][:1]
    answers["safety"] = ticked or [questionnaire.NONE]
    level = safety.screening(region, ticked).level
    document = {
        **questionnaire.answers_document(answers, {}),
        "signs": safety.asked_document(region, ticked),
        "words": [],
    }
    ranking = priority.ranking(priority.facts_of(document, safety_level=level))
    return Form(
        safety_level=level,
        ranking=ranking,
        columns={
            "region": region,
            "duration": answers["duration"],
            "has_email": True,
            "has_phone": True,
            "contact_method": answers["contact_method"],
            "safety_level": level,
            "questionnaire_version": questionnaire.VERSION,
            "priority_level": ranking.level,
            "priority_points": ranking.points,
            "ruleset": ranking.ruleset,
            "answers": sealed("answers", document),
            "priority_reasons": sealed("priority_reasons", {"reasons": [asdict(each) for each in ranking.reasons]}),
            "how_to_reach": sealed("how_to_reach", questionnaire.reach_document(answers)),
        },
    )


def sealed(field: str, value: Any) -> Any:
    """What the column of this field of a request holds for this value."""
    return Inquiry._meta.get_field(field).get_prep_value(value)


def _answer(question: questionnaire.Question, rng: Random) -> Any:
    if question.kind is Kind.MANY:
        return [code for code, _ in question.options if rng.random() < 0.3]
    if question.options:
        return rng.choice(question.options)[0]
    if question.kind is Kind.PARAGRAPHS:
        return " ".join(rng.sample(WORDS, rng.randrange(len(WORDS)))) if rng.random() < 0.7 else ""
    return ""
