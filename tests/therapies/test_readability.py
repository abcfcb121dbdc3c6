from statistics import median

from django.test import SimpleTestCase

from tests.therapies import starter_rules as starter
from therapies.document_texts import texts_of
from therapies.readability import HIGHEST_GRADE, MEDIAN_GRADE, reading, reading_of, syllables_of

LONG = " ".join(["Word", *["word"] * 20]) + "."


class Syllables(SimpleTestCase):
    def test_are_groups_of_vowels_without_silent_ends(self):
        for word, number in (
            ("knee", 1),
            ("make", 1),
            ("makes", 1),
            ("treated", 2),
            ("used", 1),
            ("table", 2),
            ("little", 2),
            ("people", 2),
            ("arthritis", 3),
            ("placebo", 3),
            ("the", 1),
            ("hmm", 1),
            ("long-term", 2),
            ("don't", 2),
            ("regeneration", 5),
        ):
            with self.subTest(word):
                self.assertEqual(syllables_of(word), number)


class Readings(SimpleTestCase):
    def test_of_short_words_are_low_and_of_long_ones_high(self):
        easy = reading("The knee hurts. You can walk. It gets well.")
        hard = reading(
            "Intraarticular corticosteroid administration demonstrates considerable therapeutic variability."
        )
        self.assertLess(easy.grade, 2)
        self.assertGreater(hard.grade, 20)

    def test_follow_the_formula(self):
        # 8 words, 2 sentences, 10 syllables: 0.39 * 4 + 11.8 * 1.25 - 15.59
        self.assertEqual(reading("The table is big. We sit under it.").grade, 0.7)

    def test_name_sentences_of_more_than_twenty_words(self):
        self.assertEqual(reading(f"Short one. {LONG}").long_sentences, (LONG,))
        self.assertEqual(reading(LONG.replace("word ", "", 1)).long_sentences, ())

    def test_name_paragraphs_of_more_than_three_sentences(self):
        self.assertEqual(len(reading("It is. It is. It is. It is.\n\nIt is. It is. It is.").long_paragraphs), 1)

    def test_leave_out_headings_citations_and_single_words(self):
        self.assertEqual(reading("## A long heading\n\nIt is so [@a-source].\n\n- Yes").words, 3)

    def test_of_nothing_are_nothing(self):
        for text in ("", "Yes", "- Yes\n- No", "[@a]"):
            with self.subTest(text):
                self.assertEqual((reading(text).grade, reading(text).sentences), (0.0, 0))

    def test_of_several_texts_count_them_together(self):
        one = reading_of(["It is so. We go.", "They stay here."])
        self.assertEqual((one.words, one.sentences), (8, 3))


class Starter(SimpleTestCase):
    def test_pages_are_easy_to_read(self):
        grades = {page["slug"]: reading_of([text.text for text in texts_of(page)]).grade for page in starter.pages()}
        self.assertLessEqual(median(grades.values()), MEDIAN_GRADE)
        self.assertEqual({slug: grade for slug, grade in grades.items() if grade > HIGHEST_GRADE}, {})
        self.assertGreater(min(grades.values()), 1)  # a measure that says 0 for everything would pass too
