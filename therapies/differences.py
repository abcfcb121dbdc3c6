"""What changed between two page documents, field by field and word by word, for people.

Rows are matched by what they are about, never by their place: a moved row is said as moved, not as two changed ones.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from therapies.document_rules import ONCE, ORDER
from therapies.document_words import FIELDS, row_in_words, value_in_words

Document = dict[str, Any]
Row = dict[str, Any]
Words = tuple[tuple[str, str], ...]

SAME, ADDED, REMOVED = "same", "added", "removed"
CHANGED, MOVED = "changed", "moved"

ROWS = (
    *("sections", "care_advice", "options", "evidence", "contraindications", "adverse_outcomes", "regulatory"),
    *("answered_claims", "synonyms", "codes"),
)
NOT_CONTENT = {"format", "kind"}
# Dates of approval checks are live facts: recording a check is no new content.
LIVE = {"regulatory": {"checked_on", "recheck_due"}}
# Rows that are known by words somebody typed: one with nearly the same words is the same row, mended.
TYPED = {"sections": "heading", "contraindications": "name", "adverse_outcomes": "name", "answered_claims": "claim"}
TYPED |= {"synonyms": "text"}
ALIKE = 0.6
MOST_TO_PAIR = 30  # rows on each side; among more, nobody would recognise a pair either
MOST_WORDS = 6_000  # of the part that differs; beyond that the old text stands whole before the new one

PIECES = re.compile(r"\s+|\w+(?:['’-]\w+)*|[^\w\s]+")


@dataclass(frozen=True)
class Difference:
    """One field that is not the same. `what` is changed, added, removed (whole rows) or moved.

    `words` is the whole text in reading order: (same, added or removed, text). What is not added gives `before`, what
    is not removed gives `after`.
    """

    path: str
    before: str
    after: str
    words: Words
    what: str = CHANGED


def differences(old: Document, new: Document, *, titles: Mapping[str, str] | None = None) -> tuple[Difference, ...]:
    """Every difference in the content of two documents, in reading order; () where they say the same.

    `titles` names treatments and conditions by their address, for the words of the paths.
    """
    return tuple(_all(old, new, titles or {}))


def _all(old: Document, new: Document, titles: Mapping[str, str]) -> Iterator[Difference]:
    for name in _names(old, new):
        if name in NOT_CONTENT:
            continue
        if name in ROWS:
            yield from _rows(name, old.get(name, []), new.get(name, []), titles)
        elif (found := _field(FIELDS.get(name, name), name, old.get(name), new.get(name), titles)) is not None:
            yield found


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [*new, *(name for name in old if name not in new)]


def _field(path: str, name: str, before: Any, after: Any, titles: Mapping[str, str]) -> Difference | None:
    if before == after:
        return None
    said = value_in_words(name, before, titles), value_in_words(name, after, titles)
    if said[0] == said[1]:  # two treatments of one title, say: then what is stored tells them apart
        said = _plain(before), _plain(after)
    return Difference(path, *said, words(*said))


def _plain(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _rows(name: str, old: Sequence[Row], new: Sequence[Row], titles: Mapping[str, str]) -> Iterator[Difference]:
    before, after = _by_identity(name, old), _by_identity(name, new)
    _pair_mended(name, before, after)
    moved = _moved(name, before, after)
    order = list(after)
    for key, row in after.items():
        said = row_in_words(name, row, titles)
        if key not in before:
            text = _row_text(name, row, titles)
            yield Difference(said, "", text, words("", text), ADDED)
            continue
        if key in moved:
            yield _move(
                said, _follows(name, list(before), key, before, titles), _follows(name, order, key, after, titles)
            )
        for field in _names(before[key], row):
            if field in LIVE.get(name, ()):
                continue
            label = FIELDS.get(field, field)
            path = f"{said}: {label[0].lower()}{label[1:]}"
            if (found := _field(path, field, before[key].get(field), row.get(field), titles)) is not None:
                yield found
    for key, row in before.items():
        if key not in after:
            text = _row_text(name, row, titles)
            yield Difference(row_in_words(name, row, titles), text, "", words(text, ""), REMOVED)


Key = tuple[object, int]


def _by_identity(name: str, rows: Sequence[Row]) -> dict[Key, Row]:
    """The rows by what they are about; the second of two that are about the same is number 1, and so on."""
    seen: Counter[object] = Counter()
    found: dict[Key, Row] = {}
    for row in rows:
        about = _about(name, row)
        found[about, seen[about]] = row
        seen[about] += 1
    return found


def _about(name: str, row: Row) -> object:
    identity = ONCE[name](row) if name in ONCE else None
    return row[TYPED[name]] if identity is None else identity


def _pair_mended(name: str, before: dict[Key, Row], after: dict[Key, Row]) -> None:
    """Give an old row the key of a new one with nearly the same words, where neither has its own counterpart."""
    if name not in TYPED:
        return
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    if not gone or not come or max(len(gone), len(come)) > MOST_TO_PAIR:
        return
    mended: dict[Key, Key] = {}
    for key in gone:
        rest = [other for other in come if other not in mended.values()]
        best = max(rest, key=lambda other: _likeness(before[key], after[other]), default=None)
        if best is not None and _likeness(before[key], after[best]) >= ALIKE:
            mended[key] = best
    rows = list(before.items())
    before.clear()
    before.update((mended.get(key, key), row) for key, row in rows)


def _likeness(one: Row, other: Row) -> float:
    a, b = (" ".join(value for value in row.values() if isinstance(value, str))[:2_000] for row in (one, other))
    return SequenceMatcher(None, a.split(), b.split(), autojunk=False).ratio()


def _moved(name: str, before: dict[Key, Row], after: dict[Key, Row]) -> set[Key]:
    """The fewest rows that must move to bring the others from the old order into the new one."""
    if name == "codes":
        return set()
    ruled = ORDER[name][0] if name in ORDER else ""
    stayed = [key for key in after if key in before and (not ruled or before[key][ruled] == after[key][ruled])]
    place = {key: number for number, key in enumerate(before)}
    return set(stayed) - set(_longest_rising(stayed, place))


def _longest_rising(keys: Sequence[Key], place: Mapping[Key, int]) -> list[Key]:
    ends: list[int] = []  # the smallest last place of a rising run of each length
    lasts: list[Key] = []
    previous: dict[Key, Key | None] = {}
    for key in keys:
        length = bisect_left(ends, place[key])
        previous[key] = lasts[length - 1] if length else None
        ends[length : length + 1] = [place[key]]
        lasts[length : length + 1] = [key]
    run: list[Key] = []
    last = lasts[-1] if lasts else None
    while last is not None:
        run.append(last)
        last = previous[last]
    return run


def _follows(name: str, order: Sequence[Key], key: Key, rows: Mapping[Key, Row], titles: Mapping[str, str]) -> str:
    number = order.index(key)
    where = f"after {row_in_words(name, rows[order[number - 1]], titles)}" if number else "first"
    return f"place {number + 1}, {where}"


def _move(said: str, before: str, after: str) -> Difference:
    return Difference(f"{said}: moved", before, after, ((REMOVED, before), (ADDED, after)), MOVED)


def _row_text(name: str, row: Row, titles: Mapping[str, str]) -> str:
    lines = []
    for field, value in row.items():
        if (text := value_in_words(field, value, titles)) and field not in LIVE.get(name, ()):
            text = text.replace("\n", "; ") if isinstance(value, list) else text
            lines.append(f"{FIELDS.get(field, field)}: {text}")
    return "\n".join(lines)


def words(before: str, after: str) -> Words:
    """Both texts as one, each piece marked same, removed or added."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [(SAME, "".join(old[:head]))]
    if len(old_middle) + len(new_middle) > MOST_WORDS:
        found += [(REMOVED, "".join(old_middle)), (ADDED, "".join(new_middle))]
    else:
        matcher = SequenceMatcher(str.isspace, old_middle, new_middle, autojunk=False)
        for what, i1, i2, j1, j2 in matcher.get_opcodes():
            if what == "equal":
                found.append((SAME, "".join(old_middle[i1:i2])))
            else:
                found += [(REMOVED, "".join(old_middle[i1:i2])), (ADDED, "".join(new_middle[j1:j2]))]
    found.append((SAME, "".join(old[len(old) - tail :])))
    return tuple(_together([(kind, text) for kind, text in found if text]))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pieces both begin with."""
    number = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        number += 1
    return number


def _together(found: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Neighbours of one kind as one; between two changes, a blank alone belongs to them and is not shown as kept."""
    pending: dict[str, str] = {}
    for number, (kind, text) in enumerate(found):
        nearby = 0 < number < len(found) - 1 and pending and found[number + 1][0] != SAME
        if kind != SAME:
            pending[kind] = pending.get(kind, "") + text
        elif text.isspace() and "\n" not in text and nearby:
            pending = {side: pending.get(side, "") + text for side in (REMOVED, ADDED)}
        else:
            yield from _flushed(pending)
            pending = {}
            yield kind, text
    yield from _flushed(pending)


def _flushed(pending: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for kind in (REMOVED, ADDED):
        if text := pending.get(kind):
            yield kind, text
