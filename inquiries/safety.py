"""Warning signs: what is asked, what it means, and which words in free text worry us. Pure and versioned.

The signs are the one table of therapies.red_flags, which feeds the care cards too. Nothing here lowers a level:
single signs are weak evidence, so they advise and raise and never block.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from therapies.red_flags import RED_FLAGS, TABLE_VERSION, RedFlag

VERSION = f"2 with signs {TABLE_VERSION}"

# The most urgent last: levels compare by place.
LEVELS = ("none", "non_urgent", "urgent", "emergency")
ALERTING = frozenset({"urgent", "emergency"})  # somebody on duty is told, and the person reads the advice first


@dataclass(frozen=True)
class DangerWord:
    """A word in free text, at word boundaries, and its level. Negation is not looked at: "no chest pain" counts too."""

    pattern: str
    level: str
    shown: str


# Short and reviewed: what people write, not what it may mean.
DANGER_WORDS = (
    DangerWord(r"suicid\w*", "emergency", "suicide"),
    DangerWord(r"kill(?:ing)? (?:myself|himself|herself|themselves)", "emergency", "kill myself"),
    DangerWord(r"end(?:ing)? (?:my|his|her|their) life", "emergency", "end my life"),
    DangerWord(r"(?:harm|hurt)(?:ing)? (?:myself|himself|herself|themselves)", "emergency", "harm myself"),
    DangerWord(r"self[- ]harm\w*", "emergency", "self-harm"),
    DangerWord(r"(?:do(?:es)? not|do(?:es)?n'?t) want to live", "emergency", "do not want to live"),
    DangerWord(r"want(?:s|ed)? to die", "emergency", "want to die"),
    DangerWord(r"better off dead", "emergency", "better off dead"),
    DangerWord(r"overdos\w*", "emergency", "overdose"),
    DangerWord(r"chest pains?", "emergency", "chest pain"),
    DangerWord(r"(?:can ?not|can'?t|cant|trouble|hard to) breath\w*", "emergency", "cannot breathe"),
    DangerWord(r"short(?:ness)? of breath", "emergency", "shortness of breath"),
    DangerWord(r"(?:can ?not|can'?t|cant) (?:feel|move) (?:my|his|her|their)", "emergency", "cannot feel or move"),
    DangerWord(r"paraly[sz]\w*", "emergency", "paralysed"),
    DangerWord(r"(?:wet|soil)(?:ting|ted|ed|ing)? (?:myself|himself|herself|themselves)", "emergency", "wet myself"),
    DangerWord(r"incontinen\w*", "emergency", "incontinence"),
    DangerWord(
        r"numb(?:ness)? (?:in|around) (?:the |my )?(?:groin|saddle|genitals?|buttocks?)", "emergency", "numb groin"
    ),
    DangerWord(r"slurred speech|face (?:is )?droop\w*", "emergency", "signs of a stroke"),
    DangerWord(r"stroke", "urgent", "stroke"),
    DangerWord(r"fever|high temperature|chills", "urgent", "fever"),
    DangerWord(r"collaps\w*|faint(?:ed|ing)|black(?:ed|ing) out", "urgent", "collapse"),
)
# One look tells that there is none, as in nearly every text: the form looks at what was typed several times.
_ANY_WORD = re.compile("|".join(rf"\b(?:{word.pattern})\b" for word in DANGER_WORDS), re.IGNORECASE)
# What keyboards and word processors put in the place of the two signs that the patterns have.
_AS_IN_THE_TABLE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4`", "'") | dict.fromkeys("\u2010\u2011", "-")
)
_WORDS = [(re.compile(rf"\b(?:{word.pattern})\b", re.IGNORECASE), word) for word in DANGER_WORDS]


@dataclass(frozen=True)
class Screening:
    """What somebody's answers come to: the level, the signs they said yes to, and whether they were not sure."""

    level: str
    signs: tuple[RedFlag, ...]
    is_unsure: bool


def signs_for(region: str) -> tuple[RedFlag, ...]:
    """The warning signs asked about for pain in this region, the most urgent first."""
    asked = [flag for flag in RED_FLAGS.values() if region in flag.regions]
    return tuple(sorted(asked, key=lambda flag: -LEVELS.index(flag.level)))


def screening(region: str, ticked: Sequence[str], *, is_unsure: bool = False) -> Screening:
    """What the answers about the signs come to. "I'm not sure" alone is urgent; what is ticked decides the rest.

    An id that is not asked for this region counts too: somebody who changed the region keeps what they said.
    """
    signs = tuple(RED_FLAGS[key] for key in RED_FLAGS if key in set(ticked))
    level = worst([*(sign.level for sign in signs), *(["urgent"] if is_unsure else [])])
    return Screening(level, tuple(sorted(signs, key=lambda flag: -LEVELS.index(flag.level))), is_unsure)


def alerting_signs(signs: Sequence[RedFlag], *, level: str, emergency_number: str) -> list[tuple[str, str]]:
    """(question, what to do about this very sign, else "") for each that alerts, as the advice for this level tells them.

    What is to be done today says nothing beside what is to be done now.
    """
    return [
        (sign.question, sign.particular_advice(emergency_number) if sign.level == level else "")
        for sign in signs
        if sign.level in ALERTING
    ]


def asked_document(region: str, ticked: Sequence[str]) -> list[dict[str, str]]:
    """Every sign that was asked, word for word, with the answer: yes, or no. Kept with the request."""
    return [
        {"id": sign.id, "question": sign.question, "level": sign.level, "answer": "yes" if sign.id in ticked else "no"}
        for sign in signs_for(region)
    ]


def danger_words(*texts: str) -> tuple[DangerWord, ...]:
    """The words in free text that raise the level, each once. They never lower it."""
    plain = " ".join(" ".join(texts).translate(_AS_IN_THE_TABLE).split())  # two spaces or a new line are a space
    if not _ANY_WORD.search(plain):
        return ()
    return tuple(word for pattern, word in _WORDS if pattern.search(plain))


def worst(levels: Iterable[str]) -> str:
    """The most urgent of some levels; "none" of none."""
    return max(levels, key=LEVELS.index, default=LEVELS[0])
