"""Requests by phone and at the desk, typed in by staff."""

import re
from unittest import mock

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import OutboxEmail
from inquiries import safety
from inquiries.models import ConsentRecord, DailyCounter, Inquiry
from inquiries.services import alerts
from tests import factories
from tests.inquiries.journey import ANSWERS, CONSENTS
from tests.inquiries.test_admin import LIST, ROLES, AdminCase
from tests.inquiries.test_views import make_clinic

ENTER = f"{LIST}enter/"
SIGN = "rf-limb-circulation"


class EntryCase(AdminCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        make_clinic(crisis_line="988")
        factories.article(slug="privacy", title="Privacy", live=True)

    def setUp(self):
        self.sign_in("Front desk")
        self.shown = None

    def post(self, **given):
        found = re.search(r'name="sealed" value="([^"]+)"', self.shown.content.decode()) if self.shown else None
        self.shown = self.client.post(ENTER, {"sealed": found[1] if found else "", **given})
        return self.shown

    def fill(self, *, until="check", source="phone", **changes):
        self.post(page="start", source=source)
        for key, answers in ANSWERS.items():
            if key == until:
                break
            self.post(page=key, **{**answers, **changes.get(key, {})})
            if self.shown.context and self.shown.context["part"] == "advice":
                if until == "advice":
                    break
                self.post(page="advice")
        return self.shown

    def entered(self):
        return Inquiry.objects.exclude(source="web").get()


class WayTests(EntryCase):
    def test_asks_the_same_questions_and_stores_the_same_request(self):
        self.fill(more={"message": "Stairs since May"})
        page = self.post(page="check", **CONSENTS)
        inquiry = self.entered()
        self.assertRedirects(page, f"{LIST}{inquiry.pk}/change/")
        self.assertEqual((inquiry.source, inquiry.entered_by), ("phone", self.staff["Front desk"]))
        self.assertEqual((inquiry.full_name, inquiry.region, inquiry.duration), ("Ana Example", "knee", "1_5y"))
        self.assertIn("Stairs since May", str(inquiry.answers))
        self.assertEqual(inquiry.answers["signs"], safety.asked_document("knee", ["none"]))
        self.assertEqual(ConsentRecord.objects.filter(inquiry=inquiry).count(), 3)
        self.assertEqual(inquiry.events.get().actor, self.staff["Front desk"])
        self.assertEqual(OutboxEmail.objects.filter(about_id=inquiry.public_id).count(), 1)

    def test_at_the_desk_is_another_source(self):
        self.fill(source="walk_in")
        self.post(page="check", **CONSENTS)
        self.assertEqual(self.entered().source, "walk_in")

    def test_is_never_a_suspect_however_fast_and_however_many_links(self):
        self.fill(more={"message": "https://a.example https://b.example https://c.example"})
        self.post(page="check", website="x", **CONSENTS)
        self.assertFalse(self.entered().is_suspect)

    def test_how_it_came_must_be_said(self):
        self.assertContains(self.post(page="start", source="web"), "Select how the request came")

    def test_a_wrong_answer_is_said_and_the_rest_kept(self):
        self.fill(until="contact")
        page = self.post(page="contact", **{**ANSWERS["contact"], "phone": ""})
        self.assertContains(page, "Enter a phone number so we can call you")
        self.assertContains(page, 'value="Ana Example"')

    def test_without_the_consents_nothing_is_stored(self):
        self.fill()
        self.assertContains(self.post(page="check"), "Confirm that we may use the health information")
        self.assertFalse(Inquiry.objects.exclude(source="web").exists())

    def test_sent_twice_is_one_request(self):
        shown = self.fill()
        first = self.post(page="check", **CONSENTS)
        self.shown = shown
        self.assertEqual(self.post(page="check", **CONSENTS)["Location"], first["Location"])

    def test_an_answer_can_be_changed_from_the_check_page(self):
        self.fill()
        self.assertContains(self.post(go="more"), "A little more about you")
        self.post(page="more", goal="Walk the dog")
        self.assertContains(self.shown, "Walk the dog")

    def test_a_page_further_on_waits_for_those_before_it(self):
        self.fill(until="where")
        self.assertContains(self.post(go="contact"), "Where is the pain?")
        self.assertContains(self.post(page="contact"), "Where is the pain?")
        self.assertContains(self.post(page="check", **CONSENTS), "Where is the pain?")

    def test_a_child_is_sent_to_their_own_doctor(self):
        self.fill(until="where", who={"age_band": "u18"})
        self.assertContains(self.shown, "We see adults only")

    def test_after_two_hours_it_begins_again(self):
        self.fill(until="pain")
        with mock.patch("inquiries.drafts.SEALED_SECONDS", -1):
            page = self.post(page="pain", **ANSWERS["pain"])
        self.assertRedirects(page, ENTER, fetch_redirect_response=False)
        self.assertContains(self.client.get(ENTER), "Please begin again")

    def test_nonsense_is_refused(self):
        self.fill(until="pain")
        self.assertEqual(self.post(page="lost").status_code, 400)
        self.assertRedirects(self.client.post(ENTER, {"page": "pain", "sealed": "x"}), ENTER)


class ScreeningTests(EntryCase):
    def test_every_level_is_read_out_in_the_words_of_the_site(self):
        for ticked, words in [
            ([SIGN], ["cold, pale, blue or numb", "Call 911 or go to the emergency department now"]),
            (["unsure"], ["You were not sure about one of the signs we asked about."]),
        ]:
            self.shown = None
            page = self.fill(until="advice", safety={"safety": ticked})
            site = Client()
            for key in ["who", "where"]:
                site.post(f"/consultation/{key}/", ANSWERS[key])
            site.post("/consultation/safety/", {"safety": ticked})
            public = site.get("/consultation/advice/")
            for sentence in [*words, "This can be a sign of a problem that needs treatment in hours."]:
                with self.subTest(sentence):
                    self.assertContains(page, sentence)
                    self.assertContains(public, sentence)

    def test_a_warning_sign_is_stored_with_the_times_and_tells_who_is_on_duty(self):
        factories.staff("duty", email="duty@example.com", on_duty=True, receives_alerts=True)
        self.fill(safety={"safety": [SIGN]})
        self.post(page="check", **CONSENTS)
        inquiry = self.entered()
        self.assertEqual(inquiry.safety_level, "emergency")
        self.assertTrue(inquiry.safety_advice_shown_at and inquiry.safety_advice_read_at)
        self.assertTrue(OutboxEmail.objects.filter(kind=alerts.KIND).exists())

    def test_advice_that_was_not_read_out_stops_the_way(self):
        self.fill(until="advice", safety={"safety": [SIGN]})
        self.assertContains(self.post(page="check", **CONSENTS), "Read this out now")
        self.assertContains(self.post(page="pain", **ANSWERS["pain"]), "Read this out now")

    def test_the_way_through_it_is_counted_with_the_public_forms(self):
        def counted():
            return {row.name: row.value for row in DailyCounter.objects.filter(name__startswith="safety")}

        self.fill(until="pain")
        self.assertEqual(counted(), {"safety shown": 1})
        self.fill(until="advice", safety={"safety": [SIGN]})
        self.assertEqual(counted(), {"safety shown": 2, "safety flagged": 1})
        advice = self.shown
        self.post(page="advice")
        self.assertEqual(counted(), {"safety shown": 2, "safety flagged": 1, "safety continued": 1})
        self.shown = advice
        self.assertRedirects(self.post(page="leave"), LIST, fetch_redirect_response=False)
        self.assertEqual(counted(), {"safety shown": 2, "safety flagged": 1, "safety continued": 1, "safety left": 1})

    def test_worrying_words_are_answered_too(self):
        self.assertContains(self.fill(until="advice", more={"message": "chest pain"}), "chest pain")


class WhoTests(EntryCase):
    def test_the_roles_that_may(self):
        for role in [*ROLES, "Editor"]:
            self.sign_in(role)
            allowed = role in {"Front desk", "Triage nurse"}
            with self.subTest(role):
                self.assertEqual(self.client.get(ENTER).status_code, 200 if allowed else 403)
                self.assertEqual(
                    self.client.post(ENTER, {"page": "start", "source": "phone"}).status_code, 200 if allowed else 403
                )
                if role != "Editor":
                    self.assertEqual("Type in a request" in self.client.get(LIST).content.decode(), allowed)

    def test_who_may_not_read_health_reads_it_no_more_once_sent(self):
        self.fill(more={"message": "Stairs since May"})
        self.assertContains(self.shown, "Stairs since May")
        page = self.client.get(self.post(page="check", **CONSENTS)["Location"])
        self.assertNotContains(page, "Stairs since May")
        self.assertContains(page, "Typed in for the patient")

    def test_a_stranger_is_asked_to_sign_in(self):
        self.assertRedirects(Client().get(ENTER), f"/admin/login/?next={ENTER}")

    def test_nothing_typed_stands_in_the_session_or_in_an_address(self):
        self.fill(more={"message": "Stairs since May"})
        kept = {key for key in set(self.client.session.keys()) if not key.startswith("_auth")}
        self.assertLessEqual(kept, {"staff_started", "staff_seen"})
        self.assertNotIn("Ana", self.post(page="check", **CONSENTS)["Location"])

    def test_a_page_writes_nothing(self):
        self.fill(until="pain")
        with CaptureQueriesContext(connection) as queries:
            self.post(page="pain", **ANSWERS["pain"])
        self.assertFalse([each for each in queries if each["sql"].startswith(("INSERT", "UPDATE"))])
