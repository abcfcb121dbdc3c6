from datetime import UTC, datetime, timedelta
from unittest import mock

from django.db import connection
from django.test import TestCase

from clinic import totp, two_step
from clinic.models import Authenticator, RecoveryCode, Staff
from tests.clinic.test_encryption import flipped

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def code_at(staff, moment):
    return totp.code(Authenticator.objects.get(staff=staff).secret, int(moment.timestamp()) // 30)


def enrol(staff, *, now=NOW):
    """Through the service, as a person does it. Returns the recovery codes."""
    begun = two_step.begin(staff)
    return two_step.confirm(staff, code_at(staff, now), pk=begun.pk, now=now)


class EnrolmentTests(TestCase):
    def setUp(self):
        self.nina = Staff.objects.create(username="nina")

    def test_a_right_code_puts_the_authenticator_in_force(self):
        codes = enrol(self.nina)
        self.assertEqual(len(set(codes)), 10)
        self.nina.refresh_from_db()
        self.assertEqual(len(self.nina.two_step_key), 32)
        self.assertEqual(self.nina.authenticator.confirmed_at, NOW)

    def test_a_wrong_code_does_not(self):
        begun = two_step.begin(self.nina)
        with self.assertRaises(two_step.WrongCode):
            two_step.confirm(self.nina, "000000", pk=begun.pk, now=NOW)
        self.nina.refresh_from_db()
        self.assertEqual(self.nina.two_step_key, "")

    def test_cannot_be_begun_over_an_authenticator_in_force(self):
        enrol(self.nina)
        secret = self.nina.authenticator.secret
        with self.assertRaises(two_step.WrongCode):
            two_step.begin(self.nina)
        self.assertEqual(Authenticator.objects.get().secret, secret)

    def test_beginning_again_replaces_what_was_begun(self):
        first = two_step.begin(self.nina)
        second = two_step.begin(self.nina)
        self.assertNotEqual((first.pk, first.secret), (second.pk, second.secret))
        self.assertIsNone(two_step.begun(self.nina, first.pk))
        with self.assertRaises(two_step.WrongCode):
            two_step.confirm(self.nina, code_at(self.nina, NOW), pk=first.pk, now=NOW)
        self.assertEqual(len(two_step.confirm(self.nina, code_at(self.nina, NOW), pk=second.pk, now=NOW)), 10)

    def test_one_replaced_while_it_is_confirmed_does_not_come_into_force(self):
        first = two_step.begin(self.nina)
        code = code_at(self.nina, NOW)
        second = two_step.begin(self.nina)
        seen_before = mock.patch("clinic.two_step.begun", return_value=first)
        with seen_before, mock.patch("clinic.two_step._take_turn"), self.assertRaises(two_step.WrongCode):
            two_step.confirm(self.nina, code, pk=first.pk, now=NOW)
        self.assertIsNotNone(two_step.begun(self.nina, second.pk))

    def test_a_begun_one_is_no_colleagues(self):
        begun = two_step.begin(Staff.objects.create(username="omar"))
        self.assertIsNone(two_step.begun(self.nina, begun.pk))

    def test_beginning_deletes_in_one_statement(self):
        two_step.begin(self.nina)
        with self.assertNumQueries(4):  # savepoint, delete, insert, release
            two_step.begin(self.nina)

    def test_the_code_of_the_enrolment_does_not_open_the_account_again(self):
        enrol(self.nina)
        with self.assertRaises(two_step.WrongCode):
            two_step.check(self.nina, code_at(self.nina, NOW), now=NOW)

    def test_recovery_codes_are_not_stored(self):
        codes = enrol(self.nina)
        stored = "".join(RecoveryCode.objects.values_list("code_hash", flat=True))
        for code in codes:
            self.assertNotIn(two_step.tidy(code), stored)


class CheckTests(TestCase):
    def setUp(self):
        self.nina = Staff.objects.create(username="nina")
        self.codes = enrol(self.nina)
        self.later = NOW + timedelta(minutes=5)

    def check(self, typed, *, at=None):
        two_step.check(self.nina, typed, now=at or self.later)

    def refuses(self, typed, *, at=None, error=two_step.WrongCode):
        with self.assertRaises(error):
            self.check(typed, at=at)

    def test_takes_the_code_of_the_moment_once(self):
        code = code_at(self.nina, self.later)
        self.check(f" {code[:3]} {code[3:]} ")
        self.refuses(code)

    def test_refuses_an_older_code_after_a_newer_one(self):
        older = code_at(self.nina, self.later - timedelta(seconds=30))
        self.check(code_at(self.nina, self.later))
        self.refuses(older)

    def test_two_requests_with_one_code_at_the_same_moment_are_one(self):
        code = code_at(self.nina, self.later)
        seen_by_both = Authenticator.objects.get()
        self.check(code)
        with mock.patch("clinic.two_step._in_force", return_value=seen_by_both):
            self.refuses(code)

    def test_takes_a_recovery_code_once(self):
        self.check(self.codes[0].upper())
        self.refuses(self.codes[0])
        self.check(self.codes[1])

    def test_refuses_a_colleagues_recovery_code(self):
        other = Staff.objects.create(username="omar")
        self.refuses(enrol(other)[0])

    def test_wrong_codes_lock_for_longer_and_longer(self):
        for _ in range(6):
            self.refuses("000000")
        right = code_at(self.nina, self.later)
        self.refuses(right, error=two_step.Locked)
        after = self.later + timedelta(minutes=1, seconds=1)
        self.refuses("000000", at=after)
        self.refuses("000000", at=after + timedelta(minutes=1), error=two_step.Locked)
        self.check(code_at(self.nina, after + timedelta(minutes=3)), at=after + timedelta(minutes=3))

    def test_the_lock_never_lasts_longer_than_a_quarter_of_an_hour(self):
        moment = self.later
        for _ in range(30):
            self.refuses("000000", at=moment)
            moment += timedelta(minutes=15, seconds=1)
        self.check(code_at(self.nina, moment), at=moment)

    def test_a_right_code_forgives_the_wrong_ones(self):
        for _ in range(4):
            self.refuses("000000")
        self.check(code_at(self.nina, self.later))
        self.assertEqual(Authenticator.objects.get().failures, 0)

    def test_recovery_codes_are_guessed_no_faster(self):
        for _ in range(6):
            self.refuses("aaaaa-aaaaa")
        self.refuses(self.codes[0], error=two_step.Locked)

    def test_a_secret_that_does_not_decrypt_leaves_the_recovery_codes(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM clinic_authenticator")
            cursor.execute("UPDATE clinic_authenticator SET secret = %s", [flipped(cursor.fetchone()[0])])
        self.refuses("123456")
        self.check(self.codes[0])

    def test_new_codes_replace_the_old_ones(self):
        new = two_step.renew_codes(self.nina, code_at(self.nina, self.later), now=self.later)
        self.refuses(self.codes[0])
        self.check(new[0])

    def test_a_reset_forgets_everything(self):
        two_step.reset(self.nina)
        self.refuses(self.codes[0])
        self.nina.refresh_from_db()
        self.assertEqual((self.nina.two_step_key, RecoveryCode.objects.count()), ("", 0))
