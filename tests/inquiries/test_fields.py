import unicodedata

from django.core.exceptions import ValidationError
from django.test import SimpleTestCase

from inquiries import fields
from inquiries.questionnaire import QUESTIONS


class Fields(SimpleTestCase):
    def accepts(self, field, cases):
        for typed, kept in cases.items():
            with self.subTest(typed[:40]):
                self.assertEqual(field.clean(typed), kept)

    def refuses(self, field, typed_texts, message):
        for typed in typed_texts:
            with self.subTest(typed[:40]), self.assertRaisesMessage(ValidationError, message):
                field.clean(typed)


class LineTests(Fields):
    field = fields.Line(QUESTIONS["full_name"])

    def test_a_name_is_whatever_people_are_called(self):
        names = ["null", "None", "O'Brien", "Ng", "A", "李", "Dr. med. univ. Müller-Łukasz III", "ﷺ ﬀ ① ſ", "ẞ", "İı"]
        markup = [
            '"><zq a=1>',
            "<svg/onload=x>",
            "{{ 7|add:7 }}",
            "%s%n {0}",
            "=1+1",
            "' OR 1=1--",
            "%0d%0aBcc:",
            "＜script＞",
        ]
        emoji = ["👩‍👩‍👧‍👦 Family", "🇺🇸", "می‌خواهم"]
        self.accepts(self.field, {name: unicodedata.normalize("NFC", name) for name in names + markup + emoji})

    def test_what_cannot_be_seen_is_left_out(self):
        self.accepts(
            self.field,
            {
                "Ana\u200b Exa\ufeffmple": "Ana Example",
                "Probe \u202egpj.exe\u202c": "Probe gpj.exe",
                "\u2066Ana\u2069": "Ana",
                "A\U000e0041\U000e0042": "A",
                "Ana\uffff\U0001fffe": "Ana",
                "Jose\u0301": "José",
            },
        )

    def test_what_cannot_be_seen_is_nothing(self):
        blank = ["", "   ", "\u00a0", "\t", "\u200b", "\u200b \u2060", "\u200d\u200c", "\u3164", "\u2800"]
        self.accepts(self.field, dict.fromkeys(blank, ""))

    def test_it_is_one_line_whatever_was_pasted(self):
        self.accepts(
            self.field,
            {
                "A\r\nBcc: v@example.org": "A Bcc: v@example.org",
                "Ana\nExample": "Ana Example",
                "A\rB": "A B",
                "A\u2028B": "A B",
                "A\x85B": "A B",
                "Ana\tExample": "Ana Example",
                "Ana Example\r\n": "Ana Example",
            },
        )

    def test_control_characters_are_left_out_a_nul_too(self):
        self.accepts(self.field, {"A\x1b[31mna": "A[31mna", "A\x07na\x7f": "Ana", "\0Ana\0": "Ana", "\x01\x02": ""})

    def test_no_control_character_is_left(self):
        kept = self.field.clean("x".join(chr(code) for code in [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]))
        self.assertIsNone(fields.CONTROL.search(kept))

    def test_the_limit_is_named(self):
        self.accepts(self.field, {"x" * 200: "x" * 200})
        self.refuses(self.field, ["x" * 201, "x" * 100_000], "Full name must be 200 characters or fewer")

    def test_the_browser_is_not_told_to_cut_off_what_is_pasted(self):
        for field in [self.field, fields.Paragraphs(QUESTIONS["message"]), fields.EmailAddress(QUESTIONS["email"])]:
            self.assertNotIn("maxlength", field.widget.attrs)


class ParagraphsTests(Fields):
    field = fields.Paragraphs(QUESTIONS["message"])

    def test_lines_stay_lines(self):
        self.accepts(self.field, {"one\r\ntwo\rthree\u2028four": "one\ntwo\nthree\nfour", "a\tb": "a\tb"})

    def test_control_characters_are_left_out(self):
        self.accepts(self.field, {"red\x1b[31m\x07 text": "red[31m text"})

    def test_a_nul_is_refused(self):
        self.refuses(self.field, ["A\0B"], "cannot be stored")

    def test_may_be_empty(self):
        self.accepts(self.field, {"": "", " \u200b ": ""})

    def test_a_line_end_counts_as_one_character(self):
        self.accepts(self.field, {"x" * 499 + "\r\n" + "y" * 500: "x" * 499 + "\n" + "y" * 500})

    def test_the_limit_is_named(self):
        self.refuses(self.field, ["x" * 1001, "y" * 100_000], "Your answer must be 1,000 characters or fewer")


class EmailAddressTests(Fields):
    field = fields.EmailAddress(QUESTIONS["email"])
    wrong = "Enter an email address in the correct format, like name@example.com"

    def test_addresses_people_have(self):
        addresses = ["ana@example.org", "Ana+clinic@Example.ORG", "a@müller.example", "o'brien@example.org"]
        self.accepts(self.field, {address: address for address in addresses} | {" ana@example.org ": "ana@example.org"})

    def test_may_be_empty(self):
        self.accepts(self.field, {"": "", "  ": ""})

    def test_what_is_no_address(self):
        texts = [
            "plainaddress",
            "a@",
            "@b",
            "a@b@c.d",
            "a@exa mple.com",
            "a@example..com",
            "a@x.com,b@y.org",
            "a@x.com;b@y.org",
        ]
        texts += [
            "A <a@x.com>",
            "ä@example.org",
            '"a b"@example.org',
            '"\x01"@example.org',
            "a@example",
            "mailto:a@x.com",
        ]
        self.refuses(self.field, texts, self.wrong)

    def test_an_address_no_mail_should_be_sent_to(self):
        self.refuses(self.field, ["a@localhost", "a@[127.0.0.1]", "a@[::1]", "a@LOCALHOST"], self.wrong)

    def test_hidden_characters_are_not_repaired_silently(self):
        texts = [
            "a@exa\u202emple.com",
            "a\u200b@example.com",
            "a@example.com\r\nBcc: v@x.org",
            "a@example.com\0",
            "a\n@x.org",
        ]
        self.refuses(self.field, texts, self.wrong)

    def test_the_limit_is_exact(self):
        longest = "a@" + ".".join(["b" * 60] * 4) + ".example"
        longest += "x" * (254 - len(longest))
        self.accepts(self.field, {longest: longest})
        self.refuses(self.field, [longest + "x", "a" * 300 + "@example.org"], "254 characters or fewer")


class PhoneNumberTests(Fields):
    field = fields.PhoneNumber(QUESTIONS["phone"])
    wrong = "Enter a phone number in the correct format"

    def test_is_kept_as_typed(self):
        numbers = ["(202) 555-0123", "+1 202.555.0123", "2025550123", "202-555-0123 x12", "202 555 0123 ext. 12"]
        numbers += ["+44 (0)20 7946 0123", "٢٠٢٥٥٥٠١٢٣", "202–555–0123", "5550123"]
        self.accepts(self.field, {number: number for number in numbers})

    def test_may_be_empty(self):
        self.accepts(self.field, {"": ""})

    def test_what_is_no_number(self):
        numbers = [
            "call me",
            "555-012",
            "1" * 16,
            "+",
            "2025550123 or 4",
            "202 555 O123",
            "=2025550123",
            "++2025550123",
            "x12",
        ]
        self.refuses(self.field, numbers, self.wrong)

    def test_the_limit_is_named(self):
        self.refuses(self.field, ["1" * 200], "Phone number must be 40 characters or fewer")
