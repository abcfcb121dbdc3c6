"""Who reads a message of a reader marks it as handled where they read it."""

from django.contrib.auth.models import Group
from django.test import TestCase
from django.utils import timezone

from tests import factories
from therapies import feedback
from therapies.models import PageFeedback

BUTTON = "Mark as handled"


class RecordTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.left = PageFeedback.objects.create(path="/", comment="A word is wrong.")
        cls.url = f"/admin/therapies/pagefeedback/{cls.left.pk}/"

    def sign_in(self, role, name):
        person = factories.staff(name)
        person.groups.set(Group.objects.filter(name=role))
        self.client.force_login(person)
        return person

    def press(self):
        return self.client.post(f"{self.url}handled/", follow=True)

    def test_an_editor_presses_the_button_where_they_read_it(self):
        editor = self.sign_in("Editor", "erin")
        self.assertContains(self.client.get(f"{self.url}change/"), BUTTON)
        page = self.press()
        self.assertEqual(page.redirect_chain, [(f"{self.url}change/", 303)])
        self.assertContains(page, "It is marked as handled.")
        self.assertNotContains(page, f">{BUTTON}<")
        self.left.refresh_from_db()
        self.assertEqual(self.left.handled_by, editor)

    def test_a_second_press_changes_nothing_and_says_who_did_it(self):
        first = factories.staff("first")
        feedback.mark_handled(PageFeedback.objects.all(), actor=first, now=timezone.now())
        self.sign_in("Editor", "erin")
        self.assertContains(self.press(), "It was handled already, by first.")
        self.left.refresh_from_db()
        self.assertEqual(self.left.handled_by, first)

    def test_nobody_else_sees_it_or_may_press_it(self):
        self.sign_in("Auditor", "ada")
        self.assertNotContains(self.client.get(f"{self.url}change/"), BUTTON)
        for number, role in enumerate(("Auditor", "Content author", "Clinical reviewer", "Front desk")):
            with self.subTest(role):
                self.sign_in(role, f"other-{number}")
                self.assertEqual(self.press().status_code, 403)
        self.left.refresh_from_db()
        self.assertIsNone(self.left.handled_at)

    def test_a_link_marks_nothing_and_what_is_gone_is_said(self):
        self.sign_in("Editor", "erin")
        self.assertEqual(self.client.get(f"{self.url}handled/").status_code, 405)
        self.assertEqual(self.client.post("/admin/therapies/pagefeedback/999999/handled/").status_code, 404)
