"""The safety questions and the signature of a clinical lead."""

import dataclasses
from unittest import mock

from django.test import Client
from django.urls import reverse

from inquiries import questionnaire, safety, signing
from inquiries.models import SafetySignOff
from inquiries.services import signing as signatures
from tests import factories
from tests.inquiries.test_admin import AdminCase, person
from therapies.red_flags import RED_FLAGS

PAGE, SIGN = "/admin/inquiries/safetysignoff/", "/admin/inquiries/safetysignoff/sign/"
UNSIGNED = "No clinical lead has signed the safety questions"


class SigningCase(AdminCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.staff["Clinical reviewer"] = person("Clinical reviewer")

    def setUp(self):
        self.sign_in("Clinical reviewer")

    def sign(self, sha256=""):
        return self.client.post(SIGN, {"sha256": sha256 or signing.current_hash()}, follow=True)


class HashTests(SigningCase):
    def test_changes_with_every_part_of_what_is_signed(self):
        before = signing.current_hash()
        self.assertEqual(before, signing.current_hash())
        flag, word = next(iter(RED_FLAGS.values())), safety.DANGER_WORDS[0]
        question = questionnaire.QUESTIONS["safety"]
        hint = {**questionnaire.QUESTIONS, "safety": dataclasses.replace(question, hint="Now?")}
        for change in [
            mock.patch.dict("inquiries.signing.RED_FLAGS", {flag.id: dataclasses.replace(flag, level="non_urgent")}),
            mock.patch.dict("inquiries.signing.RED_FLAGS", {flag.id: dataclasses.replace(flag, question="Other?")}),
            mock.patch.dict("inquiries.signing.RED_FLAGS", {flag.id: dataclasses.replace(flag, regions=("knee",))}),
            mock.patch("inquiries.safety.DANGER_WORDS", (dataclasses.replace(word, pattern="x"),)),
            mock.patch("inquiries.safety.ALERTING", frozenset({"emergency"})),
            mock.patch("inquiries.questionnaire.QUESTIONS", hint),
            mock.patch("inquiries.questionnaire.SAFETY_EXITS", ()),
            mock.patch("inquiries.safety.VERSION", "other"),
        ]:
            with change:
                self.assertNotEqual(before, signing.current_hash())


class PageTests(SigningCase):
    def test_lists_every_sign_and_every_word_with_its_level(self):
        page = self.client.get(PAGE)
        for flag in RED_FLAGS.values():
            self.assertContains(page, flag.question)
        for word in safety.DANGER_WORDS:
            self.assertContains(page, word.shown)
        for _, name in questionnaire.REGIONS:
            self.assertContains(page, f"<h2>{name}</h2>")
        self.assertContains(page, safety.VERSION)
        self.assertContains(page, signing.current_hash())
        self.assertContains(page, "Not signed.")

    def test_signed_says_who_and_when(self):
        page = self.sign()
        self.assertRedirects(page, PAGE)
        self.assertContains(page, "Signed by clinicalreviewer on")
        self.assertNotContains(page, "Sign version")
        self.assertEqual(signing.signature().signed_by, self.staff["Clinical reviewer"])

    def test_another_wording_is_unsigned(self):
        self.sign()
        with mock.patch("inquiries.safety.VERSION", "next"):
            self.assertContains(self.client.get(PAGE), "Not signed.")
            self.assertContains(self.client.get(PAGE), "clinicalreviewer")
            self.sign()
        self.assertEqual(SafetySignOff.objects.count(), 2)

    def test_what_changed_since_it_was_read_is_not_signed(self):
        self.assertContains(self.sign("0" * 64), "have changed since you opened this page")
        self.assertFalse(SafetySignOff.objects.exists())

    def test_signed_twice_is_one_signature(self):
        self.sign()
        self.sign()
        signatures.sign(actor=factories.staff(), sha256=signing.current_hash())
        self.assertEqual(SafetySignOff.objects.get().signed_by, self.staff["Clinical reviewer"])

    def test_only_a_clinical_reviewer_signs(self):
        for role in self.staff:
            if role == "Clinical reviewer":
                continue
            self.sign_in(role)
            with self.subTest(role):
                self.assertEqual(self.sign().status_code, 403)
                page = self.client.get(PAGE)
                self.assertEqual(page.status_code, 403 if role in {"Editor", "Content author"} else 200)
                self.assertNotContains(page, "Sign version", status_code=page.status_code)
        self.assertFalse(SafetySignOff.objects.exists())

    def test_a_link_signs_nothing(self):
        self.assertEqual(self.client.get(SIGN).status_code, 405)

    def test_a_stranger_is_asked_to_sign_in(self):
        self.assertRedirects(Client().post(SIGN), f"/admin/login/?next={SIGN}")

    def test_a_signature_cannot_be_changed_or_removed(self):
        self.sign()
        at = reverse("admin:inquiries_safetysignoff_change", args=[SafetySignOff.objects.get().pk])
        self.assertEqual(self.client.post(at, {"version": "x"}).status_code, 403)
        self.assertEqual(self.client.post(f"{PAGE}{SafetySignOff.objects.get().pk}/delete/").status_code, 403)


class NoticeTests(SigningCase):
    def test_the_home_and_every_request_say_so_until_it_is_signed(self):
        self.sign_in("Triage nurse")
        for url in ["/admin/", self.page_url]:
            self.assertContains(self.client.get(url), UNSIGNED)
        signatures.sign(actor=self.staff["Clinical reviewer"], sha256=signing.current_hash())
        for url in ["/admin/", self.page_url]:
            self.assertNotContains(self.client.get(url), UNSIGNED)

    def test_who_has_nothing_to_do_with_it_is_not_told(self):
        self.sign_in("Content author")
        self.assertNotContains(self.client.get("/admin/"), UNSIGNED)
