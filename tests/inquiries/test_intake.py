import threading
import uuid
from datetime import timedelta
from unittest import mock

from django.db import IntegrityError, OperationalError, connection, connections
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from clinic.models import OutboxEmail
from inquiries import questionnaire, search
from inquiries.models import ConsentRecord, ConsentText, Inquiry, InquiryEvent, SearchKey
from inquiries.services import acknowledgement, alerts, intake, patient
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
        records = factories.inquiry().consents.select_related("text")
        self.assertTrue(all(record.given for record in records))
        wordings = {consent.wording("Example Clinic") for consent in questionnaire.CONSENTS}
        self.assertEqual({record.text.body for record in records}, wordings)

    def test_the_same_text_is_kept_once(self):
        factories.inquiry()
        factories.inquiry()
        self.assertEqual((ConsentText.objects.count(), ConsentRecord.objects.count()), (3, 6))

    def test_owes_the_acknowledgement_to_who_gave_an_address(self):
        inquiry = factories.inquiry(email="ana@example.org")
        email = OutboxEmail.objects.get()
        self.assertEqual((email.kind, email.recipient), (acknowledgement.KIND, "ana@example.org"))
        self.assertEqual((email.about_app, email.about_id), ("inquiries", inquiry.public_id))
        self.assertEqual(email.context, {"reference": inquiry.reference, "promised_at": ""})

    def test_owes_no_mail_to_who_gave_a_phone_number_alone(self):
        factories.inquiry(email="")
        self.assertFalse(OutboxEmail.objects.exists())

    def test_a_page_that_is_gone_by_then_is_left_out(self):
        self.assertIsNone(factories.inquiry(condition="never-there").condition)

    def test_costs_twelve_statements_once_its_consents_are_known(self):
        factories.condition(slug="knee")
        factories.treatment(slug="rest")
        factories.inquiry(email="first@example.org")
        # One of them for the clinic's hours; PostgreSQL takes five of them as one.
        with self.assertNumQueries(8 if connection.vendor == "postgresql" else 12):
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


class AgainTests(TestCase):
    """Another form of the same person."""

    def send(self, **changes):
        return factories.inquiry(how_to_reach={"questionnaire": "1", "asked": []}, **changes)

    def test_with_the_same_words_within_ten_minutes_is_the_same_request(self):
        first = self.send()
        self.assertEqual(self.send(), first)
        self.assertEqual((Inquiry.objects.count(), OutboxEmail.objects.count()), (1, 1))

    def test_with_the_same_words_after_it_was_withdrawn_is_a_new_one(self):
        key = uuid.uuid4()
        first = self.send(submission_key=key)
        patient.withdraw(first)
        self.assertEqual(self.send(submission_key=key), first)  # the same form once more, not another one
        again = self.send()
        self.assertNotEqual(again, first)
        self.assertEqual((again.status, again.previous), ("new", first))
        self.assertEqual(self.send(), again)

    def test_with_the_same_words_later_is_a_second_one(self):
        first = self.send()
        Inquiry.objects.update(created_at=first.created_at - timedelta(minutes=11))
        self.assertNotEqual(self.send(), first)

    def test_with_other_words_is_a_second_one_and_linked(self):
        first = self.send()
        second = self.send(message="It is worse")
        self.assertEqual((second.previous, first.previous), (first, None))

    def test_is_known_by_the_number_in_any_form_or_by_the_address(self):
        first = self.send(email="")
        by_phone = self.send(email="", phone="+1 202 555 0123", message="b")
        self.assertEqual(by_phone.previous, first)
        self.send(phone="", email="eve@example.org", message="c")
        self.assertEqual(self.send(phone="", email="EVE@example.org", message="d").previous.email, "eve@example.org")

    def test_a_name_alone_is_nobody(self):
        self.send(email="one@example.org", phone="")
        self.assertIsNone(self.send(email="two@example.org", phone="").previous)

    def test_after_thirty_days_is_not_linked(self):
        first = self.send()
        Inquiry.objects.update(created_at=first.created_at - timedelta(days=31))
        self.assertIsNone(self.send(message="x").previous)


class SafetyTests(TestCase):
    def flagged(self, level="emergency", **changes):
        return factories.inquiry(safety_level=level, advice_shown_at=timezone.now(), **changes)

    def test_who_is_on_duty_is_told_at_once_and_nothing_of_whom_or_what(self):
        on_duty = {"on_duty": True, "receives_alerts": True}
        factories.staff("one", email="one@example.org", **on_duty)
        factories.staff("two", email="two@example.org", **on_duty)
        factories.staff("away", email="away@example.org", on_duty=False, receives_alerts=True)
        factories.staff("gone", email="gone@example.org", is_active=False, **on_duty)
        inquiry = self.flagged(email="")
        mails = OutboxEmail.objects.filter(kind=alerts.KIND)
        self.assertEqual({mail.recipient for mail in mails}, {"one@example.org", "two@example.org"})
        message = alerts.render(mails[0])
        self.assertIn(inquiry.reference, message.body)
        self.assertIn("/admin/", message.body)
        for word in ("Ana", "555", "12 weeks"):
            self.assertNotIn(word, message.subject + message.body)

    def test_nobody_is_told_of_a_routine_request(self):
        factories.staff("one", email="one@example.org", on_duty=True, receives_alerts=True)
        for level in ("none", "non_urgent"):
            self.flagged(level, email="")
        self.assertFalse(OutboxEmail.objects.exists())

    def test_a_request_with_a_warning_sign_is_never_a_suspect(self):
        self.assertTrue(factories.inquiry(suspect_reasons=["trap"]).is_suspect)
        for level in ("urgent", "emergency"):
            self.assertFalse(self.flagged(level, suspect_reasons=["trap"]).is_suspect)

    def test_a_suspect_gets_no_mail_until_a_person_has_looked(self):
        factories.inquiry(suspect_reasons=["links"])
        self.assertFalse(OutboxEmail.objects.exists())

    def test_the_helper_is_found_too(self):
        inquiry = factories.inquiry(helper_name="Wenzel Helferich")
        self.assertEqual(list(search.find("helferich", country="US", by_person=True)), [inquiry])


class AllOrNothingTests(TestCase):
    def assert_nothing_is_stored(self):
        for model in (Inquiry, SearchKey, InquiryEvent, ConsentRecord, ConsentText, OutboxEmail):
            self.assertFalse(model.objects.exists(), model)

    def test_a_failure_at_any_step_stores_nothing(self):
        for model in (Inquiry, SearchKey, InquiryEvent, ConsentRecord, ConsentText, OutboxEmail):

            def gone(execute, sql, *rest, step=f'INTO "{model._meta.db_table}" '):
                if step in sql:
                    raise OperationalError("gone")
                return execute(sql, *rest)

            with self.subTest(model), connection.execute_wrapper(gone), self.assertRaises(OperationalError):
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
        self.assertEqual((ConsentRecord.objects.count(), SearchKey.objects.count()), (3, 4))

    def test_ten_people_at_once_are_ten_requests(self):
        references = self.send(10, lambda number: uuid.uuid4())
        self.assertEqual(len({str(reference) for reference in references}), 10)
        self.assertEqual(Inquiry.objects.count(), 10)
        self.assertEqual((ConsentText.objects.count(), ConsentRecord.objects.count()), (3, 30))

    def test_a_send_is_one_transaction(self):
        begun = []
        with connection.execute_wrapper(lambda run, sql, *rest: (begun.append(sql), run(sql, *rest))[1]):
            factories.inquiry()
        self.assertEqual(sum(sql.startswith("BEGIN") for sql in begun), connection.vendor == "sqlite")
