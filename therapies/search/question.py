"""What was typed, read as words, and the queries made of them.

Only words reach the index: signs that would mean something to a query language are taken off before.
"""

import math
from dataclasses import dataclass, replace

from tantivy import Occur, Query

from clinic.characters import CONTROL, visible
from therapies.search.index import TIERS, WHOLE_NAME, SearchIndex, whole
from therapies.search.vocabulary import Vocabulary
from therapies.search.words import MEANT, SMALL, stems, words

LONGEST = 200  # characters of a question that are read
MOST_WORDS = 12
OTHER_WORD = 0.7  # what our word for a patient's word counts
CLOSE = 0.6  # what a word counts that is only spelled like the one typed, at most

NAMES = ("title", "names", "unseen")
IN_ORDER = 4.0  # the words stand side by side in a title or another name
OFTEN = 0.03  # how often a word stands on a page: decides between pages that fit alike


@dataclass(frozen=True)
class Word:
    """A word that is looked for: as typed, and the stems that count as it, each with its weight."""

    typed: str
    stem: str
    stems: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Question:
    """What was typed, in words. `text` is what we read of it, `was_cut` whether that is less than was typed."""

    text: str
    was_cut: bool
    words: tuple[Word, ...]


def question(typed: str) -> Question:
    """Read what was typed. No words are left of an empty question, and of one that is made of signs or single letters."""
    whole_text = typed.encode(errors="replace").decode()  # half a character, as no browser sends it
    text = " ".join(visible(CONTROL.sub(" ", whole_text)).split())
    read = text[:LONGEST].rstrip()
    pairs = dict(zip(words(read), stems(read), strict=True))
    found = [Word(word, stem, _with_meant(word, stem)) for word, stem in pairs.items() if len(word) > 1]
    telling = [word for word in found if word.typed not in SMALL]
    kept = tuple((telling or found)[:MOST_WORDS])
    return Question(read, len(read) < len(text) or len(telling or found) > MOST_WORDS, kept)


def _with_meant(word: str, stem: str) -> tuple[tuple[str, float], ...]:
    meant = stems(MEANT.get(word, ""))
    return ((stem, 1.0), *((other, OTHER_WORD) for other in meant))


def corrected(asked: Question, vocabulary: Vocabulary) -> Question:
    """The question with each word that we do not know as the word of a title or another name that is likeliest meant.

    The same question where we know every word; where we have no idea, its words as they are. A page that holds a
    misspelling as it was typed still counts for more than one that holds the word meant.
    """
    known = [word.stem for word in asked.words if vocabulary.knows(word.typed, word.stem)]
    read: list[Word] = []
    for word in asked.words:
        if vocabulary.knows(word.typed, word.stem):
            read.append(word)
        elif pair := vocabulary.split(word.typed):
            read += [Word(part, stem, ((stem, CLOSE),)) for part in pair for stem in stems(part)]
        elif names := [one for one in vocabulary.candidates(word.typed) if one.is_name]:
            best = max(names, key=lambda one: (vocabulary.together(one.stem, known), one.score))
            known.append(best.stem)
            read.append(Word(best.word, best.stem, _weights(word, {best.stem: CLOSE})))
        else:
            read.append(word)
    return replace(asked, words=tuple(read))


def widened(asked: Question, vocabulary: Vocabulary) -> Question:
    """The question with every word that may be meant beside each that we do not know."""
    read: list[Word] = []
    for word in asked.words:
        if not vocabulary.knows(word.typed, word.stem):
            found = vocabulary.candidates(word.typed)
            word = replace(word, stems=_weights(word, {one.stem: CLOSE * one.score / found[0].score for one in found}))
        read.append(word)
    return replace(asked, words=tuple(read))


def _weights(word: Word, others: dict[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple({**others, **dict(word.stems)}.items())


def in_words(asked: Question) -> str:
    """The words of a question, for a person to read."""
    return " ".join(word.typed for word in asked.words)


def missing(asked: Question, index: SearchIndex) -> tuple[str, ...]:
    """The words that stand on no page."""
    return tuple(word.typed for word in asked.words if not any(index.frequency(stem) for stem, _ in word.stems))


def query(asked: Question, index: SearchIndex, *, every_word: bool) -> Query:
    """Pages that hold every word, or without `every_word` at least half of them."""
    slots = [_slot(word, index) for word in asked.words]
    if every_word:
        wanted = Query.boolean_query([(Occur.Must, slot) for slot in slots])
    else:
        needed = max(1, len(slots) // 2)
        wanted = Query.boolean_query([(Occur.Should, slot) for slot in slots], minimum_number_should_match=needed)
    extras = [(Occur.Should, extra) for extra in _extras(asked, index)]
    return Query.boolean_query([(Occur.Must, wanted), *extras])


def _slot(word: Word, index: SearchIndex) -> Query:
    """The best place in which a page holds the word counts, once."""
    ways = [
        Query.const_score_query(Query.term_query(index.schema, field, stem), tier * weight * _rareness(stem, index))
        for stem, weight in word.stems
        for field, tier in TIERS.items()
    ]
    return Query.disjunction_max_query(ways)


def _rareness(stem: str, index: SearchIndex) -> float:
    """From 1 for a word that stands nearly everywhere to 2 for one that stands on one page."""
    pages = len(index.entries)
    return 1 + math.log((pages + 1) / (index.frequency(stem) + 1)) / math.log(pages + 2)


def _extras(asked: Question, index: SearchIndex) -> list[Query]:
    schema = index.schema
    extras = [
        Query.boost_query(Query.term_query(schema, "body", stem), OFTEN * weight)
        for word in asked.words
        for stem, weight in word.stems
    ]
    read = tuple(word.stem for word in asked.words)
    for name in dict.fromkeys((whole(asked.text), " ".join(sorted(read)))):
        extras.append(Query.const_score_query(Query.term_query(schema, "whole", name), WHOLE_NAME))
    # With its small words ("bone on bone") as it was typed, and without them as it was read.
    for said in dict.fromkeys((tuple(stems(asked.text)), read)):
        if len(said) > 1:
            ways = [Query.phrase_query(schema, field, list(said)) for field in NAMES]
            extras.append(Query.const_score_query(Query.disjunction_max_query(ways), IN_ORDER))
    return extras


def forms(asked: Question, vocabulary: Vocabulary) -> list[list[str]]:
    """For each word the folded spellings that a page may show for it."""
    return [[form for stem, _ in word.stems for form in vocabulary.forms(stem)] for word in asked.words]


def without_longer(forms: list[list[str]]) -> list[list[str]]:
    """The same without spellings that begin with another one: where "cell" stands nowhere, "cells" stands nowhere."""
    return [
        [form for form in each if not any(form != other and form.startswith(other) for other in each)] for each in forms
    ]
