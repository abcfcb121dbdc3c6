"""Rows written past the ORM are the rows the ORM would have written."""

from uuid import uuid4

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.utils import timezone

from clinic.models import OutboxEmail
from clinic.new_rows import insert, insert_with_parts


def email(key, **fields):
    return OutboxEmail(
        kind="tests", about_app="tests", about_id=uuid4(), dedupe_key=key, context={"word": "one"}, **fields
    )


class InsertTests(TestCase):
    def test_a_row_is_what_the_orm_reads_and_knows_its_key(self):
        row = email("a", recipient="ana@example.com")
        insert([row])
        self.assertFalse(row._state.adding)
        stored = OutboxEmail.objects.get(pk=row.pk)
        for field in OutboxEmail._meta.concrete_fields:
            self.assertEqual(getattr(stored, field.attname), getattr(row, field.attname), field.name)

    def test_what_is_encrypted_is_encrypted(self):
        insert([email("a", recipient="ana@example.com")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT recipient FROM clinic_outboxemail")
            self.assertNotIn("ana@", str(cursor.fetchall()))  # with a character that no ciphertext has

    def test_many_get_their_own_keys_in_one_statement(self):
        rows = [email(key) for key in "abc"]
        with self.assertNumQueries(1):
            insert(rows)
        self.assertEqual(
            dict(OutboxEmail.objects.values_list("dedupe_key", "pk")), {row.dedupe_key: row.pk for row in rows}
        )

    def test_no_rows_are_no_statement(self):
        with self.assertNumQueries(0):
            insert([])

    def test_a_known_row_stays_as_it_is_and_lends_its_key(self):
        first, second = email("a", recipient="ana@example.com"), email("a", recipient="bo@example.com")
        insert([first], known_by="dedupe_key")
        insert([second], known_by="dedupe_key")
        self.assertEqual(second.pk, first.pk)
        self.assertEqual(OutboxEmail.objects.get().recipient, "ana@example.com")

    def test_a_broken_rule_is_said(self):
        insert([email("a")])
        with self.assertRaises(IntegrityError), transaction.atomic():
            insert([email("a")])
        with self.assertRaises(IntegrityError), transaction.atomic():
            insert([email("b", attempts=-1)], known_by="dedupe_key")


class WithPartsTests(TestCase):
    """A content type stands for any whole, and its permissions for the parts."""

    def store(self, *parts, model="first"):
        whole = ContentType(app_label="tests", model=model)
        insert_with_parts(whole, *parts, part_of="content_type_id")
        return whole

    def test_parts_belong_to_the_whole_and_it_knows_its_key(self):
        whole = self.store((Permission, [{"name": "One", "codename": "one"}, {"name": "Two", "codename": "two"}]))
        self.assertFalse(whole._state.adding)
        self.assertEqual(ContentType.objects.get(model="first"), whole)
        found = Permission.objects.filter(content_type=whole).values_list("name", "codename")
        self.assertCountEqual(found, [("One", "one"), ("Two", "two")])

    def test_a_part_that_names_another_whole_belongs_to_its_own(self):
        other = ContentType.objects.get_for_model(OutboxEmail)
        whole = self.store((Permission, [vars(Permission(name="One", codename="one", content_type=other))]))
        self.assertEqual(Permission.objects.get(codename="one").content_type, whole)

    def test_a_part_is_what_the_orm_would_have_stored(self):
        values = {"kind": "tests", "about_app": "tests", "about_id": uuid4(), "context": {"word": "one"}}
        values |= {"recipient": "ana@example.com", "send_after": timezone.now()}
        self.store((OutboxEmail, [{**values, "dedupe_key": "ours"}]))
        OutboxEmail.objects.create(**values, dedupe_key="theirs")
        ours, theirs = (OutboxEmail.objects.get(dedupe_key=key) for key in ("ours", "theirs"))
        for field in OutboxEmail._meta.concrete_fields:
            if field.name not in {"id", "public_id", "created_at", "dedupe_key"}:
                self.assertEqual(getattr(ours, field.attname), getattr(theirs, field.attname), field.name)
        self.assertNotEqual(ours.public_id, theirs.public_id)

    def test_what_is_encrypted_is_encrypted(self):
        self.store((OutboxEmail, [vars(email("a", recipient="ana@example.com"))]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT recipient, context FROM clinic_outboxemail")
            stored = str(cursor.fetchall())
        for text in ("ana@", '"word"'):  # with a character that no ciphertext has
            self.assertNotIn(text, stored)

    def test_a_percent_sign_or_a_semicolon_stays_what_it_is(self):
        self.store((OutboxEmail, [vars(email("50 %; s) AS", recipient="a%s;b@example.com"))]))
        self.assertEqual(OutboxEmail.objects.get(dedupe_key="50 %; s) AS").recipient, "a%s;b@example.com")

    def test_takes_one_trip_where_the_database_takes_them_as_one(self):
        parts = [(Permission, [{"name": key, "codename": key} for key in "abc"]), (OutboxEmail, [vars(email("a"))])]
        with self.assertNumQueries(1 if connection.vendor == "postgresql" else 3):
            self.store(*parts)

    def test_a_part_without_rows_is_no_statement(self):
        with self.assertNumQueries(1):
            self.store((Permission, []))

    def test_a_broken_rule_of_the_last_part_keeps_nothing(self):
        insert([email("a")])
        parts = [(Permission, [{"name": "One", "codename": "one"}]), (OutboxEmail, [vars(email("a"))])]
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.store(*parts)
        self.assertFalse(ContentType.objects.filter(model="first").exists())
        self.assertFalse(Permission.objects.filter(codename="one").exists())

    def test_what_is_not_of_the_type_of_its_field_is_prepared_by_it(self):
        self.store((OutboxEmail, [{**vars(email("a")), "attempts": "3", "state": OutboxEmail.State.FAILED}]))
        stored = OutboxEmail.objects.get()
        self.assertEqual((stored.attempts, stored.state), (3, "failed"))
