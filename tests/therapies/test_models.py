from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import TestCase
from django.utils import timezone

from tests import factories
from therapies import publishing
from therapies.models import (
    AdverseOutcome,
    AnsweredClaim,
    CareAdvice,
    Condition,
    Contraindication,
    LibraryState,
    MedicalCode,
    OutcomeEvidence,
    Page,
    QuestionToAsk,
    RegulatoryStatus,
    Revision,
    Section,
    Source,
    Synonym,
    Treatment,
    TreatmentOption,
)


class Constraints(TestCase):
    """What the database refuses, whoever writes."""

    @classmethod
    def setUpTestData(cls):
        cls.condition = factories.condition()
        cls.treatment = factories.treatment()

    def refuse(self, constraint, model, **fields):
        with self.assertRaises(IntegrityError) as caught, transaction.atomic():
            model.objects.create(**fields)
        # SQLite names the columns of a unique index instead of the index.
        if "UNIQUE" not in str(caught.exception):
            self.assertIn(constraint, str(caught.exception))

    def evidence(self, **fields):
        key = f"ev-{OutcomeEvidence.objects.count()}"
        return {
            **{"condition": self.condition, "key": key, "outcome": "pain", "comparator": "nothing"},
            **{"direction": "uncertain", "certainty": "low", "certainty_basis": "source", **fields},
        }

    def test_an_address_stands_once_a_kind_whatever_its_case(self):
        self.refuse("page_slug_once_a_kind", Condition, slug="Example-Condition", title="x", body_region="knee")
        Treatment.objects.create(slug="example-condition", title="x", category="exercise", procedure="none")

    def test_a_page_is_reviewed_at_least_every_36_months(self):
        for months in (0, 37):
            self.refuse(
                "review_interval_1_to_36_months",
                Condition,
                slug="x",
                title="x",
                body_region="knee",
                review_interval_months=months,
            )

    def test_a_plot_has_mean_and_both_ends(self):
        for figures in (
            {"mean_difference": 1},
            {"mean_difference": 1, "range_low": 0},
            {"range_low": 0, "range_high": 2},
            {"mean_difference": 3, "range_low": 0, "range_high": 2},
        ):
            self.refuse("plot_has_mean_and_range", OutcomeEvidence, **self.evidence(**figures))
        OutcomeEvidence.objects.create(**self.evidence(mean_difference=1, range_low=0, range_high=2))

    def test_responders_have_all_four_counts(self):
        whole = {"intervention_n": 1, "intervention_total": 2, "comparator_n": 1, "comparator_total": 2}
        for counts in ({"intervention_n": 1}, {**whole, "comparator_total": None}, {**whole, "intervention_n": 3}):
            self.refuse("responders_have_all_four_counts", OutcomeEvidence, **self.evidence(**counts))
        OutcomeEvidence.objects.create(**self.evidence(**whole))

    def test_no_trials_have_no_size(self):
        self.refuse("no_trials_has_no_size", OutcomeEvidence, **self.evidence(direction="no_trials_found", trials=1))

    def test_only_usual_care_has_no_treatment_and_stands_once(self):
        self.refuse("only_usual_care_has_no_treatment", TreatmentOption, condition=self.condition, role="first_line")
        self.refuse(
            "only_usual_care_has_no_treatment",
            TreatmentOption,
            condition=factories.condition(slug="other", options=[]),
            role="usual_care",
            treatment=self.treatment,
        )
        self.refuse("usual_care_once_a_condition", TreatmentOption, condition=self.condition, role="usual_care")

    def test_a_treatment_is_an_option_once(self):
        fields = {"condition": self.condition, "treatment": self.treatment}
        TreatmentOption.objects.create(role="first_line", **fields)
        self.refuse("option_once_a_treatment", TreatmentOption, role="second_line", **fields)

    def test_a_care_card_stands_once_a_level_and_says_something(self):
        CareAdvice.objects.create(condition=self.condition, level="urgent", action="Act if:", items="a sign")
        self.refuse(
            "care_card_once_a_level", CareAdvice, condition=self.condition, level="urgent", action="x", items="y"
        )
        self.refuse("care_card_says_something", CareAdvice, condition=self.condition, level="emergency", action="x")

    def test_a_section_stands_once_an_aspect_but_for_plain_text(self):
        self.refuse("section_once_an_aspect", Section, page=self.condition, aspect="overview", heading="x", body="y")
        for _ in range(2):
            Section.objects.create(page=self.condition, aspect="text", heading="x", body="y")

    def test_a_name_stands_once_a_page_whatever_its_case(self):
        Synonym.objects.create(page=self.condition, text="worn knee")
        self.refuse("synonym_once_a_page", Synonym, page=self.condition, text="Worn Knee")

    def test_a_code_stands_once_and_is_verified_by_someone_on_a_day(self):
        code = {"page": self.condition, "system": "ICD-10", "code": "X1", "display": "x"}
        self.refuse("code_verified_by_someone_on_a_day", MedicalCode, **code, verified_on="2025-01-01")
        self.refuse("code_verified_by_someone_on_a_day", MedicalCode, **code, verified_by=factories.clinician())
        MedicalCode.objects.create(**code)
        self.refuse("code_once_a_page", MedicalCode, **code)

    def test_prices_come_in_pairs_the_lower_first(self):
        for prices in (
            {"price_low": 1},
            {"price_high": 1},
            {"price_low": 2, "price_high": 1},
            {"price_low": -1, "price_high": 1},
        ):
            self.refuse(
                "price_low_to_high", Treatment, slug="x", title="x", category="exercise", procedure="none", **prices
            )

    def test_cells_come_from_somewhere(self):
        self.refuse(
            "regenerative_names_its_cells_or_blood",
            Treatment,
            **{"slug": "x", "title": "x", "category": "cell_therapy", "procedure": "harvest"},
        )

    def test_a_frequency_is_a_part_of_a_whole(self):
        for n, of in ((1, None), (None, 100), (101, 100), (1, 7)):
            self.refuse(
                "frequency_is_n_of_denominator",
                AdverseOutcome,
                treatment=self.treatment,
                name="x",
                frequency_n=n,
                frequency_denominator=of,
            )

    def test_an_approval_is_checked_again_after_it_was_checked(self):
        status = {"treatment": self.treatment, "jurisdiction": "US", "status": "unclear", "public_statement": "x"}
        for checked in (None, "2025-02-01"):
            self.refuse("recheck_after_check", RegulatoryStatus, **status, checked_on=checked, recheck_due="2025-01-01")
        RegulatoryStatus.objects.create(**status)
        self.refuse("status_once_a_jurisdiction", RegulatoryStatus, **status)

    def test_a_contraindication_stands_once(self):
        fields = {"treatment": self.treatment, "name": "x", "degree": "absolute"}
        Contraindication.objects.create(**fields)
        self.refuse("contraindication_once", Contraindication, **fields)

    def test_a_source_can_be_found_and_its_doi_stands_once(self):
        self.refuse("source_can_be_found", Source, key="x", title="x", kind="rct")
        factories.source(doi="10.1/ab")
        self.refuse("source_doi_once", Source, key="x", title="x", kind="rct", doi="10.1/AB")

    def test_a_page_has_one_live_revision_and_one_open_draft(self):
        revision = factories.publish(self.condition)
        fields = {"page": self.condition, "document": {}, "content_hash": "x", "needs_clinician": False}
        self.refuse(
            "one_live_revision_a_page", Revision, number=2, state="live", published_at=revision.published_at, **fields
        )
        self.refuse("live_has_a_publication_time", Revision, number=2, state="live", **fields)
        Revision.objects.create(number=2, **fields)
        self.refuse("one_open_draft_a_page", Revision, number=3, **fields)
        self.refuse("revision_number_once_a_page", Revision, number=2, state="rejected", **fields)
        self.refuse("only_a_draft_has_no_document", Revision, number=3, state="approved", page=self.condition)
        self.refuse(
            "live_has_an_approver_or_needs_none",
            Revision,
            **fields | {"number": 3, "state": "live", "published_at": revision.published_at, "needs_clinician": True},
        )

    def test_a_revision_comes_down_after_it_goes_live(self):
        now = timezone.now()
        self.refuse(
            "expires_after_it_goes_live", Revision, page=self.condition, number=1, go_live_at=now, expire_at=now
        )

    def test_demonstration_content_has_no_approver(self):
        fields = {"page": self.condition, "number": 1, "state": "approved", "content_hash": "x"}
        approval = {"approved_by": factories.clinician(), "approved_at": self.condition.created_at}
        self.refuse("demonstration_has_no_approver", Revision, is_demonstration=True, **approval, **fields)
        self.refuse("approved_by_someone_at_a_time", Revision, approved_by=approval["approved_by"], **fields)

    def test_the_library_has_one_version(self):
        self.refuse("one_library_state", LibraryState, pk=2, version="x")


class InUse(TestCase):
    """What is in use stays."""

    @classmethod
    def setUpTestData(cls):
        cls.source = factories.source()
        cls.treatment = factories.treatment()

    def stays(self, row):
        with self.assertRaises(ProtectedError), transaction.atomic():
            row.delete()
        with self.assertRaises(ProtectedError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()

    def test_a_page_that_was_ever_on_the_site_stays(self):
        factories.publish(self.treatment)
        self.stays(self.treatment)
        self.stays(Page.objects.get(pk=self.treatment.pk))

    def test_a_page_nobody_has_seen_may_go_with_its_rows(self):
        self.treatment.delete()
        self.assertFalse(Section.objects.exists())

    def test_a_treatment_that_is_an_option_stays(self):
        factories.condition(options=[factories.option()])
        self.stays(self.treatment)

    def test_a_source_stays_wherever_it_is_cited(self):
        harm = {"name": "Pain", "serious": False, "frequency_n": None, "frequency_denominator": None}
        status = {"jurisdiction": "US", "status": "unclear", "public_statement": "x", "source": "example-source"}
        claim = {"claim": "x", "verdict": "partly", "answer": "y", "sources": ["example-source"]}
        for said, make, changes in (
            (
                "evidence ev-001 of Example condition",
                factories.condition,
                {"options": [factories.option()], "evidence": [factories.evidence(sources=["example-source"])]},
            ),
            ("answered claim of Example condition", factories.condition, {"answered_claims": [claim]}),
            (
                "section “What it is” of Example condition",
                factories.condition,
                {"sections": [factories.section(body="So [@other; @example-source].")]},
            ),
            (
                "harm “Pain” of Example treatment",
                factories.treatment,
                {"adverse_outcomes": [{**harm, "frequency_words": "", "sources": ["example-source"]}]},
            ),
            (
                "approval status of Example treatment",
                factories.treatment,
                {"regulatory": [{**status, "checked_on": "", "recheck_due": ""}]},
            ),
        ):
            with self.subTest(said), transaction.atomic():
                make(**changes)
                self.assertEqual(self.source.uses(), [said])
                self.stays(self.source)
                transaction.set_rollback(True)

    def test_a_source_stays_whichever_text_cites_it(self):
        cited = "So [@example-source]."
        for said, make, changes in (
            ("condition “Example condition”", factories.condition, {"natural_progression": cited}),
            ("condition “Example condition”", factories.condition, {"when_chronic": cited}),
            ("treatment “Example treatment”", factories.treatment, {"recovery": cited}),
            (
                "treatment option “Usual care” of Example condition",
                factories.condition,
                {"options": [factories.option("", "usual_care", description=cited)]},
            ),
            (
                "evidence row “ev-001: pain” of Example condition",
                factories.condition,
                {"options": [factories.option()], "evidence": [factories.evidence(detail=cited)]},
            ),
            (
                "answered claim “x” of Example condition",
                factories.condition,
                {"answered_claims": [{"claim": "x", "verdict": "partly", "answer": cited, "sources": []}]},
            ),
            (
                "question to ask “How?”",
                QuestionToAsk.objects.create,
                {"key": "q", "text": "How?", "why": cited},
            ),
        ):
            with self.subTest(said), transaction.atomic():
                make(**changes)
                self.assertEqual(self.source.uses(), [said])
                self.stays(self.source)
                transaction.set_rollback(True)

    def test_a_source_stays_while_a_live_page_cites_it(self):
        page = factories.condition(live=True, natural_progression="So [@example-source].")
        Condition.objects.update(natural_progression="")
        self.assertEqual(self.source.uses(), ["the live page Example condition"])
        self.stays(self.source)
        publishing.withdraw(page, actor=factories.staff())
        self.assertEqual(self.source.uses(), [])

    def test_a_source_nothing_cites_may_go(self):
        factories.condition(sections=[factories.section(body="See example-source or [@example-source-2].")])
        self.assertEqual(self.source.uses(), [])
        self.source.delete()

    def test_rows_of_answers_are_gone_with_their_page(self):
        factories.condition(answered_claims=[{"claim": "x", "verdict": "partly", "answer": "y", "sources": []}])
        Condition.objects.all().delete()
        self.assertFalse(AnsweredClaim.objects.exists())
