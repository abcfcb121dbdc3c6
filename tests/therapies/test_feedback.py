"""What readers say about a page: kept once, without who they are, and seen to by an editor."""

import time
import uuid
from unittest import mock

from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory, TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.daily_limit import DailyLimit
from clinic.models import ClinicProfile
from tests import factories
from tests.inquiries import journey
from tests.inquiries.test_data_classification import documented
from tests.inquiries.test_database_down import cold, read_only, unreachable
from tests.inquiries.test_session_ends import session_ends_once_read
from therapies import feedback, feedback_tries, feedback_views, library, publishing
from therapies.forms import LONGEST, SAY_SOMETHING, SEND_AGAIN, TOO_LONG
from therapies.models import PageFeedback, Redirect

KEY = "6f8a3ad0-7a3e-4b8e-9d0c-1f2e3d4c5b6a"
KNEE = "/conditions/knee/"
SAID = {"submission_key": KEY, "page": KNEE, "helpful": "no", "comment": "The dose is wrong."}


def a_limit(times):
    return mock.patch.object(feedback_views, "limit", DailyLimit(times))


class FeedbackCase(TestCase):
    url = "/feedback/"

    @classmethod
    def setUpTestData(cls):
        cls.knee = factories.condition(slug="knee", title="Worn knee", live=True)
        factories.condition(slug="draft", title="Unready")

    def setUp(self):
        fresh = a_limit(1000)
        fresh.start()
        self.addCleanup(fresh.stop)

    def post(self, **changes):
        data = {name: value for name, value in (SAID | changes).items() if value is not None}
        return self.client.post(self.url, data)

    def wrong(self, **changes):
        """The page that a form with errors leads to."""
        response = self.post(**changes)
        self.assertEqual(response.status_code, 303)
        return self.client.get(response["Location"])


class OpenTests(FeedbackCase):
    def test_names_the_page_that_is_spoken_of(self):
        page = self.client.get(self.url, {"page": KNEE})
        self.assertContains(page, '<a href="/conditions/knee/">Worn knee</a>')
        self.assertContains(page, '<input type="hidden" name="page" value="/conditions/knee/"')
        self.assertContains(page, "Was this page helpful?")

    def test_an_address_the_page_once_had_names_it_too(self):
        Redirect.objects.create(old_path="/conditions/old/", page=self.knee)
        publishing.library_changed()
        self.assertContains(self.client.get(self.url, {"page": "/conditions/old/"}), "Worn knee")

    def test_an_unknown_page_gives_the_general_form_and_is_not_repeated(self):
        hostile = [
            "",
            "/conditions/draft/",
            "//evil.example/",
            "https://evil.example/",
            '"><script>x</script>',
            "9" * 500,
        ]
        for path in hostile:
            with self.subTest(path[:20]):
                page = self.client.get(self.url, {"page": path})
                self.assertContains(page, "<h1>Tell us about this site</h1>")
                self.assertNotContains(page, "evil")
                self.assertNotContains(page, "<script>x")
                self.assertNotContains(page, "99999")

    def test_asks_nobody_who_they_are_and_says_what_not_to_write(self):
        page = self.client.get(self.url, {"page": KNEE})
        self.assertContains(page, "Please do not write about your own health")
        for word in ('name="full_name"', 'type="email"', 'type="tel"'):
            self.assertNotContains(page, word)

    def test_is_kept_by_no_cache_and_listed_by_no_search_engine(self):
        for page in (
            self.client.get(self.url),
            self.post(comment="", helpful=""),
            self.client.get("/feedback/thanks/"),
        ):
            self.assertIn("no-store", page["Cache-Control"])
            self.assertEqual(page["X-Robots-Tag"], "noindex")

    def test_says_so_itself_whatever_the_middleware_does(self):
        request = RequestFactory().get(self.url)
        request.session = {}
        self.assertIn("no-store", feedback_views.leave_feedback(request)["Cache-Control"])

    def test_writes_nothing_opens_no_session_and_costs_one_query(self):
        self.client.get(self.url)
        with self.assertNumQueries(1):
            self.client.get(self.url, {"page": KNEE})
        self.assertNotIn("session", self.client.cookies)
        self.assertFalse(PageFeedback.objects.exists())

    def test_other_methods_are_refused(self):
        for method in ("put", "patch", "delete", "options"):
            self.assertEqual(getattr(self.client, method)(self.url).status_code, 405)

    def test_each_page_leads_to_it_and_sets_no_cookie(self):
        factories.treatment(slug="rest", live=True)
        factories.article(slug="privacy", live=True)
        for path in (KNEE, "/treatments/rest/", "/about/privacy/"):
            with self.subTest(path):
                page = self.client.get(path)
                link = f'<a href="/feedback/?page={path}">Was this page helpful? Report a mistake</a>'
                self.assertContains(page, link, count=1)
                self.assertEqual(page.cookies, {})


class SendTests(FeedbackCase):
    def test_is_kept_with_the_page_and_the_revision_that_was_read(self):
        response = self.post()
        self.assertEqual(
            (response.status_code, response["Location"]), (303, "/feedback/thanks/?page=%2Fconditions%2Fknee%2F")
        )
        left = PageFeedback.objects.get()
        self.assertEqual((left.path, left.page_id, left.revision), (KNEE, self.knee.pk, 1))
        self.assertEqual((left.is_helpful, left.comment, left.handled_at), (False, "The dose is wrong.", None))
        self.assertContains(self.client.get(response["Location"]), "Back to Worn knee")

    def test_one_answer_is_enough(self):
        self.post(helpful="yes", comment="")
        self.post(helpful=None, comment="Too long.", submission_key=str(uuid.uuid4()))
        self.assertEqual(
            list(PageFeedback.objects.order_by("pk").values_list("is_helpful", "comment")),
            [(True, ""), (None, "Too long.")],
        )

    def test_without_a_page_it_is_about_the_site(self):
        for path in ("", "/conditions/draft/", "https://evil.example/"):
            response = self.post(page=path, submission_key=str(uuid.uuid4()))
            self.assertEqual(response["Location"], "/feedback/thanks/")
        self.assertEqual(set(PageFeedback.objects.values_list("path", "page", "revision")), {("/", None, None)})

    def test_the_word_of_thanks_repeats_no_address_it_does_not_know(self):
        page = self.client.get("/feedback/thanks/?page=//evil.example/")
        self.assertContains(page, "Thank you")
        self.assertNotContains(page, "evil")

    def test_pressed_twice_it_is_one_row(self):
        self.assertEqual([self.post().status_code, self.post().status_code], [303, 303])
        self.assertEqual(PageFeedback.objects.count(), 1)

    def test_sent_again_with_other_words_it_says_the_newer_ones(self):
        self.post()
        self.post(comment="The dose on this page is wrong.")
        self.assertEqual(PageFeedback.objects.get().comment, "The dose on this page is wrong.")

    def test_what_somebody_has_seen_to_stays_as_it_was_read(self):
        self.post()
        feedback.mark_handled(PageFeedback.objects.all(), actor=factories.staff(), now=timezone.now())
        self.post(comment="Changed")
        self.assertEqual(PageFeedback.objects.get().comment, "The dose is wrong.")

    def test_nothing_else_can_be_set(self):
        self.post(handled_at="2026-01-01", handled_by="1", revision="99", path="/x/", created_at="1999-01-01")
        left = PageFeedback.objects.get()
        self.assertEqual((left.handled_at, left.revision, left.path), (None, 1, KNEE))

    def test_markup_is_text(self):
        self.post(comment="<script>alert(1)</script>")
        self.assertEqual(PageFeedback.objects.get().comment, "<script>alert(1)</script>")
        page = self.wrong(comment="<script>alert(1)</script>", helpful="maybe")
        self.assertContains(page, "&lt;script&gt;")

    def test_invisible_characters_and_other_line_ends_are_put_right(self):
        self.post(comment=" one\r\ntwo\u202e \x07")
        self.assertEqual(PageFeedback.objects.get().comment, "one\ntwo")


class WrongTests(FeedbackCase):
    def assert_said(self, page, sentence, status=200):
        self.assertContains(page, sentence, status_code=status)
        self.assertContains(page, "<title>Error: ", status_code=status)
        self.assertFalse(PageFeedback.objects.exists())

    def test_nothing_said_is_named_with_a_link_to_the_question(self):
        page = self.wrong(helpful="", comment=" \u200b ")
        self.assert_said(page, f'<a href="#id_helpful_0">{SAY_SOMETHING}</a>')
        self.assertContains(page, "Please check 1 answer")

    def test_a_comment_may_be_as_long_as_it_says_and_no_longer(self):
        self.assert_said(self.wrong(comment="x" * (LONGEST + 1)), TOO_LONG)
        self.assertEqual(self.post(comment="x" * LONGEST).status_code, 303)
        self.assertEqual(self.post(comment="\r\n".join("x" * (LONGEST // 2))[: LONGEST + 200]).status_code, 303)

    def test_an_answer_that_was_not_offered_is_refused(self):
        self.assert_said(self.wrong(helpful="maybe"), "Choose Yes or No, or leave it")

    def test_a_nul_is_refused_and_not_an_error_of_ours(self):
        self.assert_said(self.wrong(comment="a\0b"), "Null characters are not allowed")

    def test_a_lost_key_asks_for_one_more_press_and_keeps_the_words(self):
        for key in ("", "nonsense", "\0"):
            with self.subTest(key):
                page = self.post(submission_key=key)
                self.assert_said(page, SEND_AGAIN)
                self.assertContains(page, "The dose is wrong.</textarea>")
                self.assertNotContains(page, "nonsense")

    def test_a_missing_security_token_keeps_the_words(self):
        self.client = self.client_class(enforce_csrf_checks=True)
        page = self.post()
        self.assert_said(page, SEND_AGAIN, status=403)
        self.assertContains(page, "The dose is wrong.</textarea>", status_code=403)
        self.assertContains(page, 'name="helpful" value="no" id="id_helpful_1" checked', status_code=403)
        self.assertContains(page, f'value="{KNEE}"', status_code=403)
        self.assertIn("no-store", page["Cache-Control"])


LONG = "The dose is wrong. " * 30


class WrongIsKeptTests(FeedbackCase):
    """So that no page in the history is the answer to a POST."""

    def test_it_leads_back_to_the_form_of_the_same_page_with_what_was_typed_however_often(self):
        response = self.post(comment=LONG)
        self.assertEqual(response["Location"], "/feedback/?page=%2Fconditions%2Fknee%2F")
        for _ in range(2):
            page = self.client.get(response["Location"])
            for words in (TOO_LONG, f"{LONG}</textarea>", KEY, "Worn knee"):
                self.assertContains(page, words)
            self.assertContains(page, 'value="no" id="id_helpful_1" checked')

    def test_the_form_about_the_site_leads_back_to_itself(self):
        self.assertEqual(self.post(page="", comment=LONG)["Location"], "/feedback/")
        self.assertContains(self.client.get("/feedback/"), TOO_LONG)

    def test_the_form_of_another_page_is_empty(self):
        self.post(comment=LONG)
        self.assertNotContains(self.client.get("/feedback/"), "The dose")

    def test_it_lies_in_the_session_encrypted_for_an_hour(self):
        response = self.post(comment=LONG)
        self.assertNotIn("dose", str(dict(self.client.session)))
        self.assertEqual(self.client.cookies["session"]["max-age"], 3600)
        with mock.patch("therapies.feedback_tries.time.time", return_value=time.time() + 3601):
            self.assertNotContains(self.client.get(response["Location"]), "The dose")

    def test_it_is_over_when_it_is_sent(self):
        self.post(comment=LONG)
        self.assertEqual(self.post()["Location"], "/feedback/thanks/?page=%2Fconditions%2Fknee%2F")
        self.assertNotContains(self.client.get("/feedback/", {"page": KNEE}), "The dose")
        self.assertEqual(dict(self.client.session), {"_session_expiry": 3600})

    def test_the_draft_of_a_request_stays_as_it_was(self):
        journey.fill(self.client, until="pain")
        before = self.client.cookies["session"]["max-age"]
        self.post(comment=LONG)
        self.assertEqual(self.client.cookies["session"]["max-age"], before)
        self.assertEqual(self.client.get(journey.address("pain")).status_code, 200)

    def test_what_cannot_be_kept_comes_with_the_answer(self):
        for reason, why in {
            "more than anybody types": mock.patch.object(feedback_tries, "LARGEST", 30),
            "more than people make": mock.patch.object(feedback_tries, "limit", DailyLimit(0)),
            "a session that ends": session_ends_once_read(),
        }.items():
            with self.subTest(reason):
                self.post(comment=LONG)
                with why:
                    self.assertContains(self.post(comment=LONG), f"{LONG}</textarea>")

    def test_what_is_sent_is_kept_though_the_session_ends(self):
        self.post(comment=LONG)
        with session_ends_once_read():
            self.assertEqual(self.post().status_code, 303)
        self.assertTrue(PageFeedback.objects.exists())


class LimitTests(FeedbackCase):
    def test_over_the_limit_nothing_is_kept_but_the_words_stay(self):
        with a_limit(1):
            self.post()
            page = self.post(submission_key=str(uuid.uuid4()), comment="Another thing.")
        self.assertContains(page, "Please try again tomorrow", status_code=429)
        self.assertContains(page, "Another thing.</textarea>", status_code=429)
        self.assertEqual(page["Retry-After"], "86400")
        self.assertEqual(PageFeedback.objects.count(), 1)

    def test_it_counts_by_the_address_behind_our_proxy(self):
        with a_limit(1), self.settings(BEHIND_PROXY=True):
            for number, address in enumerate(("203.0.113.1", "203.0.113.2")):
                data = SAID | {"submission_key": str(uuid.uuid4())}
                response = self.client.post(self.url, data, headers={"X-Forwarded-For": address})
                self.assertEqual(response.status_code, 303, number)

    def test_wrong_answers_do_not_count(self):
        with a_limit(1):
            self.post(helpful="maybe")
            self.assertEqual(self.post().status_code, 303)

    def test_nothing_that_is_kept_says_who_it_was(self):
        self.client.post(self.url, SAID, REMOTE_ADDR="203.0.113.77", headers={"User-Agent": "Browser of one person"})
        row = PageFeedback.objects.values().get()
        self.assertFalse([value for value in row.values() if "203.0.113" in str(value) or "Browser" in str(value)])
        self.assertEqual(
            set(row),
            {
                *("id", "submission_key", "path", "page_id", "revision", "is_helpful", "comment", "created_at"),
                *("handled_by_id", "handled_at"),
            },
        )


class DatabaseDownTests(TransactionTestCase):
    def setUp(self):
        ClinicProfile.objects.create(name="Example Clinic", phone="(202) 555-0100", emergency_number="911")
        factories.condition(slug="knee", title="Worn knee", live=True)
        library.current()

    def assert_told_and_kept(self, page):
        self.assertEqual((page.status_code, page["Retry-After"]), (503, "120"))
        for words in ("We could not keep what you wrote", "The dose is wrong.</textarea>", KEY, f'value="{KNEE}"'):
            self.assertContains(page, words, status_code=503)
        self.assertFalse(PageFeedback.objects.exists())
        self.assertEqual(self.client.post("/feedback/", SAID).status_code, 303)

    def test_at_send(self):
        with a_limit(9):
            with unreachable():
                page = self.client.post("/feedback/", SAID)
            self.assert_told_and_kept(page)

    def test_at_send_of_a_process_that_never_saw_the_database(self):
        with a_limit(9):
            with unreachable(), cold():
                page = self.client.post("/feedback/", SAID)
                hostile = self.client.post("/feedback/", SAID | {"page": '"><b>'})
            self.assertContains(hostile, 'name="page" id="id_page"', status_code=503)
            self.assertNotContains(hostile, "b&gt;", status_code=503)
            self.assert_told_and_kept(page)

    def test_when_it_can_only_be_read(self):
        with a_limit(9):
            with read_only():
                page = self.client.post("/feedback/", SAID)
            self.assert_told_and_kept(page)

    def test_one_that_only_reads_loses_nothing_that_is_not_right_yet(self):
        with read_only():
            page = self.client.post("/feedback/", SAID | {"comment": LONG})
        self.assertContains(page, f"{LONG}</textarea>")

    def test_the_form_still_opens(self):
        self.client.post("/feedback/", SAID | {"comment": LONG})
        with unreachable():
            self.assertContains(self.client.get(f"/feedback/?page={KNEE}"), "Worn knee")


class RowTests(TestCase):
    def test_a_row_says_something(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            PageFeedback.objects.create(path="/")

    def test_handled_is_by_someone_at_a_time(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            PageFeedback.objects.create(path="/", comment="x", handled_at=timezone.now())

    def test_what_is_handled_already_keeps_its_name(self):
        first, second = factories.staff(), factories.staff()
        PageFeedback.objects.create(path="/", comment="x")
        self.assertEqual(feedback.mark_handled(PageFeedback.objects.all(), actor=first, now=timezone.now()), 1)
        self.assertEqual(feedback.mark_handled(PageFeedback.objects.all(), actor=second, now=timezone.now()), 0)
        self.assertEqual(PageFeedback.objects.get().handled_by, first)


class AdminTests(TestCase):
    url = "/admin/therapies/pagefeedback/"

    @classmethod
    def setUpTestData(cls):
        cls.knee = factories.condition(slug="knee", title="Worn knee", live=True)
        about = library.current().page("condition", "knee")
        for comment in ("First", "Second", "Third"):
            feedback.leave(submission_key=uuid.uuid4(), about=about, is_helpful=True, comment=f"<b>{comment}</b>")
        feedback.leave(submission_key=uuid.uuid4(), about=None, is_helpful=False, comment="")
        cls.handled = PageFeedback.objects.get(comment="<b>Third</b>")
        feedback.mark_handled(
            PageFeedback.objects.filter(pk=cls.handled.pk), actor=factories.staff(), now=timezone.now()
        )

    def sign_in(self, role):
        person = factories.staff()
        person.groups.set(Group.objects.filter(name=role))
        self.client.force_login(person)
        return person

    def test_the_unhandled_come_first(self):
        self.sign_in("Editor")
        page = self.client.get(self.url)
        rows = [left.comment for left in page.context["cl"].result_list]
        self.assertEqual(rows, ["", "<b>Second</b>", "<b>First</b>", "<b>Third</b>"])
        self.assertContains(page, f'<a href="/admin/therapies/condition/{self.knee.pk}/change/">Worn knee</a>')
        self.assertContains(page, "&lt;b&gt;First&lt;/b&gt;")

    def test_the_filter_keeps_what_waits_or_what_is_done(self):
        self.sign_in("Editor")
        for value, count in {"waiting": 3, "handled": 1, "nonsense": 4}.items():
            with self.subTest(value):
                page = self.client.get(self.url, {"handled": value})
                self.assertEqual(page.context["cl"].result_count, count)

    def test_an_editor_marks_as_handled(self):
        editor = self.sign_in("Editor")
        waiting = PageFeedback.objects.filter(handled_at=None)
        data = {"action": "mark_handled", "index": 0, "_selected_action": [*waiting.values_list("pk", flat=True)]}
        page = self.client.post(self.url, data, follow=True)
        self.assertContains(page, "Marked as handled: 3.")
        self.assertEqual(PageFeedback.objects.filter(handled_by=editor).count(), 3)

    def test_an_auditor_reads_and_marks_nothing(self):
        self.sign_in("Auditor")
        self.assertEqual(self.client.get(self.url).status_code, 200)
        waiting = PageFeedback.objects.filter(handled_at=None).first()
        data = {"action": "mark_handled", "index": 0, "_selected_action": [waiting.pk]}
        self.client.post(self.url, data)
        self.assertTrue(PageFeedback.objects.filter(pk=waiting.pk, handled_at=None).exists())

    def test_is_not_for_others(self):
        for role in ("Content author", "Clinical reviewer", "Front desk", "Triage nurse", "Manager"):
            with self.subTest(role):
                self.sign_in(role)
                self.assertEqual(self.client.get(self.url).status_code, 403)

    def test_nobody_changes_adds_or_removes_a_word(self):
        self.client.force_login(factories.staff(is_superuser=True))
        one = f"{self.url}{self.handled.pk}/"
        self.assertContains(self.client.get(f"{one}change/"), "&lt;b&gt;Third&lt;/b&gt;")
        self.assertEqual(self.client.post(f"{one}change/", {"comment": "x"}).status_code, 403)
        self.assertEqual(self.client.get(f"{one}delete/").status_code, 403)
        self.assertEqual(self.client.get(f"{self.url}add/").status_code, 403)

    def test_the_list_costs_the_same_for_few_rows_and_many(self):
        self.client.force_login(factories.staff(is_superuser=True))
        self.client.get(self.url)
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.url)
        about = library.current().page("condition", "knee")
        for _ in range(20):
            feedback.leave(submission_key=uuid.uuid4(), about=about, is_helpful=True, comment="x")
        with self.assertNumQueries(len(few)):
            self.client.get(self.url)


class DocumentTests(TestCase):
    def test_the_document_of_what_we_hold_names_every_field_and_none_is_personal(self):
        fields = {field.name: "operational" for field in PageFeedback._meta.fields}
        self.assertEqual(documented()["PageFeedback"], fields)
