"""The page of a request, for who has its link."""

import datetime
import logging
import re
from unittest import mock
from urllib.parse import urlsplit

from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from clinic import delivery
from clinic.logs import JsonLine
from clinic.models import OpeningHours, OutboxEmail
from inquiries import drafts, links, safety, search, status_forms
from inquiries.models import Inquiry, PatientUpdate
from inquiries.services import acknowledgement, alerts, contact_mails, patient, triage
from inquiries.states import CLOSED, Status
from tests import factories
from tests.inquiries.journey import fill, send
from tests.inquiries.test_views import ViewCase, later

ACTIONS = ("worse", "information", "contact", "withdraw", "erase", "consent")
WORDS = ["Ana", "ana@example.org", "555-0123", "Stairs", "Worn knee", "12w_1y", "12 weeks", "6"]


def at(status, inquiry, **fields):
    """Put a request where a test needs it."""
    owner = factories.staff() if status not in {Status.NEW} else None
    closed = timezone.now() if status in CLOSED else None
    Inquiry.objects.filter(pk=inquiry.pk).update(status=status.value, owner=owner, closed_at=closed, **fields)


def named(address):
    """The address with the number of the request in the place of a token for it."""
    return re.sub("(?<=/request/)[^/]+", lambda token: str(links.inquiry_of(token[0]).pk), address)


class StatusCase(ViewCase):
    def setUp(self):
        self.inquiry = factories.inquiry(condition="knee", region="knee", message="Stairs hurt")
        OutboxEmail.objects.all().delete()

    @property
    def token(self):
        self.inquiry.refresh_from_db()
        return links.token_of(self.inquiry)

    def url(self, action=""):
        return f"/request/{self.token}/" + (f"{action}/" if action else "")

    def post(self, action, **given):
        return self.client.post(self.url(action), given)

    def assert_leads(self, response, to, status=303):
        """A token holds the second in which it was made: what counts is the request it stands for."""
        self.assertEqual((response.status_code, named(response["Location"])), (status, named(to)))

    def read(self, action, **given):
        """Post, and what the browser shows then."""
        return self.client.post(self.url(action), given, follow=True)


class PageTests(StatusCase):
    def test_says_where_it_stands_in_every_status_and_never_why(self):
        for status in Status:
            if status is Status.MERGED:
                continue
            at(status, self.inquiry)
            page = self.client.get(self.url())
            self.assertContains(page, self.inquiry.reference)
            self.assertEqual("It is closed." in page.content.decode(), status in CLOSED)
            for word in ("Declined", "Spam", "Sent elsewhere", "reached"):
                self.assertNotContains(page, word)

    def test_holds_nothing_about_the_person_or_their_health(self):
        for action in ("", *ACTIONS):
            main = re.search(r"<main.*</main>", self.client.get(self.url(action)).content.decode(), re.DOTALL)[0]
            for word in WORDS[:-1]:
                self.assertNotIn(word, main, action)

    def test_shows_the_promise_while_it_is_open(self):
        promised = datetime.datetime(2026, 3, 10, 22, 0, tzinfo=datetime.UTC)
        Inquiry.objects.update(promised_at=promised)
        self.assertContains(self.client.get(self.url()), "Tuesday 10 March, 6 pm")
        at(Status.DECLINED, self.inquiry)
        self.assertNotContains(self.client.get(self.url()), "10 March")

    def test_shows_the_new_time_once_we_said_that_we_are_late(self):
        days = [datetime.datetime(2026, 3, day, 22, 0, tzinfo=datetime.UTC) for day in (10, 11)]
        Inquiry.objects.update(promised_at=days[0], late_told_at=days[0], promised_again_at=days[1])
        page = self.client.get(self.url())
        self.assertContains(page, "Wednesday 11 March, 6 pm")
        self.assertNotContains(page, "10 March")

    def test_promises_nothing_any_more_to_who_had_word_of_us(self):
        promised = datetime.datetime(2026, 3, 10, 22, 0, tzinfo=datetime.UTC)
        Inquiry.objects.update(promised_at=promised, first_contact_at=promised)
        for status in (Status.IN_REVIEW, Status.AWAITING_PATIENT, Status.ACCEPTED):
            at(status, self.inquiry)
            self.assertNotContains(self.client.get(self.url()), "10 March")

    def test_opening_any_address_changes_nothing(self):
        before = Inquiry.objects.values().get()
        for action in ("", *ACTIONS):
            self.assertEqual(self.client.get(self.url(action)).status_code, 200)
        self.assertEqual(Inquiry.objects.values().get(), before)
        self.assertEqual(self.inquiry.events.count(), 1)

    def test_is_private(self):
        for url in (self.url(), *(self.url(action) for action in ACTIONS), "/request/find/"):
            page = self.client.get(url, headers={"sec-fetch-site": "same-origin"})
            self.assertIn("no-store", page["Cache-Control"])
            self.assertEqual((page["X-Robots-Tag"], page["Referrer-Policy"]), ("noindex", "no-referrer"))

    def test_a_tampered_an_expired_and_an_unknown_token_are_one_neutral_page(self):
        token = self.token
        with mock.patch("time.time", return_value=(timezone.now() + datetime.timedelta(days=366)).timestamp()):
            expired = self.client.get(f"/request/{token}/")
        others = [token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "🙂", token + "."]
        pages = [expired, *(self.client.get(f"/request/{other}/") for other in others)]
        pages += [self.client.post(f"/request/{token[1:]}/{action}/") for action in ACTIONS]
        for page in pages:
            self.assertContains(page, "We cannot show this page", status_code=404)
            self.assertNotContains(page, self.inquiry.reference, status_code=404)

    def test_an_action_that_does_not_exist_is_not_found(self):
        self.assertEqual(self.client.get(self.url("delete")).status_code, 404)
        self.assertEqual(self.client.post(self.url("delete")).status_code, 404)


class WorseTests(StatusCase):
    def report(self, *signs, text=""):
        return self.read("worse", safety=list(signs), text=text)

    def test_asks_the_safety_list_again(self):
        page = self.client.get(self.url("worse"))
        self.assertContains(page, "cold, pale, blue or numb")
        self.assertContains(self.report(), "Select any that apply", status_code=200)

    def test_raises_to_urgent_at_least_and_tells_who_is_on_duty(self):
        factories.staff("one", email="one@example.org", on_duty=True, receives_alerts=True)
        response = self.report("none", text="Could not sleep")
        self.inquiry.refresh_from_db()
        self.assertContains(response, "We have what you sent")
        self.assertEqual((self.inquiry.safety_level, self.inquiry.has_unseen_update), ("urgent", True))
        update = PatientUpdate.objects.get()
        self.assertEqual((update.kind, update.text, update.safety_level), ("worse", "Could not sleep", "urgent"))
        self.assertEqual(OutboxEmail.objects.filter(kind=alerts.KIND).count(), 1)

    def test_each_sign_gives_its_level_and_never_lowers_it(self):
        self.report("rf-limb-circulation")
        self.report("none")
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.safety_level, "emergency")
        self.assertEqual([row["answer"] for row in PatientUpdate.objects.last().signs["signs"]].count("yes"), 1)

    def test_who_reports_reads_what_to_do_now_and_nobody_else_with_the_address_does(self):
        for action, given, words in [
            ("worse", {"safety": ["none"]}, "See your own doctor or an urgent care clinic today"),
            ("worse", {"safety": ["rf-limb-circulation"]}, "Get help now. Do not wait for our reply"),
            ("information", {"text": "chest pain"}, "Get help now. Do not wait for our reply"),
        ]:
            with self.subTest(given):
                self.client = Client()
                self.post(action, **given)
                self.assertContains(self.client.get(self.url()), words)
                self.assertNotContains(Client().get(self.url()), words)
                self.assertNotIn("urgent", str(dict(self.client.session)))

    def test_one_page_alone_names_what_they_told_us_and_to_their_own_browser_alone(self):
        sign = safety.RED_FLAGS["rf-limb-circulation"].question
        for action, given, told, title in [
            ("worse", {"safety": ["none"]}, "It has got worse.", "Speak to a doctor today"),
            ("worse", {"safety": ["rf-limb-circulation"]}, sign, "Get help now"),
            ("worse", {"safety": ["unsure"]}, "You were not sure about one", "Speak to a doctor today"),
            ("worse", {"safety": ["none"], "text": "chest pain"}, "You wrote about: chest pain", "Get help now"),
            ("information", {"text": "chest pain"}, "You wrote about: chest pain", "Get help now"),
        ]:
            with self.subTest(given):
                self.assert_leads(self.post(action, **given), self.url("told"))
                answer = self.client.get(self.url("told"))
                self.assertContains(answer, told)
                self.assertContains(answer, f"<h1>{title}</h1>", html=True)
                self.assertIn("no-store", answer["Cache-Control"])
                self.assertNotContains(self.client.get(self.url()), told)
                self.assertNotIn(told, str(dict(self.client.session)))
                self.assertNotContains(self.client.get(self.url(action)), "You wrote about")
                self.assert_leads(Client().get(self.url("told")), self.url())
                with later(3601):
                    self.assert_leads(self.client.get(self.url("told")), self.url())
                self.assertEqual(self.client.get("/request/x/told/").status_code, 404)

    def test_what_was_said_of_one_request_is_not_shown_with_another(self):
        self.report("none")
        url = f"/request/{links.token_of(factories.inquiry(email='other@example.org'))}/"
        self.assert_leads(self.client.get(f"{url}told/"), url)
        self.assertNotContains(self.client.get(url), "care-card")

    def test_it_is_shown_directly_where_the_session_cannot_be_stored(self):
        with mock.patch("inquiries.views.told.save", side_effect=OperationalError):
            self.assertContains(self.post("worse", safety=["none"], text=""), "It has got worse.")

    def test_who_is_not_sure_reads_the_signs_again(self):
        sign = safety.RED_FLAGS["rf-limb-circulation"].question
        self.assertContains(self.report("unsure"), f"<li>{sign}</li>", html=True)

    def test_who_adds_nothing_that_worries_reads_no_advice(self):
        place = self.post("information", text="I am allergic")["Location"]
        self.assertNotContains(self.client.get(place), "care-card")

    def test_pressed_twice_it_is_told_once_and_both_answers_say_what_to_do(self):
        factories.staff("one", email="one@example.org", on_duty=True, receives_alerts=True)
        for action, given in [("worse", {"safety": ["none"], "text": ""}), ("information", {"text": "chest pain"})]:
            told, before = [self.read(action, **given) for _ in range(2)], PatientUpdate.objects.count()
            self.assertEqual([answer.status_code for answer in told], [200, 200])
            for answer in told:
                self.assertContains(answer, "Do not wait for our reply")
        self.assertEqual((before, PatientUpdate.objects.count()), (2, 2))
        self.post("worse", safety=["none"], text="")
        self.inquiry.refresh_from_db()
        triage.mark_seen(self.inquiry, actor=factories.staff("two"), version=self.inquiry.version)
        self.post("worse", safety=["none"], text="")  # after somebody read it, it is news again
        self.assertEqual(PatientUpdate.objects.count(), 4)

    def test_words_raise_it_too(self):
        self.report("none", text="chest pain")
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.safety_level, "emergency")

    def test_what_looked_like_spam_is_looked_at_now(self):
        Inquiry.objects.update(is_suspect=True, suspect_reasons=["trap"])
        self.report("none")
        self.inquiry.refresh_from_db()
        self.assertFalse(self.inquiry.is_suspect)
        self.assertEqual(OutboxEmail.objects.filter(kind=acknowledgement.KIND).count(), 1)  # held back until now
        self.report("none")
        self.assertEqual(OutboxEmail.objects.filter(kind=acknowledgement.KIND).count(), 1)

    def test_who_was_held_back_is_told_a_time_that_is_still_to_come(self):
        past = timezone.now() - datetime.timedelta(days=3)
        for action, given in (("worse", {"safety": "none"}), ("information", {"text": "chest pain"})):
            self.inquiry = factories.inquiry(email=f"{action}@example.org", promised_at=past)
            OutboxEmail.objects.all().delete()
            Inquiry.objects.filter(pk=self.inquiry.pk).update(is_suspect=True)
            self.post(action, **given)
            self.inquiry.refresh_from_db()
            self.assertNotEqual(self.inquiry.promised_at, past, action)
            owed = OutboxEmail.objects.get(kind=acknowledgement.KIND)
            promised = self.inquiry.promised_at
            self.assertEqual(owed.context["promised_at"], promised.isoformat() if promised else "", action)

    def test_a_suspect_that_was_acknowledged_before_is_not_acknowledged_again(self):
        acknowledgement.owe(self.inquiry)
        Inquiry.objects.update(is_suspect=True)
        self.report("none")
        self.assertEqual(OutboxEmail.objects.filter(kind=acknowledgement.KIND).count(), 1)

    def test_brings_a_closed_request_back_to_the_queue(self):
        for status in (Status.BOOKED, Status.DECLINED, Status.REDIRECTED, Status.UNREACHABLE, Status.WITHDRAWN):
            at(status, self.inquiry)
            self.report("none")
            self.inquiry.refresh_from_db()
            self.assertEqual((self.inquiry.status, self.inquiry.owner, self.inquiry.closed_at), ("new", None, None))
            event = self.inquiry.events.last()
            self.assertEqual((event.kind, event.from_status, event.to_status), ("worse", status.value, "new"))

    def test_a_warning_sign_brings_back_what_was_merged_or_is_spam(self):
        other = factories.inquiry(email="other@example.org")
        for status, into in ((Status.MERGED, other), (Status.SPAM, None)):
            for action, given in (
                ("worse", {"safety": ["rf-limb-circulation"]}),
                ("information", {"text": "chest pain"}),
            ):
                with self.subTest(status, action=action):
                    self.inquiry = factories.inquiry(email=f"{action}.{status}@example.org")
                    at(status, self.inquiry, merged_into=into)
                    self.post("information", text="It is I")
                    self.inquiry.refresh_from_db()
                    self.assertEqual(self.inquiry.status, status.value)  # not for any other word
                    self.post(action, **given)
                    self.inquiry.refresh_from_db()
                    self.assertEqual((self.inquiry.status, self.inquiry.closed_at), ("new", None))
                    self.assertEqual((self.inquiry.level, self.inquiry.merged_into), (0, None))
                    self.assertTrue(self.inquiry.needs_call_first)

    def test_who_is_brought_back_from_spam_has_word_that_we_have_the_request(self):
        at(Status.SPAM, self.inquiry)
        self.report("none")
        self.assertEqual(OutboxEmail.objects.filter(kind=acknowledgement.KIND).count(), 1)

    def test_who_comes_back_is_told_a_time_that_is_still_to_come(self):
        OpeningHours.objects.create(weekday=2, opens=datetime.time(9), closes=datetime.time(17))
        now = timezone.now()
        past, ahead = now - datetime.timedelta(days=20), now + datetime.timedelta(days=1)
        late = {"late_told_at": past, "promised_again_at": past}
        for given, is_new in (
            ({"promised_at": past}, True),
            ({"promised_at": past, **late}, True),
            ({"promised_at": ahead}, False),
            ({"promised_at": past, **late, "promised_again_at": ahead}, False),
            ({"promised_at": past, "first_contact_at": past}, False),
        ):
            reset = {"late_told_at": None, "promised_again_at": None, "first_contact_at": None}
            at(Status.WITHDRAWN, self.inquiry)
            Inquiry.objects.update(**{**reset, **given})
            self.post("information", text=f"Here I am {given}")
            self.inquiry.refresh_from_db()
            self.assertEqual(self.inquiry.status, "new")
            self.assertEqual(self.inquiry.promised_at > now and self.inquiry.promised_at != ahead, is_new, given)
            self.assertEqual(self.inquiry.promised_again_at, None if is_new else given.get("promised_again_at"), given)

    def test_goes_on_with_one_that_waits_for_the_patient(self):
        at(Status.AWAITING_PATIENT, self.inquiry)
        self.post("information", text="Call me after six")
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.status, "in_review")

    def test_makes_the_page_a_colleague_has_open_an_old_one(self):
        version = self.inquiry.version
        self.report("none")
        with self.assertRaises(triage.StaleInquiry):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=factories.staff(), version=version)


class InformationTests(StatusCase):
    def test_is_added_and_seen_by_staff(self):
        self.post("information", text="I am allergic")
        self.assertEqual(PatientUpdate.objects.get().text, "I am allergic")
        self.inquiry.refresh_from_db()
        self.assertTrue(self.inquiry.has_unseen_update)
        self.assertEqual((self.inquiry.safety_level, self.inquiry.events.last().kind), ("none", "informed"))

    def test_danger_in_it_raises_the_level(self):
        factories.staff("one", email="one@example.org", on_duty=True, receives_alerts=True)
        self.post("information", text="I want to die")
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.safety_level, "emergency")
        self.assertEqual(OutboxEmail.objects.filter(kind=alerts.KIND).count(), 1)

    def test_nothing_written_is_an_error_and_too_much_is_kept(self):
        self.assertContains(self.read("information", text=" "), "Write what you would like to add")
        self.assertContains(self.read("information", text="x" * 1001), "x" * 1001)

    def test_errors_belong_to_one_form_and_go_when_it_is_done(self):
        self.assert_leads(self.post("information", text="x" * 1001), self.url("information"))
        self.assert_leads(self.post("worse", text="Stairs now"), self.url("worse"))
        self.assertContains(self.client.get(self.url("worse")), "<title>Error:")
        for place in ("contact", "withdraw"):
            self.assertNotContains(self.client.get(self.url(place)), "<title>Error:")
        self.assertNotIn("Stairs now", str(dict(self.client.session)))
        self.assertNotContains(Client().get(self.url("worse")), "Stairs now")
        self.post("worse", safety=["none"], text="Stairs now")
        self.assertNotContains(self.client.get(self.url("worse")), "Stairs now")
        self.assertContains(self.client.get(self.url("information")), "x" * 1001)
        with later(3601):
            self.assertNotContains(self.client.get(self.url("information")), "xxx")

    def test_who_leaves_and_clears_leaves_nothing_of_it_in_the_browser(self):
        self.post("worse", safety=["unsure"])
        self.post("information", text="x" * 1001)
        self.client.post("/consultation/leave/")
        self.assertEqual(drafts.tries(self.client.session), {})
        self.assertIsNone(drafts.report_of(self.client.session, self.token))

    def test_errors_are_shown_directly_where_they_cannot_be_kept(self):
        with mock.patch("inquiries.views.tries.save", side_effect=OperationalError):
            self.assertContains(self.post("information", text="x" * 1001), "1,000 characters or fewer")
        self.assertContains(self.post("information", text="x" * 30_000), "x" * 30_000)

    def test_only_the_newest_are_kept(self):
        self.post("information", text="")
        for number in range(drafts.MOST_TRIES):
            other = factories.inquiry(email=f"{number}@example.org")
            self.client.post(f"/request/{links.token_of(other)}/information/")
        self.assertNotContains(self.client.get(self.url("information")), "<title>Error:")
        self.assertContains(self.client.get(f"/request/{links.token_of(other)}/information/"), "<title>Error:")


class ContactTests(StatusCase):
    new = {"email": "new@example.org", "phone": "(202) 555-0199"}

    def test_needs_what_was_given_before(self):
        for proof in ("0123", "ANA@example.org", "202 555 0123"):
            self.assertIn("?done=contact", self.post("contact", proof=proof, **self.new)["Location"], proof)
            Inquiry.objects.update(email="ana@example.org", phone="(202) 555-0123")
        for proof in ("", "9999", "123", "eve@example.org", "٠١٢", "@"):
            page = self.read("contact", proof=proof, **self.new)
            self.assertContains(page, "<title>Error: Change how we reach you")
            self.assertContains(page, "(202) 555-0199")

    def test_the_last_digits_of_a_number_with_an_extension_are_either(self):
        for phone, proof in (
            ("(202) 555-0123 x45", "0123"),
            ("(202) 555-0123 ext. 45", "2345"),
            ("555 0123 #4567", "4567"),
        ):
            Inquiry.objects.update(phone=phone)
            self.assertIn("?done=contact", self.post("contact", proof=proof, **self.new)["Location"], phone)
        Inquiry.objects.update(phone="(202) 555-0123 x45")
        self.assertContains(self.read("contact", proof="0199", **self.new), status_forms.WRONG_PROOF)

    def test_what_was_given_before_cannot_be_found_by_trying(self):
        for proof in ("1111", "2222", "2222", "3333", "4444", "5555"):
            self.assertContains(self.read("contact", proof=proof, **self.new), status_forms.WRONG_PROOF)
        for proof in ("0123", "ana@example.org"):
            self.assertContains(self.read("contact", proof=proof, **self.new), status_forms.TRIED_TOO_OFTEN)
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.email, "ana@example.org")
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        with mock.patch.object(status_forms.timezone, "now", return_value=tomorrow):
            self.assertEqual(self.post("contact", proof="0123", **self.new).status_code, 303)
            self.inquiry.refresh_from_db()
            self.assertEqual(self.inquiry.email, "new@example.org")

    def test_replaces_what_it_is_found_by(self):
        self.post("contact", proof="0123", **self.new)
        found = [list(search.find(term, country="US", by_person=True)) for term in ("2025550123", "2025550199", "ana")]
        self.assertEqual(found, [[], [self.inquiry], [self.inquiry]])

    def test_ends_the_old_link_and_tells_the_old_address(self):
        old = self.url()
        response = self.post("contact", proof="0123", **self.new)
        self.assertEqual(self.client.get(old).status_code, 404)
        self.assertEqual(self.client.get(response["Location"]).status_code, 200)
        delivery.send_due()
        sent = {message.to[0]: message.body for message in mail.outbox}
        self.assertEqual(set(sent), {"ana@example.org", "new@example.org"})
        self.assertIn("If that was not you", sent["ana@example.org"])
        self.assertNotIn("new@example.org", sent["ana@example.org"])
        link = re.search(r"http\S+(/request/\S+)", sent["new@example.org"])[1]
        self.assertContains(self.client.get(link), self.inquiry.reference)

    def test_what_was_owed_to_the_old_address_goes_to_the_new_one(self):
        owed = acknowledgement.owe(self.inquiry)
        failed = contact_mails.send_link(self.inquiry)
        OutboxEmail.objects.filter(pk=failed.pk).update(state=OutboxEmail.State.FAILED)
        self.post("contact", proof="0123", **self.new)
        recipients = OutboxEmail.objects.filter(pk__in=[owed.pk, failed.pk]).values_list("recipient", flat=True)
        self.assertEqual(list(recipients), ["new@example.org"] * 2)
        delivery.send_due()
        told = [message for message in mail.outbox if message.to == ["ana@example.org"]]
        self.assertEqual([message.subject for message in told], ["Your contact details were changed"])

    def test_no_link_goes_to_an_address_that_was_given_up(self):
        acknowledgement.owe(self.inquiry)
        contact_mails.send_link_again(self.inquiry)
        contact_mails.tell_update(self.inquiry, by_staff=False)
        self.post("contact", proof="0123", phone="(202) 555-0199")
        delivery.send_due()
        self.assertEqual([message.subject for message in mail.outbox], ["Your contact details were changed"])
        self.assertNotIn("/request/", mail.outbox[0].body)

    def test_a_mail_that_a_worker_holds_in_this_moment_still_comes_to_the_new_one(self):
        acknowledgement.owe(self.inquiry)
        compose = delivery.compose

        def meanwhile(email):
            if not mail.outbox and OutboxEmail.objects.count() == 1:
                self.post("contact", proof="0123", **self.new)
            return compose(email)

        with mock.patch.object(delivery, "compose", meanwhile), self.assertLogs(delivery.logger):
            delivery.send_due()
        delivery.send_due(now=timezone.now() + 2 * delivery.LEASE)
        said = {(message.to[0], message.subject.partition(" RM-")[0]) for message in mail.outbox}
        self.assertIn(("new@example.org", "We have your request"), said)
        self.assertNotIn(("ana@example.org", "We have your request"), said)

    def test_the_way_that_was_chosen_is_one_that_is_left(self):
        for chosen, given, way in (
            ("email", {"phone": "(202) 555-0123"}, "phone"),
            ("text", {"email": "ana@example.org"}, "email"),
            ("phone", {"email": "ana@example.org"}, "email"),
            ("text", self.new, "text"),
            ("email", self.new, "email"),
        ):
            Inquiry.objects.update(
                contact_method=chosen, email="ana@example.org", phone="0123 0123", has_email=True, has_phone=True
            )
            self.assertIn("?done=contact", self.post("contact", proof="0123", **given)["Location"])
            self.inquiry.refresh_from_db()
            self.assertEqual(self.inquiry.contact_method, way, (chosen, given))

    def test_this_browser_still_knows_what_it_sent_and_said(self):
        fill(self.client)
        sent = send(self.client)["Location"]
        token = re.search("/request/([^/]+)/", sent)[1]
        self.client.post(f"/request/{token}/information/", {"text": "I want to kill myself"})
        response = self.client.post(f"/request/{token}/contact/", {"proof": "0123", **self.new})
        self.assertContains(self.client.get(response["Location"]), "Get help now. Do not wait for our reply")
        link = re.search("/request/[^/]+/sent/", self.client.get("/consultation/check/").content.decode())[0]
        self.assertContains(self.client.get(link), "Request sent")

    def test_one_way_to_reach_the_person_is_needed(self):
        page = self.read("contact", proof="0123", email="", phone="")
        self.assertContains(page, "Enter an email address or a phone number")


class EndTests(StatusCase):
    def test_withdrawing_closes_it(self):
        for _ in range(2):
            self.assertEqual(self.post("withdraw").status_code, 303)
        self.inquiry.refresh_from_db()
        self.assertEqual((self.inquiry.status, self.inquiry.closed_at is not None), ("withdrawn", True))
        self.assertEqual(self.inquiry.events.count(), 2)

    def test_what_is_closed_otherwise_cannot_be_withdrawn_and_says_so(self):
        at(Status.BOOKED, self.inquiry)
        self.assertContains(self.post("withdraw"), "closed already", status_code=409)

    def test_erasure_is_asked_for_once(self):
        for _ in range(2):
            self.post("erase")
        self.inquiry.refresh_from_db()
        self.assertIsNotNone(self.inquiry.erasure_asked_at)
        self.assertEqual(self.inquiry.events.filter(kind="asked_erasure").count(), 1)

    def test_each_consent_can_be_withdrawn_on_its_own(self):
        self.post("consent", purpose="health_data")
        withdrawn = self.inquiry.consents.exclude(withdrawn_at=None).select_related("text")
        self.assertEqual([record.text.purpose for record in withdrawn], ["health_data"])
        self.assertNotContains(self.client.get(self.url()), "may use the health information")
        self.assertContains(self.post("consent", purpose="nonsense\0"), "This is not done yet", status_code=409)
        self.assertEqual(self.inquiry.events.filter(kind="withdrew_consent").count(), 1)


class FindTests(StatusCase):
    def find(self, **given):
        return self.client.post(
            "/request/find/", {"reference": self.inquiry.reference, "proof": "ana@example.org", **given}, follow=True
        )

    def test_mails_the_link_to_the_address_on_file(self):
        for proof in ("ana@example.org", "+1 202 555 0123"):
            OutboxEmail.objects.all().delete()
            self.find(proof=proof)
            delivery.send_due()
            self.assertEqual(mail.outbox[-1].to, ["ana@example.org"])
            link = re.search(r"http\S+(/request/\S+)", mail.outbox[-1].body)[1]
            self.assertContains(self.client.get(link), self.inquiry.reference)

    def test_answers_the_same_whatever_was_typed(self):
        pages = [self.find()]
        pages += [
            self.find(**given)
            for given in (
                {"reference": "RM-AAAA-AAAA"},
                {"proof": "eve@example.org"},
                {"reference": "x"},
                {"proof": "Ana"},
            )
        ]
        self.assertEqual({page.content for page in pages}, {pages[0].content})
        self.assertEqual({tuple(page.redirect_chain) for page in pages}, {(("/request/find/?done", 303),)})
        self.assertContains(pages[0], "the link is on its way")
        self.assertEqual(OutboxEmail.objects.count(), 1)  # for the first alone: a name is no proof

    def test_asked_often_it_mails_once_an_hour(self):
        for _ in range(5):
            self.find()
        self.assertEqual(OutboxEmail.objects.filter(kind=contact_mails.LINK).count(), 1)

    def test_what_is_missing_is_named(self):
        page = self.find(reference="", proof="")
        self.assertContains(page, '<a href="#id_reference">Enter your reference</a>')
        self.assertContains(page, "Enter the phone number or the email address you gave")
        self.find(reference="RM-AAAA-AAAA")
        self.assertNotContains(self.client.get("/request/find/"), "<title>Error:")


class TokenTests(StatusCase):
    """A missing security token does nothing and keeps what was typed."""

    def test_on_every_action(self):
        self.client = Client(enforce_csrf_checks=True)
        for action in ACTIONS:
            page = self.post(action, text="Stairs hurt more")
            self.assertContains(page, "press the button again", status_code=403)
            if action in {"worse", "information"}:
                self.assertContains(page, "Stairs hurt more", status_code=403)
        self.assertEqual(self.inquiry.events.count(), 1)
        page = self.client.post("/request/find/", {"reference": "RM-ABCD-2345"})
        self.assertContains(page, "RM-ABCD-2345", status_code=403)


class LogTests(StatusCase):
    def test_no_line_of_the_log_holds_an_address_that_opens_a_request(self):
        line = logging.LogRecord("django.request", logging.WARNING, "", 1, "Forbidden: %s", (self.url("worse"),), None)
        self.assertIn("Forbidden: /request/-/worse/", JsonLine().format(line))
        self.assertNotIn(self.token, JsonLine().format(line))


class ServiceTests(StatusCase):
    def test_a_status_and_its_events_agree_after_every_change(self):
        patient.add_information(self.inquiry, text="x")
        patient.withdraw(self.inquiry)
        inquiry = patient.report_worse(self.inquiry, text="", signs=[], level="none")
        moves = [event.to_status for event in inquiry.events.all() if event.to_status]
        self.assertEqual(moves, ["new", "withdrawn", "new"])
        self.assertEqual((inquiry.status, inquiry.event_count), ("new", inquiry.events.count()))

    def test_the_address_of_the_page_is_the_one_in_the_mail(self):
        link = urlsplit(contact_mails.status_link(self.inquiry))
        self.assertContains(self.client.get(link.path), self.inquiry.reference)
