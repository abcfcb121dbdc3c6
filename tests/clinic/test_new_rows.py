"""Rows written past the ORM are the rows the ORM would have written."""

from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.test import TestCase

from clinic.models import OutboxEmail
from clinic.new_rows import insert, insert_together


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
            self.assertNotIn("ana", str(cursor.fetchall()))

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


class TogetherTests(TestCase):
    def test_rows_are_what_the_orm_reads(self):
        rows = [email("a", recipient="ana@example.com"), email("b")]
        insert_together(rows[:1], [], rows[1:])
        for row, stored in zip(rows, OutboxEmail.objects.order_by("dedupe_key"), strict=True):
            for field in OutboxEmail._meta.concrete_fields:
                if not field.primary_key:
                    self.assertEqual(getattr(stored, field.attname), getattr(row, field.attname), field.name)

    def test_a_percent_sign_or_a_semicolon_stays_what_it_is(self):
        insert_together([email("50 %; s", recipient="a%s;b@example.com")])
        self.assertEqual(OutboxEmail.objects.get(dedupe_key="50 %; s").recipient, "a%s;b@example.com")

    def test_takes_one_trip_where_the_database_takes_many_statements(self):
        with self.assertNumQueries(1 if connection.vendor == "postgresql" else 2):
            insert_together([email("a")], [email("b"), email("c")])

    def test_a_broken_rule_of_the_last_one_keeps_none(self):
        insert([email("a")])
        with self.assertRaises(IntegrityError), transaction.atomic():
            insert_together([email("b")], [email("a")])
        self.assertEqual(OutboxEmail.objects.count(), 1)

    def test_nothing_is_no_statement(self):
        with self.assertNumQueries(0):
            insert_together([], [])
