from dataclasses import replace
from unittest import mock

from django.test import SimpleTestCase

from inquiries import drafts
from inquiries.path import Draft, with_try


class Session(dict):
    expiry = None

    def set_expiry(self, seconds):
        self.expiry = seconds


def later(seconds):
    return mock.patch("inquiries.drafts.time.time", return_value=drafts.time.time() + seconds)


class DraftTests(SimpleTestCase):
    def setUp(self):
        self.session = Session()
        self.draft = Draft(submission_key="k", begun_at=1.0, answers={"full_name": "Zwfamily", "tried": ["other"]})
        drafts.keep(self.session, self.draft)

    def test_comes_back_as_it_was(self):
        self.assertEqual(drafts.read(self.session), self.draft)

    def test_lies_in_the_session_encrypted(self):
        self.assertNotIn("Zwfamily", str(dict(self.session)))

    def test_lives_for_an_hour_without_a_touch(self):
        with later(59 * 60):
            self.assertEqual(drafts.read(self.session), self.draft)
            drafts.keep(self.session, self.draft)
        with later(110 * 60):
            self.assertEqual(drafts.read(self.session), self.draft)
            self.assertFalse(drafts.is_over(self.session))
        with later(120 * 60 + 1):
            self.assertIsNone(drafts.read(self.session))
            self.assertTrue(drafts.is_over(self.session))

    def test_takes_its_row_of_the_session_along(self):
        self.assertEqual(self.session.expiry, drafts.IDLE_SECONDS)

    def test_leaves_a_colleagues_session_to_its_own_clock(self):
        session = Session(_auth_user_id="1")
        drafts.keep(session, self.draft)
        self.assertIsNone(session.expiry)

    def test_what_is_no_draft_is_none(self):
        for value in ("", "x", "k1:AAAA", self.session[drafts.DRAFT][:-4] + "AAAA", drafts.seal(self.draft)):
            self.assertIsNone(drafts.read({drafts.DRAFT: value}), value[:10])
        self.assertFalse(drafts.is_over({}))

    def test_is_gone_after_send_which_leaves_only_the_token(self):
        drafts.finish(self.session, "token", form=self.draft.submission_key)
        self.assertEqual(dict(self.session), {drafts.SENT: "token"})
        self.assertEqual(drafts.sent_token(self.session), "token")

    def test_a_new_draft_forgets_what_was_sent_before_once_a_page_is_answered(self):
        drafts.finish(self.session, "token", form=self.draft.submission_key)
        drafts.keep(self.session, with_try(self.draft, "who", {}))
        self.assertEqual(drafts.sent_token(self.session), "token")
        drafts.keep(self.session, replace(self.draft, done=("who",)))
        self.assertEqual(drafts.sent_token(self.session), "")

    def test_a_draft_of_the_release_before_opens_and_one_without_errors_is_as_it_was_then(self):
        with_errors = with_try(self.draft, "contact", {"full_name": ["A"], "email": []})
        old = self.draft.as_data()
        self.assertNotIn("tried", old)
        self.assertEqual(Draft.from_data(old), self.draft)
        drafts.keep(self.session, with_errors)
        self.assertEqual(drafts.read(self.session), with_errors)
        self.assertEqual(drafts.unseal(drafts.seal(with_errors)), self.draft)


class SealTests(SimpleTestCase):
    def setUp(self):
        self.draft = Draft(submission_key="k", begun_at=1.0, answers={"message": "Stairs"})
        self.sealed = drafts.seal(self.draft)

    def test_carries_the_draft_for_two_hours_and_tells_nothing(self):
        self.assertNotIn("Stairs", self.sealed)
        with later(2 * 60 * 60 - 5):
            self.assertEqual(drafts.unseal(self.sealed), self.draft)
        with later(2 * 60 * 60 + 2):
            self.assertIsNone(drafts.unseal(self.sealed))

    def test_cannot_be_changed_or_made_up(self):
        for text in ("", "\0", "x" * 9000, self.sealed[:-1], self.sealed[:-6] + "AAAA==", "\u0661:\u0661"):
            self.assertIsNone(drafts.unseal(text))

    def test_a_draft_of_the_session_is_no_seal(self):
        session = Session()
        drafts.keep(session, self.draft)
        self.assertIsNone(drafts.unseal(session[drafts.DRAFT]))


class BeginTests(SimpleTestCase):
    def test_every_draft_has_a_key_of_its_own(self):
        self.assertNotEqual(drafts.begin().submission_key, drafts.begin().submission_key)
