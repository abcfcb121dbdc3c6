"""Tries to reach a patient, written down on the page of the request."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inquiries.models import ContactAttempt, Inquiry
from tests.inquiries.test_admin import READ_HEALTH, ROLES, AdminCase

NOTE = "She says the stairs are worse"


class ContactCase(AdminCase):
    def record(self, version=None, **changes):
        self.inquiry.refresh_from_db()
        given = {"channel": "phone", "result": "voicemail", "note": NOTE, "next_try_on": "", **changes}
        url = reverse("admin:inquiries_inquiry_contact", args=[self.inquiry.pk])
        sent = {f"{name}": value for name, value in given.items()}
        return self.client.post(url, {"version": version or self.inquiry.version, **sent}, follow=True)


class RecordTests(ContactCase):
    def test_is_written_down_and_shown(self):
        day = timezone.localdate() + timedelta(days=2)
        page = self.record(next_try_on=day.isoformat())
        self.assertRedirects(page, self.page_url)
        for words in ["Left a voicemail", "Phone call", NOTE, "is written down"]:
            self.assertContains(page, words)
        attempt = ContactAttempt.objects.get()
        self.assertEqual((attempt.by, attempt.next_try_on), (self.staff["Triage nurse"], day))
        self.inquiry.refresh_from_db()
        self.assertIsNotNone(self.inquiry.first_contact_at)
        self.assertEqual(self.inquiry.events.last().kind, "contacted")

    def test_who_may_not_read_health_sees_the_try_without_its_note(self):
        self.record()
        for role in ROLES:
            self.sign_in(role)
            page = self.page().content.decode()
            with self.subTest(role):
                self.assertIn("Left a voicemail", page)
                self.assertEqual(NOTE in page, role in READ_HEALTH)

    def test_a_mistake_is_said_and_what_was_typed_is_kept(self):
        yesterday = timezone.localdate() - timedelta(days=2)
        for changes, error in [
            ({"channel": ""}, "Select how you tried"),
            ({"result": ""}, "Select what came of it"),
            ({"next_try_on": yesterday.isoformat()}, "Choose today or a later day"),
            ({"note": NOTE + "x" * 1000}, "The note must be 1,000 characters or fewer"),
        ]:
            with self.subTest(error):
                page = self.record(**changes)
                self.assertContains(page, error)
                self.assertContains(page, NOTE)
        self.assertFalse(ContactAttempt.objects.exists())

    def test_nonsense_is_answered(self):
        for changes in [{"channel": "pigeon"}, {"result": "x"}, {"next_try_on": "never"}, {"note": "\0"}]:
            with self.subTest(changes):
                self.assertEqual(self.record(**changes).status_code, 200)
        self.assertEqual(self.record(version="x").status_code, 400)
        self.assertFalse(ContactAttempt.objects.exists())

    def test_a_request_that_changed_meanwhile_is_read_again_first(self):
        Inquiry.objects.filter(pk=self.inquiry.pk).update(version=7)
        self.assertContains(self.record(version=1), "has changed since you opened it", status_code=409)
        self.assertFalse(ContactAttempt.objects.exists())

    def test_the_roles_that_may(self):
        for role in [*ROLES, "Editor"]:
            self.sign_in(role)
            allowed = role in {"Front desk", "Triage nurse", "Clinician"}
            with self.subTest(role):
                if role != "Editor":
                    self.assertEqual("Write down a try" in self.page().content.decode(), allowed)
                self.assertEqual(self.record().status_code, 200 if allowed else 403)
                self.assertEqual(self.record(channel="").status_code, 200 if allowed else 403)
        self.assertEqual(ContactAttempt.objects.count(), 3)

    def test_a_link_writes_nothing(self):
        url = reverse("admin:inquiries_inquiry_contact", args=[self.inquiry.pk])
        self.assertEqual(self.client.get(url).status_code, 405)

    def test_costs_the_same_with_one_try_and_with_ten(self):
        self.record()
        self.page()
        with CaptureQueriesContext(connection) as one:
            self.page()
        cost = len(one)
        for _ in range(9):
            self.record(result="no_answer")
        with self.assertNumQueries(cost):
            self.page()
