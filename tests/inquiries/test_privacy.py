import datetime
from io import StringIO

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from clinic.delivery import send_due
from clinic.models import OutboxEmail
from inquiries import links, search
from inquiries.models import ContactAttempt, Inquiry, PatientUpdate, SearchKey
from inquiries.services import contact, contact_mails, patient, privacy, triage
from inquiries.states import Status
from tests import factories

DAY = datetime.timedelta(days=1)


def words_of(model):
    """Every value of every personal and health field, decrypted."""
    rows = model.objects.all()
    return [str(getattr(row, name)) for row in rows for name in model.PERSONAL | model.HEALTH]


class AnonymiseTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse = factories.staff("nurse")

    def setUp(self):
        self.inquiry = factories.inquiry(full_name="Zebedee Quux", message="Xylophone")
        patient.add_information(self.inquiry, text="Xylophone again")
        self.inquiry.refresh_from_db()
        contact.record(
            self.inquiry,
            actor=self.nurse,
            channel="phone",
            result="voicemail",
            note="Said xylophone.",
            version=self.inquiry.version,
        )
        self.inquiry.refresh_from_db()

    def anonymise(self, **fields):
        given = {"actor": self.nurse, "version": self.inquiry.version, **fields}
        self.inquiry = privacy.anonymise(self.inquiry, **given)
        return self.inquiry

    def test_leaves_no_word_and_no_way_to_find_the_person(self):
        self.anonymise()
        for model in (Inquiry, PatientUpdate, ContactAttempt):
            with self.subTest(model.__name__):
                self.assertEqual(set(words_of(model)) - {"", "None", "{}"}, set())
        self.assertFalse(SearchKey.objects.exists())
        self.assertEqual(self.inquiry.content_hash, "")
        found = search.find("zebedee", country="US", by_person=True, among=Inquiry.objects.all())
        self.assertFalse(found.exists())

    def test_keeps_what_is_counted(self):
        kept = [name for name in ("reference", "created_at", "duration", "region", "safety_level", "promised_at")]
        before = [getattr(self.inquiry, name) for name in kept]
        events = self.inquiry.events.count()
        self.anonymise()
        self.assertEqual([getattr(self.inquiry, name) for name in kept], before)
        self.assertEqual(self.inquiry.events.count(), events + 1)
        self.assertEqual(
            (self.inquiry.events.last().kind, self.inquiry.events.last().actor), ("anonymised", self.nurse)
        )
        self.assertTrue(self.inquiry.consents.exists())

    def test_an_open_one_is_closed(self):
        self.anonymise()
        self.assertEqual(self.inquiry.status, "withdrawn")
        self.assertIsNotNone(self.inquiry.closed_at)

    def test_its_link_opens_nothing(self):
        token = links.token_of(self.inquiry)
        self.anonymise()
        self.assertIsNone(links.inquiry_of(token))
        self.assertIsNone(links.inquiry_of(links.token_of(self.inquiry)))

    def test_mail_that_waits_is_cancelled_and_all_of_it_emptied(self):
        self.anonymise()
        self.assertEqual(
            set(OutboxEmail.objects.values_list("state", "recipient", "context")), {("cancelled", "", None)}
        )

    def test_a_receipt_goes_out_once_and_is_forgotten(self):
        self.anonymise(with_receipt=True)
        receipt = OutboxEmail.objects.get(kind=contact_mails.ERASED)
        self.assertEqual(receipt.recipient, "ana@example.org")
        with self.settings(EMAIL_HOST="mail.example"):
            self.assertEqual(send_due().sent, 1)
        receipt.refresh_from_db()
        self.assertEqual((receipt.state, receipt.recipient, receipt.context), ("sent", "", None))

    def test_done_twice_it_does_nothing(self):
        self.anonymise(with_receipt=True)
        events = self.inquiry.events.count()
        self.anonymise(with_receipt=True)
        self.assertEqual(self.inquiry.events.count(), events)

    def test_nothing_more_can_be_done_with_it(self):
        self.anonymise()
        self.assertEqual(triage.offers(self.inquiry, self.nurse), [])
        with self.assertRaises(triage.MoveNotAllowed):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=self.inquiry.version)

    def test_a_legal_hold_keeps_it(self):
        self.inquiry = privacy.hold(self.inquiry, actor=self.nurse, reason="A dispute.", version=self.inquiry.version)
        with self.assertRaisesMessage(privacy.OnHold, "End the hold first"):
            self.anonymise()
        self.inquiry = privacy.end_hold(self.inquiry, actor=self.nurse, version=self.inquiry.version)
        self.assertEqual(self.inquiry.hold_reason, "")
        self.anonymise()
        self.assertIsNotNone(self.inquiry.anonymised_at)


class RetentionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse = factories.staff("nurse")
        cls.now = timezone.now()

    def closed(self, days, status="declined", **fields):
        inquiry = factories.inquiry()
        Inquiry.objects.filter(pk=inquiry.pk).update(status=status, closed_at=self.now - days * DAY, **fields)
        return inquiry

    def erased(self):
        return list(Inquiry.objects.exclude(anonymised_at=None))

    def test_a_year_after_closing_and_a_month_for_spam(self):
        over = [self.closed(365), self.closed(30, "spam")]
        for inquiry in (self.closed(364), self.closed(29, "spam"), factories.inquiry()):
            self.assertNotIn(inquiry, privacy.expired(self.now))
        self.assertEqual(privacy.erase_expired(self.now), 2)
        self.assertCountEqual(self.erased(), over)
        self.assertEqual(privacy.erase_expired(self.now), 0)

    def test_what_is_on_hold_stays(self):
        held = {"legal_hold": True, "held_by": self.nurse, "held_at": self.now}
        self.closed(900, **held)
        self.assertEqual(privacy.erase_expired(self.now), 0)

    def test_what_the_patient_wrote_is_read_before_it_goes(self):
        inquiry = self.closed(31, "spam")
        patient.add_information(inquiry, text="I am a patient of yours, no machine")
        self.assertEqual(Inquiry.objects.get().status, "spam")
        self.assertEqual(privacy.erase_expired(self.now), 0)
        inquiry.refresh_from_db()
        triage.mark_seen(inquiry, actor=self.nurse, version=inquiry.version)
        self.assertEqual(privacy.erase_expired(self.now), 1)

    @override_settings(RETENTION_DAYS=10)
    def test_the_clinic_says_how_long(self):
        self.closed(11)
        self.assertEqual(
            list(privacy.keep_retention(self.now)), ["Requests whose time is over, the person taken out: 1."]
        )

    def test_the_command_says_first_what_it_would_do(self):
        self.closed(400)
        said = StringIO()
        call_command("erase_expired", "--dry-run", stdout=said)
        self.assertEqual(self.erased(), [])
        call_command("erase_expired", stdout=said)
        self.assertEqual(len(self.erased()), 1)
        self.assertEqual(
            said.getvalue().splitlines(),
            ["The time of 1 requests is over. Nothing was changed.", "The person was taken out of 1 requests."],
        )


class PrivacyAdminTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.officer, cls.nurse = factories.staff("officer"), factories.staff("nurse")
        cls.officer.groups.set(Group.objects.filter(name="Privacy officer"))
        cls.nurse.groups.set(Group.objects.filter(name="Triage nurse"))

    def setUp(self):
        self.inquiry = factories.inquiry(full_name="Zebedee Quux")
        self.client.force_login(self.officer)

    def address(self, name):
        return reverse(f"admin:inquiries_inquiry_{name}", args=[self.inquiry.pk])

    def post(self, name, **data):
        self.inquiry.refresh_from_db()
        return self.client.post(self.address(name), {"version": self.inquiry.version, **data}, follow=True)

    def test_erasing_is_asked_for_first_and_ends_with_a_receipt(self):
        self.assertContains(self.client.get(self.address("change")), self.address("erase"))
        self.assertContains(self.client.get(self.address("erase")), "It cannot be undone")
        self.inquiry.refresh_from_db()
        self.assertIsNone(self.inquiry.anonymised_at)
        receipt = self.post("erase")
        self.assertContains(receipt, "names nobody")
        self.assertNotContains(receipt, "Zebedee")
        self.assertContains(self.client.get(self.address("change")), "The person was taken out of this request")

    def test_there_is_no_receipt_for_what_was_not_done(self):
        self.assertEqual(self.client.get(self.address("receipt")).status_code, 404)

    def test_a_hold_needs_a_reason_and_stops_the_erasure(self):
        self.assertContains(self.post("hold", reason=" "), "Nothing was changed")
        self.assertContains(self.post("hold", reason="A dispute."), "A dispute.")
        self.assertContains(self.post("erase"), "End the hold first")
        self.inquiry.refresh_from_db()
        self.assertIsNone(self.inquiry.anonymised_at)
        self.assertContains(self.post("end_hold"), "kept no longer than others")

    def test_nobody_else_may(self):
        self.client.force_login(self.nurse)
        self.assertNotContains(self.client.get(self.address("change")), self.address("erase"))
        for name in ("erase", "hold", "end_hold"):
            with self.subTest(name):
                self.assertEqual(self.post(name, reason="Any.").status_code, 403)
        for name in ("erase", "receipt"):
            with self.subTest(name):
                self.assertEqual(self.client.get(self.address(name)).status_code, 403)

    def test_an_old_page_erases_nothing(self):
        answer = self.client.post(self.address("erase"), {"version": 99}, follow=True)
        self.assertContains(answer, "has changed since you opened it", status_code=409)
