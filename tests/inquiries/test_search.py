from django.conf import settings
from django.test import SimpleTestCase, TestCase, override_settings

from clinic import keys
from clinic.models import ClinicProfile
from inquiries import search
from inquiries.models import Inquiry, SearchKey
from inquiries.services import search_keys
from tests import factories


class NameWordTests(SimpleTestCase):
    def test_words_are_compared_without_case_and_accents(self):
        for name, words in {
            "Ana Example": ["ana", "example"],
            "ANA  example": ["ana", "example"],
            "Dr. med. univ. Müller-Łukasz III": ["dr", "med", "univ", "muller", "lukasz", "iii"],
            "O'Brien": ["obrien"],
            "O’Brien": ["obrien"],
            "José Núñez": ["jose", "nunez"],
            "Jose\u0301": ["jose"],
            "Groß": ["gross"],
            "İpek Işık": ["ipek", "isik"],
            "李小龙": ["李小龙"],
            "محمد": ["محمد"],
            "می\u200cخواهم": ["میخواهم"],
            "Ana Ana": ["ana"],
            "🙂": [],
            "": [],
        }.items():
            with self.subTest(name):
                self.assertEqual(search.name_words(name), words)

    def test_a_name_of_a_hundred_words_makes_no_more_keys_than_twenty(self):
        self.assertEqual(len(search.name_words(" ".join(f"w{n}" for n in range(100)))), 20)


class PhoneTests(SimpleTestCase):
    def test_every_spelling_of_a_number_is_one_number(self):
        for typed in [
            "(202) 555-0123",
            "202.555.0123",
            "2025550123",
            "+1 202 555 0123",
            "202-555-0123 x12",
            "٢٠٢٥٥٥٠١٢٣",
        ]:
            with self.subTest(typed):
                self.assertEqual(search.phone_digits(typed, "US"), "+12025550123")

    def test_the_country_of_the_clinic_decides(self):
        self.assertEqual(search.phone_digits("020 7946 0123", "GB"), "+442079460123")

    def test_what_no_network_knows_is_compared_by_its_digits(self):
        self.assertEqual(search.phone_digits("020 7946 0123", "US"), "02079460123")


class ReferenceTests(SimpleTestCase):
    def test_is_recognised_however_it_is_written(self):
        for term in ["RM-ABCD-2345", "rm-abcd-2345", " RM ABCD 2345 ", "ABCD-2345", "rmabcd2345", "RM–ABCD–2345"]:
            with self.subTest(term):
                self.assertEqual(search.reference_in(term), "RM-ABCD-2345")

    def test_anything_else_is_none(self):
        for term in ["", "RM-ABCD", "RM-ABCD-234O", "Ana", "2025550123", "RM-ABCD-2345-6"]:
            with self.subTest(term):
                self.assertEqual(search.reference_in(term), "")


class FindTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ana = factories.inquiry(full_name="Ana Müller", email="Ana@Example.org", phone="(202) 555-0123")
        cls.ben = factories.inquiry(full_name="Ben Miller", email="ben@example.org", phone="")

    def find(self, term, **changes):
        return set(search.find(term, **{"country": "US", "by_person": True, **changes}))

    def test_by_reference(self):
        self.assertEqual(self.find(self.ana.reference.lower()), {self.ana})

    def test_by_a_whole_word_of_the_name(self):
        self.assertEqual(self.find("muller"), {self.ana})
        self.assertEqual(self.find("MÜLLER ana"), {self.ana})

    def test_all_words_must_be_there(self):
        self.assertEqual(self.find("Ana Miller"), set())

    def test_part_of_a_word_finds_nobody(self):
        self.assertEqual(self.find("mull"), set())

    def test_by_email_address_without_regard_to_case(self):
        self.assertEqual(self.find("ANA@example.ORG"), {self.ana})

    def test_by_phone_number_in_any_spelling(self):
        for term in ["2025550123", "+1 202-555-0123", "202 555 0123 ext 9"]:
            with self.subTest(term):
                self.assertEqual(self.find(term), {self.ana})

    def test_a_word_that_looks_like_a_reference_is_still_a_name(self):
        eight = factories.inquiry(full_name="ABCDEFGH")
        self.assertEqual(self.find("abcdefgh"), {eight})

    def test_who_may_not_know_people_finds_by_reference_alone(self):
        for term in ["Ana", "ana@example.org", "2025550123"]:
            with self.subTest(term):
                self.assertEqual(self.find(term, by_person=False), set())
        self.assertEqual(self.find(self.ana.reference, by_person=False), {self.ana})

    def test_searches_only_among_the_rows_it_was_given(self):
        self.assertEqual(self.find("Ana", among=Inquiry.objects.closed()), set())

    def test_a_term_longer_than_a_hundred_characters_finds_nobody(self):
        self.assertEqual(self.find("Ana" + "-" * 100), set())

    def test_a_term_without_a_word_finds_nobody(self):
        self.assertEqual(self.find("--"), set())

    def test_a_key_of_one_kind_is_never_found_as_another(self):
        odd = factories.inquiry(full_name="12025550123", phone="", email="odd@example.org")
        self.assertNotIn(odd, self.find("2025550123"))


class KeyTests(TestCase):
    def test_the_same_text_as_name_and_as_number_makes_two_keys(self):
        keys = search.keys_of(full_name="02079460123", email="", phone="020 7946 0123", country="US")
        self.assertEqual(len({key for _, key in keys}), 2)

    def test_the_table_of_keys_holds_no_word_in_clear(self):
        factories.inquiry()
        stored = " ".join(SearchKey.objects.values_list("key", flat=True))
        self.assertNotRegex(stored, "(?i)example|2025550123|@")

    def test_a_new_search_key_finds_the_same_people(self):
        ana = factories.inquiry(full_name="Ana Example", phone="020 7946 0123")
        ClinicProfile.objects.create(name="Example Clinic", country="GB")
        with override_settings(SEARCH_KEY=b"3" * 32):
            self.assertEqual(set(search.find("Ana", country="GB", by_person=True)), set())
            self.assertEqual(search_keys.rebuild(), 4)
            self.assertEqual(set(search.find("Ana", country="GB", by_person=True)), {ana})
            self.assertEqual(set(search.find("+442079460123", country="GB", by_person=True)), {ana})

    def test_what_does_not_decrypt_gets_no_keys(self):
        factories.inquiry()
        with override_settings(FIELD_KEYS={"t1": b"9" * 32}):
            self.assertEqual(search_keys.rebuild(), 0)

    def test_rotating_the_keys_makes_them_anew(self):
        keys.prove_keys()
        ana = factories.inquiry(full_name="Ana Example")
        with override_settings(SEARCH_KEY=b"3" * 32, FIELD_KEYS={"t2": b"8" * 32, **settings.FIELD_KEYS}):
            done = keys.rotate()
            self.assertEqual(set(search.find("Ana", country="US", by_person=True)), {ana})
            self.assertEqual(done.old, 0)
        self.assertEqual(done.rebuilt["search keys of requests"], 4)
