"""The words of the library, and which of them somebody may have meant who spelled one differently."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder, Searcher

from therapies.search.texts import Entry
from therapies.search.words import SMALL, sound, stems, words

SHORTEST = 4  # shorter words are too much alike: only names are offered for three letters
SHORTEST_OF_NAME = 3
FAR = 7  # a word as long as this may have two slips in it
MOST_CLOSE = 30
MOST_CANDIDATES = 6
WRITER_BYTES = 15_000_000

# What English adds to a word, also in the place of its last letter (therapy, therapies; replace, replacing).
ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "ies", "ied")

# What makes a word likely to be the one that was meant. They add up.
ONE_SLIP, TWO_SLIPS, SOUNDS_ALIKE, BEGINS_ALIKE, IS_NAME = 6.0, 2.0, 5.0, 2.5, 2.0
ENOUGH = 0.5  # of the likeliest, to be looked for as well


@dataclass(frozen=True)
class Candidate:
    """A word of the library that may be meant, with its stem; `is_name` where a title or another name holds it."""

    word: str
    stem: str
    score: float
    is_name: bool


class Vocabulary:
    """Every word that readers see. Misspelled names are not in it, so none is ever offered."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        seen = {word for entry in entries for word in words(_text(entry))}
        names = {name for entry in entries for name in (entry.title, *entry.names)}
        self._named = {word for name in names for word in words(name)}
        self._unseen = {stem for entry in entries for name in entry.unseen_names for stem in stems(name)}
        self._stem_of = _stem_of(sorted(seen))
        self._forms: dict[str, set[str]] = defaultdict(set)
        for word, stem in self._stem_of.items():
            self._forms[stem].add(word)
        self._names_with: dict[str, set[int]] = defaultdict(set)
        for number, name in enumerate(sorted(names)):
            for stem in stems(name):
                self._names_with[stem].add(number)
        self._schema, self._searcher = _filled(self._stem_of)

    def knows(self, word: str, stem: str) -> bool:
        """Does a page say this word, or is a page looked for by it? Not if it is a misspelling.

        A stem alone does not tell: "arthrits" has the stem of "arthritic".
        """
        if word in self._stem_of or stem in self._unseen:
            return True
        return any(_one_word(word, form) for form in self._forms.get(stem, ()))

    def forms(self, stem: str) -> list[str]:
        """The spellings with this stem that stand on pages."""
        return sorted(self._forms.get(stem, ()))

    def candidates(self, word: str) -> list[Candidate]:
        """Words that may be meant by one that was typed, the likeliest first."""
        if len(word) < SHORTEST_OF_NAME or not word.isalpha():
            return []
        found = []
        for score, address in self._searcher.search(self._close_to(word), limit=MOST_CLOSE, count=False).hits:
            known = str(self._searcher.doc(address)["word"][0])
            is_name = known in self._named
            if is_name or len(word) >= SHORTEST:
                found.append(Candidate(known, self._stem_of[known], score + IS_NAME * is_name, is_name))
        found.sort(key=lambda candidate: (-candidate.score, candidate.word))
        return [one for one in found if one.score >= ENOUGH * found[0].score][:MOST_CANDIDATES]

    def _close_to(self, word: str) -> Query:
        def within(slips: int, *, begins: bool = False) -> Query:
            return Query.fuzzy_term_query(self._schema, "word", word, distance=slips, prefix=begins)

        alike = Query.boolean_query(
            [(Occur.Must, Query.term_query(self._schema, "sound", sound(word))), (Occur.Must, within(2))]
        )
        ways = [(within(1), ONE_SLIP), (alike, SOUNDS_ALIKE)]
        if len(word) >= SHORTEST:
            ways.append((within(0, begins=True), BEGINS_ALIKE))
        if len(word) >= FAR:
            ways.append((within(2), TWO_SLIPS))
        return Query.boolean_query([(Occur.Should, Query.const_score_query(way, worth)) for way, worth in ways])

    def split(self, word: str) -> tuple[str, str] | None:
        """Two words of names that were typed as one, such as "kneepain"."""
        for place in range(SHORTEST_OF_NAME, len(word) - SHORTEST_OF_NAME + 1):
            first, second = word[:place], word[place:]
            if first in self._named and second in self._named:
                return first, second
        return None

    def together(self, stem: str, others: Iterable[str]) -> int:
        """With how many of the others a stem stands in one title or other name."""
        names, none = self._names_with.get(stem, set()), frozenset[int]()
        return sum(not names.isdisjoint(self._names_with.get(other, none)) for other in others)


def _stem_of(seen: list[str]) -> dict[str, str]:
    """Word -> stem, read in one go. A word that would be read as two is left out."""
    found = stems(" ".join(seen))
    if len(found) != len(seen):
        return {word: only[0] for word in seen if len(only := stems(word)) == 1}
    return dict(zip(seen, found, strict=True))


def _one_word(one: str, other: str) -> bool:
    """Is one the other with a usual ending? Both have the same stem."""
    short, long = sorted((one, other), key=len)
    return any(long in {base + ending for ending in ENDINGS} for base in (short, short[:-1]) if long.startswith(base))


def _text(entry: Entry) -> str:
    """Everything that readers see of it."""
    parts = (text for part in entry.parts for text in (part.text, part.heading, part.about, part.claim))
    return " ".join((entry.title, *entry.names, *parts))


def _filled(known: Iterable[str]) -> tuple[Schema, Searcher]:
    """The words as an index of their own: it finds close spellings in microseconds."""
    schema = (
        SchemaBuilder()
        .add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("sound", tokenizer_name="raw", index_option="basic")
        .build()
    )
    index = Index(schema)
    index.config_reader("manual")
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
    for word in known:
        if len(word) >= SHORTEST_OF_NAME and word.isalpha() and word not in SMALL:
            document = Document()
            document.add_text("word", word)
            document.add_text("sound", sound(word))
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return schema, index.searcher()
