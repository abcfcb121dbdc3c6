from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inquiries.models import Inquiry, InquiryEvent
from inquiries.services import triage
from inquiries.states import CLOSED, OUTCOMES, OWNED, Status, move_between
from tests import factories
from tests.inquiries.test_admin import AdminCase


class MoveTests(AdminCase):
    def press(self, to, version=1, client=None):
        url = reverse("admin:inquiries_inquiry_move", args=[self.inquiry.pk])
        return (client or self.client).post(url, {"to": to, "version": version}, follow=True)

    def buttons(self, role):
        self.sign_in(role)
        return {offer.move.to for offer, form, key in self.page().context["offers"]}

    def test_offers_the_moves_a_role_may_make(self):
        take, spam, withdrawn = Status.IN_REVIEW, Status.SPAM, Status.WITHDRAWN
        self.assertEqual(self.buttons("Front desk"), {take, withdrawn})
        self.assertEqual(self.buttons("Triage nurse"), {take, spam, withdrawn})
        self.assertEqual(self.buttons("Clinician"), {take, spam, withdrawn})
        for role in ["Manager", "Privacy officer", "Auditor"]:
            self.assertEqual(self.buttons(role), set(), role)

    def test_a_manager_reopens(self):
        factories.moved(self.inquiry, Status.SPAM, actor=self.staff["Clinician"])
        self.assertEqual(self.buttons("Manager"), set())
        factories.moved(self.inquiry, Status.NEW, actor=self.staff["Clinician"])
        factories.moved(self.inquiry, Status.WITHDRAWN, actor=self.staff["Clinician"])
        self.assertEqual(self.buttons("Manager"), {Status.IN_REVIEW})
        self.assertEqual(self.buttons("Front desk"), set())

    def test_a_press_moves_and_says_so(self):
        page = self.press("in_review")
        self.assertRedirects(page, self.page_url)
        self.assertContains(page, f"{self.inquiry.reference} is now “In review”.")
        event = self.inquiry.events.last()
        self.assertEqual((event.to_status, event.actor), ("in_review", self.staff["Triage nurse"]))

    def test_a_page_opened_before_a_colleagues_change_changes_nothing(self):
        triage.move(self.inquiry, Status.WITHDRAWN, actor=self.staff["Clinician"], version=1)
        page = self.press("in_review", version=1)
        self.assertContains(page, "has changed since you opened it", status_code=409)
        self.assertContains(page, "Apply mine to the new version", status_code=409)
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.status, "withdrawn")

    def test_a_forged_move_is_refused(self):
        for role, to in [
            ("Front desk", "spam"),
            ("Auditor", "in_review"),
            ("Manager", "withdrawn"),
            ("Editor", "spam"),
        ]:
            self.sign_in(role)
            with self.subTest(f"{role} {to}"):
                self.assertEqual(self.press(to).status_code, 403)
        self.assertEqual(InquiryEvent.objects.count(), 1)

    def test_a_move_that_is_not_in_the_table_is_refused(self):
        self.assertContains(self.press("booked"), "cannot become “Booked”")
        self.assertContains(self.press("merged"), "needs the request it is merged into first")
        self.assertEqual(InquiryEvent.objects.count(), 1)

    def test_nonsense_is_refused(self):
        for to, version in [
            ("", 1),
            ("lost", 1),
            ("spam", ""),
            ("spam", "x"),
            ("spam", "²"),
            ("spam", "9" * 40),
            ("spam", -1),
        ]:
            with self.subTest(f"{to} {version}"):
                self.assertEqual(self.press(to, version=version).status_code, 400)

    def test_a_link_moves_nothing(self):
        url = reverse("admin:inquiries_inquiry_move", args=[self.inquiry.pk])
        self.assertEqual(self.client.get(url, {"to": "spam", "version": 1}).status_code, 405)

    def test_a_press_without_a_security_token_is_refused(self):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(self.staff["Triage nurse"])
        self.assertEqual(self.press("in_review", client=strict).status_code, 403)
        self.assertEqual(InquiryEvent.objects.count(), 1)

    def test_leaves_no_trace_of_the_person_in_the_admin_log(self):
        self.press("in_review")
        logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
        self.assertNotRegex(logged, "Ana|example")


class ForgedTests(AdminCase):
    def test_every_move_that_is_not_in_the_table_is_refused_whoever_forges_it(self):
        other = factories.inquiry(full_name="Somebody Else", email="other@example.com", phone="")
        url = reverse("admin:inquiries_inquiry_move", args=[self.inquiry.pk])
        day = (timezone.localdate() + timedelta(days=7)).isoformat()
        said = {"reason": "Why", "patient_told": "yes", "next_step_on": day, "appointment_on": day}
        self.sign_in("Clinician")
        for here in Status:
            for to in Status:
                if move_between(here, to) is not None and to is not Status.MERGED:
                    continue
                Inquiry.objects.filter(pk=self.inquiry.pk).update(
                    status=here.value,
                    owner=self.staff["Clinician"] if here in OWNED else None,
                    closed_at=self.inquiry.created_at if here in CLOSED else None,
                    merged_into=other if here is Status.MERGED else None,
                )
                outcome = next(iter(OUTCOMES.get(to, {})), "")
                self.client.post(url, {"to": to.value, "version": self.inquiry.version, "outcome": outcome, **said})
                self.inquiry.refresh_from_db()
                with self.subTest(f"{here} to {to}"):
                    self.assertEqual((self.inquiry.status, self.inquiry.version), (here.value, 1))
        self.assertEqual(InquiryEvent.objects.filter(inquiry=self.inquiry).count(), 1)
