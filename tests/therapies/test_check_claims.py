from io import StringIO

from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.urls import reverse

from clinic.models import ClinicProfile
from tests import factories
from therapies.models import ClaimRule, ClaimWaiver, GlossaryTerm


def check(*args):
    out = StringIO()
    call_command("check_claims", *args, stdout=out)
    return out.getvalue()


class ScanCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(live=True, natural_progression="It cures.")
        cls.word = GlossaryTerm.objects.create(term="Remedy", definition="It cures.")
        factories.condition(slug="draft", natural_progression="It cures.")

    def rule(self, **changes):
        given = {"key": "cure", "pattern": "cures?", "category": "Cure", "severity": "block", "message": "No."}
        return ClaimRule.objects.create(**given | changes)


class CheckClaims(ScanCase):
    def test_lists_claims_page_by_page_and_fails(self):
        self.rule()
        out = StringIO()
        with self.assertRaises(CommandError) as refused:
            call_command("check_claims", "--all", stdout=out)
        self.assertEqual(refused.exception.returncode, 1)
        self.assertEqual(
            str(refused.exception), "Claims that may not stand: condition example-condition, glossary term Remedy."
        )
        self.assertIn(
            "condition example-condition\n  block: Natural progression: “cures” in “It cures.”", out.getvalue()
        )
        self.assertNotIn("draft", out.getvalue())

    def test_succeeds_where_claims_only_warn(self):
        self.rule(severity="warn")
        self.assertIn("No claim stops a page.", check("--all"))

    def test_succeeds_where_there_are_none(self):
        self.assertEqual(check("--all"), "No claims found.\n")

    def test_looks_at_what_readers_see_not_at_the_working_copy(self):
        self.page.natural_progression = "It helps."
        self.page.save()
        self.rule()
        with self.assertRaisesMessage(CommandError, "condition example-condition"):
            check("--all")

    def test_looks_at_named_pages_alone(self):
        factories.condition(live=True, slug="other", natural_progression="It helps.")
        self.rule()
        self.assertEqual(check("condition/other"), "No claims found.\n")
        with self.assertRaisesMessage(CommandError, "condition example-condition"):
            check("condition/example-condition")

    def test_says_what_it_cannot_look_at(self):
        with self.assertRaisesMessage(CommandError, "Not on the site: condition draft"):
            check("condition/draft")
        for args in ([], ["--all", "condition/other"]):
            with self.subTest(args), self.assertRaisesMessage(CommandError, "say --all"):
                check(*args)

    def test_leaves_out_what_a_clinician_let_stand(self):
        self.word.delete()
        clinician = factories.clinician()
        waived = {"clinician": clinician, "waived_by": clinician.user, "reason": "x"}
        ClaimWaiver.objects.create(page=self.page, rule=self.rule(), sentence="It cures.", **waived)
        self.assertEqual(check("--all"), "No claims found.\n")

    def test_costs_the_same_for_one_page_and_for_many(self):
        ClinicProfile.objects.create(name="Example Clinic")
        self.rule(severity="warn")
        with self.assertNumQueries(11):
            check("--all")
        for number in range(5):
            factories.condition(live=True, slug=f"page-{number}", natural_progression="It cures.")
        with self.assertNumQueries(11):
            check("--all")


class RulesInAdmin(ScanCase):
    def setUp(self):
        self.editor = factories.staff()
        self.editor.groups.add(Group.objects.get(name="Editor"))
        self.client.force_login(self.editor)

    def save(self, rule=None, **changes):
        given = {"key": "cure", "pattern": "cures?", "category": "Cure", "severity": "block", "message": "No."}
        url = (
            reverse("admin:therapies_claimrule_change", args=[rule.pk])
            if rule
            else reverse("admin:therapies_claimrule_add")
        )
        return self.client.post(url, {**given, "is_active": "on", **changes}, follow=True)

    def test_saying_a_rule_names_the_places_that_now_hit(self):
        url = reverse("admin:therapies_condition_change", args=[self.page.pk])
        response = self.save()
        self.assertContains(response, f'<a href="{url}">condition example-condition</a> (1)')
        self.assertContains(response, "glossary term Remedy")

    def test_a_rule_that_hits_nothing_says_so(self):
        self.assertContains(self.save(pattern="miracles?"), "finds nothing on the site")

    def test_names_what_this_rule_finds_alone(self):
        self.rule(key="other")
        self.assertContains(self.save(pattern="miracles?"), "finds nothing on the site")

    def test_a_bad_pattern_is_refused_in_words(self):
        for pattern, said in (("(cure", "missing )"), (".*", "ordinary sentences"), ("x" * 201, "Shorten the pattern")):
            with self.subTest(pattern):
                self.assertContains(self.save(pattern=pattern), said)
        self.assertFalse(ClaimRule.objects.exists())

    def test_a_rule_keeps_its_key_and_is_switched_off_not_deleted(self):
        rule = self.rule()
        self.save(rule, key="other", message="Changed.")
        rule.refresh_from_db()
        self.assertEqual((rule.key, rule.message), ("cure", "Changed."))
        self.client.force_login(factories.staff(is_superuser=True))
        url = reverse("admin:therapies_claimrule_delete", args=[rule.pk])
        self.assertEqual(self.client.post(url, {"post": "yes"}).status_code, 403)

    def test_is_for_editors(self):
        author = factories.staff()
        author.groups.add(Group.objects.get(name="Content author"))
        self.client.force_login(author)
        self.assertEqual(self.save().status_code, 403)
