import base64

from django.test import SimpleTestCase

from clinic import totp

# RFC 6238, appendix B: the SHA-1 secret and its times; six digits are the last six of the eight given there.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


class CodeTests(SimpleTestCase):
    def test_agrees_with_the_standard(self):
        for seconds, code in VECTORS.items():
            with self.subTest(seconds):
                self.assertEqual(totp.code(SECRET, seconds // 30), code)

    def test_accepts_a_clock_that_is_one_step_off_and_no_more(self):
        now = 1_000_000
        for shift, accepted in [(-2, False), (-1, True), (0, True), (1, True), (2, False)]:
            with self.subTest(shift):
                step = now // 30 + shift
                found = totp.matching_step(SECRET, totp.code(SECRET, step), at=now, after=-1)
                self.assertEqual(found, step if accepted else None)

    def test_refuses_a_step_that_was_used(self):
        step = 1_000_000 // 30
        self.assertIsNone(totp.matching_step(SECRET, totp.code(SECRET, step), at=1_000_000, after=step))

    def test_refuses_what_is_no_code(self):
        for typed in ["", "1", "abcdef", "٣٣٣٣٣٣", "0" * 500]:
            with self.subTest(typed):
                self.assertIsNone(totp.matching_step(SECRET, typed, at=1_000_000, after=-1))

    def test_every_secret_is_new(self):
        self.assertNotEqual(totp.new_secret(), totp.new_secret())
        self.assertEqual(len(base64.b32decode(totp.new_secret())), 20)

    def test_the_address_escapes_names(self):
        address = totp.enrolment_address("ABC", account="nina o", issuer="Clinic & Co")
        self.assertEqual(address, "otpauth://totp/Clinic%20%26%20Co%3Anina%20o?secret=ABC&issuer=Clinic%20%26%20Co")
