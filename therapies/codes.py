"""The shape of medical codes: what could be a code at all, before a person looks it up."""

import re

ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
# The sixth and seventh places may be letters: M17.11, S46.011A, with X for a place that is not used.
ICD10CM = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
SNOMED = re.compile(r"[1-9][0-9]{5,17}")
CONCEPTS = {"00", "10"}  # the two digits before the check digit: a concept, of the core or of an extension

# Verhoeff's check digit: one wrong digit, or two that changed places, never give a right code.
_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_TURNED = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def problem(system: str, code: str) -> str:
    """Why this cannot be a code of that system, in words for whoever typed it; "" if it can."""
    if system == "SNOMED CT":
        if not SNOMED.fullmatch(code):
            return "A SNOMED CT code has 6 to 18 digits and does not begin with 0."
        if code[-3:-1] not in CONCEPTS:
            return "This SNOMED CT code is not that of a concept: the third and second last digits are 00 or 10."
        if not has_check_digit(code):
            return "A digit of this SNOMED CT code is wrong: its check digit does not fit."
        return ""
    pattern, example = (ICD10, "M17.1") if system == "ICD-10" else (ICD10CM, "M17.11")
    if pattern.fullmatch(code):
        return ""
    return f"Write an {system} code like {example}: a capital letter, two digits, then a point and what follows it."


def has_check_digit(digits: str) -> bool:
    """Whether the last of these digits is the Verhoeff check digit of those before it."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _TIMES[check][_TURNED[place % 8][int(digit)]]
    return check == 0
