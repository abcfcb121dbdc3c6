"""What the parts and values of a page document are called where people read them: in admin forms and in differences.

Words of the values are those of the models' choices; a test compares them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from therapies.red_flags import RED_FLAGS

Row = Mapping[str, Any]

# field of a page or of one of its rows -> its label
FIELDS: dict[str, str] = {
    "slug": "Address",
    "title": "Title",
    "medical_name": "Medical name",
    "summary": "Summary",
    "key_facts": "Key facts",
    "review_interval_months": "Months between reviews",
    "body_region": "Part of the body",
    "parent": "Wider condition",
    "when_chronic": "When it is called chronic",
    "natural_progression": "What usually happens without a procedure",
    "category": "Kind",
    "is_regenerative": "Is a regenerative treatment",
    "procedure": "What is done to the body",
    "cell_source": "Where the cells come from",
    "recovery": "Recovery",
    "offered_here": "We offer this",
    "alternatives": "Alternatives",
    "text": "Name",
    "is_misspelling": "Is a misspelling",
    "system": "Classification",
    "code": "Code",
    "display": "Name in the classification",
    "edition": "Edition",
    "verified_by": "Checked by",
    "verified_on": "Checked on",
    "aspect": "What it is about",
    "heading": "Heading",
    "body": "Text",
    "level": "How urgent",
    "action": "What to do",
    "red_flags": "Red flags",
    "items": "Further signs",
    "treatment": "Treatment",
    "role": "Place in care",
    "description": "What it means for this condition",
    "who_might_consider": "Who might consider it",
    "what_it_takes": "What it takes",
    "time_to_effect": "Time until it helps",
    "duration_of_effect": "How long it helps",
    "main_harms": "Main harms",
    "key": "Key",
    "options": "Options it is about",
    "outcome": "What was measured",
    "population": "Who was studied",
    "comparator": "Compared with",
    "time_point": "When it was measured",
    "direction": "What was found",
    "certainty": "Certainty",
    "certainty_basis": "Who rated the certainty",
    "trials": "Number of trials",
    "participants": "Number of people",
    "detail": "In plain words",
    "figure": "Sentence with the figures",
    "mean_difference": "Mean difference",
    "range_low": "Lower end of the range",
    "range_high": "Upper end of the range",
    "intervention_n": "People who responded, with it",
    "intervention_total": "Of how many, with it",
    "comparator_n": "People who responded, without it",
    "comparator_total": "Of how many, without it",
    "search_date": "Searched to",
    "sources": "Sources",
    "note": "Note for staff",
    "claim": "What people are told",
    "verdict": "Verdict",
    "answer": "Our answer",
    "name": "Name",
    "degree": "How strong",
    "explanation": "Explanation",
    "serious": "Is serious",
    "frequency_n": "Happens to",
    "frequency_denominator": "Of how many people",
    "frequency_words": "How often, in words",
    "jurisdiction": "Country",
    "status": "Approval status",
    "public_statement": "What readers are told",
    "source": "Source",
    "checked_on": "Last checked on",
    "recheck_due": "Check again by",
    "position": "Place in the list",
    "owner": "Kept up to date by",
    "next_review_due": "Next review due",
    "price_low": "Price from",
    "price_high": "Price to",
    "price_includes": "What the price includes",
    "price_on_request_reason": "Why there is no price",
}

# field -> its values in words. Where two kinds of page use one name, their values differ.
VALUES: dict[str, dict[str, str]] = {
    "body_region": {
        "neck": "Neck",
        "shoulder": "Shoulder",
        "arm": "Elbow, wrist or hand",
        "back": "Back",
        "hip": "Hip",
        "knee": "Knee",
        "foot": "Ankle or foot",
        "general": "Several joints or whole body",
    },
    "category": {
        "exercise": "Exercise and physiotherapy",
        "medicine": "Medicine",
        "injection": "Injections",
        "regenerative_injection": "Blood products (PRP)",
        "cell_therapy": "Cell therapy",
        "surgery": "Surgery",
        "safety": "Sold but unproven: safety information",
        "policy": "Policy",
        "method": "Method",
        "about": "About",
    },
    "procedure": {
        "none": "No procedure",
        "injection": "An injection",
        "harvest": "Tissue is taken, then injected",
        "surgery": "An operation",
    },
    "cell_source": {
        "none": "No cells",
        "autologous": "Your own",
        "allogeneic": "From a donor",
        "either": "Your own or a donor's",
    },
    "aspect": {
        "overview": "What it is",
        "symptoms": "Symptoms",
        "causes": "Causes and risk factors",
        "diagnosis": "How it is diagnosed",
        "prognosis": "What usually happens",
        "self_care": "What you can do yourself",
        "known_unknown": "What is known and not known about regenerative options",
        "how_it_works": "How it is thought to work",
        "limits": "What it might not do",
        "suitability": "Who might consider it",
        "before": "Before",
        "during": "On the day",
        "after": "Afterwards",
        "cost": "Cost",
        "when_to_call": "When to call",
        "text": "Text",
    },
    "level": {"emergency": "Emergency", "urgent": "Urgent, the same day", "non_urgent": "See a clinician"},
    "role": {
        "usual_care": "Usual care",
        "first_line": "Tried first",
        "second_line": "Tried next",
        "specialist": "For some people, after a specialist's assessment",
        "investigational": "Still being studied",
        "not_recommended": "Not recommended",
    },
    "direction": {
        "probably_improves": "Better",
        "probably_slightly_improves": "Slightly better (probably)",
        "may_improve": "Better (may)",
        "may_slightly_improve": "Slightly better (may)",
        "little_or_no_difference": "Little or no difference",
        "may_worsen": "Worse (may)",
        "probably_worsens": "Worse (probably)",
        "uncertain": "Uncertain",
        "conflicting": "Studies disagree",
        "not_established": "Not established",
        "no_trials_found": "No trials found",
        "harms_reported": "Harms reported, without a comparison",
        "guideline_for": "A guideline recommends it",
        "guideline_against": "A guideline recommends against it",
        "see_specific_condition": "See the specific condition (not shown as a result)",
    },
    "certainty": {
        "high": "High certainty",
        "moderate": "Moderate certainty",
        "low": "Low certainty",
        "very_low": "Very low certainty",
        "no_trials": "No trials found",
        "guideline": "A guideline's statement",
        "review": "A review's statement",
    },
    "certainty_basis": {
        "source": "Rated by the source",
        "our_rating": "Our rating",
        "to_confirm": "To confirm: figures are hidden",
    },
    "verdict": {
        "supported": "Supported",
        "partly": "Partly true",
        "unsupported": "Not supported",
        "misleading": "Misleading",
    },
    "degree": {"absolute": "Should not have it", "relative": "Needs a doctor's judgement first"},
    "jurisdiction": {"US": "United States", "EU": "European Union", "GB": "United Kingdom"},
    "status": {
        "approved": "Approved for this use",
        "cleared_other_use": "Device cleared for another use",
        "off_label": "Approved medicine, used outside its license",
        "investigational": "Only in clinical trials",
        "not_approved": "Not approved",
        "exempt": "Needs no approval",
        "unclear": "Unclear: ask",
    },
    "red_flags": {flag.id: flag.sign for flag in RED_FLAGS.values()},
}
LONGEST_NAME = 60  # characters of a row's own words in its name


def value_in_words(field: str, value: Any, titles: Mapping[str, str]) -> str:
    """A value as people read it; a list one item a line. `titles` of treatments and conditions, by address."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "\n".join(value_in_words(field, item, titles) or "Usual care" for item in value)
    if field in {"treatment", "parent", "options"}:
        return titles.get(value, str(value))
    return VALUES.get(field, {}).get(value, str(value)) if isinstance(value, str) else str(value)


def row_in_words(list_name: str, row: Row, titles: Mapping[str, str]) -> str:
    """What a row of a list is called: Section “What it is”, Evidence ev-012."""
    words = {name: value_in_words(name, value, titles) for name, value in row.items() if isinstance(value, str)}
    name, said = {
        "sections": ("Section", words.get("heading", "")),
        "options": ("Option", words.get("treatment") or words.get("role", "")),
        "care_advice": ("Care card", words.get("level", "")),
        "synonyms": ("Other name", words.get("text", "")),
        "contraindications": ("Reason not to have it", words.get("name", "")),
        "adverse_outcomes": ("Harm", words.get("name", "")),
        "regulatory": ("Approval status", words.get("jurisdiction", "")),
        "answered_claims": ("Answered claim", words.get("claim", "")),
        "evidence": ("Evidence", words.get("key", "")),
        "codes": ("Code", f"{words.get('system', '')} {words.get('code', '')}"),
    }[list_name]
    if list_name in {"evidence", "codes"}:
        return f"{name} {said}"
    short = said if len(said) <= LONGEST_NAME else f"{said[: LONGEST_NAME - 1].rstrip()}…"
    return f"{name} “{short}”"


def place_in_words(document: Row, place: Sequence[str | int], titles: Mapping[str, str]) -> str:
    """A place in a document as its editor knows it: ("sections", 2, "body") as “Section “Symptoms”: text”."""
    if not place:
        return ""
    name, *rest = place
    if len(rest) and isinstance(rest[0], int) and isinstance(rows := document.get(str(name)), list):
        row = rows[rest[0]] if rest[0] < len(rows) else None
        if isinstance(row, dict):
            said = row_in_words(str(name), row, titles)
            field = FIELDS.get(str(rest[1]), str(rest[1])) if len(rest) > 1 else ""
            return f"{said}: {field[0].lower()}{field[1:]}" if field else said
    return FIELDS.get(str(name), str(name).replace("_", " ").capitalize())
