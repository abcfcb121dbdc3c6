"""What patients wrote after Send, and what looked like spam, on the staff side."""

import datetime
from datetime import timedelta

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.models import OpeningHours, OutboxEmail
from inquiries import safety
from inquiries.models import Inquiry
from inquiries.services import acknowledgement, patient, triage
from inquiries.states import Status
from tests import factories
from tests.inquiries.test_admin import KNOW_WHO, READ_HEALTH, ROLES, AdminCase
from tests.inquiries.test_views import make_clinic

WORDS = "Since Monday the stairs are worse"


class PressCase(AdminCase):
    def press(self, name, inquiry=None, version=None, **given):
        inquiry = inquiry or self.inquiry
        inquiry.refresh_from_db()
        url = reverse(f"admin:inquiries_inquiry_{name}", args=[inquiry.pk])
        return self.client.post(url, {"version": version or inquiry.version, **given}, follow=True)

    def acknowledgements(self, inquiry):
        return OutboxEmail.objects.filter(kind=acknowledgement.KIND, about_id=inquiry.public_id).count()


class UpdateTests(PressCase):
    def setUp(self):
        super().setUp()
        self.inquiry = patient.report_worse(
            self.inquiry, text=WORDS, signs=safety.asked_document("knee", ["rf-limb-circulation"]), level="emergency"
        )

    def test_shows_what_they_wrote_and_ticked_to_who_may_read_health(self):
        for role in ROLES:
            self.sign_in(role)
            page = self.page().content.decode()
            with self.subTest(role):
                self.assertEqual(WORDS in page, role in READ_HEALTH)
                self.assertEqual("cold, pale, blue or numb" in page, role in READ_HEALTH)
                self.assertIn("nobody has marked as seen", page)

    def test_marked_as_seen_by_a_press_that_says_who_and_when(self):
        page = self.press("seen")
        self.assertRedirects(page, self.page_url)
        self.assertContains(page, "Seen by triagenurse")
        self.assertNotContains(page, "nobody has marked as seen")
        self.inquiry.refresh_from_db()
        update, event = self.inquiry.updates.get(), self.inquiry.events.last()
        self.assertEqual((self.inquiry.has_unseen_update, update.seen_by), (False, self.staff["Triage nurse"]))
        self.assertEqual((event.kind, event.actor), ("seen", self.staff["Triage nurse"]))

    def test_opening_the_page_marks_nothing(self):
        self.page()
        self.inquiry.refresh_from_db()
        self.assertTrue(self.inquiry.has_unseen_update)
        url = reverse("admin:inquiries_inquiry_seen", args=[self.inquiry.pk])
        self.assertEqual(self.client.get(url, {"version": self.inquiry.version}).status_code, 405)

    def test_who_could_not_read_it_cannot_mark_it(self):
        for role in ["Front desk", "Manager", "Privacy officer", "Auditor", "Editor"]:
            self.sign_in(role)
            with self.subTest(role):
                self.assertEqual(self.press("seen").status_code, 403)
                if role != "Editor":
                    self.assertNotContains(self.page(), "Mark as seen")
        self.assertEqual(self.inquiry.updates.filter(seen_at=None).count(), 1)

    def test_what_arrives_after_the_page_was_opened_stays_unseen(self):
        opened_at = self.inquiry.version
        patient.add_information(self.inquiry, text="And one thing more")
        self.assertContains(self.press("seen", version=opened_at), "has changed since you opened it", status_code=409)
        self.assertEqual(self.inquiry.updates.filter(seen_at=None).count(), 2)

    def test_marked_twice_is_one_event(self):
        self.press("seen")
        self.assertRedirects(self.press("seen"), self.page_url)
        self.assertEqual(self.inquiry.events.filter(kind="seen").count(), 1)

    def test_the_front_desk_marks_changed_contact_details(self):
        inquiry = factories.inquiry()
        patient.change_contact(inquiry, email="", phone="(202) 555-0199", country="US")
        self.sign_in("Front desk")
        self.press("seen", inquiry)
        inquiry.refresh_from_db()
        self.assertFalse(inquiry.has_unseen_update)

    def test_a_filter_finds_what_nobody_has_seen(self):
        factories.inquiry()
        self.assertEqual(self.listed(queue="patient-wrote"), {self.inquiry})

    def test_what_they_wrote_is_text(self):
        patient.add_information(self.inquiry, text="<script>alert(1)</script> https://evil.example")
        page = self.page().content.decode()
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertNotIn('href="https://evil', page)

    def test_what_does_not_decrypt_is_said_to(self):
        with override_settings(FIELD_KEYS={"t1": b"9" * 32}):
            page = self.page()
        self.assertEqual(page.status_code, 200)
        self.assertNotContains(page, WORDS)

    def test_costs_the_same_with_one_update_and_with_ten(self):
        self.press("seen")
        self.page()
        with CaptureQueriesContext(connection) as one:
            self.page()
        for _ in range(9):
            self.inquiry = patient.add_information(self.inquiry, text="More")
            triage.mark_seen(self.inquiry, actor=self.staff["Clinician"], version=self.inquiry.version)
        with self.assertNumQueries(len(one)):
            self.page()


class SuspectTests(PressCase):
    def suspect(self, **changes):
        return factories.inquiry(suspect_reasons=["trap"], **changes)

    def test_a_filter_lists_what_waits_for_a_look(self):
        inquiry, looked_at = self.suspect(), self.suspect()
        factories.moved(looked_at, Status.SPAM, actor=self.staff["Clinician"])
        self.assertEqual(self.listed(queue="suspected"), {inquiry})

    def test_not_spam_owes_the_acknowledgement_that_was_held_back(self):
        inquiry = self.suspect()
        self.assertEqual(self.acknowledgements(inquiry), 0)
        self.press("not_spam", inquiry)
        inquiry.refresh_from_db()
        self.assertFalse(inquiry.is_suspect)
        self.assertEqual(self.acknowledgements(inquiry), 1)
        self.assertEqual(inquiry.events.last().kind, "not_suspect")

    def test_not_spam_pressed_twice_is_one_event_and_one_mail(self):
        inquiry = self.suspect()
        self.press("not_spam", inquiry)
        self.press("not_spam", inquiry)
        self.assertEqual((self.acknowledgements(inquiry), inquiry.events.count()), (1, 2))

    def test_taking_a_suspect_says_that_it_is_none(self):
        inquiry = self.suspect()
        inquiry = triage.move(inquiry, Status.IN_REVIEW, actor=self.staff["Front desk"], version=1)
        self.assertFalse(inquiry.is_suspect)
        self.assertEqual(self.acknowledgements(inquiry), 1)

    def test_marking_as_spam_sends_nothing(self):
        inquiry = factories.moved(self.suspect(), Status.SPAM, actor=self.staff["Clinician"])
        self.assertEqual(self.acknowledgements(inquiry), 0)

    def test_spam_that_was_none_is_acknowledged_with_a_new_promise(self):
        make_clinic()
        for day in range(7):
            OpeningHours.objects.create(weekday=day, opens=datetime.time(8), closes=datetime.time(18))
        inquiry = factories.moved(self.suspect(), Status.SPAM, actor=self.staff["Clinician"])
        Inquiry.objects.filter(pk=inquiry.pk).update(promised_at=timezone.now() - timedelta(days=3))
        inquiry = factories.moved(inquiry, Status.NEW, actor=self.staff["Clinician"])
        self.assertFalse(inquiry.is_suspect)
        self.assertGreater(inquiry.promised_at, timezone.now())
        owed = OutboxEmail.objects.get(kind=acknowledgement.KIND, about_id=inquiry.public_id)
        self.assertEqual(owed.context["promised_at"], inquiry.promised_at.isoformat())

    def test_a_promise_the_patient_was_told_by_mail_stays(self):
        promised = timezone.now() - timedelta(days=3)
        Inquiry.objects.filter(pk=self.inquiry.pk).update(promised_at=promised)
        inquiry = factories.moved(self.inquiry, Status.SPAM, actor=self.staff["Clinician"])
        inquiry = factories.moved(inquiry, Status.NEW, actor=self.staff["Clinician"])
        self.assertEqual((inquiry.promised_at, self.acknowledgements(inquiry)), (promised, 1))

    def test_a_promise_still_to_come_stays_when_a_suspect_is_cleared(self):
        promised = timezone.now() + timedelta(days=1)
        inquiry = self.suspect(promised_at=promised)
        self.press("not_spam", inquiry)
        inquiry.refresh_from_db()
        self.assertEqual(inquiry.promised_at, promised)

    def test_who_may_not_decide_sees_no_button_and_presses_in_vain(self):
        inquiry = self.suspect()
        for role in ["Front desk", "Manager", "Privacy officer", "Auditor", "Editor"]:
            self.sign_in(role)
            with self.subTest(role):
                self.assertEqual(self.press("not_spam", inquiry).status_code, 403)
        inquiry.refresh_from_db()
        self.assertTrue(inquiry.is_suspect)


class LateTests(AdminCase):
    def test_shows_the_late_notice_and_the_next_step(self):
        at = timezone.now()
        Inquiry.objects.filter(pk=self.inquiry.pk).update(
            late_told_at=at, promised_again_at=at, next_step="call_about_delay", next_step_on=at.date()
        )
        for role in KNOW_WHO:
            self.sign_in(role)
            self.assertContains(self.page(), "promised again for")
            self.assertContains(self.page(), "Call: tell the patient that we are late")
        self.assertContains(self.client.get("/admin/inquiries/inquiry/"), "Call: tell the patient that we are late")
