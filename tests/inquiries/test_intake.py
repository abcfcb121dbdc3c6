import threading
import uuid
from unittest import mock

from django.db import IntegrityError, OperationalError, connection, connections
from django.test import TestCase, TransactionTestCase

from clinic.models import OutboxEmail
from inquiries import questionnaire
from inquiries.models import ConsentRecord, ConsentText, Inquiry, InquiryEvent, SearchKey
from inquiries.services import acknowledgement, intake
from tests import factories


class SubmitTests(TestCase):
    def test_stores_who_what_and_where_it_stands(self):
        knee = factories.condition(slug="knee", title="Worn knee")
        rest = factories.treatment(slug="rest", title="Rest")
        inquiry = factories.inquiry(condition="knee", treatment="rest", region="knee", duration="gt5y")
        inquiry.refresh_from_db()
        self.assertEqual((inquiry.condition, inquiry.treatment), (knee, rest))
        self.assertEqual((inquiry.region, inquiry.duration), ("knee", "gt5y"))
        self.assertEqual((inquiry.status, inquiry.owner, inquiry.version, inquiry.closed_at), ("new", None, 1, None))
        self.assertEqual((inquiry.source, inquiry.questionnaire_version), ("web", questionnaire.VERSION))
        self.assertTrue(inquiry.has_email and inquiry.has_phone)

    def test_writes_the_first_event(self):
        inquiry = factories.inquiry()
        event = inquiry.events.get()
        self.assertEqual((event.seq, event.kind, event.to_status, event.actor), (1, "submitted", "new", None))
        self.assertEqual(inquiry.event_count, 1)

    def test_keeps_the_consent_with_the_text_that_was_read(self):
        record = factories.inquiry().consents.get()
        self.assertTrue(record.given)
        self.assertEqual(record.text.body, questionnaire.CONSENTS[0].wording("Example Clinic"))

    def test_the_same_text_is_kept_once(self):
        factories.inquiry()
        factories.inquiry()
        self.assertEqual((ConsentText.objects.count(), ConsentRecord.objects.count()), (1, 2))

    def test_owes_the_acknowledgement_to_who_gave_an_address(self):
        inquiry = factories.inquiry(email="ana@example.org")
        email = OutboxEmail.objects.get()
        self.assertEqual((email.kind, email.recipient), (acknowledgement.KIND, "ana@example.org"))
        self.assertEqual((email.about_app, email.about_id), ("inquiries", inquiry.public_id))
        self.assertEqual(email.context, {"reference": inquiry.reference})

    def test_owes_no_mail_to_who_gave_a_phone_number_alone(self):
        factories.inquiry(email="")
        self.assertFalse(OutboxEmail.objects.exists())

    def test_a_page_that_is_gone_by_then_is_left_out(self):
        self.assertIsNone(factories.inquiry(condition="never-there").condition)

    def test_costs_at_most_sixteen_statements(self):
        factories.condition(slug="knee")
        factories.treatment(slug="rest")
        with self.assertNumQueries(16):
            factories.inquiry(condition="knee", treatment="rest")


class OnceTests(TestCase):
    def test_the_same_form_sent_again_is_the_same_request(self):
        key = uuid.uuid4()
        first = factories.inquiry(submission_key=key)
        self.assertEqual(factories.inquiry(submission_key=key), first)
        self.assertEqual(
            (Inquiry.objects.count(), InquiryEvent.objects.count(), OutboxEmail.objects.count()), (1, 1, 1)
        )

    def test_a_corrected_form_is_kept_too_and_once(self):
        key = uuid.uuid4()
        first = factories.inquiry(submission_key=key)
        corrected = [factories.inquiry(submission_key=key, phone="(202) 555-0188") for _ in range(2)]
        self.assertNotEqual(corrected[0], first)
        self.assertEqual(corrected[0], corrected[1])
        self.assertEqual({inquiry.phone for inquiry in Inquiry.objects.all()}, {"(202) 555-0123", "(202) 555-0188"})

    def test_another_form_of_the_same_person_is_another_request(self):
        self.assertNotEqual(factories.inquiry(), factories.inquiry())

    def test_a_reference_that_is_taken_is_drawn_again(self):
        taken = factories.inquiry().reference
        with mock.patch.object(intake, "new_reference", side_effect=[taken, taken, "RM-ABCD-2345"]):
            self.assertEqual(factories.inquiry().reference, "RM-ABCD-2345")

    def test_references_that_are_always_taken_are_an_error(self):
        taken = factories.inquiry().reference
        with mock.patch.object(intake, "new_reference", return_value=taken), self.assertRaises(IntegrityError):
            factories.inquiry()
        self.assertEqual(Inquiry.objects.count(), 1)


class AllOrNothingTests(TestCase):
    def assert_nothing_is_stored(self):
        for model in (Inquiry, SearchKey, InquiryEvent, ConsentRecord, ConsentText, OutboxEmail):
            self.assertFalse(model.objects.exists(), model)

    def test_a_failure_at_any_step_stores_nothing(self):
        for target in [
            "inquiries.services.intake.SearchKey.objects.bulk_create",
            "inquiries.services.intake.ConsentRecord.objects.create",
            "inquiries.services.intake.InquiryEvent.objects.create",
            "inquiries.services.intake.outbox.owe",
        ]:
            with (
                self.subTest(target),
                mock.patch(target, side_effect=OperationalError("gone")),
                self.assertRaises(OperationalError),
            ):
                factories.inquiry()
            self.assert_nothing_is_stored()


class ParallelTests(TransactionTestCase):
    def send(self, count, key_of):
        gate, outcomes = threading.Barrier(count), []

        def work(number):
            try:
                gate.wait()
                outcomes.append(factories.inquiry(submission_key=key_of(number)).reference)
            except Exception as error:  # noqa: BLE001 (a thread's error must reach the assertion)
                outcomes.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def test_ten_sends_of_one_form_make_one_request_and_one_mail(self):
        key = uuid.uuid4()
        references = self.send(10, lambda number: key)
        self.assertEqual(references, [Inquiry.objects.get().reference] * 10)
        self.assertEqual((OutboxEmail.objects.count(), InquiryEvent.objects.count()), (1, 1))
        self.assertEqual((ConsentRecord.objects.count(), SearchKey.objects.count()), (1, 4))

    def test_ten_people_at_once_are_ten_requests(self):
        references = self.send(10, lambda number: uuid.uuid4())
        self.assertEqual(len({str(reference) for reference in references}), 10)
        self.assertEqual(Inquiry.objects.count(), 10)
        self.assertEqual((ConsentText.objects.count(), ConsentRecord.objects.count()), (1, 10))

    def test_a_send_is_one_transaction(self):
        begun = []
        with connection.execute_wrapper(lambda run, sql, *rest: (begun.append(sql), run(sql, *rest))[1]):
            factories.inquiry()
        self.assertEqual(sum(sql.startswith("BEGIN") for sql in begun), connection.vendor == "sqlite")
