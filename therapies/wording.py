"""What a row of evidence says, in one sentence: computed from its direction and its certainty, never typed.

The certainty decides how strong a sentence may be. A direction that claims more ("probably" at low certainty) is
said as weakly as the certainty allows; one that claims less keeps its own weaker word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

# GRADE. The number is how many discs of the meter are filled, and how strong a sentence may be.
LEVELS = {"high": 4, "moderate": 3, "low": 2, "very_low": 1}

NAMES = {
    "high": "High certainty",
    "moderate": "Moderate certainty",
    "low": "Low certainty",
    "very_low": "Very low certainty",
    "no_trials": "No trials found",
    "guideline": "A guideline’s statement",
    "review": "A review’s statement",
}

MEANS = {
    "high": "More research is unlikely to change this.",
    "moderate": "More research might change this.",
    "low": "More research will probably change this.",
    "very_low": "We cannot tell from the trials so far.",
    "no_trials": "None found by us or in the review we cite. There may be some.",
    "guideline": "Advice agreed by experts, not a measured effect.",
    "review": "What the authors of a review concluded, not a measured effect.",
}

UNCONFIRMED = "Nobody has checked this rating yet."

# Direction -> (what happens, the strongest word the direction itself allows).
EFFECTS = {
    "probably_improves": ("improve", 3),
    "probably_slightly_improves": ("slightly improve", 3),
    "may_improve": ("improve", 2),
    "may_slightly_improve": ("slightly improve", 2),
    "little_or_no_difference": ("same", 4),
    "may_worsen": ("worsen", 2),
    "probably_worsens": ("worsen", 3),
    "uncertain": ("unknown", 1),
}

# What happens -> at strength 4, 3, 2 and 1 (the sentence), then the same for a narrow cell.
SENTENCES = {
    "improve": ("Improves {o}", "Probably improves {o}", "May improve {o}", "whether it improves {o}"),
    "slightly improve": (
        "Slightly improves {o}",
        "Probably slightly improves {o}",
        "May slightly improve {o}",
        "whether it improves {o}",
    ),
    "same": (
        "Makes little or no difference to {o}",
        "Probably makes little or no difference to {o}",
        "May make little or no difference to {o}",
        "whether it makes a difference to {o}",
    ),
    "worsen": ("Worsens {o}", "Probably worsens {o}", "May worsen {o}", "whether it worsens {o}"),
    "unknown": ("", "", "", "whether it makes a difference to {o}"),
}
SHORT = {
    "improve": ("Better", "Probably better", "May be better"),
    "slightly improve": ("Slightly better", "Probably slightly better", "May be slightly better"),
    "same": ("Little or no difference", "Probably little or no difference", "May make little or no difference"),
    "worsen": ("Worse", "Probably worse", "May be worse"),
}
SIGNS = {"improve": "better", "slightly improve": "better", "same": "same", "worsen": "worse", "unknown": "unknown"}

# A capital and small letters after it, but not the first half of "McKenzie", nor the X of "X-ray".
PLAIN_WORD = re.compile(r"[A-Z](?:[a-z]+(?![A-Za-z])|(?![A-Za-z-]))")
# People and places that methods are named after: words of many methods, and no others, begin with a capital.
NAMED_AFTER = {"Alexander", "Bobath", "Bowen", "Chinese", "Feldenkrais", "Maitland", "Mulligan", "Swedish", "Thai"}

NOT_SAID = {"", "any", "none", "not applicable", "not stated", "varies", "various"}
TIMES = {
    "weeks": "over some weeks",
    "end of treatment": "at the end of treatment",
    "short term": "in the short term",
    "long term": "in the long term",
}
AT = ("up to ", "about ", "around ", "at least ", "at most ", "more than ")
OVER = ("days", "weeks", "months", "years")
READY = ("after", "at", "before", "by", "during", "for", "from", "immediately", "in", "just", "over", "right", "soon", "straight", "within")  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """One result in words. `sentence` is the headline, `short` fits a cell, `full` stands alone."""

    short: str
    sentence: str
    full: str
    setting: str  # what was measured, against what, when: the line above a headline
    sign: str  # better | same | worse | unknown


@dataclass(frozen=True)
class Certainty:
    """How sure anyone can be. `level` fills the meter; 0 means the row carries no rating."""

    level: int
    name: str
    means: str


def is_result(row: Row) -> bool:
    """False for a row that only points elsewhere: it is never shown as a result."""
    return row["direction"] != "see_specific_condition"


def is_measured(row: Row) -> bool:
    """False for a statement: advice, a conclusion or a search without a find has no figures of its own."""
    return (row["direction"] in EFFECTS or row["direction"] == "conflicting") and weakest(row["certainty"]) not in {
        "guideline",
        "review",
        "no_trials",
    }


def sign_of(row: Row) -> str:
    """Which way the direction of a row points: better, worse, same or unknown."""
    what, _ = EFFECTS.get(row["direction"], ("unknown", 1))
    return SIGNS[what]


def weakest(certainty: str) -> str:
    """A range of certainties counts as its lowest: "very low to low" is very low."""
    ends = certainty.replace("_", " ").split(" to ")
    return min((end.strip().replace(" ", "_") for end in ends), key=lambda end: LEVELS.get(end, 5))


def certainty(row: Row) -> Certainty:
    """The certainty of a row for its meter, with what it means for a reader. An unconfirmed rating says so."""
    word = weakest(row["certainty"])
    if row["certainty_basis"] == "to_confirm":
        return Certainty(LEVELS.get(word, 0), f"{NAMES[word]}, to be confirmed", UNCONFIRMED)
    return Certainty(LEVELS.get(word, 0), NAMES[word], MEANS[word])


def effect(row: Row, *, guideline: str = "") -> Effect:
    """The row as words. `guideline` names the guideline, where the row is a guideline's statement."""
    if not is_result(row):
        raise ValueError("A row that points to another page is not a result.")
    short, sentence, sign = _said(row, guideline)
    outcome = row["outcome"]
    around = [part for part in (comparison(row), moment(row.get("time_point", "")), people(row)) if part]
    setting = ", ".join([outcome[:1].upper() + outcome[1:], *around])
    if row["direction"] == "no_trials_found":
        compared = comparison(row).replace("compared with", "compared it with")
        full = (
            f"{sentence} that {compared} and measured {outcome}" if compared else f"{sentence} that measured {outcome}"
        )
    elif row["direction"] in {"guideline_for", "guideline_against"}:
        # "It" is the treatment, unless the row is about one use or one form of it.
        full = sentence if "guideline" in outcome else f"{sentence} ({outcome})"
    else:
        full = ", ".join([sentence, *around])
    return Effect(short, sentence, full + ".", setting, sign)


def _said(row: Row, guideline: str) -> tuple[str, str, str]:
    direction, outcome = row["direction"], row["outcome"]
    word = weakest(row["certainty"])
    by = f"The {guideline}" if guideline else "A guideline"
    match direction:
        case "guideline_for":
            return "A guideline recommends it", f"{by} recommends it", "better"
        case "guideline_against":
            return "A guideline recommends against it", f"{by} recommends against it", "worse"
        case "no_trials_found":
            return "No trials found", "No trials were found", "unknown"
        case "not_established":
            return "Not established", f"Not established: any effect on {outcome}", "unknown"
        case "harms_reported":
            return "Harms reported", "Harms were reported, without a group to compare with", "unknown"
        case "conflicting" if word == "very_low":
            return "Studies disagree", f"Studies disagree: the effect on {outcome} is very uncertain", "unknown"
        case "conflicting":
            return "Studies disagree", f"Studies disagree about the effect on {outcome}", "unknown"
    if word == "no_trials":
        return "No trials found", "No trials were found", "unknown"
    what, ceiling = EFFECTS[direction]
    strength = min(LEVELS.get(word, 1), ceiling)
    said = SENTENCES[what][4 - strength].format(o=outcome)
    if strength > 1:
        return SHORT[what][4 - strength], said, SIGNS[what]
    very = "very " if word == "very_low" else ""
    return f"{very}uncertain".capitalize(), f"It is {very}uncertain {said}", "unknown"


def comparison(row: Row) -> str:
    """ "compared with …", or nothing where a row names no comparator."""
    comparator = row.get("comparator", "").strip()
    return "" if comparator.lower() in NOT_SAID else f"compared with {comparator}"


def people(row: Row) -> str:
    """ "in people with …", where a row is about some of a condition's people only."""
    population = row.get("population", "").strip()
    return f"in {_inside(population)}" if population else ""


def moment(time_point: str) -> str:
    """When it was measured, as it reads inside a sentence: "at up to 6 months"."""
    words = time_point.strip()
    lower = words.lower()
    if lower in NOT_SAID:
        return ""
    if lower in TIMES:
        return TIMES[lower]
    if lower[0].isdigit() or lower.startswith(AT):
        return f"at {words}"
    if lower.split()[0] in OVER:
        return f"over {words}"
    if lower.split()[0] in READY:
        return words
    return f"measured: {words}"


def counts(row: Row) -> str:
    """ "8 trials, 459 people", as far as the row knows."""
    trials, people = row.get("trials"), row.get("participants")
    parts = []
    if trials:
        parts.append(f"{trials:,} trial" + ("" if trials == 1 else "s"))
    if people:
        parts.append(f"{people:,} people")
    return ", ".join(parts)


def rated_by(row: Row) -> str:
    """Whose rating the certainty is. A guideline's or a review's statement carries none."""
    if weakest(row["certainty"]) in {"guideline", "review"}:
        return ""
    return {"our_rating": "Our rating", "source": "Rated by the source"}.get(row["certainty_basis"], "")


def responders(row: Row, treatment: str) -> str:
    """How many got better in each group, also as "in 100", or nothing where a row holds no counts."""
    n, total = row.get("intervention_n"), row.get("intervention_total")
    other_n, other_total = row.get("comparator_n"), row.get("comparator_total")
    if n is None or other_n is None or not total or not other_total or not is_measured(row):
        return ""
    other = row.get("comparator", "").strip() or "the other treatment"
    return (
        f"Got better: {n} of {total} people given {_inside(treatment)} ({round(100 * n / total)} in 100), "
        f"{other_n} of {other_total} given {other} ({round(100 * other_n / other_total)} in 100)."
    )


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: a small letter first, unless its first word is a name or an abbreviation."""
    first = PLAIN_WORD.match(name)
    return name if first is None or first[0] in NAMED_AFTER else f"{name[:1].lower()}{name[1:]}"


def is_to_confirm(row: Row, sources: Mapping[str, Mapping[str, Any]]) -> bool:
    """True while nobody has confirmed the row, or any of the sources it rests on: its figures stay hidden.

    A retracted source, or one that the library does not hold, supports no figure either.
    """
    if row["certainty_basis"] == "to_confirm":
        return True
    return not any(
        key in sources and sources[key].get("check") != "to_confirm" and sources[key].get("status") != "retracted"
        for key in row["sources"]
    )


def guideline_name(source: Mapping[str, Any]) -> str:
    """What readers call a guideline: "2019 American College of Rheumatology guideline", "NICE guideline (2022)"."""
    head, word, _ = source.get("title", "").partition("guideline")
    if word and head.strip():
        return f"{head}{word}"
    if not source.get("publisher"):
        return ""
    year = f" ({source['year']})" if source.get("year") else ""
    return f"{source['publisher']} guideline{year}"
