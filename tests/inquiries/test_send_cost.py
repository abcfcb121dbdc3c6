"""What Send asks of the database: few statements, and one commit for everything it stores."""

from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import ClinicProfile, OutboxEmail
from inquiries import drafts
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, SearchKey
from inquiries.services import intake
from tests import factories
from tests.inquiries import journey
from therapies import library

MOST_STATEMENTS = {"postgresql": 8}.get(connection.vendor, 12)  # with BEGIN and COMMIT
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH whole AS (INSERT")


class SendCostTests(TransactionTestCase):
    def setUp(self):
        factories.condition(slug="knee", live=True)
        factories.treatment(slug="rest", live=True)
        factories.article(slug="privacy", live=True)
        # The dearest Send: of somebody who sent a request before. The consents are known since the first of all.
        self.statements_of_send(self.client_class(), "The first")
        self.said = self.statements_of_send(self.client, "The second")

    def statements_of_send(self, client, message):
        where = {"condition": "knee", "treatment": "rest"}
        journey.fill(client, where=where, more={"message": message})
        sealed = journey.sealed_in(client.get(reverse("inquiries:check")))
        with CaptureQueriesContext(connection) as caught:
            self.sent = journey.send(client, sealed)
        return [query["sql"] for query in caught]

    def test_stores_all_its_rows(self):
        self.assertTrue(self.sent["Location"].endswith("/sent/"))
        inquiry = Inquiry.objects.latest("pk")
        self.assertIsNotNone(inquiry.previous)
        self.assertEqual((inquiry.condition.slug, inquiry.treatment.slug), ("knee", "rest"))
        for model, count in ((SearchKey, 4), (ConsentRecord, 3), (InquiryEvent, 1)):
            self.assertEqual(model.objects.filter(inquiry=inquiry).count(), count)
        self.assertEqual(OutboxEmail.objects.filter(about_id=inquiry.public_id).count(), 1)
        self.assertIsNone(drafts.read(self.client.session))

    def test_needs_few_statements(self):
        self.assertLessEqual(len(self.said), MOST_STATEMENTS, "\n".join(each[:90] for each in self.said))

    def test_writes_its_new_rows_in_one_statement_where_the_database_can(self):
        inserts = [each for each in self.said if "INSERT INTO" in each]
        self.assertEqual(len(inserts), 1 if connection.vendor == "postgresql" else 5)

    def test_asks_again_for_nothing_that_goes_with_the_library(self):
        asked = [each for each in self.said if "_page" in each or "replytarget" in each or "consenttext" in each]
        self.assertEqual(asked, [])

    def test_a_clinic_that_changed_its_name_asks_for_another_consent(self):
        ClinicProfile.objects.create(name="Another Clinic", phone="(202) 555-0100", emergency_number="911")
        self.statements_of_send(self.client_class(), "The third")
        kept = ConsentRecord.objects.filter(inquiry=Inquiry.objects.latest("pk")).values_list("text__body", flat=True)
        self.assertTrue(any("Another Clinic" in body for body in kept))

    def test_a_text_that_is_not_where_it_was_is_looked_for(self):
        version = library.current().version
        intake._texts.keep(version, dict.fromkeys(intake._texts.of(version), 999_999))
        self.statements_of_send(self.client_class(), "The third")
        self.assertEqual(ConsentRecord.objects.filter(inquiry=Inquiry.objects.latest("pk")).count(), 3)

    def test_commits_once_and_writes_nothing_beside_it(self):
        begins = [place for place, each in enumerate(self.said) if each.startswith("BEGIN")]
        commits = [place for place, each in enumerate(self.said) if each == "COMMIT"]
        self.assertEqual((len(begins), len(commits)), (1, 1))
        writes = [place for place, each in enumerate(self.said) if each.startswith(WRITES)]
        self.assertTrue(begins[0] < writes[0] and writes[-1] < commits[0])

    def test_owes_its_message_in_one_statement(self):
        about_mail = [each for each in self.said if "clinic_outboxemail" in each]
        self.assertEqual(len(about_mail), 1)
