"""How hard the texts of a page are to read: beside each text on the forms, and all of them, hardest first."""

from dataclasses import dataclass

from therapies.document_texts import HEAD, ROWS, texts_of
from therapies.readability import HIGHEST_GRADE, MEDIAN_GRADE, Reading, reading, reading_of

WORTH_SAYING = 12  # words; below that a grade says more about the ruler than about the text
PROSE = {*HEAD, *(name for _, _, texts in ROWS.values() for name in texts)} - {"title", "medical_name", "alternatives"}


@dataclass(frozen=True)
class TextReading:
    """One text of a page, in words where it stands, and how hard it is."""

    where: str
    reading: Reading

    @property
    def is_hard(self):
        return self.reading.grade > HIGHEST_GRADE


def readings(document):
    """(how hard the page is in all, its texts with sentences, the hardest first)."""
    by_place = {}
    for text in texts_of(document):
        by_place.setdefault(text.where, []).append(text.text)
    found = [TextReading(where, reading_of(texts)) for where, texts in by_place.items()]
    found = [one for one in found if one.reading.words >= WORTH_SAYING]
    found.sort(key=lambda one: (-one.reading.grade, -len(one.reading.long_sentences)))
    return reading_of([text for texts in by_place.values() for text in texts]), found


def in_words(found):
    """A reading in one sentence, "" for a text that is too short for one."""
    if found.words < WORTH_SAYING:
        return ""
    long = len(found.long_sentences)
    said = f"Reading level as saved: grade {found.grade:g}"
    said += f", {long} long sentence{'s' if long > 1 else ''}" if long else ""
    return f"{said}. {'Aim for 9 or less.' if found.grade > MEDIAN_GRADE else ''}".strip()


class ReadingForm:
    """Mixed into the forms of a page and its rows: says beside each text how hard it is as it was saved."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in PROSE.intersection(self.fields):
            text = getattr(self.instance, name, "") if self.instance.pk else ""
            if isinstance(text, str) and (said := in_words(reading(text))):
                self.fields[name].help_text = f"{self.fields[name].help_text} {said}".strip()
