"""What an editor may correct without a clinician: spelling, punctuation, a link. Pure; anything else is clinical.

The words below are for a clinician to read and sign: where one of them comes, goes or changes, the meaning may too.
"""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

AT_MOST = 10  # words


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATIONS = _listed(
    "no not nor non none never neither nobody nothing nowhere without cannot cant hardly scarcely barely rarely seldom "
    "lack lacks lacking absent unless except"
)
NUMBERS = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million half third quarter once twice thrice double triple both first second percent mg "
    "mcg g kg ml mm cm"
)
# How sure, how much, how often, when and whether: a letter more or less makes another statement of it.
WEIGHTY = _listed(
    "may might can could will would must should shall always often sometimes usually most mostly more less least few "
    "fewer many much some all any every each only better best worse worst good bad safe safer high higher low lower "
    "large small before after above below if until or and but than likely increase increases increased decrease "
    "decreases decreased improve improves improved worsen worsens worsened help helps harm harms cause causes cure "
    "cures prevent prevents stop stops start left right"
)
# May come and go: grammar, not meaning.
SMALL = _listed("a an the of to that is are was were be been it its")
# Beginnings that turn a word into its opposite, or into its neighbour.
OPPOSITES = [
    ("hyper", "hypo"),
    ("inter", "intra"),
    ("ante", "anti"),
    ("ab", "ad"),
    ("in", "de"),
    ("in", "ex"),
    ("macro", "micro"),
    ("supra", "infra"),
    ("ortho", "osteo"),
    *((prefix, "") for prefix in ("un", "in", "im", "ir", "il", "dis", "non", "mis", "a", "anti", "de")),
]

LINK_TARGET = re.compile(r"\]\(([^()\s]*)\)|(https?://[^\s)>\]]+)")
CITATION = re.compile(r"\[@[^\]]*\]")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
FIGURE = re.compile(r"\S*\d\S*")
SIGN = re.compile(r"[<>≤≥=±%+~≈°$€£/×−–]")

Document = dict[str, Any]


def why_not_minor(old: Document, new: Document) -> str:
    """Why the change from one page document to the other needs a clinician, "" if it does not.

    Minor is what changes nothing but spelling, punctuation and links in the summary and the sections: no number, no
    negation, no word that says how sure or how much, no citation, no other row, and at most ten words together.
    """
    if _without_texts(old) != _without_texts(new):
        return "it changes more than the words of the summary and of the sections"
    pairs = [(before, after) for before, after in zip(_texts(old), _texts(new), strict=True) if before != after]
    if not pairs:
        return "it changes nothing"
    for before, after in pairs:
        if why_not := _why_not(before, after):
            return why_not
    changed = sum(len(before) or len(after) for pair in pairs for before, after in _changes(*pair))
    changed += sum(_changed_links(*pair) for pair in pairs)
    return f"it changes {changed} words, more than {AT_MOST}" if changed > AT_MOST else ""


def _texts(document: Document) -> list[str]:
    return [document["summary"], *(row[name] for row in document["sections"] for name in ("heading", "body"))]


def _without_texts(document: Document) -> Document:
    """The document without what may change: those texts, and the dates of approval checks, which are live facts."""
    rest = {**document, "summary": "", "sections": [row["aspect"] for row in document["sections"]]}
    if "regulatory" in document:
        rest["regulatory"] = [{**row, "checked_on": "", "recheck_due": ""} for row in document["regulatory"]]
    return rest


def _why_not(before: str, after: str) -> str:
    if CITATION.findall(before) != CITATION.findall(after):
        return "it changes which source is cited"
    bare = [LINK_TARGET.sub("]", text) for text in (before, after)]
    if _figures(bare[0]) != _figures(bare[1]) or SIGN.findall(bare[0]) != SIGN.findall(bare[1]):
        return "it changes a number"
    if _negations(bare[0]) != _negations(bare[1]):
        return "it changes a negation"
    for removed, added in _changes(before, after):
        touched = {*removed, *added}
        if touched & NUMBERS:
            return "it changes a number"
        if touched & WEIGHTY:
            return f"“{sorted(touched & WEIGHTY)[0]}” carries meaning"
        if not _is_spelling(removed, added):
            return f"“{' '.join(removed) or 'nothing'}” and “{' '.join(added) or 'nothing'}” are different words"
    return ""


def _figures(text: str) -> list[str]:
    return [chunk.strip(".,;:!?()[]*_\"'“”‘’") for chunk in FIGURE.findall(text)]


def _negations(text: str) -> list[tuple[str, ...]]:
    """Each negation with the marks beside it: “No, side effects” is not “No side effects”."""
    found = []
    for match in WORD.finditer(text):
        word = _plain(match.group())
        if word in NEGATIONS or word.endswith("nt") and ("'" in match.group() or "’" in match.group()):
            around = re.search(r"[^\w\s]*\s*$", text[: match.start()]), re.match(r"\s*[^\w\s]*", text[match.end() :])
            found.append((word, *(side.group().strip() for side in around if side)))
    return found


def _words(text: str) -> list[str]:
    return [_plain(word) for word in WORD.findall(LINK_TARGET.sub("]", text))]


def _plain(word: str) -> str:
    return word.casefold().replace("'", "").replace("’", "")


def _changes(before: str, after: str) -> Iterator[tuple[list[str], list[str]]]:
    """(removed words, added words), for each place where the words differ."""
    old, new = _words(before), _words(after)
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield old[start:end], new[new_start:new_end]


def _changed_links(before: str, after: str) -> int:
    old, new = (Counter(LINK_TARGET.findall(text)) for text in (before, after))
    return max((old - new).total(), (new - old).total())


def _is_spelling(removed: list[str], added: list[str]) -> bool:
    if "".join(removed) == "".join(added):  # written together or apart
        return True
    without_small = ([word for word in words if word not in SMALL] for words in (removed, added))
    return _are_slips(removed, added) or _are_slips(*without_small)


def _are_slips(removed: list[str], added: list[str]) -> bool:
    return len(removed) == len(added) and all(_is_slip(*pair) for pair in zip(removed, added, strict=True))


def _is_slip(one: str, other: str) -> bool:
    """Whether two words differ by a slip of the pen: one letter, two in a long word, never an opposite."""
    for first, second in OPPOSITES:
        for left, right in ((one, other), (other, one)):
            begin_so = left.startswith(first) and right.startswith(second)
            if begin_so and left != right and left.removeprefix(first) == right.removeprefix(second):
                return False
    return _distance(one, other) <= (2 if min(len(one), len(other)) >= 8 else 1)


def _distance(one: str, other: str) -> int:
    """Letters to change, add, drop or swap with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
