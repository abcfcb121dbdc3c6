from django.core.exceptions import ValidationError
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from therapies import codes
from therapies.documents import DocumentError, validated
from therapies.models import MedicalCode

KNEE = "239873007"  # a concept of the core


class Codes(SimpleTestCase):
    def test_that_could_be_codes_have_no_problem(self):
        for system, code in (
            ("ICD-10", "M17.9"),
            ("ICD-10", "M17"),
            ("ICD-10-CM", "M17.11"),
            ("ICD-10-CM", "S46.011A"),
            ("ICD-10-CM", "M1A.09X0"),
            ("SNOMED CT", KNEE),
            ("SNOMED CT", "900000000000445007"),
        ):
            with self.subTest(system, code=code):
                self.assertEqual(codes.problem(system, code), "")

    def test_of_the_wrong_shape_are_told_in_words(self):
        for system, code, said in (
            ("ICD-10", "m17.9", "like M17.1"),
            ("ICD-10", "M17.", "like M17.1"),
            ("ICD-10", "M17.111", "like M17.1"),
            ("ICD-10", "M1A.0", "like M17.1"),
            ("ICD-10", "17.9", "like M17.1"),
            ("ICD-10-CM", "M17.12345", "like M17.11"),
            ("ICD-10-CM", "M17-11", "like M17.11"),
            ("SNOMED CT", "M17.9", "6 to 18 digits"),
            ("SNOMED CT", "12345", "6 to 18 digits"),
            ("SNOMED CT", "0239873007", "6 to 18 digits"),
            ("SNOMED CT", "1" * 19, "6 to 18 digits"),
            ("SNOMED CT", "239873008", "check digit"),
            ("SNOMED CT", "680946014", "not that of a concept"),  # a description's
        ):
            with self.subTest(system, code=code):
                self.assertIn(said, codes.problem(system, code))

    @given(st.integers(0, 8), st.integers(1, 9))
    def test_one_wrong_digit_is_always_seen(self, place, by):
        wrong = str((int(KNEE[place]) + by) % 10)
        self.assertFalse(codes.has_check_digit(KNEE[:place] + wrong + KNEE[place + 1 :]))

    @given(st.integers(0, 7))
    def test_two_digits_that_changed_places_are_always_seen(self, place):
        turned = KNEE[:place] + KNEE[place + 1] + KNEE[place] + KNEE[place + 2 :]
        self.assertEqual(codes.has_check_digit(turned), turned == KNEE)

    def test_are_refused_in_a_document_with_their_place(self):
        row = {"system": "SNOMED CT", "code": "239873008", "display": "x", "edition": ""}
        document = factories.condition_document(codes=[{**row, "verified_by": "", "verified_on": ""}])
        with self.assertRaisesMessage(DocumentError, "codes 1, code: a digit of this SNOMED CT code is wrong"):
            validated(document, where="")
        document["codes"][0]["code"] = KNEE
        validated(document, where="")

    def test_are_refused_in_admin(self):
        with self.assertRaisesMessage(ValidationError, "its check digit does not fit"):
            MedicalCode(system="SNOMED CT", code="239873008").clean()
        MedicalCode(system="SNOMED CT", code=KNEE).clean()
