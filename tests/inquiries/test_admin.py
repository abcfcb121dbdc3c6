import uuid
from urllib.parse import quote

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inquiries import questionnaire, safety
from inquiries.admin.search_box import seal
from inquiries.models import Inquiry
from inquiries.services import triage
from inquiries.states import Status
from tests import factories

LIST = "/admin/inquiries/inquiry/"
ROLES = ["Front desk", "Triage nurse", "Clinician", "Manager", "Privacy officer", "Auditor"]
KNOW_WHO = ["Front desk", "Triage nurse", "Clinician", "Manager", "Privacy officer"]
READ_HEALTH = ["Triage nurse", "Clinician"]
PERSON = ["Ana", "Example", "ana@example.org", "(202) 555-0123"]
HEALTH = ["Stairs hurt", "12 weeks to 1 year of it", "How long have you had this pain?"]


def person(role):
    staff = factories.staff(role.replace(" ", "").lower())
    staff.groups.add(Group.objects.get(name=role))
    return staff


class AdminCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = {role: person(role) for role in [*ROLES, "Editor", "Content author"]}
        factories.condition(slug="knee", title="Worn knee", live=True)
        cls.inquiry = factories.inquiry(condition="knee", message="Stairs hurt")

    def setUp(self):
        self.sign_in("Triage nurse")

    def sign_in(self, role):
        self.client.force_login(self.staff[role])

    @property
    def page_url(self):
        return reverse("admin:inquiries_inquiry_change", args=[self.inquiry.pk])

    def page(self):
        return self.client.get(self.page_url)

    def listed(self, **query):
        response = self.client.get(LIST, query)
        self.assertEqual(response.status_code, 200)
        return set(response.context["cl"].result_list)


class ListTests(AdminCase):
    def test_shows_what_staff_sort_by_and_masks_who_it_is(self):
        page = self.client.get(LIST)
        for words in [self.inquiry.reference, "New", "Worn knee", "A. E."]:
            self.assertContains(page, words)
        for words in [*PERSON, *HEALTH]:
            self.assertNotContains(page, words)

    def test_who_may_not_know_people_sees_no_initials(self):
        self.sign_in("Auditor")
        self.assertNotContains(self.client.get(LIST), "A. E.")

    def test_costs_the_same_for_one_and_for_thirty(self):
        self.client.get(LIST)  # fills the content-type cache
        with CaptureQueriesContext(
            connection,
        ) as one:
            self.client.get(LIST)
        for number in range(29):
            factories.condition(slug=f"c{number}", title=f"Condition {number}")
            inquiry = factories.inquiry(condition=f"c{number}")
            triage.move(inquiry, Status.IN_REVIEW, actor=factories.staff(), version=1)
        with self.assertNumQueries(len(one)):
            self.assertEqual(len(self.client.get(LIST).context["cl"].result_list), 30)

    def test_a_search_costs_the_same_for_one_and_for_thirty(self):
        self.client.get(LIST, {"q": seal("Ana")})
        with CaptureQueriesContext(connection) as one:
            self.client.get(LIST, {"q": seal("Ana")})
        for _ in range(29):
            factories.inquiry()
        with self.assertNumQueries(len(one)):
            self.assertEqual(len(self.client.get(LIST, {"q": seal("Ana")}).context["cl"].result_list), 30)

    def test_does_not_decrypt_what_it_does_not_show(self):
        with CaptureQueriesContext(connection) as queries:
            self.client.get(LIST)
        read = [query["sql"] for query in queries if 'FROM "inquiries_inquiry"' in query["sql"]]
        self.assertNotIn('"inquiries_inquiry"."answers"', " ".join(read))

    def test_has_no_actions_and_no_way_to_add(self):
        page = self.client.get(LIST)
        self.assertNotContains(page, 'name="action"')
        self.assertEqual(self.client.get(f"{LIST}add/").status_code, 403)

    def test_a_forged_bulk_delete_removes_nothing(self):
        self.client.post(LIST, {"action": "delete_selected", "_selected_action": self.inquiry.pk, "post": "yes"})
        self.assertTrue(Inquiry.objects.exists())

    def test_what_does_not_decrypt_does_not_take_the_list_down(self):
        with override_settings(FIELD_KEYS={"t1": b"9" * 32}):
            self.assertContains(self.client.get(LIST), self.inquiry.reference)
            self.assertContains(self.page(), "[cannot be decrypted]")

    def test_hostile_filters_and_searches_end_in_an_answer(self):
        for query in [
            "q=%25_%5C%27",
            "q=" + "x" * 5000,
            "q=((a%2B)%2B)%2B%24",
            "q=sealed:t1:AAAA",
            "q=" + quote(seal("x" * 100)),
            "q=" + quote(seal("%_\\' \0")),
            "status__exact=nonsense",
            "status__regex=(",
            "queue=nonsense",
            "full_name__contains=a",
            "search_keys__key=a",
            "owner__password__startswith=a",
            "condition__page_ptr__exact=abc",
            "created_at__gte=never",
            "created_at__year=99999999999",
            "source__exact=1",
            "o=999.-9",
            "p=NaN",
        ]:
            with self.subTest(query[:30]):
                self.assertIn(self.client.get(f"{LIST}?{query}").status_code, {200, 302, 400})
        self.assertEqual(self.client.get(f"{LIST}?q=%00").status_code, 400)


class FilterTests(AdminCase):
    def test_queues_are_the_questions_staff_ask(self):
        mine, closed = factories.inquiry(), factories.inquiry()
        triage.move(mine, Status.IN_REVIEW, actor=self.staff["Triage nurse"], version=1)
        factories.moved(closed, Status.WITHDRAWN, actor=self.staff["Triage nurse"])
        self.assertEqual(self.listed(queue="needs-action"), {self.inquiry, mine})
        self.assertEqual(self.listed(), {self.inquiry, mine})
        self.assertEqual(self.listed(queue="all"), {self.inquiry, mine, closed})
        self.assertEqual(self.listed(queue="unassigned"), {self.inquiry})
        self.assertEqual(self.listed(queue="mine"), {mine})
        self.assertEqual(self.listed(queue="closed"), {closed})

    def test_by_status_condition_and_source(self):
        other = factories.inquiry()
        self.assertEqual(self.listed(status__exact="new"), {self.inquiry, other})
        self.assertEqual(self.listed(source__exact="phone"), set())
        self.assertEqual(self.listed(condition=self.inquiry.condition_id), {self.inquiry})


class SearchTests(AdminCase):
    def test_by_reference_name_word_email_and_phone_in_any_form(self):
        factories.inquiry(full_name="Ben Other", email="ben@example.org", phone="(202) 555-0199")
        for term in [
            self.inquiry.reference,
            self.inquiry.reference[3:].lower(),
            "ana",
            "ANA@example.org",
            "2025550123",
        ]:
            with self.subTest(term):
                self.assertEqual(self.listed(q=seal(term)), {self.inquiry})

    def test_who_may_not_know_people_cannot_ask_for_them(self):
        self.sign_in("Auditor")
        for term in ["ana", "ana@example.org", "2025550123"]:
            with self.subTest(term):
                self.assertEqual(self.listed(q=seal(term)), set())
        self.assertEqual(self.listed(q=self.inquiry.reference), {self.inquiry})

    def test_a_posted_name_finds_without_standing_in_an_address(self):
        answer = self.client.post(f"{LIST}?queue=open&p=2", {"term": " Ana "})
        self.assertEqual(answer.status_code, 303)
        self.assertNotIn("ana", answer["Location"].lower().replace("sealed", ""))
        page = self.client.get(answer["Location"])
        self.assertEqual(set(page.context["cl"].result_list), {self.inquiry})
        self.assertContains(page, 'value="Ana"')
        self.assertIn("queue=open", answer["Location"])
        self.assertNotIn("p=2", answer["Location"])

    def test_a_name_that_stands_in_an_address_finds_nothing(self):
        self.assertEqual(self.listed(q="ana"), set())
        self.assertEqual(self.listed(q=self.inquiry.reference), {self.inquiry})

    def test_an_empty_search_shows_the_whole_list(self):
        self.assertEqual(self.client.post(LIST, {"term": " "})["Location"], LIST)

    def test_a_search_within_a_filter_stays_there(self):
        self.assertEqual(self.listed(q=seal("ana"), queue="closed"), set())


class PageTests(AdminCase):
    def test_every_role_sees_what_it_may_and_nothing_more(self):
        for role in ROLES:
            self.sign_in(role)
            page = self.page().content.decode()
            with self.subTest(role):
                self.assertIn(self.inquiry.reference, page)
                self.assertIn("Worn knee", page)
                self.assertEqual("ana@example.org" in page, role in KNOW_WHO)
                self.assertEqual("Ana Example" in page, role in KNOW_WHO)
                self.assertEqual("(202) 555-0123" in page, role in KNOW_WHO)
                self.assertEqual("Stairs hurt" in page, role in READ_HEALTH)
                self.assertEqual("How long have you had this pain?" in page, role in READ_HEALTH)

    def test_who_works_on_content_sees_no_request(self):
        for role in ["Editor", "Content author"]:
            self.sign_in(role)
            for url in [LIST, self.page_url, f"{LIST}{self.inquiry.pk}/history/"]:
                with self.subTest(f"{role} {url}"):
                    page = self.client.get(url)
                    self.assertEqual(page.status_code, 403)
                    self.assertNotContains(page, self.inquiry.reference, status_code=403)

    def test_a_stranger_is_asked_to_sign_in(self):
        for url in [LIST, self.page_url]:
            self.assertRedirects(Client().get(url), f"/admin/login/?next={url}")

    def test_shows_what_was_asked_and_answered_word_for_word(self):
        page = self.page()
        for words in ["How long have you had this pain?", "12 weeks to 1 year", "Stairs hurt", "0 is no pain."]:
            self.assertContains(page, words)
        self.assertContains(page, "Not answered")

    def test_shows_what_happened_and_what_was_agreed(self):
        page = self.page()
        self.assertContains(page, "Sent by the patient")
        self.assertContains(page, "I agree that Example Clinic may use the health information")

    def test_what_a_patient_typed_is_text(self):
        hostile = "<script>alert(1)</script> javascript:alert(1) https://evil.example [x](javascript:y) {{ 7|add:7 }}"
        self.inquiry = factories.inquiry(full_name=hostile, message=hostile, phone="+1 202 555 0123")
        page = self.page().content.decode()
        self.assertNotIn("<script>alert", page)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", page)
        self.assertIn("{{ 7|add:7 }}", page)
        for attribute in ['href="javascript', 'href="https://evil', 'href="mailto', 'href="tel']:
            self.assertNotIn(attribute, page)

    def test_an_address_in_look_alike_letters_shows_its_true_name(self):
        self.inquiry = factories.inquiry(email="a@exаmple.org")  # a Cyrillic letter
        self.assertContains(self.page(), "sent to a@xn--exmple-4nf.org")

    def test_nothing_can_be_written_or_removed(self):
        for url in [self.page_url, f"{LIST}{self.inquiry.pk}/delete/"]:
            with self.subTest(url):
                self.assertEqual(self.client.post(url, {"status": "spam", "full_name": "X"}).status_code, 403)
        self.inquiry.refresh_from_db()
        self.assertEqual((self.inquiry.status, self.inquiry.full_name), ("new", "Ana Example"))
        page = self.page().content.decode()
        self.assertNotIn('name="full_name"', page)

    def test_an_unknown_number_is_answered(self):
        for number in ["999999", "x", "-1", "9" * 40]:
            with self.subTest(number):
                self.assertIn(self.client.get(f"{LIST}{number}/change/").status_code, {302, 404})
                url = f"{LIST}{number}/move/"
                self.assertIn(self.client.post(url, {"to": "spam", "version": 1}).status_code, {302, 404})

    def test_costs_the_same_with_two_and_with_ten_events(self):
        triage.move(self.inquiry, Status.IN_REVIEW, actor=self.staff["Clinician"], version=1)
        self.page()
        with CaptureQueriesContext(connection) as few:
            self.page()
        for number in range(8):
            to = [Status.AWAITING_PATIENT, Status.IN_REVIEW][number % 2]
            factories.moved(self.inquiry, to, actor=self.staff["Clinician"])
        with self.assertNumQueries(len(few)):
            self.page()


class WarningSignTests(AdminCase):
    def flagged(self, **changes):
        return factories.inquiry(
            safety_level="emergency",
            advice_shown_at=timezone.now(),
            answers={
                "questionnaire": questionnaire.VERSION,
                "asked": [],
                "words": ["chest pain"],
                "signs": safety.asked_document("knee", ["rf-limb-circulation"]),
            },
            **changes,
        )

    def show(self, role, inquiry):
        self.sign_in(role)
        return self.client.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).content.decode()

    def test_who_may_read_health_sees_every_sign_as_asked_the_others_the_level(self):
        inquiry = self.flagged()
        for role in ROLES:
            page = self.show(role, inquiry)
            with self.subTest(role):
                self.assertIn("Emergency", page)
                self.assertEqual("cold, pale, blue or numb" in page, role in READ_HEALTH)
                self.assertEqual("chest pain" in page, role in READ_HEALTH)

    def test_how_to_reach_somebody_is_for_who_may_know_who_it_is(self):
        reach = questionnaire.reach_document({"for_whom": "me", "contact_method": "phone", "voicemail_ok": "no"})
        inquiry = factories.inquiry(how_to_reach=reach)
        for role in ROLES:
            self.assertEqual("Can we leave a voicemail?" in self.show(role, inquiry), role in KNOW_WHO, role)

    def test_a_suspect_says_why_and_what_to_do(self):
        page = self.show("Triage nurse", factories.inquiry(suspect_reasons=["trap", "links"]))
        self.assertIn("a field that people do not see was filled in; the text holds several links", page)
        self.assertNotIn("Perhaps not a person", self.show("Triage nurse", self.inquiry))

    def test_an_earlier_request_of_the_same_person_is_one_press_away(self):
        again = factories.inquiry(message="It is worse")
        self.assertIn(
            reverse("admin:inquiries_inquiry_change", args=[again.previous.pk]), self.show("Triage nurse", again)
        )


class OnThePageTests(AdminCase):
    def test_a_name_of_one_word_or_one_letter_has_initials(self):
        for name, shown in {"Cher": "C.", "李": "李.", "Ana Maria Ruiz Example": "A. E."}.items():
            factories.inquiry(full_name=name, submission_key=uuid.uuid4())
            with self.subTest(name):
                self.assertContains(self.client.get(LIST), shown)
