from django.urls import reverse
from django.utils import timezone

from clinic.models import OutboxEmail
from inquiries.models import AccessLog, Inquiry, SavedReply
from inquiries.services import patient, triage
from inquiries.states import Status
from tests import factories
from tests.inquiries.test_admin import ROLES, AdminCase


class DeskCase(AdminCase):
    def press(self, name, data=None, *, args=(), inquiry=None, follow=True, **more):
        inquiry = inquiry or self.inquiry
        url = reverse(f"admin:inquiries_inquiry_{name}", args=[inquiry.pk, *args])
        inquiry.refresh_from_db()
        return self.client.post(url, {"version": inquiry.version, **(data or {}), **more}, follow=follow)

    def stands(self, inquiry=None):
        inquiry = inquiry or self.inquiry
        inquiry.refresh_from_db()
        return inquiry.status

    def take(self, role="Triage nurse"):
        return triage.move(self.inquiry, Status.IN_REVIEW, actor=self.staff[role], version=self.inquiry.version)


class MoveFormTests(DeskCase):
    def test_asks_what_the_move_needs_and_keeps_what_was_typed(self):
        self.take()
        page = self.press("move", {"to": "declined", "reason": "She asked for another clinic."})
        self.assertContains(page, "Select how it ends")
        self.assertContains(page, "Select whether the patient knows")
        self.assertContains(page, "She asked for another clinic.")
        self.assertEqual(self.stands(), "in_review")
        page = self.press(
            "move", {"to": "declined", "outcome": "patient_decided", "patient_told": "yes", "reason": "Why"}
        )
        self.assertContains(page, "is now “Declined”")
        self.assertEqual(self.inquiry.notes.get().body, "Why")

    def test_a_day_gone_by_is_none(self):
        self.take()
        for day, words in {"2020-01-01": "Choose today or a later day", "soon": "Enter a day like"}.items():
            page = self.press("move", {"to": "awaiting_patient", "next_step_on": day})
            self.assertContains(page, words)

    def test_what_was_typed_stays_when_the_move_is_not_allowed(self):
        self.take()
        data = {"to": "awaiting_patient", "next_step_on": f"{timezone.localdate():%Y}-12-31", "reason": "Left a letter"}
        page = self.press("move", data)
        self.assertContains(page, "needs a call or a message that reached the patient first")
        self.assertContains(page, "Left a letter")

    def test_not_yet_possible_moves_are_named_with_what_they_need(self):
        self.take()
        self.assertContains(self.page(), "Wait for the patient. Needs: a call or a message that reached the patient.")

    def test_the_last_move_can_be_taken_back_on_the_page(self):
        self.press("move", {"to": "in_review"})
        self.assertContains(self.page(), "Take my last move back")
        self.press("undo")
        self.assertEqual(self.stands(), "new")
        self.assertNotContains(self.page(), "Take my last move back")


class ConflictTests(DeskCase):
    def test_the_second_sees_who_changed_what_keeps_the_words_and_may_apply_them(self):
        version = self.inquiry.version
        self.take("Clinician")
        url = reverse("admin:inquiries_inquiry_note", args=[self.inquiry.pk])
        page = self.client.post(url, {"version": version, "body": "Her son calls back"})
        for words in ("clinician", "“New” to “In review”", "Her son calls back", "Apply mine to the new version"):
            self.assertContains(page, words, status_code=409)
        self.assertFalse(self.inquiry.notes.exists())
        hidden = dict(page.context["posted"])
        self.press("note", hidden)
        self.assertEqual(self.inquiry.notes.get().body, "Her son calls back")

    def test_a_form_with_a_mistake_on_an_old_page_is_told_what_changed_first(self):
        version = self.inquiry.version
        self.take("Clinician")
        url = reverse("admin:inquiries_inquiry_override", args=[self.inquiry.pk])
        page = self.client.post(url, {"version": version, "reason": "Sounded breathless"})
        self.assertContains(page, "Sounded breathless", status_code=409)

    def test_taking_never_overwrites_a_colleague(self):
        version = self.inquiry.version
        self.take("Clinician")
        url = reverse("admin:inquiries_inquiry_move", args=[self.inquiry.pk])
        self.assertEqual(self.client.post(url, {"version": version, "to": "in_review"}).status_code, 409)
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.owner, self.staff["Clinician"])


class TwiceTests(DeskCase):
    def version(self):
        self.inquiry.refresh_from_db()
        return self.inquiry.version

    def test_a_button_pressed_twice_does_it_once_and_says_so(self):
        self.take()
        version = self.version()
        for said in ("is kept", "You pressed twice. It was done once"):
            answer = self.press("note", {"version": version, "body": "Her son calls back at noon."})
            self.assertContains(answer, said)
        self.assertEqual((self.inquiry.notes.count(), self.version()), (1, version + 1))
        self.assertNotIn("son", str(dict(self.client.session)))

    def test_something_else_on_an_old_page_is_no_second_press(self):
        self.take()
        version = self.version()
        self.press("note", {"version": version, "body": "Her son calls back at noon."})
        answer = self.press("note", {"version": version, "body": "Her son calls back at one."})
        self.assertContains(answer, "has changed since you opened it", status_code=409)

    def test_nor_is_the_same_of_a_colleague(self):
        self.press("move", {"to": "in_review", "version": 1})
        self.sign_in("Clinician")
        answer = self.press("move", {"to": "in_review", "version": 1})
        self.assertContains(answer, "has changed since you opened it", status_code=409)


class HandingTests(DeskCase):
    def test_is_given_to_somebody_on_duty_with_a_reason(self):
        colleague = self.staff["Clinician"]
        colleague.on_duty = True
        colleague.save(update_fields=["on_duty"])
        self.assertContains(self.press("assign", {"to": colleague.pk}), "Enter the reason")
        self.press("assign", {"to": colleague.pk, "reason": "She knows the family."})
        self.inquiry.refresh_from_db()
        self.assertEqual((self.inquiry.owner, self.inquiry.status), (colleague, "in_review"))

    def test_who_is_off_duty_cannot_be_chosen_and_the_reason_is_kept(self):
        page = self.press("assign", {"to": self.staff["Front desk"].pk, "reason": "He is quick."})
        self.assertContains(page, "Choose somebody who is on duty")
        self.assertContains(page, "He is quick.")

    def test_a_priority_set_by_hand_is_seen_with_its_reason_by_who_may_read_health(self):
        self.press("override", {"level": 1, "reason": "Sounded breathless."})
        page = self.page()
        self.assertContains(page, "Set to “Urgent”")
        self.assertContains(page, "Sounded breathless.")
        self.sign_in("Front desk")
        page = self.page()
        self.assertContains(page, "Set to “Urgent”")
        self.assertNotContains(page, "Sounded breathless.")
        self.assertContains(page, "Ask a nurse for the reasons.")

    def test_roles_that_may_not_press_in_vain(self):
        for name, allowed in {
            "assign": {"Triage nurse", "Clinician", "Manager"},
            "override": {"Triage nurse", "Clinician"},
            "note": {"Triage nurse", "Clinician"},
            "suspect": {"Front desk", "Triage nurse", "Clinician"},
        }.items():
            for role in ROLES:
                self.sign_in(role)
                with self.subTest(f"{name} {role}"):
                    self.assertEqual(self.press(name, follow=False).status_code == 403, role not in allowed)


class MergePageTests(DeskCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.again = factories.inquiry(message="It is me again")

    def compare(self, reference):
        url = reverse("admin:inquiries_inquiry_compare", args=[self.inquiry.pk])
        return self.client.get(url, {"with": reference}, follow=True)

    def test_both_stand_side_by_side_and_one_is_closed(self):
        self.assertContains(self.page(), f"with={self.again.reference}")
        page = self.compare(self.again.reference)
        for words in ("Stairs hurt", "It is me again", f"Merge into {self.inquiry.reference}"):
            self.assertContains(page, words)
        self.press("merge", args=[self.inquiry.pk], inquiry=self.again, into_version=self.inquiry.version)
        self.again.refresh_from_db()
        self.assertEqual((self.again.status, self.again.merged_into), ("merged", self.inquiry))

    def test_an_unknown_reference_is_said(self):
        for reference in ("", "RM-XXXX-XXXX", "nonsense", self.inquiry.reference):
            self.assertContains(self.compare(reference), "Enter the reference of another request")

    def test_not_the_same_patient_is_not_suggested_again(self):
        self.press("apart", args=[self.again.pk])
        self.assertNotContains(self.page(), f"with={self.again.reference}")

    def test_the_front_desk_does_not_merge(self):
        self.sign_in("Front desk")
        self.assertEqual(self.compare(self.again.reference).status_code, 403)
        pressed = self.press("merge", args=[self.inquiry.pk], inquiry=self.again, into_version=1)
        self.assertEqual(pressed.status_code, 403)


class ReplyPageTests(DeskCase):
    def test_a_saved_reply_is_filled_in_looked_at_and_sent(self):
        saved = SavedReply.objects.create(title="Call", body="Please call about {reference}.")
        url = reverse("admin:inquiries_inquiry_reply", args=[self.inquiry.pk])
        self.assertContains(self.client.get(url, {"saved": saved.pk}), f"Please call about {self.inquiry.reference}.")
        text = f"Please call about {self.inquiry.reference} soon."
        page = self.press("reply", {"text": text, "saved": saved.pk, "step": "preview"})
        self.assertContains(page, "This is what leaves")
        self.assertFalse(OutboxEmail.objects.filter(kind="inquiries.reply").exists())
        self.press("reply", {"text": text, "saved": saved.pk, "step": "send"})
        reply = self.inquiry.replies.get()
        self.assertEqual((reply.sent, reply.saved_reply), (text, saved))
        self.assertEqual(reply.offered, f"Please call about {self.inquiry.reference}.")

    def test_health_words_are_named_and_a_call_is_offered(self):
        page = self.press("reply", {"text": "How are the stairs?", "step": "send"})
        self.assertContains(page, "Call instead")
        self.assertContains(page, "“stairs”")
        self.assertContains(page, "How are the stairs?")
        self.assertFalse(OutboxEmail.objects.filter(kind="inquiries.reply").exists())

    def test_a_saved_reply_holds_known_places_only(self):
        self.sign_in("Manager")
        page = self.client.post("/admin/inquiries/savedreply/add/", {"title": "T", "body": "Dear {name}"})
        self.assertContains(page, "Not known: name.")


class LookingTests(DeskCase):
    def test_every_look_is_written_down(self):
        self.page()
        looked = AccessLog.objects.get()
        self.assertEqual(
            (looked.staff, looked.inquiry, looked.action), (self.staff["Triage nurse"], self.inquiry, "view")
        )

    def test_the_privacy_officer_reads_about_health_for_a_reason_that_is_kept(self):
        self.sign_in("Privacy officer")
        self.assertNotContains(self.page(), "Stairs hurt")
        self.assertContains(self.press("read", {"reason": "no"}), "at least ten letters")
        page = self.press("read", {"reason": "The patient asked what we hold."})
        self.assertContains(page, "Stairs hurt")
        self.assertEqual(AccessLog.objects.filter(detail="health").get().reason, "The patient asked what we hold.")
        self.assertNotContains(self.page(), "Stairs hurt")

    def test_nobody_else_reads_it_that_way(self):
        for role in set(ROLES) - {"Privacy officer"}:
            self.sign_in(role)
            self.assertEqual(self.press("read", {"reason": "Because I want to."}).status_code, 403, role)

    def test_a_patients_record_of_accesses_is_for_who_may_read_the_log(self):
        self.page()
        self.assertNotContains(self.page(), "Who looked")
        self.sign_in("Auditor")
        self.assertContains(self.page(), "Who looked")

    def test_a_colleague_who_has_it_open_is_named(self):
        self.page()
        self.sign_in("Clinician")
        self.assertContains(self.page(), "triagenurse has it open too")

    def test_next_leads_to_what_is_first_and_not_a_colleagues(self):
        first = factories.inquiry(
            safety_level="emergency", advice_shown_at=timezone.now(), email="e@example.com", phone=""
        )
        url = reverse("admin:inquiries_inquiry_next")
        self.assertRedirects(self.client.get(url), reverse("admin:inquiries_inquiry_change", args=[first.pk]))
        triage.move(first, Status.IN_REVIEW, actor=self.staff["Clinician"], version=1)
        self.assertRedirects(self.client.get(url), self.page_url)
        Inquiry.objects.exclude(pk=first.pk).update(owner=self.staff["Clinician"], status="in_review")
        self.assertContains(self.client.get(url, follow=True), "Nothing waits for you")

    def test_the_page_costs_the_same_however_much_happened(self):
        self.page()
        with self.assertNumQueries(self.queries(self.page)):
            self.page()
        before = self.queries(self.page)
        for number in range(5):
            patient.add_information(self.inquiry, text=f"More {number}")
            self.press("note", {"body": f"Note {number}"}, follow=False)
        self.assertEqual(self.queries(self.page), before)

    def queries(self, do):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as made:
            do()
        return len(made)
