import re
import uuid

from django.db import IntegrityError, connection, models, transaction
from django.db.models.deletion import ProtectedError
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from inquiries import questionnaire
from inquiries.models import AppendOnly, ConsentRecord, ConsentText, Inquiry, InquiryEvent, SearchKey
from inquiries.models.inquiry import REFERENCE_ALPHABET, new_reference
from inquiries.states import CLOSED, OWNED, Status
from tests import factories


class ReferenceTests(SimpleTestCase):
    def test_can_be_read_out_without_mistaking_a_letter(self):
        self.assertFalse(set(REFERENCE_ALPHABET) & set("IOQZ01"))

    def test_has_the_form_printed_everywhere(self):
        self.assertRegex(new_reference(), rf"\ARM-[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}\Z")


class InquiryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.owner = factories.staff()
        cls.inquiry = factories.inquiry(message="Stairs hurt")

    def test_calls_itself_by_its_reference_and_nothing_else(self):
        self.assertEqual(str(self.inquiry), self.inquiry.reference)

    def test_the_database_holds_no_word_of_the_person_in_clear(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM inquiries_inquiry")
            row = str(cursor.fetchone())
        for word in ["Ana Example", "example.org", "555-0123", "Stairs hurt", "How long"]:
            self.assertNotIn(word, row)

    def test_is_read_back_as_it_was_written(self):
        inquiry = Inquiry.objects.get()
        self.assertEqual(
            (inquiry.full_name, inquiry.email, inquiry.phone), ("Ana Example", "ana@example.org", "(202) 555-0123")
        )
        self.assertEqual(inquiry.answers["asked"][-1]["text"], "Stairs hurt")

    def test_cannot_be_removed(self):
        with self.assertRaises(ProtectedError):
            self.inquiry.delete()

    def test_sets_of_rows(self):
        closed = factories.inquiry()
        Inquiry.objects.filter(pk=closed.pk).update(status="spam", closed_at=timezone.now())
        owned = factories.inquiry()
        Inquiry.objects.filter(pk=owned.pk).update(status="in_review", owner=self.owner)
        self.assertEqual(set(Inquiry.objects.open()), {self.inquiry, owned})
        self.assertEqual(set(Inquiry.objects.closed()), {closed})
        self.assertEqual(set(Inquiry.objects.unassigned()), {self.inquiry})


class ConstraintTests(TestCase):
    """Raw SQL, past every form and service, cannot make a row that must not be."""

    @classmethod
    def setUpTestData(cls):
        cls.inquiry = factories.inquiry()

    def assert_refused(self, constraint, assignment, *values):
        with self.assertRaises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE inquiries_inquiry SET {assignment}", values)
        self.assertIn(constraint, str(caught.exception))

    def test_a_request_without_any_contact(self):
        self.assert_refused(
            "inquiry_has_contact", "has_email = %s, has_phone = %s, email = '', phone = ''", False, False
        )

    def test_an_email_address_that_is_said_to_be_missing(self):
        self.assert_refused("inquiry_email_flag_is_true", "has_email = %s", False)

    def test_an_email_address_that_is_said_to_be_there(self):
        self.assert_refused("inquiry_email_flag_is_true", "email = ''")

    def test_a_phone_number_that_is_said_to_be_missing(self):
        self.assert_refused("inquiry_phone_flag_is_true", "has_phone = %s", False)

    def test_a_status_nobody_knows(self):
        self.assert_refused("inquiry_status_is_known", "status = 'lost'")

    def test_a_closed_request_without_a_time(self):
        for status in sorted(CLOSED):
            with self.subTest(status):
                self.assert_refused("inquiry_closed_has_a_time", "status = %s", status.value)

    def test_an_open_request_with_a_closing_time(self):
        self.assert_refused("inquiry_closed_has_a_time", "closed_at = created_at")

    def test_a_request_in_work_without_an_owner(self):
        for status in sorted(OWNED):
            with self.subTest(status):
                self.assert_refused("inquiry_in_work_has_an_owner", "status = %s", status.value)

    def test_two_requests_of_one_form(self):
        other = factories.inquiry()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Inquiry.objects.filter(pk=other.pk).update(submission_key=self.inquiry.submission_key)

    def test_two_requests_with_one_reference(self):
        other = factories.inquiry()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Inquiry.objects.filter(pk=other.pk).update(reference=self.inquiry.reference)

    def test_two_events_at_one_place(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            InquiryEvent.objects.create(inquiry=self.inquiry, seq=1, kind="moved")

    def test_free_text_in_an_event(self):
        for field, value in [("kind", "she called"), ("from_status", "angry"), ("to_status", "call her")]:
            event = InquiryEvent(**{"inquiry": self.inquiry, "seq": 2, "kind": "moved", field: value})
            with self.subTest(field), self.assertRaises(IntegrityError) as caught, transaction.atomic():
                event.save()
            self.assertIn("event_has_codes_only", str(caught.exception))

    def test_a_search_key_twice(self):
        key = self.inquiry.search_keys.first()
        with self.assertRaises(IntegrityError), transaction.atomic():
            SearchKey.objects.create(inquiry=self.inquiry, kind=key.kind, key=key.key)

    def test_the_sentence_of_the_form_is_the_sentence_of_the_database(self):
        (constraint,) = [rule for rule in Inquiry._meta.constraints if rule.name == "inquiry_has_contact"]
        self.assertEqual(constraint.violation_error_message, questionnaire.NO_CONTACT)


class AppendOnlyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        factories.inquiry()
        cls.rows = [InquiryEvent.objects.get(), ConsentText.objects.first()]

    def test_a_row_cannot_be_changed(self):
        for row in self.rows:
            with self.subTest(row), self.assertRaises(AppendOnly):
                row.save()
            with self.subTest(row), self.assertRaises(AppendOnly):
                type(row).objects.update(pk=row.pk)

    def test_a_row_cannot_be_removed(self):
        for row in self.rows:
            with self.subTest(row), self.assertRaises(AppendOnly):
                row.delete()
            with self.subTest(row), self.assertRaises(AppendOnly):
                type(row).objects.all().delete()

    def test_a_row_cannot_be_replaced_by_one_with_its_number(self):
        event = self.rows[0]
        with self.assertRaises(IntegrityError), transaction.atomic():
            InquiryEvent(pk=event.pk, inquiry=event.inquiry, seq=9, kind="moved").save()


class ForeignKeyTests(SimpleTestCase):
    def test_nothing_disappears_with_what_it_points_to(self):
        loose = [
            f"{model.__name__}.{field.name}"
            for model in (Inquiry, SearchKey, InquiryEvent, ConsentText, ConsentRecord)
            for field in model._meta.get_fields()
            if field.many_to_one and field.remote_field.on_delete is not models.PROTECT
        ]
        self.assertEqual(loose, [])


class ConsentTextTests(TestCase):
    def test_another_word_is_another_version(self):
        first, second = (ConsentText.digest("health_data", "en", body) for body in ("I agree.", "I agree!"))
        self.assertNotEqual(first, second)
        self.assertTrue(re.fullmatch("[0-9a-f]{64}", first))

    def test_calls_itself_by_what_names_nobody(self):
        inquiry = factories.inquiry(submission_key=uuid.uuid4())
        for row in [*inquiry.consents.all(), *inquiry.search_keys.all(), *inquiry.events.all()]:
            self.assertNotIn("Ana", str(row))


class StatusTests(SimpleTestCase):
    def test_the_column_offers_every_status(self):
        self.assertEqual({code for code, _ in Inquiry._meta.get_field("status").choices}, {s.value for s in Status})
