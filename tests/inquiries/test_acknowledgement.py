from django.test import TestCase

from clinic.models import ClinicProfile, OpeningHours, OutboxEmail
from clinic.outbox import renderer
from inquiries.services import acknowledgement
from tests import factories


class AcknowledgementTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="O'Neill & Sons", phone="(202) 555-0100", emergency_number="911")
        OpeningHours.objects.create(weekday=0, opens="08:00", closes="18:00")
        factories.condition(slug="knee", title="Wornknee", live=True)
        cls.inquiry = factories.inquiry(
            condition="knee", full_name="Zebedee Quux", message="Xylophone", phone="5550199"
        )

    def setUp(self):
        email = OutboxEmail.objects.get()
        self.message = renderer(email.kind)(email)

    def test_the_subject_is_fixed_but_for_the_reference(self):
        self.assertEqual(self.message.subject, f"We have your request {self.inquiry.reference}")

    def test_says_the_reference_whom_to_call_and_what_to_do_in_an_emergency(self):
        for words in [self.inquiry.reference, "(202) 555-0100 (Monday, 8 am to 6 pm)", "call 911", "O'Neill & Sons"]:
            self.assertIn(words, self.message.body)

    def test_holds_nothing_the_visitor_typed_or_asked_about(self):
        whole = (self.message.subject + self.message.body).lower()
        for word in ["zebedee", "quux", "xylophone", "wornknee", "knee", "5550199", "ana@example.org"]:
            self.assertNotIn(word, whole)

    def test_says_less_rather_than_wrong_things_about_a_bare_clinic(self):
        ClinicProfile.objects.update(phone="", emergency_number="")
        from therapies import publishing

        publishing.library_changed()
        body = acknowledgement.render(OutboxEmail.objects.get()).body
        self.assertNotIn("call .", body)
        self.assertIn(self.inquiry.reference, body)
