"""The lines of a page that fit what was looked for, with the words found marked."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from therapies.search.texts import Entry, Part
from therapies.search.words import folded

WORD = re.compile(r"[^\W_]+")
LENGTH = 220  # characters of a snippet, about two lines
LEAD = 70  # how far before the first word found a sentence may begin


@dataclass(frozen=True)
class Piece:
    """A stretch of a snippet; `marked` where it is what was looked for."""

    text: str
    marked: bool


def best_part(entry: Entry, wanted: Sequence[Sequence[str]]) -> Part | None:
    """The part of a page that says most of what its names do not say already, the first of equals.

    None where its names say it all, or no part says any of it: then its summary is the answer. `wanted` holds, for each
    word asked for, the folded spellings that count as it.
    """
    rest = [forms for forms in wanted if not any(form in entry.all_names for form in forms)]
    said = _said_by_parts(entry, rest)
    most = max(said, default=0)
    if not most:
        return None
    fit = [part for part, count in zip(entry.parts, said, strict=True) if count == most]
    return max(fit, key=lambda part: _said(f"{part.heading} {part.about}", rest)) if len(fit) > 1 else fit[0]


def _said_by_parts(entry: Entry, wanted: Sequence[Sequence[str]]) -> list[int]:
    """How many of the words each part says. The page is read as one text: most parts are skipped in one step."""
    page, ends = entry.page
    said = [0] * len(ends)
    for forms in wanted:
        with_it = set()
        for form in forms:
            place = page.find(form)
            while place >= 0:
                number = bisect_right(ends, place)
                with_it.add(number)
                place = page.find(form, ends[number])
        for number in with_it:
            said[number] += 1
    return said


def other_name(entry: Entry, wanted: Sequence[Sequence[str]]) -> str:
    """The first other name on the page that holds all that was looked for, "" where its title does or none does."""
    if not all(any(form in entry.all_names for form in forms) for forms in wanted):
        return ""
    if _said(entry.title, wanted) == len(wanted):
        return ""
    return next((name for name in entry.names if _said(name, wanted) == len(wanted)), "")


def _said(text: str, wanted: Sequence[Sequence[str]]) -> int:
    """How many of the words a text holds, or begins a longer word with."""
    text = folded(text)
    return sum(any(form in text for form in forms) for forms in wanted)


def snippet(text: str, wanted: Sequence[Sequence[str]]) -> tuple[Piece, ...]:
    """The stretch of the text that holds most of what was looked for, whole words, as pieces."""
    all_forms = {form for forms in wanted for form in forms}
    found = [match.span() for match in WORD.finditer(folded(text)) if match[0] in all_forms]
    start, end = _window(text, found)
    pieces: list[Piece] = []
    place = start
    for first, last in found:
        if start <= first and last <= end:
            pieces += [Piece(text[place:first], False), Piece(text[first:last], True)]
            place = last
    pieces.append(Piece(text[place:end], False))
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return tuple(piece for piece in (Piece(before, False), *pieces, Piece(after, False)) if piece.text)


def _window(text: str, found: list[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= LENGTH:
        return 0, len(text)
    start = 0
    if found:
        # The stretch with the most different words, then the most words, then the first.
        said = [text[first:last].lower() for first, last in found]

        def worth(number: int) -> tuple[int, int]:
            reach = found[number][0] + LENGTH - LEAD
            held = list(takewhile(lambda place: found[place][1] <= reach, range(number, len(found))))
            return len({said[place] for place in held}), len(held)

        start = _beginning(text, found[max(range(len(found)), key=worth)][0])
    end = min(len(text), start + LENGTH)
    if end < len(text):
        space = text.rfind(" ", start + LENGTH // 2, end + 1)
        end = space if space > 0 else end
    return start, end


def _beginning(text: str, first: int) -> int:
    """Where to begin so that the word at `first` is read with what stands before it: at its sentence, or at a word."""
    if first <= LEAD:
        return 0
    stretch = text[first - LEAD : first]
    stop = max(stretch.rfind(mark) for mark in (". ", "? ", "! ", "; "))
    if stop >= 0:
        return first - LEAD + stop + 2
    space = stretch.find(" ", LEAD // 2)
    return first - LEAD + space + 1 if space >= 0 else first
