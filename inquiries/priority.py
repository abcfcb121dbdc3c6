"""How urgent a request is, and why. Pure and versioned: a clinician can read the table RULES and sign it.

A rule sets a level at least, or gives points, or both; nothing lowers anything. Points do not change the level: they
pull the due time earlier (due.py). Waiting is no rule, since the queue stands in the order of due times. Who changes a
rule gives VERSION a new value: each request keeps the version that ranked it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from inquiries import questionnaire, safety

VERSION = "2026-1"
EMERGENCY, URGENT, SOON, ROUTINE = range(4)

# No rule looks at these; there is no place for them in Facts.
NEVER_USED = ("age", "name", "the page they came from", "the treatment they ask about", "payment", "language")
# Staff see these beside a request. They give no points and set no level.
LABELS_ONLY = ("pain for 12 weeks or longer", "help they need to communicate")
LATER = "in a later message"  # no document has it


@dataclass(frozen=True)
class Facts:
    """All that the rules look at. The levels are those of safety.LEVELS."""

    safety_level: str = "none"  # of the whole request, with what the patient wrote later
    signs: tuple[tuple[str, str], ...] = ()  # (as asked, level) of those answered yes
    is_unsure: bool = False  # about the warning signs
    words: tuple[tuple[str, str], ...] = ()  # (as shown, level) of what worries us in their own words
    trend: str = ""
    peg: float | None = None
    coping: str = ""
    repeat_of: str = ""  # reference of an earlier request of the past 30 days
    worse_on: date | None = None  # when the patient wrote that it is worse


@dataclass(frozen=True)
class Reason:
    """A rule that fired: what it did, which answer it saw, and why in plain words."""

    rule: str
    points: int
    sets_level: int | None
    fact: str
    explanation: str


@dataclass(frozen=True)
class Ranking:
    """The outcome: level 0 (first) to 3, points, and every reason."""

    level: int
    points: int
    reasons: tuple[Reason, ...]
    ruleset: str = VERSION


@dataclass(frozen=True)
class Rule:
    """`sees` is the answer that makes the rule fire, "" where it does not. `sets_level`: that level or a better one."""

    code: str
    sets_level: int | None
    points: int
    explanation: str
    sees: Callable[[Facts], str]


def ranking(facts: Facts) -> Ranking:
    """The level and the points that the rules come to, with each rule that fired."""
    seen = [(rule, rule.sees(facts)) for rule in RULES]
    reasons = tuple(
        Reason(rule.code, rule.points, rule.sets_level, fact, rule.explanation) for rule, fact in seen if fact
    )
    level = min((reason.sets_level for reason in reasons if reason.sets_level is not None), default=ROUTINE)
    return Ranking(level, sum(reason.points for reason in reasons), reasons)


def facts_of(
    answers: Mapping[str, Any],
    *,
    safety_level: str,
    repeat_of: str = "",
    worse_on: date | None = None,
    later: Sequence[Mapping[str, Any]] = (),
) -> Facts:
    """The facts in a stored document of answers (questionnaire.answers_document, with its signs and words).

    `later` has the signs and words of what the patient wrote afterwards. They come on top; nothing is taken back.
    """
    said = {key: questionnaire.answer_in(answers, key) for key in ("trend", "coping", "safety", *questionnaire.PEG)}
    documents = (answers, *later)
    signs = [sign for document in documents for sign in document.get("signs", []) if sign["answer"] == "yes"]
    words = dict.fromkeys(word for document in documents for word in document.get("words", []))
    levels = {word.shown: word.level for word in safety.DANGER_WORDS}
    return Facts(
        safety_level=safety_level,
        signs=tuple(dict.fromkeys((sign["question"], sign["level"]) for sign in signs)),
        is_unsure=questionnaire.NOT_SURE in said["safety"],
        words=tuple((word, levels.get(word, "none")) for word in words),  # none: a word that is no longer listed
        trend=said["trend"],
        peg=questionnaire.peg({key: said[key] for key in questionnaire.PEG}),
        coping=said["coping"],
        repeat_of=repeat_of,
        worse_on=worse_on,
    )


def _of_level(level: str) -> Callable[[Facts], str]:
    """Signs of this level; else what brought the whole request to it: words, or answers that are not kept as such.

    Who wrote that it is worse is urgent by that rule; it needs no second reason.
    """

    def sees(facts: Facts) -> str:
        found = [sign for sign, of in facts.signs if of == level]
        if level == "urgent" and facts.is_unsure:
            found.append(questionnaire.UNSURE[1])
        if not found and facts.safety_level == level:
            found = [word for word, of in facts.words if of == level]
            if not found and not (level == "urgent" and facts.worse_on):
                found = [LATER]
        return "; ".join(found)

    return sees


def _worse(facts: Facts) -> str:
    return facts.worse_on.isoformat() if facts.worse_on else ""


def _peg(least: float, below: float) -> Callable[[Facts], str]:
    return lambda facts: f"PEG {facts.peg}" if facts.peg is not None and least <= facts.peg < below else ""


RULES = (
    Rule("E-ANY", EMERGENCY, 0, "Reported an emergency sign", _of_level("emergency")),
    Rule("U-ANY", URGENT, 0, "Reported an urgent sign, or was not sure", _of_level("urgent")),
    Rule("UPD-WORSE", URGENT, 0, "The patient wrote that it is worse", _worse),
    Rule("REPEAT-30D", SOON, 15, "Second contact in 30 days", lambda facts: facts.repeat_of),
    Rule("WORDS", SOON, 0, "Free text contains", lambda facts: "; ".join(word for word, _ in facts.words)),
    Rule("TREND-WORSE", None, 15, "Got worse in the past 2 weeks", lambda facts: "Worse" * (facts.trend == "worse")),
    Rule("PEG-7", None, 20, "Severe impact (label only)", _peg(7, 11)),
    Rule("PEG-4", None, 10, "Moderate impact (label only)", _peg(4, 7)),
    Rule(
        "COPING",
        None,
        5,
        "Stress, mood or sleep makes it harder to cope",
        lambda facts: "Yes" * (facts.coping == "yes"),
    ),
)
