from django.test import SimpleTestCase

from tests import factories
from therapies.corrections import why_not_minor

TEXT = (
    "Most people with this pain get better. Exercise may help a little, but nobody is certain [@one]. Read [more](/a/)."
)


def page(body=TEXT, **changes):
    return factories.condition_document(sections=[factories.section(body=body)], **changes)


class WhyNotMinor(SimpleTestCase):
    def said(self, before, after):
        return why_not_minor(page(before), page(after))

    def assertMinor(self, before, after):
        self.assertEqual(self.said(before, after), "")

    def assertClinical(self, why, before, after):
        self.assertIn(why, self.said(before, after))

    def test_a_slip_of_the_pen_is_minor(self):
        for before, after in [
            ("teh knee", "the knee"),
            ("a tendn", "a tendon"),
            ("rehabilitaton", "rehabilitation"),
            ("physioterapists", "physiotherapists"),
            ("the centre", "the center"),
            ("an anti-inflammatory gel", "an anti inflammatory gel"),
            ("a follow up visit", "a followup visit"),
            ("The knee hurts", "the knee hurts"),
        ]:
            with self.subTest(after):
                self.assertMinor(before, after)

    def test_punctuation_and_layout_are_minor(self):
        self.assertMinor("Rest, ice and movement", "Rest, ice, and movement.")
        self.assertMinor("one\n\ntwo words", "one\n\n**two** words")

    def test_a_small_word_of_grammar_is_minor(self):
        self.assertMinor("Wear brace at night", "Wear a brace at night")
        self.assertMinor("Wear a a brace", "Wear a brace")

    def test_a_link_is_minor(self):
        self.assertMinor("Read [more](/old/).", "Read [more](/new-2025/).")
        self.assertMinor("Read more.", "Read [more](https://example.org/2025/).")
        self.assertMinor("See https://example.org/1", "See https://example.org/2")

    def test_summary_and_headings_are_among_the_texts(self):
        self.assertEqual(why_not_minor(page(summary="An exmple."), page(summary="An example.")), "")
        old, new = (factories.section(heading=heading) for heading in ("What it si", "What it is"))
        documents = (factories.condition_document(sections=[row]) for row in (old, new))
        self.assertEqual(why_not_minor(*documents), "")

    def test_a_number_is_clinical(self):
        for before, after in [
            ("in 30 of 100", "in 40 of 100"),
            ("5 mg", "50 mg"),
            ("5 mg", "5 g"),
            ("1.5 times", "15 times"),
            ("1.5 times", "1,5 times"),
            ("a dose of < 5", "a dose of > 5"),
            ("-2 points", "2 points"),
            ("two weeks", "ten weeks"),
            ("once a day", "twice a day"),
            ("at once", "at onc"),
            ("5-10 weeks", "5 10 weeks"),
            ("see page 3", "see page"),
        ]:
            with self.subTest(after):
                self.assertClinical("number", before, after)

    def test_a_negation_is_clinical(self):
        for before, after in [
            ("It does not heal", "It does heal"),
            ("It does heal", "It does not heal"),
            ("You can walk", "You can't walk"),
            ("You cannot walk", "You can walk"),
            ("No side effects are common", "No, side effects are common"),
            ("now rest", "not rest"),
            ("go without rest", "go with rest"),
        ]:
            with self.subTest(after):
                self.assertClinical("negation", before, after)

    def test_a_word_that_carries_meaning_is_clinical(self):
        for before, after in [
            ("may ease pain", "will ease pain"),
            ("may ease pain", "many ease pain"),
            ("more pain", "mere pain"),
            ("the left knee", "the lift knee"),
            ("it improves sleep", "it improved sleep"),
        ]:
            with self.subTest(after):
                self.assertClinical("carries meaning", before, after)

    def test_another_word_is_clinical(self):
        for before, after in [
            ("hypertension", "hypotension"),
            ("abduction", "adduction"),
            ("intraarticular", "interarticular"),
            ("an effective gel", "an ineffective gel"),
            ("a typical course", "an atypical course"),
            ("extrinsic tendons", "intrinsic tendons"),
            ("the hip joint", "the knee joint"),
            ("wear a brace", "wear a brace daily"),
            ("ice eases pain", "pain eases ice"),
        ]:
            with self.subTest(after):
                self.assertClinical("different words", before, after)

    def test_another_source_is_clinical(self):
        self.assertClinical("cited", "It helps [@one].", "It helps [@two].")
        self.assertClinical("cited", "It helps [@one].", "It helps.")

    def test_another_row_is_clinical(self):
        others = [
            page(title="Exmple condition"),
            page(key_facts=["Cost: ask"]),
            page(care_advice=[]),
            page(options=[factories.option("", "usual_care", description="Rest")]),
            factories.condition_document(sections=[factories.section(body=TEXT), factories.section("causes")]),
            factories.condition_document(sections=[factories.section("causes", body=TEXT)]),
        ]
        for other in others:
            with self.subTest(other):
                self.assertIn("more than the words", why_not_minor(page(), other))

    def test_ten_words_are_minor_and_eleven_are_not(self):
        wrong, right = "tendn ", "tendon "
        self.assertMinor(wrong * 10, right * 10)
        self.assertClinical("11 words", wrong * 11, right * 11)
        self.assertClinical("11 words", wrong * 10 + "[a](/b/)", right * 10 + "[a](/c/)")

    def test_words_of_all_texts_are_counted_together(self):
        old, new = (
            [factories.section(body=word * 6), factories.section("causes", body=word * 6)]
            for word in ("tendn ", "tendon ")
        )
        documents = (factories.condition_document(sections=rows) for rows in (old, new))
        self.assertIn("12 words", why_not_minor(*documents))

    def test_nothing_changed_is_no_correction(self):
        self.assertIn("changes nothing", why_not_minor(page(), page()))

    def test_the_date_of_an_approval_check_is_no_change_of_the_text(self):
        status = {"jurisdiction": "US", "status": "unclear", "public_statement": "Ask.", "source": ""}
        old, new = (
            factories.treatment_document(summary=text, regulatory=[{**status, "checked_on": day, "recheck_due": ""}])
            for text, day in (("An exmple.", ""), ("An example.", "2025-01-31"))
        )
        self.assertEqual(why_not_minor(old, new), "")
