import base64
import copy
import uuid

from django.core.exceptions import FieldError
from django.db import connection
from django.forms import modelform_factory
from django.test import TestCase, override_settings

from clinic import encryption
from clinic.models import Authenticator, OutboxEmail, Staff

OTHER_KEYS = {"t1": b"9" * 32}


def raw(email, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM clinic_outboxemail WHERE id = %s", [email.pk])
        return cursor.fetchone()[0]


def put(email, **columns):
    with connection.cursor() as cursor:
        for column, value in columns.items():
            cursor.execute(f"UPDATE clinic_outboxemail SET {column} = %s WHERE id = %s", [value, email.pk])


def flipped(value):
    """The stored value with its last byte changed."""
    key_id, _, encoded = value.partition(":")
    sealed = bytearray(base64.b64decode(encoded))
    sealed[-1] ^= 1
    return f"{key_id}:{base64.b64encode(bytes(sealed)).decode()}"


class TextTests(TestCase):
    def test_comes_back_as_it_was(self):
        sealed = encryption.encrypt("Zoë Ω", place="a.b.c")
        self.assertEqual(encryption.decrypt(sealed, place="a.b.c"), "Zoë Ω")

    def test_is_never_encrypted_the_same_way_twice(self):
        self.assertNotEqual(encryption.encrypt("x", place="a.b.c"), encryption.encrypt("x", place="a.b.c"))

    def test_fails_in_another_field(self):
        with self.assertRaises(encryption.CannotDecrypt):
            encryption.decrypt(encryption.encrypt("x", place="a.b.c"), place="a.b.d")

    def test_fails_when_a_byte_was_changed(self):
        with self.assertRaises(encryption.CannotDecrypt):
            encryption.decrypt(flipped(encryption.encrypt("x", place="a.b.c")), place="a.b.c")

    def test_fails_when_it_was_never_a_ciphertext(self):
        for value in ["", "x", "t1:", "t1:!!", "t1:AAAA", "nokey:AAAA"]:
            with self.subTest(value), self.assertRaises(encryption.CannotDecrypt):
                encryption.decrypt(value, place="a.b.c")

    def test_fails_under_another_key_with_the_same_id(self):
        sealed = encryption.encrypt("x", place="a.b.c")
        with override_settings(FIELD_KEYS=OTHER_KEYS), self.assertRaises(encryption.CannotDecrypt):
            encryption.decrypt(sealed, place="a.b.c")

    def test_keyed_hashes_differ_by_purpose_and_key(self):
        first = encryption.keyed_hash("ana", purpose="name")
        self.assertEqual(first, encryption.keyed_hash("ana", purpose="name"))
        self.assertNotEqual(first, encryption.keyed_hash("ana", purpose="email"))
        with override_settings(SEARCH_KEY=b"9" * 32):
            self.assertNotEqual(first, encryption.keyed_hash("ana", purpose="name"))


class FieldTests(TestCase):
    def setUp(self):
        self.email = OutboxEmail.objects.create(
            kind="test",
            about_app="clinic",
            about_id=uuid.uuid4(),
            dedupe_key="one",
            recipient="canary@example.org",
            context={"word": "canary"},
        )

    def again(self):
        return OutboxEmail.objects.get(pk=self.email.pk)

    def test_the_database_never_sees_the_text(self):
        self.assertNotIn("canary", raw(self.email, "recipient") + raw(self.email, "context"))
        self.assertEqual(self.again().recipient, "canary@example.org")
        self.assertEqual(self.again().context, {"word": "canary"})

    def test_empty_stays_empty(self):
        OutboxEmail.objects.update(recipient="", context=None)
        self.assertEqual(raw(self.email, "recipient"), "")
        self.assertIsNone(self.again().context)

    def test_refuses_to_be_searched(self):
        with self.assertRaises(FieldError):
            OutboxEmail.objects.filter(recipient="canary@example.org")

    def test_a_value_moved_to_another_field_cannot_be_read(self):
        put(self.email, context=raw(self.email, "recipient"))
        self.assertTrue(encryption.is_unreadable(self.again().context))

    def test_a_poisoned_row_is_listed_beside_the_others(self):
        put(self.email, recipient=flipped(raw(self.email, "recipient")), context="t1:AAAA")
        poisoned = OutboxEmail.objects.all()[0]
        self.assertEqual(poisoned.recipient, "[cannot be decrypted]")
        self.assertEqual(str(poisoned.context), "[cannot be decrypted]")
        self.assertEqual(poisoned.context, {})

    def test_a_poisoned_row_keeps_its_ciphertext_when_saved(self):
        stored = flipped(raw(self.email, "recipient"))
        put(self.email, recipient=stored, context="t1:AAAA")
        copy.deepcopy(self.again()).save()
        self.assertEqual(raw(self.email, "recipient"), stored)
        self.assertEqual(raw(self.email, "context"), "t1:AAAA")

    def test_a_form_sent_back_unchanged_keeps_a_poisoned_ciphertext(self):
        staff = Staff.objects.create(username="nina")
        Authenticator.objects.create(staff=staff, secret="ABC")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clinic_authenticator SET secret = 't1:AAAA'")
        form_class = modelform_factory(Authenticator, fields=["secret"])
        form = form_class({"secret": "[cannot be decrypted]"}, instance=Authenticator.objects.get())
        form.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM clinic_authenticator")
            self.assertEqual(cursor.fetchone()[0], "t1:AAAA")

    def test_a_poisoned_value_can_be_replaced(self):
        put(self.email, recipient="t1:AAAA")
        poisoned = self.again()
        poisoned.recipient = "new@example.org"
        poisoned.save()
        self.assertEqual(self.again().recipient, "new@example.org")
