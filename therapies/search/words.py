"""From a text to the words that are compared: small letters without accents, and their English stems."""

import re

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

LONGEST_WORD = 40  # longer ones are not words

# Words that a question is made of. They are looked for only where nothing else was typed.
_SMALL = """
    a am an and any anyone are as at be been being best but by can could did do does for from get good had has have how
    i if in into is it its me my near of on or much our out please should side so some that the their them then there these they
    this to up vs was we were what when where which who why will with would you your
"""
SMALL = frozenset(_SMALL.split())

# What patients say -> what our pages say. A page that has the patient's own word counts for more.
_MEANT = {
    "pain": "hurt hurts hurting ache aches aching sore",
    "injection": "jab jabs shot shots",
    "surgery": "op operation operations",
    "medicine": "drug drugs pill pills tablet tablets",
    "risks": "danger dangers dangerous effects harm harms safe safety",
    "cost": "expensive fee fees price prices",
    "recovery": "downtime recover recovering",
}
MEANT = {said: meant for meant, all_said in _MEANT.items() for said in all_said.split()}

# Letters that readers type without their accents. One for one, so that places in the text stay the same.
PLAIN_LETTERS = dict(
    zip(
        "àáâãäåāăąçćčďèéêëēęěğìíîïīıłñńňòóôõöøōőŕřśşšťùúûüūůűýÿźżž",
        "aaaaaaaaacccdeeeeeeegiiiiiilnnnoooooooorrssstuuuuuuuyyzzz",
        strict=True,
    )
)
NOT_PLAIN = re.compile(r"[^\x00-\x7f]")


def _analyzer(*last: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in (Filter.remove_long(LONGEST_WORD), Filter.lowercase(), Filter.ascii_fold(), *last):
        builder = builder.filter(step)
    return builder.build()


ANALYZER = _analyzer(Filter.stemmer("english"))  # how the index reads its texts
_WORDS = _analyzer()


def words(text: str) -> list[str]:
    """The words of a text in order, folded; what is longer than a word can be is left out."""
    return _WORDS.analyze(text)


def stems(text: str) -> list[str]:
    """The stem of each of `words(text)`."""
    return ANALYZER.analyze(text)


def telling_stems(text: str) -> list[str]:
    """The stems of the words of a text that are not small ones, in order; of all of them where there are no others."""
    found = list(zip(words(text), stems(text), strict=True))
    return [stem for word, stem in found if word not in SMALL] or [stem for _, stem in found]


def folded(text: str) -> str:
    """The text with small letters and without accents, each character in its place; for finding words in it."""
    if not text.isascii():
        text = NOT_PLAIN.sub(_folded_one, text)
    return text.lower()


def _folded_one(match: re.Match[str]) -> str:
    small = match[0].lower()[0]  # one letter, İ, would grow to two
    return PLAIN_LETTERS.get(small, small) if small.isalnum() else " "


# How a consonant is heard -> one letter for each sound, so that "cortizone" sounds like "cortisone".
SOUNDS = (
    (re.compile(r"^[kg]n"), "n"),
    (re.compile(r"^wr"), "r"),
    (re.compile(r"^ps"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"gh"), ""),
    (re.compile(r"th"), "t"),
    (re.compile(r"sc(?=[eiy])"), "s"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"ck|[cq]"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"^[aeiouy]"), "0"),
    (re.compile(r"[aeiouwhy]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound(word: str) -> str:
    """The consonants of a folded word as they are heard: the same for spellings that are read out alike."""
    for pattern, heard in SOUNDS:
        word = pattern.sub(heard, word)
    return word
