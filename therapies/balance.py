"""Benefit and harm told in balance, and what every page on a regenerative treatment must disclose."""

import re
from collections.abc import Iterator, Mapping

from therapies.document_texts import row_in_words, texts_of
from therapies.gate_rules import BLOCK, WARN, Document, Gate, GateRule, Sources
from therapies.plain_text import blocks

LEAST, MOST = 0.5, 2.0  # words of benefit for each word of harm
SHORT = 25  # words on either side below which a ratio says nothing

OPTION_BENEFITS = ("description", "who_might_consider", "time_to_effect", "duration_of_effect")
BENEFIT_ASPECTS = {"how_it_works", "suitability"}
HARM_ASPECTS = {"limits"}

# What six of six disclosures ask for: how a text says it, and what to add where none does.
EVIDENCE_IS_LIMITED = re.compile(
    r"\b(?:no|few|small|too\s+few|only\s+\w+)\s+(?:\w+\s+)?(?:trials?|studies)\b|\b(?:uncertain|unproven|mixed)\b|"
    r"\bnot\s+(?:been\s+)?(?:shown|proven|established|known)\b|\b(?:limited|little|low|weak)\s+(?:\w+\s+)?"
    r"(?:evidence|certainty|proof)\b|\bno\s+(?:evidence|proof)\b|\bevidence\b[^.]{0,60}\blimited\b",
    re.IGNORECASE,
)
EVIDENCE_AGAINST = re.compile(
    r"\blittle\s+or\s+no\s+difference\b|\bno\s+(?:better|benefit|more)\b|\b(?:did|do|does|was|were|is|are)\s+not\s+"
    r"(?:\w+\s+)?(?:better|help|find|slow|improve|work|repair|recommended|advised)\b|\bnot\s+(?:been\s+)?shown\s+to\b|"
    r"\bfound\s+no\b|\b(?:recommends?|advises?|warns?)\s+against\b|\bnot\s+recommended\b|\bnegative\b|\bwarn(?:s|ed|ing)?\b",
    re.IGNORECASE,
)
IS_EXPERIMENTAL = re.compile(
    r"\b(?:experimental|investigational|unproven)\b|\bbeing\s+(?:studied|tested|researched)\b|\bin\s+clinical\s+trials?\b|"
    r"\bclinical\s+trials?\s+only\b|\b(?:approved|authori[sz]ed)\s+(?:clinical\s+)?trial\b|\bnot\s+an\s+established\b",
    re.IGNORECASE,
)
# How an option's main harms name what any injection can do, and what this treatment can do that lasts.
GENERAL_RISKS = re.compile(
    r"\b(?:common|general)\b|\b(?:pain|swell|bruis|sore|ache|flare|faint|nausea|numb)\w*", re.IGNORECASE
)
SPECIFIC_RISKS = re.compile(
    r"\b(?:serious|severe|infect|nerve|tumou?r|clot|embol|bleed|death|paralys|immune|damage)\w*", re.IGNORECASE
)
WHOLE_PAGE, HARMS = "The whole page", "Harms"
OF_OPTIONS = "Regenerative options"
ABOUT_OPTIONS = ("options", "evidence", "sections")
AGAINST = {
    "little_or_no_difference",
    "may_worsen",
    "probably_worsens",
    "harms_reported",
    "guideline_against",
}


def harms_missing(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    message = "It says what this is for, but not what can go wrong."
    for row in document.get("options", []):
        if row["treatment"] and not row["main_harms"]:
            yield Gate("harms_missing", BLOCK, row_in_words("options", row), message, "Fill in its main harms.")
    if document["kind"] == "treatment" and not document["adverse_outcomes"]:
        yield Gate("harms_missing", BLOCK, HARMS, message, "Add at least one harm, and how often it happens.")


def balance(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    """Whether benefit and harm take about as much room. It advises only: length is not truth."""
    for row in document.get("options", []):
        if row["treatment"]:
            benefits = _words(*(row[name] for name in OPTION_BENEFITS))
            yield from _unbalanced(row_in_words("options", row), benefits, _words(row["main_harms"]))
    if document["kind"] == "treatment":
        sections = document["sections"]
        benefits = _words(*(row["body"] for row in sections if row["aspect"] in BENEFIT_ASPECTS))
        harms = _words(
            *(row["body"] for row in sections if row["aspect"] in HARM_ASPECTS),
            *(f"{row['name']} {row['frequency_words']}" for row in document["adverse_outcomes"]),
            *(f"{row['name']} {row['explanation']}" for row in document["contraindications"]),
        )
        yield from _unbalanced("How it works and who might consider it", benefits, harms)


def disclosures(document: Document, sources: Sources, is_demo: bool) -> Iterator[Gate]:
    """What a page on a regenerative treatment must say. The approval status has its own gate."""
    if not document.get("is_regenerative"):
        return
    said = " ".join(text.text for text in texts_of(document))
    harms = document["adverse_outcomes"]
    general, specific = any(not row["serious"] for row in harms), any(row["serious"] for row in harms)
    add_general, add_specific = "Add the harms that any such procedure has.", "Add the serious harms of this treatment."
    for is_there, where, what, fix in (
        (
            EVIDENCE_IS_LIMITED.search(said),
            WHOLE_PAGE,
            "that the evidence is limited",
            "Say how few trials there are, or how small.",
        ),
        (
            EVIDENCE_AGAINST.search(said),
            WHOLE_PAGE,
            "what speaks against it",
            "Add what trials or guidelines found against it.",
        ),
        (general, HARMS, "its general risks", add_general),
        (specific, HARMS, "its specific risks", add_specific),
        (IS_EXPERIMENTAL.search(said), WHOLE_PAGE, "that it is experimental", "Say that it is still being studied."),
    ):
        if not is_there:
            yield Gate("disclosures", BLOCK, where, f"It does not say {what}.", fix)


def disclosures_of_options(document: Document, regenerative: Mapping[str, bool]) -> Iterator[Gate]:
    """The same six of a page on a condition that lists regenerative treatments.

    `regenerative`: slug of each such treatment -> whether its own page has an approval status, which this one shows.
    """
    mine = [row for row in document.get("options", []) if row["treatment"] in regenerative]
    if not mine:
        return
    slugs = {row["treatment"] for row in mine}
    evidence = [row for row in document["evidence"] if slugs & set(row["options"])]
    known = [row for row in document["sections"] if row["aspect"] == "known_unknown"]
    # What the page says of them: not what it says of exercise or surgery.
    of_them = {**document, "options": mine, "evidence": evidence, "sections": known}
    said = " ".join(text.text for name in ABOUT_OPTIONS for text in texts_of({name: of_them[name]}))
    weak = any(row["certainty"] in {"low", "very_low", "no_trials"} for row in evidence)
    against = any(row["direction"] in AGAINST for row in evidence)
    roles = {row["role"] for row in mine}
    for is_there, what, fix in (
        (weak or EVIDENCE_IS_LIMITED.search(said), "that the evidence is limited", "Say so in what is not known."),
        (
            against or "not_recommended" in roles or EVIDENCE_AGAINST.search(said),
            "what speaks against them",
            "Add what trials or guidelines found against them.",
        ),
        (
            roles <= {"investigational", "not_recommended"} or IS_EXPERIMENTAL.search(said),
            "that they are experimental",
            "Give them the role “Still being studied”, or say so in what is not known.",
        ),
    ):
        if not is_there:
            yield Gate("disclosures", BLOCK, OF_OPTIONS, f"The page does not say {what}.", fix)
    for row in mine:
        for is_said, what, fix in (
            (
                bool(GENERAL_RISKS.search(row["main_harms"])),
                "its general risks",
                "Name the common ones in its main harms.",
            ),
            (
                bool(SPECIFIC_RISKS.search(row["main_harms"])),
                "its specific risks",
                "Name the serious ones in its main harms.",
            ),
            (regenerative[row["treatment"]], "whether it is approved", "Add its approval status on its own page."),
        ):
            # Without any harms there is a gate already.
            if not is_said and (row["main_harms"] or what == "whether it is approved"):
                yield Gate("disclosures", BLOCK, row_in_words("options", row), f"The page does not say {what}.", fix)


def _unbalanced(where: str, benefits: int, harms: int) -> Iterator[Gate]:
    if harms and max(benefits, harms) >= SHORT and not LEAST <= benefits / harms <= MOST:
        message = f"It has {benefits} words on benefit and {harms} on harm."
        fix = (
            "Say more of one, or less of the other."
            if benefits < harms
            else "Say more about harms, or less of the rest."
        )
        yield Gate("balance", WARN, where, message, fix)


def _words(*texts: str) -> int:
    return sum(len(block.text.split()) for text in texts for block in blocks(text))


RULES: tuple[GateRule, ...] = (harms_missing, disclosures, balance)
