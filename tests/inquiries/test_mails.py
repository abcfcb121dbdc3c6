import datetime
from html.parser import HTMLParser

from django.conf import settings
from django.test import TestCase
from django.utils import timezone

from clinic.delivery import compose
from clinic.models import ClinicProfile, OutboxEmail
from clinic.outbox import NoLongerOwed, renderer
from inquiries.models import Inquiry
from inquiries.services import contact_mails, patient, triage, undo
from inquiries.states import Status
from tests import factories


class Words(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.words, self.links = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data):
        self.words += data.split()


class LetterTests(TestCase):
    """Every mail about a request says the same in text and in HTML, and nothing about health."""

    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="O'Neill <& Sons>", phone="(202) 555-0100", emergency_number="911")
        cls.inquiry = factories.inquiry(full_name="Zebedee Quux", message="Xylophone")
        cls.inquiry.promised_again_at = timezone.now()
        contact_mails.send_link(cls.inquiry)
        contact_mails.tell_old_address(cls.inquiry, "old@example.org")
        contact_mails.tell_late(cls.inquiry)
        contact_mails.tell_update(cls.inquiry, by_staff=True)

    def messages(self):
        return [(email.kind, renderer(email.kind)(email)) for email in OutboxEmail.objects.all()]

    def test_there_are_five(self):
        self.assertEqual(len(self.messages()), 5)

    def test_the_html_says_the_same_words(self):
        for kind, message in self.messages():
            with self.subTest(kind):
                subject = message.subject.split()
                self.assertEqual(Words(message.html).words, subject + message.body.split())

    def test_the_only_link_is_the_page_of_the_request(self):
        for kind, message in self.messages():
            with self.subTest(kind):
                links = Words(message.html).links
                self.assertEqual(len(links), 0 if kind == contact_mails.CHANGED else 1)
                self.assertTrue(all(link.startswith(f"{settings.SITE_URL}/request/") for link in links))

    def test_quotes_nothing_that_was_typed(self):
        for kind, message in self.messages():
            with self.subTest(kind):
                whole = (message.subject + message.body + message.html).lower()
                self.assertEqual([word for word in ("zebedee", "quux", "xylophone", "555-0123") if word in whole], [])

    def test_goes_out_as_text_with_html_beside_it(self):
        message = compose(OutboxEmail.objects.get(kind=contact_mails.UPDATE)).message()
        self.assertEqual(message.get_content_type(), "multipart/alternative")
        self.assertEqual([part.get_content_type() for part in message.get_payload()], ["text/plain", "text/html"])


class UpdateTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse = factories.staff("nurse")

    def setUp(self):
        self.inquiry = factories.inquiry()

    def owed(self):
        return OutboxEmail.objects.filter(kind=contact_mails.UPDATE)

    def take(self):
        self.inquiry = triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=self.inquiry.version)

    def decline(self):
        self.inquiry = factories.moved(self.inquiry, Status.DECLINED, actor=self.nurse)

    def test_says_that_there_is_news_and_not_which(self):
        self.take()
        self.assertFalse(self.owed().exists())
        self.decline()
        message = renderer(contact_mails.UPDATE)(self.owed().get())
        self.assertEqual(message.subject, f"Update on your request {self.inquiry.reference}")
        self.assertNotIn("declined", message.body.lower())

    def test_waits_ten_minutes_so_that_a_move_can_be_taken_back(self):
        self.take()
        self.decline()
        wait = self.owed().get().send_after - timezone.now()
        self.assertAlmostEqual(wait, datetime.timedelta(minutes=10), delta=datetime.timedelta(minutes=1))

    def test_is_not_sent_when_the_move_was_taken_back(self):
        self.take()
        self.decline()
        undo.undo(self.inquiry, actor=self.nurse, version=self.inquiry.version)
        with self.assertRaises(NoLongerOwed):
            renderer(contact_mails.UPDATE)(self.owed().get())

    def test_is_sent_once_for_a_move_taken_back_and_made_again(self):
        self.take()
        self.decline()
        self.inquiry = undo.undo(self.inquiry, actor=self.nurse, version=self.inquiry.version)
        self.decline()
        first, second = self.owed().order_by("pk")
        with self.assertRaises(NoLongerOwed):
            renderer(contact_mails.UPDATE)(first)
        self.assertIn(self.inquiry.reference, renderer(contact_mails.UPDATE)(second).subject)

    def test_is_not_owed_without_an_address_nor_to_what_may_be_a_machine(self):
        for fields in ({"email": "", "has_email": False}, {"is_suspect": True}):
            with self.subTest(**fields):
                inquiry = factories.inquiry()
                Inquiry.objects.filter(pk=inquiry.pk).update(**fields)
                inquiry.refresh_from_db()
                self.assertIsNone(contact_mails.tell_update(inquiry, by_staff=True))

    def test_the_patient_who_withdraws_is_told_at_once(self):
        patient.withdraw(self.inquiry)
        self.assertLessEqual(self.owed().get().send_after, timezone.now())
