from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import TestCase, override_settings

from clinic.models import ClinicProfile
from tests import factories
from therapies import documents, publishing, snapshots
from therapies.models import Revision, RevisionPerson, Source
from therapies.publishing import PublishingRefused


def parts(revision):
    return {person.staff: person.part for person in revision.people.select_related("staff")}


class Reviewed(TestCase):
    """A condition somebody wrote, an editor, and a clinician."""

    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition()
        cls.author, cls.editor, cls.clinician = factories.staff(), factories.staff(), factories.clinician()
        publishing.contributed(cls.page, cls.author)

    def submit(self, page=None, **changes):
        return factories.submitted(page or self.page, **{"actor": self.author, **changes})

    def passed(self, **changes):
        return publishing.pass_review(self.submit(**changes), actor=self.editor)

    def approved(self, **changes):
        return publishing.approve(self.passed(**changes), actor=self.clinician.user)

    def edit(self, **changes):
        self.page.refresh_from_db()
        for name, value in changes.items():
            setattr(self.page, name, value)
        self.page.save()
        publishing.contributed(self.page, self.author)

    def refuse(self, said, act, *args, **kwargs):
        with transaction.atomic(), self.assertRaisesMessage(PublishingRefused, said):
            act(*args, **kwargs)


class Submit(Reviewed):
    def test_freezes_the_working_copy(self):
        revision = self.submit(change_note=" Clearer words. ", note="Please be quick.")
        revision.refresh_from_db()
        self.assertEqual(revision.document, snapshots.document_of(self.page))
        self.assertEqual(revision.content_hash, documents.content_hash(revision.document))
        self.assertEqual((revision.state, revision.change_note), ("editorial_review", "Clearer words."))
        self.assertIsNotNone(revision.submitted_at)
        self.assertEqual(revision.events.get().note, "Please be quick.")

    def test_leaves_what_is_edited_afterwards_to_a_newer_draft(self):
        revision = self.submit()
        self.edit(title="Another title")
        revision.refresh_from_db()
        self.assertEqual(revision.document["title"], "Example condition")
        draft = self.page.revisions.get(state="draft")
        self.assertEqual((draft.number, draft.document), (2, {}))

    def test_takes_the_page_whatever_class_it_was_read_as(self):
        self.assertEqual(self.submit(Revision.objects.get(page=self.page).page).document["title"], "Example condition")

    def test_works_for_a_page_nobody_edited(self):
        page = factories.treatment(live=True)
        self.assertEqual(parts(self.submit(page)), {self.author: "contributor"})

    def test_names_everybody_who_changed_it_since_it_was_live_with_an_approval(self):
        others = [factories.staff() for _ in range(3)]
        publishing.contributed(self.page, others[0])
        factories.publish(self.page)  # as demonstration
        publishing.contributed(self.page, others[1])
        publishing.reject(self.submit(), actor=self.editor, note="Not clear.")
        self.edit(title="Another title")
        publishing.contributed(self.page, others[2])
        self.assertEqual(set(parts(self.submit())), {self.author, *others})

    def test_forgets_who_only_made_what_was_approved_before(self):
        publishing.publish_approved(self.approved(), actor=self.editor)
        newcomer = factories.staff()
        self.page.title = "Another title"
        self.page.save()
        self.assertEqual(parts(self.submit(actor=newcomer)), {newcomer: "contributor"})

    def test_remembers_who_wrote_a_policy_shown_as_demonstration(self):
        policy = factories.article()
        publishing.contributed(policy, self.author)
        factories.publish(policy)
        self.assertIn(self.author, parts(self.submit(policy, actor=self.editor)))

    def test_remembers_who_wrote_a_policy_that_is_health_content_now(self):
        policy = factories.article()
        publishing.contributed(policy, self.author)
        factories.released(policy)
        policy.category = "about"
        policy.save()
        self.assertIn(self.author, parts(self.submit(policy, actor=self.editor)))

    def test_replaces_one_that_still_waits(self):
        first = self.passed()
        self.edit(title="Another title")
        second = self.submit()
        first.refresh_from_db()
        self.assertEqual((first.state, second.state), ("rejected", "editorial_review"))
        self.assertEqual(first.events.first().note, "Replaced by revision 2.")

    def test_leaves_an_approved_one_to_its_time(self):
        first = self.approved()
        self.edit(title="Another title")
        self.submit()
        first.refresh_from_db()
        self.assertEqual(first.state, "approved")

    def test_is_refused_without_a_word_for_readers(self):
        self.refuse("Say for readers what changed", self.submit, change_note="  ")
        self.refuse("at most 300 characters", self.submit, change_note="x" * 301)

    def test_is_refused_for_a_document_that_is_not_finished(self):
        self.page.sections.create(aspect="causes", heading="", body="")
        self.refuse("this may not be empty", self.submit)

    def test_is_refused_while_a_gate_is_open(self):
        self.page.care_advice.all().delete()
        self.refuse("Readers are not told when to get help at once. Add a care card", self.submit)
        self.assertEqual(self.page.revisions.get().state, "draft")

    def test_is_refused_when_nothing_changed(self):
        publishing.publish_approved(self.approved(), actor=self.editor)
        self.refuse("Nothing to submit", self.submit)

    def test_is_refused_at_the_address_of_another_live_page(self):
        other = factories.condition(slug="moved")
        other.slug = "Example-Other"
        other.save()
        factories.publish(factories.condition(slug="taken"))
        Revision.objects.live().update(document={**Revision.objects.live().get().document, "slug": "example-condition"})
        self.refuse("Another page is live at the address example-condition", self.submit)


class PassReview(Reviewed):
    def test_hands_it_to_a_clinician(self):
        revision = self.passed()
        self.assertEqual((revision.state, parts(revision)[self.editor]), ("clinical_review", "editor"))

    def test_is_refused_to_who_wrote_it(self):
        self.refuse("Another editor must pass it", publishing.pass_review, self.submit(), actor=self.author)

    @override_settings(AUTHOR_MAY_EDIT=True)
    def test_by_its_author_where_one_person_does_both(self):
        revision = publishing.pass_review(self.submit(), actor=self.author)
        self.assertEqual((revision.state, parts(revision)), ("clinical_review", {self.author: "contributor"}))
        self.assertEqual(revision.events.first().actor, self.author)
        clinician = factories.clinician(user=self.author)
        self.refuse("helped to make this version", publishing.approve, revision, actor=clinician.user)

    def test_approves_a_policy(self):
        revision = publishing.pass_review(self.submit(factories.article()), actor=self.editor)
        self.assertEqual((revision.state, revision.approved_by, revision.needs_clinician), ("approved", None, False))
        self.assertEqual(publishing.publish_approved(revision, actor=self.editor).state, "live")

    def test_does_not_approve_another_article(self):
        article = factories.article(category="method")
        self.assertEqual(publishing.pass_review(self.submit(article), actor=self.editor).state, "clinical_review")


class Approve(Reviewed):
    def test_names_the_clinician(self):
        revision = self.approved()
        self.assertEqual((revision.state, revision.approved_by), ("approved", self.clinician))
        self.assertIsNotNone(revision.approved_at)
        self.assertEqual(
            parts(revision),
            {self.author: "contributor", self.editor: "editor", self.clinician.user: "clinical_approver"},
        )

    def test_is_refused_to_who_is_no_active_clinician(self):
        revision = self.passed()
        for staff in (
            factories.staff(),
            factories.clinician(is_active=False).user,
            factories.clinician(user=factories.staff(is_active=False)).user,
            factories.clinician(user=factories.staff(is_superuser=True, is_active=False)).user,
        ):
            self.refuse("cannot approve", publishing.approve, revision, actor=staff)

    def test_is_refused_to_who_helped_to_write_it(self):
        publishing.contributed(self.page, self.clinician.user)
        revision = self.passed()
        self.refuse("helped to make this version", publishing.approve, revision, actor=self.clinician.user)

    def test_is_refused_to_who_passed_it_as_editor(self):
        revision = publishing.pass_review(self.submit(), actor=self.clinician.user)
        self.refuse("passed this version as its editor", publishing.approve, revision, actor=self.clinician.user)

    def test_is_refused_when_a_source_was_retracted_meanwhile(self):
        factories.source("example-source")
        self.page.sections.create(aspect="causes", heading="Causes", body="Some [@example-source].")
        revision = self.passed()
        Source.objects.update(status="retracted")
        self.refuse("was retracted", publishing.approve, revision, actor=self.clinician.user)
        revision.refresh_from_db()
        self.assertEqual((revision.state, revision.approved_by), ("clinical_review", None))
        self.assertFalse(self.page.review_events.exists())

    def test_is_refused_for_a_text_changed_in_the_database(self):
        revision = self.passed()
        Revision.objects.filter(pk=revision.pk).update(document={**revision.document, "summary": "Safe."})
        self.refuse("is not what was submitted", publishing.approve, revision, actor=self.clinician.user)

    def test_is_of_the_whole_page_the_first_time(self):
        revision = self.passed()
        said = "never reviewed from top to bottom"
        self.refuse(said, publishing.approve, revision, actor=self.clinician.user, whole_page=False)
        publishing.reject(publishing.approve(revision, actor=self.clinician.user), actor=self.editor, note="Wait.")
        self.edit(title="Another title")
        self.refuse(said, publishing.approve, self.passed(), actor=self.clinician.user, whole_page=False)


class SentBack(Reviewed):
    def test_keeps_the_reason_and_the_working_copy(self):
        revision = publishing.reject(self.submit(), actor=self.editor, note=" Say it in plain words. ")
        self.assertEqual((revision.state, revision.events.first().note), ("rejected", "Say it in plain words."))
        self.assertIsNotNone(revision.ended_at)
        self.assertEqual(self.submit().number, 2)

    def test_an_approved_one_does_not_go_live(self):
        revision = publishing.reject(self.approved(), actor=self.editor, note="A trial was published.")
        self.refuse("is in the state “rejected”", publishing.publish_approved, revision, actor=self.editor)


class NoContributorApproves(Reviewed):
    """What the database itself refuses, whatever the code above it does."""

    def run_sql(self, sql, *values):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)

    def test_a_second_part_in_a_revision_violates_a_constraint(self):
        revision = self.passed()
        for staff in (self.author, self.editor):
            with self.assertRaises(IntegrityError):
                self.run_sql(
                    "INSERT INTO therapies_revisionperson (revision_id, staff_id, part) VALUES (%s, %s, %s)",
                    *(revision.pk, staff.pk, "clinical_approver"),
                )
        self.assertFalse(RevisionPerson.objects.filter(part="clinical_approver").exists())

    def test_live_without_an_approver_violates_a_check(self):
        revision = self.passed()
        with self.assertRaisesRegex(IntegrityError, "live_has_an_approver_or_needs_none"):
            self.run_sql(
                "UPDATE therapies_revision SET state = 'live', published_at = created_at WHERE id = %s", revision.pk
            )

    def test_taking_the_approver_from_a_live_one_violates_a_check(self):
        revision = publishing.publish_approved(self.approved(), actor=self.editor)
        with self.assertRaisesRegex(IntegrityError, "live_has_an_approver_or_needs_none"):
            self.run_sql(
                "UPDATE therapies_revision SET approved_by_id = NULL, approved_at = NULL WHERE id = %s", revision.pk
            )

    def test_two_live_revisions_of_a_page_violate_a_constraint(self):
        publishing.publish_approved(self.approved(), actor=self.editor)
        self.edit(title="Another title")
        second = self.approved()
        with self.assertRaises(DatabaseError):
            self.run_sql(
                "UPDATE therapies_revision SET state = 'live', published_at = created_at WHERE id = %s", second.pk
            )


class MinorCorrection(Reviewed):
    def setUp(self):
        self.page.summary = "An exmple."
        self.page.save()
        self.approved_one = publishing.publish_approved(self.approved(), actor=self.editor)
        self.edit(summary="An example.")

    def correct(self, **changes):
        return self.submit(is_minor_correction=True, **changes)

    def test_needs_an_editor_only_and_carries_the_approval(self):
        revision = publishing.pass_review(self.correct(), actor=self.editor)
        self.assertEqual((revision.state, revision.corrects), ("approved", self.approved_one))
        self.assertEqual((revision.approved_by, revision.approved_at), (self.clinician, self.approved_one.approved_at))
        self.assertEqual(parts(revision)[self.clinician.user], "clinical_approver")
        live = publishing.publish_approved(revision, actor=self.editor)
        self.assertEqual((live.state, live.document["summary"]), ("live", "An example."))
        self.assertEqual(self.page.review_events.count(), 1)

    def test_is_refused_for_anything_else(self):
        self.edit(medical_name="Another name")
        self.refuse("This is no minor correction: it changes more than the words", self.correct)
        self.assertEqual(self.submit().corrects, None)

    def test_is_refused_for_what_no_clinician_approved(self):
        page = factories.condition(slug="demonstration", live=True)
        self.refuse("no approved text on the site to correct", self.correct, page=page)

    def test_is_measured_against_what_the_clinician_approved(self):
        publishing.publish_approved(publishing.pass_review(self.correct(), actor=self.editor), actor=self.editor)
        self.edit(summary="An exmples.")
        second = self.correct()
        self.assertEqual(second.corrects, self.approved_one)
        publishing.publish_approved(publishing.pass_review(second, actor=self.editor), actor=self.editor)

    def test_takes_one_back_to_what_the_clinician_approved(self):
        publishing.publish_approved(publishing.pass_review(self.correct(), actor=self.editor), actor=self.editor)
        self.edit(summary="An exmple.")
        back = publishing.publish_approved(publishing.pass_review(self.correct(), actor=self.editor), actor=self.editor)
        self.assertEqual((back.corrects, back.content_hash), (self.approved_one, self.approved_one.content_hash))
        self.edit(summary="An exmple.")
        self.refuse("which is live. Nothing to submit", self.correct)

    def test_is_refused_when_the_approver_helped_to_write_it(self):
        publishing.contributed(self.page, self.clinician.user)
        self.refuse("helped to make this version", publishing.pass_review, self.correct(), actor=self.editor)

    def test_does_not_bring_back_what_is_live_no_more(self):
        correction = publishing.pass_review(self.correct(), actor=self.editor)
        self.edit(title="Another title")
        newer = self.approved()
        publishing.withdraw(self.page, actor=self.editor)
        self.refuse(
            "What this corrects is not live any more", publishing.publish_approved, correction, actor=self.editor
        )
        publishing.publish_approved(newer, actor=self.editor)
        correction.refresh_from_db()
        self.assertEqual(correction.state, "rejected")


class Demonstration(Reviewed):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.reviewer = factories.staff("reviewer", is_demo=True)

    def test_accounts_take_a_page_the_whole_way_as_demonstration(self):
        revision = publishing.approve(self.passed(), actor=self.reviewer)
        self.assertEqual((revision.is_demonstration, revision.approved_by), (True, None))
        self.assertEqual(parts(revision)[self.reviewer], "clinical_approver")
        live = publishing.publish_approved(revision, actor=self.editor)
        self.assertEqual((live.state, live.is_demonstration), ("live", True))
        self.assertFalse(self.page.review_events.exists())

    def test_accounts_cannot_approve_what_they_wrote(self):
        publishing.contributed(self.page, self.reviewer)
        self.refuse("helped to make this version", publishing.approve, self.passed(), actor=self.reviewer)

    def test_accounts_approve_nothing_for_a_real_clinic(self):
        ClinicProfile.objects.create(name="Example Clinic", is_demo=False)
        self.refuse("cannot approve", publishing.approve, self.passed(), actor=self.reviewer)

    def test_a_policy_passed_by_a_demonstration_account_is_demonstration(self):
        policy = factories.article()
        revision = publishing.pass_review(self.submit(policy), actor=factories.staff(is_demo=True))
        self.assertEqual((revision.state, revision.is_demonstration), ("approved", True))

    def test_does_not_take_an_approved_page_off_the_site(self):
        publishing.publish_approved(self.approved(), actor=self.editor)
        self.edit(title="Another title")
        revision = publishing.approve(self.passed(), actor=self.reviewer)
        self.refuse("is live with an approval", publishing.publish_approved, revision, actor=self.editor)

    def test_is_superseded_by_an_approved_one(self):
        shown = factories.publish(self.page)
        self.edit(title="Another title")
        live = publishing.publish_approved(self.approved(), actor=self.editor)
        shown.refresh_from_db()
        self.assertEqual((shown.state, live.is_demonstration), ("superseded", False))
