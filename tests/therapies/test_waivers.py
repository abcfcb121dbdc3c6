from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse

from tests import factories
from therapies import gates, waivers
from therapies.models import ClaimRule, ClaimWaiver

REASON = "Quoted from the label of an approved medicine."


class WaiverCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(natural_progression="It cures. It cures all.")
        cls.rule = ClaimRule.objects.create(
            key="cure", pattern="cures?", category="Cure", severity="block", message="No."
        )
        cls.clinician = factories.clinician()
        cls.actor = cls.clinician.user
        cls.actor.groups.add(Group.objects.get(name="Clinical reviewer"))


class Waivers(WaiverCase):
    def waive(self, sentence="It cures.", **changes):
        return waivers.waive(self.page, self.rule, sentence, **{"actor": self.actor, "reason": REASON, **changes})

    def open_sentences(self):
        return [gate.sentence for gate in gates.open_gates(self.page, is_demo=True)]

    def test_let_exactly_one_sentence_stand(self):
        self.assertEqual(self.open_sentences(), ["It cures.", "It cures all."])
        self.waive()
        self.assertEqual(self.open_sentences(), ["It cures all."])

    def test_keep_who_when_and_why(self):
        waiver = self.waive(reason=f"  {REASON}  ")
        self.assertEqual((waiver.clinician, waiver.waived_by, waiver.reason), (self.clinician, self.actor, REASON))
        self.assertIsNotNone(waiver.waived_at)

    def test_a_second_time_keeps_the_first(self):
        first = self.waive()
        self.assertEqual(self.waive(reason="Another reason that is long enough."), first)
        self.assertEqual(ClaimWaiver.objects.get().reason, REASON)

    def test_need_twenty_characters_of_reason(self):
        for reason in ("", "x" * 19, f"{' ' * 20}ok", "\n" * 30):
            with self.subTest(reason), self.assertRaisesMessage(waivers.WaiverRefused, "at least 20 characters"):
                self.waive(reason=reason)
        self.waive(reason="x" * 20)

    def test_are_for_active_clinicians_who_may_approve(self):
        editor = factories.staff()
        editor.groups.add(Group.objects.get(name="Editor"))
        without_account_of_a_clinician = factories.staff()
        without_account_of_a_clinician.groups.add(Group.objects.get(name="Clinical reviewer"))
        left = factories.clinician(is_active=False).user
        left.groups.add(Group.objects.get(name="Clinical reviewer"))
        without_the_right = factories.clinician().user
        for actor in (editor, without_account_of_a_clinician, left, without_the_right):
            with self.subTest(actor), self.assertRaisesMessage(waivers.WaiverRefused, "Only a clinician"):
                self.waive(actor=actor)
        self.assertFalse(ClaimWaiver.objects.exists())

    def test_name_a_sentence_in_which_the_rule_finds_something(self):
        with self.assertRaisesMessage(waivers.WaiverRefused, "finds nothing in this sentence"):
            self.waive("It helps.")


class Admin(WaiverCase):
    URL = "admin:therapies_claimwaiver_add"

    def post(self, actor=None, **changes):
        self.client.force_login(actor or self.actor)
        given = {"page": self.page.pk, "rule": self.rule.pk, "sentence": "It cures.", "reason": REASON, **changes}
        return self.client.post(reverse(self.URL), given)

    def test_a_clinician_adds_one_that_nobody_changes_or_removes(self):
        self.assertEqual(self.post().status_code, 302)
        waiver = ClaimWaiver.objects.get()
        self.assertEqual((waiver.clinician, waiver.reason), (self.clinician, REASON))
        url = reverse("admin:therapies_claimwaiver_change", args=[waiver.pk])
        self.assertContains(self.client.get(url), REASON)
        self.assertEqual(self.client.post(url, {"reason": "x" * 30}).status_code, 403)
        self.assertEqual(
            self.client.post(reverse("admin:therapies_claimwaiver_delete", args=[waiver.pk])).status_code, 403
        )
        self.client.force_login(factories.staff(is_superuser=True))
        self.assertEqual(
            self.client.post(reverse("admin:therapies_claimwaiver_delete", args=[waiver.pk])).status_code, 403
        )

    def test_a_link_fills_in_what_is_to_be_waived(self):
        self.client.force_login(self.actor)
        query = {"page": self.page.pk, "rule": self.rule.pk, "sentence": "It cures."}
        self.assertContains(self.client.get(reverse(self.URL), query), "It cures.</textarea>")

    def test_says_what_is_missing(self):
        self.assertContains(self.post(reason="too short"), "at least 20 characters")
        self.assertContains(self.post(sentence="It helps."), "finds nothing in this sentence")
        self.assertFalse(ClaimWaiver.objects.exists())

    def test_is_for_those_who_may_approve(self):
        editor = factories.staff()
        editor.groups.add(Group.objects.get(name="Editor"))
        self.assertEqual(self.post(editor).status_code, 403)
        self.assertEqual(self.client.get(reverse("admin:therapies_claimwaiver_changelist")).status_code, 200)
