"""Shapes of plain data: what a value must look like, and what to do when it does not.

A shape is a function of a value and the place it stands at. It returns the value in its normal form or raises
DocumentError. `documents` builds the page document from these.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Place = tuple[str | int, ...]
Shape = Callable[[object, Place], Any]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Invisible marks that turn the direction of text: they can make a reader see something else than is stored.
DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class DocumentError(ValueError):
    """A document that cannot be used: where, why, and what to do, in words for the person who wrote it."""

    def __init__(self, problem: str, place: Place = (), where: str = "", line: int | None = None) -> None:
        super().__init__(problem, place, where, line)
        self.problem, self.place, self.where, self.line = problem, place, where, line

    def __str__(self) -> str:
        where = f"{self.where}, line {self.line}" if self.where and self.line else self.where
        return ": ".join(part for part in (where, place_in_words(self.place), self.problem) if part)


def place_in_words(place: Place) -> str:
    """("evidence", 2, "outcome") as "evidence 3, outcome": people count from one."""
    words: list[str] = []
    for step in place:
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}"
        else:
            words.append(str(step) if isinstance(step, str) else f"item {step + 1}")
    return ", ".join(words)


def trimmed(text: str) -> str:
    """The text without blanks at the ends of it and of its lines, whatever line ends a browser or file gave it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def prose(limit: int | None = None, *, required: bool = False) -> Shape:
    """Text of any number of lines, without blanks at their ends. "" where there is nothing."""

    def check(value: object, place: Place) -> str:
        if not isinstance(value, str):
            raise DocumentError('write text here ("" if there is none; quote words like 12 or true)', place)
        text = trimmed(value)
        for character in text:
            if character in DIRECTION_MARKS or (unicodedata.category(character) == "Cc" and character not in "\n\t"):
                raise DocumentError(f"remove the invisible character U+{ord(character):04X}", place)
        if required and not text:
            raise DocumentError("this may not be empty", place)
        if limit and len(text) > limit:
            raise DocumentError(f"shorten this to {limit} characters, it has {len(text)}", place)
        return text

    return check


def line(limit: int | None = None, *, required: bool = False) -> Shape:
    """Text on one line."""
    checked = prose(limit, required=required)

    def check(value: object, place: Place) -> str:
        text: str = checked(value, place)
        if "\n" in text:
            raise DocumentError("keep this on one line", place)
        return text

    return check


def slug(limit: int, *, required: bool = True) -> Shape:
    """The name of something in addresses and in other documents."""
    checked = line(limit, required=required)

    def check(value: object, place: Place) -> str:
        text: str = checked(value, place)
        if text and not SLUG.fullmatch(text):
            raise DocumentError(f"“{text}” must be small letters, digits and single hyphens", place)
        return text

    return check


def one_of(*values: object) -> Shape:
    """One of a few fixed values."""

    def check(value: object, place: Place) -> object:
        if type(value) not in {type(allowed) for allowed in values} or value not in values:
            raise DocumentError(f"“{value}” is not known here; choose {', '.join(map(str, values))}", place)
        return value

    return check


def flag(value: object, place: Place) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise DocumentError("write true or false", place)
    return value


def whole_number(low: int, high: int, *, required: bool = False) -> Shape:
    """A whole number, or null where it is not known and not required."""

    def check(value: object, place: Place) -> int | None:
        if value is None and not required:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            wanted = f"a whole number from {low} to {high}"
            raise DocumentError(f"write {wanted}" if required else f"write {wanted}, or null", place)
        return value

    return check


def decimal(low: float, high: float) -> Shape:
    """A number with at most two decimals, or null."""

    def check(value: object, place: Place) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise DocumentError(f"write a number from {low} to {high}, or null", place)
        if round(value, 2) != value:
            raise DocumentError("write at most two decimals", place)
        return float(value)

    return check


def day(value: object, place: Place) -> str:
    """A date as 2025-01-31, or "" where there is none."""
    if value == "":
        return ""
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise DocumentError('write a date like 2025-01-31, or ""', place) from None


def list_of(shape: Shape, *, at_least: int = 0, at_most: int | None = None) -> Shape:
    """Any number of the same."""

    def check(value: object, place: Place) -> list[Any]:
        if not isinstance(value, list):
            raise DocumentError("write a list here ([] if there is nothing)", place)
        if len(value) < at_least:
            raise DocumentError(f"at least {at_least} needed here", place)
        if at_most is not None and len(value) > at_most:
            raise DocumentError(f"at most {at_most} allowed here, there are {len(value)}", place)
        return [shape(item, (*place, number)) for number, item in enumerate(value)]

    return check


@dataclass(frozen=True)
class LeftOut:
    """A value of a record that is left out where it says only `when`, as most of them do."""

    shape: Shape
    when: object = ""

    def __call__(self, value: object, place: Place) -> Any:
        return self.shape(value, place)


def record(**fields: Shape) -> Shape:
    """Named values: exactly these, returned in this order; what may be left out is, where it says nothing."""

    def check(value: object, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise DocumentError(f"write these keys here: {', '.join(fields)}", place)
        for key in value:
            if key not in fields:
                raise DocumentError(f"this key is not known; known are {', '.join(fields)}", (*place, str(key)))
        may_miss = {key: shape.when for key, shape in fields.items() if isinstance(shape, LeftOut)}
        if missing := [key for key in fields if key not in value and key not in may_miss]:
            raise DocumentError(f"add the missing {', '.join(missing)} (empty where there is nothing)", place)
        said = {key: shape(value[key], (*place, key)) for key, shape in fields.items() if key in value}
        return {key: item for key, item in said.items() if key not in may_miss or item != may_miss[key]}

    return check
