"""How hard a text is to read: the Flesch-Kincaid grade and long sentences. It advises; nothing is refused for it."""

import re
from dataclasses import dataclass

from therapies.plain_text import Block, blocks

LONG = 20  # words of a sentence that many readers must read twice
TALL = 3  # sentences of a paragraph
MEDIAN_GRADE, HIGHEST_GRADE = 9, 12  # what our own pages keep to

WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^aeiouylr]|[aeiouy]r|[aeiouy]l)e$|(?<![dt])ed$|(?<=[^aeiouysxz])es$")


@dataclass(frozen=True)
class Reading:
    """What a text asks of its reader. `grade` is a school grade in the United States; 0 where there is no sentence."""

    grade: float
    words: int
    sentences: int
    long_sentences: tuple[str, ...]
    long_paragraphs: tuple[str, ...]


def reading(text: str) -> Reading:
    """How hard a Markdown text is. Headings and single words count for nothing: nobody reads them as sentences."""
    return reading_of([text])


def reading_of(texts: list[str]) -> Reading:
    """How hard several texts of one page are together."""
    words = syllables = sentences = 0
    long_sentences: list[str] = []
    long_paragraphs: list[str] = []
    for block in (block for text in texts for block in blocks(text) if not block.is_heading):
        said = [(sentence, WORD.findall(sentence)) for sentence in block.sentences]
        said = [(sentence, found) for sentence, found in said if len(found) > 1]
        words += sum(len(found) for _, found in said)
        syllables += sum(syllables_of(word) for _, found in said for word in found)
        sentences += len(said)
        long_sentences += [sentence for sentence, found in said if len(found) > LONG]
        if _is_tall(block):
            long_paragraphs.append(block.text)
    grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59 if sentences else 0.0
    return Reading(round(max(grade, 0.0), 1), words, sentences, tuple(long_sentences), tuple(long_paragraphs))


def syllables_of(word: str) -> int:
    """The syllables of a word, counted by its groups of vowels: nearly right, and the same everywhere."""
    return sum(max(1, len(VOWELS.findall(SILENT.sub("", part)))) for part in re.split(r"['-]", word.lower()) if part)


def _is_tall(block: Block) -> bool:
    return not block.is_item and len(block.sentences) > TALL
