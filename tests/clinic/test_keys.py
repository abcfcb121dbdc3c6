import io
import uuid
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase, override_settings

from clinic import encryption, keys
from clinic.canary import WrongKeys
from clinic.models import Authenticator, KeyCanary, OutboxEmail, RecoveryCode, Staff
from tests.clinic.test_encryption import put, raw

OLD, NEW = b"1" * 32, b"7" * 32
NEW_FIRST = override_settings(FIELD_KEYS={"t2": NEW, "t1": OLD})
NEW_ONLY = override_settings(FIELD_KEYS={"t2": NEW})


def email(number):
    return OutboxEmail.objects.create(
        kind="test",
        about_app="clinic",
        about_id=uuid.uuid4(),
        dedupe_key=f"mail-{number}",
        recipient=f"reader{number}@example.org",
        context={"number": number},
    )


def rotate_keys():
    out = io.StringIO()
    call_command("rotate_keys", stdout=out, stderr=out)
    return out.getvalue()


class ProofTests(TestCase):
    def test_plants_canaries_on_the_first_start_and_finds_them_on_the_next(self):
        self.assertTrue(keys.prove_keys())
        self.assertEqual(set(KeyCanary.objects.values_list("name", flat=True)), {"field:t1", "search"})
        self.assertTrue(keys.prove_keys())

    def test_a_wrong_key_stops_the_start(self):
        keys.prove_keys()
        with override_settings(FIELD_KEYS={"t1": NEW}), self.assertRaisesMessage(WrongKeys, "a wrong key 't1'"):
            keys.prove_keys()

    def test_a_missing_key_stops_the_start(self):
        keys.prove_keys()
        with NEW_ONLY, self.assertRaisesMessage(WrongKeys, "FIELD_KEYS does not hold key 't1'"):
            keys.prove_keys()

    def test_a_wrong_search_key_stops_the_start(self):
        keys.prove_keys()
        with override_settings(SEARCH_KEY=b"9" * 32), self.assertRaisesMessage(WrongKeys, "SEARCH_KEY is not"):
            keys.prove_keys()

    def test_a_database_that_is_down_does_not_stop_the_start(self):
        with mock.patch.object(KeyCanary.objects, "values_list", side_effect=OperationalError):
            self.assertFalse(keys.prove_keys())

    def test_the_second_of_two_first_starts_is_judged_by_the_first(self):
        keys.prove_keys()
        with (
            override_settings(FIELD_KEYS={"t1": NEW}),
            mock.patch.object(KeyCanary.objects, "values_list", return_value=[]),
            self.assertRaises(WrongKeys),
        ):
            keys.prove_keys()


class RotationTests(TestCase):
    def test_brings_every_value_under_the_new_key(self):
        emails = [email(number) for number in range(5)]
        Authenticator.objects.create(staff=Staff.objects.create(username="nina"), secret="ABCDEFGH")
        with NEW_FIRST:
            said = rotate_keys()
        self.assertIn("Moved to key t2: 11 values.", said)
        self.assertIn("Under an old key: 0 values.", said)
        with NEW_ONLY:
            for number, one in enumerate(emails):
                one.refresh_from_db()
                self.assertEqual(one.recipient, f"reader{number}@example.org")
                self.assertEqual(one.context, {"number": number})
            self.assertEqual(Authenticator.objects.get().secret, "ABCDEFGH")

    def test_a_second_run_changes_nothing(self):
        one = email(1)
        with NEW_FIRST:
            rotate_keys()
            stored = raw(one, "recipient")
            self.assertIn("Moved to key t2: 0 values", rotate_keys())
        self.assertEqual(raw(one, "recipient"), stored)

    def test_goes_on_where_it_was_stopped(self):
        for number in range(5):
            email(number)
        calls = []

        def dies(text, place):
            calls.append(place)
            if len(calls) == 4:
                raise KeyboardInterrupt
            return encryption.encrypt(text, place=place)

        with NEW_FIRST:
            with mock.patch("clinic.keys.encrypt", dies), self.assertRaises(KeyboardInterrupt):
                keys.rotate(batch=2)
            self.assertEqual(keys.rotate(batch=2).old, 0)
        with NEW_ONLY:
            self.assertFalse(any(encryption.is_unreadable(one.recipient) for one in OutboxEmail.objects.all()))

    def test_the_old_key_may_leave_afterwards(self):
        keys.prove_keys()
        email(1)
        with NEW_FIRST:
            rotate_keys()
        with NEW_ONLY:
            self.assertTrue(keys.prove_keys())

    def test_says_what_is_left_under_an_old_key(self):
        one, other = email(1), email(2)
        put(one, recipient="t1:AAAA")
        with NEW_FIRST, self.assertRaisesMessage(CommandError, "Still under an old key: 1 value"):
            rotate_keys()
        self.assertEqual(raw(one, "recipient"), "t1:AAAA")
        self.assertTrue(raw(other, "recipient").startswith("t2:"))

    def test_a_value_without_a_key_id_is_reported_and_left(self):
        put(email(1), recipient="rubbish")
        with NEW_FIRST:
            done = keys.rotate()
        self.assertEqual(done.unreadable, [f"clinic.outboxemail.recipient, row {OutboxEmail.objects.get().pk}"])

    def test_does_not_overwrite_what_was_saved_in_between(self):
        one = email(1)

        def saved_meanwhile(text, place):
            if place.endswith("recipient"):
                OutboxEmail.objects.filter(pk=one.pk).update(recipient="newer@example.org")
            return encryption.encrypt(text, place=place)

        with NEW_FIRST:
            with mock.patch("clinic.keys.encrypt", saved_meanwhile):
                keys.rotate()
            one.refresh_from_db()
        self.assertEqual(one.recipient, "newer@example.org")

    def test_key_ids_that_differ_by_case_are_different(self):
        email(1)
        with override_settings(FIELD_KEYS={"T1": NEW, "t1": OLD}):
            self.assertEqual(keys.rotate().moved, 2)


class SearchKeyTests(TestCase):
    def setUp(self):
        keys.prove_keys()
        self.rebuilt = []
        patch = mock.patch.dict(keys._rebuilders, {"names": lambda: self.rebuilt.append(1) or 3})
        patch.start()
        self.addCleanup(patch.stop)

    def test_hashes_are_rebuilt_once_under_a_new_search_key(self):
        with override_settings(SEARCH_KEY=b"9" * 32):
            self.assertIn("New SEARCH_KEY: names, 3 rows.", rotate_keys())
            rotate_keys()
            self.assertTrue(keys.prove_keys())
        self.assertEqual(len(self.rebuilt), 1)

    def test_hashes_are_left_alone_under_the_same_search_key(self):
        rotate_keys()
        self.assertEqual(self.rebuilt, [])

    def test_recovery_codes_are_dropped_because_they_can_no_longer_match(self):
        RecoveryCode.objects.create(staff=Staff.objects.create(username="nina"), code_hash="x")
        with override_settings(SEARCH_KEY=b"9" * 32):
            rotate_keys()
        self.assertFalse(RecoveryCode.objects.exists())


class CompletenessTests(SimpleTestCase):
    def test_every_encrypted_field_is_rotated(self):
        places = {column.place for _, column in keys.encrypted_fields()}
        self.assertLessEqual(
            {"clinic.outboxemail.recipient", "clinic.outboxemail.context", "clinic.authenticator.secret"}, places
        )
