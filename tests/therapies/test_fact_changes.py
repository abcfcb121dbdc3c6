from django.contrib.auth.models import Group
from django.test import TestCase
from django.urls import reverse

from clinic.models import ClinicProfile
from tests import factories
from tests.therapies.test_admin import form_of
from therapies import fact_changes
from therapies.models import ClaimRule, FactChange, GlossaryTerm, QuestionToAsk, Source


def kept():
    return [(row.model, row.key, row.field, row.before, row.after) for row in FactChange.objects.order_by("pk")]


class FactCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = factories.staff(is_superuser=True)
        ClaimRule.objects.create(
            key="cure", pattern="cures?", category="Cure", severity="block", message="No.", suggestion="may help"
        )
        ClaimRule.objects.create(key="better", pattern="better", category="x", severity="needs_source", message="No.")
        ClaimRule.objects.create(key="hope", pattern="hope", category="x", severity="warn", message="Feelings.")
        cls.word = GlossaryTerm.objects.create(term="Word", definition="Explained.")

    def setUp(self):
        self.client.force_login(self.chief)

    def save(self, obj, **data):
        opts = obj._meta
        name = f"admin:{opts.app_label}_{opts.model_name}"
        url = reverse(f"{name}_change", args=[obj.pk]) if obj.pk else reverse(f"{name}_add")
        return self.client.post(url, {**form_of(self.client.get(url)), **data}, follow=True)


class Guard(FactCase):
    def test_a_claim_is_refused_beside_its_field(self):
        response = self.save(self.word, definition="It cures.")
        self.assertContains(response, "“cures” in “It cures.”: No. Write instead, for example: “may help”.")
        self.word.refresh_from_db()
        self.assertEqual(self.word.definition, "Explained.")
        self.assertEqual(kept(), [])

    def test_every_public_text_passes_it(self):
        clinic = ClinicProfile.objects.create(name="Example Clinic", phone="(202) 555-0123")
        for obj, field in (
            (GlossaryTerm(term="Other"), "term"),
            (QuestionToAsk.objects.create(key="q", text="How?", why="So."), "text"),
            (QuestionToAsk.objects.create(key="r", text="How?", why="So."), "why"),
            *((clinic, name) for name in ("name", "tagline", "how_to_find_us", "building_access")),
            *((clinic, name) for name in ("existing_patients", "cell_therapy_notice")),
            *((factories.clinician(), name) for name in ("credentials", "job_title", "bio", "competing_interests")),
        ):
            with self.subTest(type(obj).__name__, field=field):
                self.assertContains(self.save(obj, **{"definition": "x", field: "It cures."}), "“cures” in")

    def test_price_notes_pass_it(self):
        page = factories.treatment()
        for field in ("price_includes", "price_on_request_reason"):
            with self.subTest(field):
                self.assertContains(self.save(page, **{field: "It cures."}), "“cures” in")

    def test_the_working_copy_of_a_page_may_hold_a_claim_until_it_is_submitted(self):
        page = factories.treatment()
        self.save(page, summary="It cures.")
        page.refresh_from_db()
        self.assertEqual(page.summary, "It cures.")

    def test_a_claim_that_needs_a_source_may_cite_it_in_the_other_text(self):
        factories.source("trial", kind="rct")
        question = QuestionToAsk.objects.create(key="q", text="How?", why="So.")
        self.assertContains(self.save(question, text="It is better."), "“better” in")
        self.save(question, text="It is better.", why="So [@trial].")
        question.refresh_from_db()
        self.assertEqual(question.text, "It is better.")

    def test_what_only_warns_is_saved_and_said(self):
        self.assertContains(self.save(self.word, definition="There is hope."), "Look again: “hope” in")
        self.word.refresh_from_db()
        self.assertEqual(self.word.definition, "There is hope.")

    def test_a_text_from_before_a_rule_does_not_hold_up_another_change(self):
        clinic = ClinicProfile.objects.create(name="Example Clinic", tagline="It cures", phone="(202) 555-0123")
        self.save(clinic, phone="(202) 555-0124")
        clinic.refresh_from_db()
        self.assertEqual(clinic.phone, "(202) 555-0124")


class Changes(FactCase):
    def test_of_each_field_are_kept_with_who_and_when(self):
        self.save(self.word, term="Term", definition="Told again.")
        self.assertEqual(
            kept(),
            [
                ("glossary term", "Term", "term", "Word", "Term"),
                ("glossary term", "Term", "definition", "Explained.", "Told again."),
            ],
        )
        row = FactChange.objects.first()
        self.assertEqual(row.staff, self.chief)
        self.assertIsNotNone(row.at)

    def test_that_change_nothing_are_not_kept(self):
        GlossaryTerm.objects.update(definition="Explained\nin two lines.")
        self.save(self.word)
        self.assertEqual(kept(), [])
        self.assertEqual(fact_changes.record("x", "y", [("a", None, ""), ("b", 1, "1")], staff=self.chief), 0)

    def test_of_a_new_fact_come_from_nothing(self):
        self.save(GlossaryTerm(), term="New", definition="Explained.")
        self.assertIn(("glossary term", "New", "definition", "", "Explained."), kept())

    def test_of_a_fact_that_is_gone_lead_to_nothing(self):
        self.client.post(reverse("admin:therapies_glossaryterm_delete", args=[self.word.pk]), {"post": "yes"})
        self.assertIn(("glossary term", "Word", "definition", "Explained.", ""), kept())
        other = GlossaryTerm.objects.create(term="Other", definition="x")
        action = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
        self.client.post(reverse("admin:therapies_glossaryterm_changelist"), action)
        self.assertIn(("glossary term", "Other", "definition", "x", ""), kept())

    def test_of_sources_clinicians_and_the_clinic_are_kept(self):
        clinic = ClinicProfile.objects.create(name="Example Clinic", phone="(202) 555-0123")
        source = factories.source()
        clinician = factories.clinician("ana")
        self.save(clinic, phone="(202) 555-0124")
        self.save(source, status=Source.Status.RETRACTED)
        self.save(clinician, bio="Told.")
        self.assertEqual(
            kept(),
            [
                ("clinic profile", "Example Clinic", "phone", "(202) 555-0123", "(202) 555-0124"),
                ("source", "example-source", "status", "current", "retracted"),
                ("clinician", "ana", "bio", "", "Told."),
            ],
        )

    def test_of_a_page_are_kept_where_they_are_public_at_once(self):
        page = factories.treatment()
        self.save(page, summary="Other.", price_low="10", price_high="20.50")
        self.assertEqual(
            sorted(kept()),
            [
                ("treatment", "example-treatment", "price_high", "", "20.50"),
                ("treatment", "example-treatment", "price_low", "", "10"),
            ],
        )

    def test_of_the_days_of_an_approval_check_are_kept(self):
        page = factories.treatment(regulatory=[factories.regulatory(checked_on="2026-01-02")])
        row = "regulatory_statuses-0"
        self.save(page, **{f"{row}-checked_on": "2026-03-04", f"{row}-public_statement": "Other."})
        self.assertEqual(
            kept(), [("regulatory status", "example-treatment US", "checked_on", "2026-01-02", "2026-03-04")]
        )
        self.save(page, **{f"{row}-DELETE": "on"})
        self.assertEqual(kept()[1:], [("regulatory status", "example-treatment US", "checked_on", "2026-03-04", "")])

    def test_are_only_read(self):
        self.save(self.word, definition="Told again.")
        row = FactChange.objects.get()
        self.assertContains(self.client.get(reverse("admin:therapies_factchange_changelist")), "Told again.")
        self.assertEqual(self.client.get(reverse("admin:therapies_factchange_add")).status_code, 403)
        for action in ("change", "delete"):
            url = reverse(f"admin:therapies_factchange_{action}", args=[row.pk])
            self.assertEqual(self.client.post(url, {"post": "yes"}).status_code, 403)
        reader = factories.staff()
        self.client.force_login(reader)
        self.assertEqual(self.client.get(reverse("admin:therapies_factchange_changelist")).status_code, 403)
        reader.groups.add(Group.objects.get(name="Auditor"))
        self.assertEqual(self.client.get(reverse("admin:therapies_factchange_changelist")).status_code, 200)
