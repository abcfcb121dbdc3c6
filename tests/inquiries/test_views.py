"""The form in a browser: each row of what may happen on the way."""

import datetime
import uuid
from unittest import mock

from django.contrib.sessions.models import Session
from django.db import connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from clinic.models import ClinicProfile, OpeningHours
from inquiries import drafts, questionnaire, safety
from inquiries.models import DailyCounter, Inquiry
from inquiries.views.pages import ASKED_AGAIN
from tests import factories
from tests.inquiries import journey
from tests.inquiries.journey import ANSWERS, CONSENTS, address, fill, sealed_in, send

START, ADVICE, CHECK = "/consultation/", "/consultation/advice/", "/consultation/check/"


def make_clinic(**fields):
    return ClinicProfile.objects.create(
        **{"name": "Example Clinic", "phone": "(202) 555-0100", "emergency_number": "911", **fields}
    )


def later(seconds):
    return mock.patch("inquiries.drafts.time.time", return_value=drafts.time.time() + seconds)


class ViewCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_clinic(crisis_line="988", time_zone="America/New_York")
        factories.condition(slug="knee", title="Worn knee", body_region="knee", live=True)
        factories.condition(slug="draft", title="Unready")
        factories.treatment(slug="rest", title="Rest", live=True)
        factories.article(slug="privacy", title="Privacy", live=True)

    def assert_leads(self, response, to, status=303):
        self.assertEqual((response.status_code, response["Location"]), (status, to))


class StartTests(ViewCase):
    def test_has_the_address_everything_links_to(self):
        self.assertEqual(reverse("inquiries:request"), START)

    def test_says_what_it_is_and_what_to_do_in_an_emergency(self):
        page = self.client.get(START)
        for words in (
            "<h1>Request a consultation</h1>",
            '<a href="tel:911" class="plain nowrap">911</a>',
            "tel:+12025550100",
            '<a href="/about/privacy/">How we use your information</a>',
            "removed",
            'action="/consultation/who/"',
        ):
            self.assertContains(page, words)

    def test_promises_a_time_in_the_clinics_own_hours(self):
        for day in range(5):
            OpeningHours.objects.create(weekday=day, opens=datetime.time(8), closes=datetime.time(18))
        friday_night = datetime.datetime(2026, 3, 6, 23, 30, tzinfo=datetime.UTC)  # 6:30 p.m. in New York
        with mock.patch("django.utils.timezone.now", return_value=friday_night):
            page = self.client.get(START)
        self.assertContains(page, "We aim to contact you by <strong>Tuesday 10 March, 6 pm</strong>")
        self.assertContains(page, "We will not read your request before Monday 9 March, 8 am")

    def test_promises_nothing_without_opening_hours(self):
        self.assertNotContains(self.client.get(START), "We aim to contact you")

    def test_a_topic_in_the_address_moves_into_the_form(self):
        self.assert_leads(self.client.get(START, {"condition": "knee", "treatment": "rest"}), START, 302)
        fill(self.client, until="where")
        page = self.client.get(address("where"))
        self.assertContains(page, '<option value="knee" selected>Worn knee</option>')
        self.assertContains(page, '<option value="rest" selected>Rest</option>')

    def test_a_topic_lies_in_the_session_encrypted_for_an_hour_like_an_answer(self):
        self.client.get(START, {"condition": "knee"})
        self.assertNotIn("knee", str(dict(self.client.session)))
        self.assertLessEqual(self.client.cookies["session"]["max-age"], drafts.IDLE_SECONDS)
        with later(3601):
            fill(self.client, until="where")
            self.assertNotContains(self.client.get(address("where")), '<option value="knee" selected>')

    def test_a_topic_that_is_not_live_chooses_nothing(self):
        for slug in ["draft", "rest", "nonsense", "<b>", "9" * 300]:
            self.assert_leads(self.client.get(START, {"condition": slug}), START, 302)
            self.assertNotIn("session", self.client.cookies)

    def test_writes_nothing_and_costs_one_query(self):
        self.client.get(START)
        with self.assertNumQueries(1):
            self.client.get(START)
        self.assertNotIn("session", self.client.cookies)


class PrivateTests(ViewCase):
    def test_no_page_is_kept_by_a_cache_or_listed_by_a_search_engine(self):
        fill(self.client)
        for url in (START, *(address(key) for key in ANSWERS), CHECK, "/consultation/under-18/", "/consultation/help/"):
            page = self.client.get(url)
            self.assertEqual(page.status_code, 200, url)
            self.assertIn("no-store", page["Cache-Control"])
            self.assertIn("private", page["Cache-Control"])
            self.assertEqual(page["X-Robots-Tag"], "noindex")
            self.assertEqual(page["Referrer-Policy"], "same-origin")  # a browser that cannot say where a form stood
            page = self.client.get(url, headers={"sec-fetch-site": "none"})
            self.assertEqual(page["Referrer-Policy"], "no-referrer")

    def test_other_methods_are_refused(self):
        for url in (START, address("who"), ADVICE, CHECK):
            for method in ("put", "patch", "delete", "options", "trace"):
                self.assertEqual(getattr(self.client, method)(url).status_code, 405)
        self.assertEqual(self.client.get("/consultation/leave/").status_code, 405)

    def test_a_page_that_does_not_exist_is_not_found(self):
        self.assertEqual(self.client.get("/consultation/nonsense/").status_code, 404)
        self.assertEqual(self.client.post("/consultation/nonsense/").status_code, 404)


class WayTests(ViewCase):
    def test_page_after_page_to_the_check(self):
        for key, following in zip(ANSWERS, [*list(ANSWERS)[1:], None], strict=True):
            page = self.client.get(address(key))
            self.assertContains(page, f"Page {list(ANSWERS).index(key) + 1} of 6")
            response = self.client.post(address(key), ANSWERS[key])
            self.assert_leads(response, address(following) if following else CHECK)

    def test_skipping_ahead_leads_to_the_first_page_not_answered(self):
        self.assert_leads(self.client.get(address("pain")), address("who"), 302)
        fill(self.client, until="safety")
        for url in (address("pain"), address("contact"), CHECK):
            self.assertEqual(self.client.get(url)["Location"], address("safety"), url)
        self.assert_leads(self.client.get(ADVICE), address("safety"))

    def test_going_back_shows_what_was_answered(self):
        fill(self.client, until="more")
        self.assertRegex(
            self.client.get(address("pain")).content.decode(), r'value="1_5y"\s+id="id_duration_3" checked'
        )

    def test_a_change_from_the_check_page_leads_back_to_it(self):
        fill(self.client)
        self.assert_leads(self.client.post(address("pain"), ANSWERS["pain"] | {"pain_avg": "9"}), CHECK)
        self.assertContains(self.client.get(CHECK), "<dd>9</dd>")

    def test_another_region_asks_its_own_signs_again_and_says_why(self):
        fill(self.client, until="safety")
        self.assertNotContains(self.client.get(address("safety")), ASKED_AGAIN)
        fill(self.client)
        self.assert_leads(self.client.post(address("where"), {"body_region": "back"}), address("safety"))
        self.assertContains(self.client.get(address("safety")), ASKED_AGAIN)
        self.client.post(address("safety"), {"safety": ["none"]})
        self.assertNotContains(self.client.get(address("safety")), ASKED_AGAIN)

    def test_the_signs_of_one_tab_do_not_answer_those_of_a_region_chosen_in_another(self):
        fill(self.client, until="safety")
        shown = self.client.get(address("safety")).context["form"]["asked_of"].value()
        self.client.post(address("where"), {"body_region": "back"})
        page = self.client.post(address("safety"), {"safety": ["none"], "asked_of": shown}, follow=True)
        self.assertContains(page, questionnaire.SAFETY_OTHERS)
        self.assertNotContains(page, " checked")
        now = page.context["form"]["asked_of"].value()
        self.assert_leads(self.client.post(address("safety"), {"safety": ["none"], "asked_of": now}), address("pain"))

    def test_two_tabs_of_one_draft_go_on_together(self):
        fill(self.client, until="more")
        self.client.post(address("pain"), ANSWERS["pain"] | {"pain_avg": "2"})
        self.client.post(address("more"), {"message": "from the other tab"})
        self.client.post(address("contact"), ANSWERS["contact"])
        page = self.client.get(CHECK)
        self.assertContains(page, "<dd>2</dd>")
        self.assertContains(page, "from the other tab")

    def test_who_is_under_18_is_told_whom_to_ask_and_it_is_no_error(self):
        self.assert_leads(
            self.client.post(address("who"), {"for_whom": "me", "age_band": "u18"}), "/consultation/under-18/"
        )
        page = self.client.get("/consultation/under-18/")
        self.assertContains(page, "We see adults only")
        self.assertContains(page, "(202) 555-0100")

    def test_leaving_forgets_everything(self):
        fill(self.client)
        self.assert_leads(self.client.post("/consultation/leave/"), "/")
        self.assert_leads(self.client.get(CHECK), address("who"), 302)
        self.assertNotContains(self.client.get(address("who")), "checked")

    def test_a_page_costs_few_queries(self):
        fill(self.client)
        with self.assertNumQueries(2):  # the session and the library's version
            self.client.get(address("pain"))
        with self.assertNumQueries(3):  # and the session stored
            self.client.post(address("pain"), ANSWERS["pain"])

    def test_nothing_is_stored_before_send(self):
        fill(self.client)
        self.assertFalse(Inquiry.objects.exists())


class HourTests(ViewCase):
    def test_the_first_page_says_what_happened(self):
        fill(self.client, until="more")
        with later(3601):
            self.assert_leads(self.client.get(address("more")), address("who"), 302)
            page = self.client.get(address("who"))
        self.assertContains(page, "We removed your earlier answers after 60 minutes to protect your privacy.")

    def test_a_wrong_answer_after_the_hour_keeps_what_was_typed(self):
        fill(self.client, until="contact")
        with later(3601):
            page = self.client.post(address("contact"), ANSWERS["contact"] | {"full_name": ""})
        self.assertContains(page, "(202) 555-0123")
        self.assertContains(page, "We removed your earlier answers")

    def test_who_comes_back_to_a_session_that_is_gone_is_told_too(self):
        for key in ("more", "advice", "check"):
            fill(self.client, until="more")
            self.assertEqual(self.client.cookies["session"]["max-age"], 13 * 60 * 60)  # longer than what it names
            Session.objects.all().delete()
            page = self.client.get(address(key), follow=True)
            self.assertContains(page, "<h1>Who needs help?</h1>")
            self.assertContains(page, "We removed your earlier answers after 60 minutes to protect your privacy.")
        self.assertNotContains(self.client_class().get(address("more"), follow=True), "We removed")

    def test_after_send_a_page_of_the_form_says_that_it_was_sent(self):
        fill(self.client)
        send(self.client)
        self.assertEqual(self.client.cookies["session"]["max-age"], 60 * 60)
        self.assert_leads(self.client.get(address("contact")), CHECK, 302)
        self.assertContains(self.client.get(CHECK), Inquiry.objects.get().reference)
        self.client.post(address("contact"), ANSWERS["contact"])
        self.assertNotContains(self.client.get(address("who")), "We removed")

    def test_each_page_says_so_before(self):
        self.assertContains(self.client.get(address("who")), "alone for 60 minutes we remove your answers")


class AdviceTests(ViewCase):
    def flag(self, sign="rf-limb-circulation"):
        return fill(self.client, until="advice", safety={"safety": [sign]})

    def test_an_emergency_sign_leads_to_what_to_do_and_why_in_its_own_words(self):
        self.assert_leads(self.flag(), ADVICE)
        page = self.client.get(ADVICE)
        for words in (
            "<h1>Get help now</h1>",
            "Is an arm, leg, hand or foot cold, pale, blue or numb?",
            'href="tel:911"',
            "Emergency care:",
            "Do not wait for our reply.",
            "I have read this. Continue with my request",
            address("safety"),
            "Leave and clear my answers",
        ):
            self.assertContains(page, words)

    def test_an_urgent_sign_says_today(self):
        self.flag("rf-dvt")
        self.assertContains(self.client.get(ADVICE), "<h1>Speak to a doctor today</h1>")

    def test_not_being_sure_says_today_and_why(self):
        self.flag("unsure")
        self.assertContains(self.client.get(ADVICE), "You were not sure")

    def test_nothing_further_opens_before_it_was_read(self):
        self.flag()
        self.assert_leads(self.client.get(address("pain")), ADVICE)
        self.assert_leads(self.client.post(ADVICE), address("pain"))
        self.assertEqual(self.client.get(address("pain")).status_code, 200)

    def test_it_is_kept_that_it_was_shown_and_read_and_counted_without_anybody(self):
        fill(self.client, safety={"safety": ["rf-limb-circulation"]})
        send(self.client)
        inquiry = Inquiry.objects.get()
        self.assertEqual(inquiry.safety_level, "emergency")
        self.assertLessEqual(inquiry.safety_advice_shown_at, inquiry.safety_advice_read_at)
        counted = dict(DailyCounter.objects.filter(name__startswith="safety").values_list("name", "value"))
        self.assertEqual(counted, {"safety shown": 1, "safety flagged": 1, "safety continued": 1})

    def test_who_leaves_is_counted(self):
        self.flag()
        self.client.post("/consultation/leave/")
        self.assertEqual(DailyCounter.objects.get(name="safety left").value, 1)

    def test_danger_in_free_text_shows_it_once(self):
        fill(self.client, until="more")
        self.assert_leads(self.client.post(address("more"), {"message": "I want to die"}), ADVICE)
        page = self.client.get(ADVICE)
        self.assertContains(page, "You wrote about: want to die.")
        self.assertContains(page, '<a href="tel:988" class="nowrap">988</a>')
        self.assert_leads(self.client.post(ADVICE), address("contact"))
        self.assert_leads(self.client.post(address("contact"), ANSWERS["contact"]), CHECK)
        send(self.client)
        self.assertEqual(Inquiry.objects.get().safety_level, "emergency")

    def test_without_a_reason_it_is_not_there(self):
        self.assert_leads(self.client.get(ADVICE), address("who"), 302)
        self.assert_leads(self.client.post(ADVICE), address("who"))
        fill(self.client, until="pain")
        self.assert_leads(self.client.get(ADVICE), address("pain"))

    def test_back_to_it_shows_it_again_and_leads_on_as_before(self):
        self.flag()
        for _ in range(2):
            self.assertContains(self.client.get(ADVICE), "Get help now")
            self.assert_leads(self.client.post(ADVICE), address("pain"))
        self.assertEqual(DailyCounter.objects.get(name="safety continued").value, 1)

    def test_who_is_not_sure_reads_the_signs_again(self):
        self.flag("unsure")
        page = self.client.get(ADVICE)
        for sign in safety.signs_for("knee"):
            self.assertContains(page, f"<li>{sign.question}</li>", html=True)
        self.client.post(address("safety"), {"safety": ["rf-dvt"]})
        self.assertNotContains(self.client.get(ADVICE), "The signs we asked about")

    def test_what_led_to_it_can_be_changed_where_it_was_said(self):
        fill(self.client, until="more")
        self.client.post(address("more"), {"message": "I want to die"})
        page = self.client.get(ADVICE)
        self.assertContains(page, f'<a href="{address("more")}">Change what I wrote</a>')
        self.assertNotContains(page, "Change my answer")


class CheckTests(ViewCase):
    def test_shows_every_answer_with_a_way_to_change_it(self):
        fill(self.client, where={"condition": "knee"})
        page = self.client.get(CHECK)
        for words in ("Worn knee", "55 to 69", "None of these", "Ana Example", "(202) 555-0123", "Not provided"):
            self.assertContains(page, words)
        asked = sum(q.is_asked({**ANSWERS["who"], **ANSWERS["contact"]}) for q in questionnaire.QUESTIONS.values())
        self.assertContains(page, "Change<span", count=asked)

    def test_each_consent_must_be_given(self):
        fill(self.client)
        sealed = sealed_in(self.client.get(CHECK))
        for consent in questionnaire.CONSENTS:
            self.assert_leads(send(self.client, sealed, **{consent.purpose: ""}), CHECK)
            page = self.client.get(CHECK)
            self.assertContains(page, f'<a href="#id_{consent.purpose}">{consent.missing}</a>')
        self.assertFalse(Inquiry.objects.exists())

    def test_says_how_we_will_contact_who_sends_it(self):
        for way, words in (
            ("phone", "We will contact you by phone at <strong>(202) 555-0123</strong>."),
            ("text", "We will contact you by text message at <strong>(202) 555-0123</strong>."),
            ("email", "We will contact you by email at <strong>ana@example.org</strong>."),
        ):
            fill(self.client, contact={"contact_method": way})
            self.assertContains(self.client.get(CHECK), words)

    def test_consents_start_unticked(self):
        fill(self.client)
        self.assertNotContains(self.client.get(CHECK), "checked")


class SendTests(ViewCase):
    def test_stores_all_that_was_answered_and_asked(self):
        fill(self.client, where={"condition": "knee", "treatment": "rest"}, more={"message": "Stairs hurt"})
        response = send(self.client)
        inquiry = Inquiry.objects.get()
        self.assertEqual((inquiry.full_name, inquiry.condition.slug, inquiry.region), ("Ana Example", "knee", "knee"))
        self.assertEqual((inquiry.contact_method, inquiry.duration, inquiry.source), ("phone", "1_5y", "web"))
        answers = {row["key"]: row["text"] for row in inquiry.answers["asked"]}
        self.assertEqual((answers["message"], answers["age_band"]), ("Stairs hurt", "55 to 69"))
        reach = {row["key"]: row["text"] for row in inquiry.how_to_reach["asked"]}
        self.assertEqual((reach["voicemail_ok"], reach["name_clinic_ok"]), ("Yes", "No"))
        self.assertEqual({row["answer"] for row in inquiry.answers["signs"]}, {"no"})
        self.assertContains(self.client.get(response["Location"]), inquiry.reference)

    def test_the_draft_is_gone_from_the_server(self):
        fill(self.client)
        send(self.client)
        self.assertNotIn(drafts.DRAFT, self.client.session)
        self.assertEqual(self.client.get(address("who")).status_code, 200)
        self.assertNotContains(self.client.get(address("who")), "checked")

    def test_is_one_transaction_of_few_statements(self):
        fill(self.client)
        sealed = sealed_in(self.client.get(CHECK))
        send(self.client, sealed)
        fill(self.client, contact={"full_name": "Ben Example"})
        sealed = sealed_in(self.client.get(CHECK))
        # Eleven to store, of which PostgreSQL takes five as one; the session and the library's version to read.
        with self.assertNumQueries(9 if connection.vendor == "postgresql" else 13):
            send(self.client, sealed)

    def test_who_takes_a_minute_is_no_suspect_and_a_second_is_too_fast(self):
        fill(self.client)
        send(self.client)
        self.assertFalse(Inquiry.objects.get().is_suspect)
        fill(self.client, contact={"full_name": "Ben Example"})
        send(self.client, is_a_machine=True)
        self.assertEqual(Inquiry.objects.first().suspect_reasons, ["too_fast"])

    def test_fields_nobody_asked_for_change_nothing(self):
        fill(self.client, contact={"status": "booked", "owner": "1"})
        send(self.client, status="closed", id="1", owner="1", version="9", reference="RM-AAAA-AAAA")
        inquiry = Inquiry.objects.get()
        self.assertEqual((inquiry.status, inquiry.owner, inquiry.version), ("new", None, 1))
        self.assertNotEqual(inquiry.reference, "RM-AAAA-AAAA")

    def test_an_empty_or_tampered_post_stores_nothing(self):
        for sealed in ("", "x", "k1:AAAA"):
            self.assert_leads(self.client.post(CHECK, {"sealed": sealed, **CONSENTS}), address("who"))
        self.assertFalse(Inquiry.objects.exists())


class WrongAnswerTests(ViewCase):
    def test_shows_the_page_again_with_a_summary_and_all_that_was_typed(self):
        fill(self.client, until="contact")
        long_name = "x" * 5000
        page = self.client.post(
            address("contact"),
            ANSWERS["contact"] | {"full_name": long_name, "email": "a@localhost", "voicemail_ok": ""},
            follow=True,
        )
        self.assertContains(page, "<title>Error: How to reach you")
        self.assertContains(page, "Please check 3 answers")
        self.assertContains(page, '<a href="#id_voicemail_ok_0">')
        self.assertContains(page, long_name)
        self.assertContains(page, 'value="a@localhost"')

    def test_every_link_of_a_summary_leads_to_an_input(self):
        for key in ANSWERS:
            fill(self.client, until=key)
            page = self.client.post(address(key), follow=True)
            if key == "more":
                continue
            for target, _ in page.context["errors"]:
                self.assertContains(page, f'id="{target}"')

    def test_the_browser_checks_nothing_in_its_own_words(self):
        page = self.client.get(address("who"))
        for words in (" required", "maxlength", "asterisk"):
            self.assertNotContains(page, words)


class BodyTests(ViewCase):
    """Bodies no browser sends: a page answers, nothing is stored, nothing breaks."""

    def post(self, body, content_type="application/x-www-form-urlencoded"):
        pages = [self.client.generic("POST", url, body, content_type=content_type) for url in (address("who"), CHECK)]
        return {page.status_code for page in pages}

    def test_bodies_that_are_no_form(self):
        for content_type in ["application/json", "text/xml", "text/plain", "", "x"]:
            self.assertLessEqual(self.post(b'{"full_name": "A"}', content_type), {303, 302})

    def test_broken_encodings(self):
        for body in [b"for_whom=%ED%A0%80", b"sealed=%FF%FE", b"a=%C0%BC", b"a=\xff", b"%00=1&=1&&==="]:
            self.assertLessEqual(self.post(body), {303, 302})

    def test_strange_character_sets(self):
        for charset in ["utf-7", "utf-16", "idna", "rot13", "hex", "\xff", "nonsense"]:
            kind = f"application/x-www-form-urlencoded; charset={charset}"
            self.assertLessEqual(self.post(b"for_whom=A", kind), {303, 302, 400})

    def test_broken_multipart(self):
        whole = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a\0b"\r\n\r\nA\r\n--x--\r\n'
        for content_type in ("", "; boundary=\xe9", "; boundary=y", "; boundary=x"):
            for body in [whole, whole[:40], b""]:
                self.assertLessEqual(self.post(body, "multipart/form-data" + content_type), {303, 302, 400})

    def test_too_much_is_refused(self):
        self.assertEqual(self.post(b"sealed=" + b"x" * 1_000_000), {413})
        self.assertEqual(self.post(b"&".join(b"a%d=1" % number for number in range(1500))), {413})

    def tearDown(self):
        self.assertFalse(Inquiry.objects.exists())


class SentTests(ViewCase):
    def setUp(self):
        fill(self.client, where={"condition": "knee"}, more={"message": "Stairs hurt"})
        self.sent_url = send(self.client)["Location"]
        self.inquiry = Inquiry.objects.get()
        self.other = self.client_class()

    def test_says_the_reference_what_happens_next_and_whom_to_call(self):
        page = self.other.get(self.sent_url)
        for words in [self.inquiry.reference, "What happens next", "(202) 555-0100", "tel:911", "by phone"]:
            self.assertContains(page, words)

    def test_a_mail_is_spoken_of_to_who_gave_an_address_and_to_nobody_else(self):
        said = "We also send your reference to the email address you gave."
        self.assertContains(self.client.get(self.sent_url), said)
        fill(self.client, contact={"email": ""})
        self.assertNotContains(self.client.get(send(self.client)["Location"]), "email address")

    def test_what_to_watch_for_is_said_only_to_who_sent_it(self):
        sign = "cold, pale, blue or numb"
        self.assertContains(self.client.get(self.sent_url), sign)
        self.assertNotContains(self.other.get(self.sent_url), sign)

    def test_who_sent_it_is_known_by_any_link_to_the_request(self):
        with mock.patch("time.time", return_value=(timezone.now() + datetime.timedelta(hours=1)).timestamp()):
            later = journey.token_of(self.inquiry)
            self.assertContains(self.client.get(f"/request/{later}/sent/"), "cold, pale, blue or numb")

    def test_a_warning_sign_is_said_again_above_all_to_who_sent_it(self):
        fill(self.client, safety={"safety": ["rf-limb-circulation"]})
        url = send(self.client)["Location"]
        self.assertContains(self.client.get(url), "Emergency care:")
        self.assertNotContains(self.other.get(url), "Emergency care:")

    def test_holds_nothing_about_the_person_or_their_health(self):
        page = self.other.get(self.sent_url).content.decode()
        for word in ["Ana", "ana@example.org", "555-0123", "Stairs", "Worn knee", "1_5y", "1 to 5 years"]:
            self.assertNotIn(word, page)

    def test_its_address_names_nobody(self):
        for word in (str(self.inquiry.public_id), self.inquiry.public_id.hex, self.inquiry.reference):
            self.assertNotIn(word, self.sent_url)

    def test_is_private_and_hides_its_address_even_from_our_own_pages(self):
        for url in (self.sent_url, self.sent_url.replace("/sent/", "x/sent/")):
            page = self.client.get(url)
            self.assertEqual((page["Referrer-Policy"], page["X-Robots-Tag"]), ("no-referrer", "noindex"))
            self.assertIn("no-store", page["Cache-Control"])

    def test_after_a_week_a_bookmark_of_it_leads_to_the_page_of_the_request(self):
        week = datetime.timedelta(days=7)
        for over, status in ((week - datetime.timedelta(hours=1), 200), (week + datetime.timedelta(hours=1), 302)):
            with mock.patch("time.time", return_value=(timezone.now() + over).timestamp()):
                page = self.other.get(self.sent_url)
            self.assertEqual((page.status_code, page["Referrer-Policy"]), (status, "no-referrer"))
        self.assertEqual(page["Location"], self.sent_url.removesuffix("sent/"))
        self.assertContains(self.other.get(page["Location"]), self.inquiry.reference)

    def test_any_other_address_is_one_neutral_page(self):
        token = self.sent_url.split("/")[2]
        with mock.patch("time.time", return_value=(timezone.now() + datetime.timedelta(days=366)).timestamp()):
            expired = self.other.get(self.sent_url)
        others = [
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token[1:],
            "x",
            "a.b.c",
            "🙂",
            "x" * 3000,
            token + ".",
        ]
        others += [journey.token_of(Inquiry(public_id=uuid.uuid4())), self.inquiry.public_id.hex]
        pages = [expired, *(self.other.get(reverse("inquiries:sent", args=[other])) for other in others)]
        for page in pages:
            self.assertContains(page, "We cannot show this page", status_code=404)
            self.assertNotContains(page, self.inquiry.reference, status_code=404)

    def test_other_methods_are_refused_and_loading_changes_nothing(self):
        self.assertEqual(self.client.post(self.sent_url).status_code, 405)
        self.client.get(self.sent_url)
        self.assertEqual(Inquiry.objects.get().version, 1)
