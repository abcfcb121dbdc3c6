from unittest import mock

from django.db import DatabaseError, IntegrityError, connection
from django.test import TestCase

from tests import factories
from tests.therapies import examples
from therapies import documents, publishing, snapshots, working_copy
from therapies.models import LibraryState, Revision, RevisionPerson
from therapies.publishing import PublishingRefused


def version():
    return LibraryState.objects.get().version


def fail_in_the_database():
    connection.cursor().execute("SELECT * FROM nothing")


class Publish(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition()
        cls.editor = factories.staff("editor")

    def test_freezes_the_working_copy(self):
        revision = publishing.publish(
            self.page, actor=self.editor, change_note="First published.", is_demonstration=True
        )
        revision.refresh_from_db()
        self.assertEqual(revision.document, snapshots.document_of(self.page))
        self.assertEqual(revision.content_hash, documents.content_hash(revision.document))
        self.assertEqual((revision.number, revision.state, revision.change_note), (1, "live", "First published."))
        self.assertIsNotNone(revision.published_at)
        self.page.title = "Another title"
        self.page.save()
        revision.refresh_from_db()
        self.assertEqual(revision.document["title"], "Example condition")

    def test_the_hash_proves_what_the_database_gives_back(self):
        for item in examples.SOURCES:
            factories.source(**item)
        for page in examples.PAGES:
            revision = factories.publish(working_copy.replace(documents.validated(page, where="")))
            revision.refresh_from_db()
            self.assertEqual(documents.content_hash(revision.document), revision.content_hash)

    def test_supersedes_the_revision_before(self):
        first = factories.publish(self.page)
        second = factories.publish(self.page)
        first.refresh_from_db()
        self.assertEqual((first.state, second.state, second.number), ("superseded", "live", 2))
        self.assertIsNotNone(first.ended_at)
        self.assertEqual(list(self.page.revisions.live()), [second])

    def test_replaces_the_version_of_the_library_each_time(self):
        versions = {version()}
        for _ in range(3):
            factories.publish(self.page)
            versions.add(version())
        self.assertEqual(len(versions), 4)

    def test_names_who_published(self):
        revision = factories.publish(self.page, actor=self.editor)
        self.assertEqual([(person.staff, person.part) for person in revision.people.all()], [(self.editor, "editor")])

    def test_writes_down_who_did_it(self):
        first = factories.publish(self.page, actor=self.editor)
        factories.publish(self.page)
        said = [(event.move, event.from_state, event.to_state, event.actor) for event in first.events.all()]
        self.assertEqual(said, [("supersede", "live", "superseded", None), ("publish", "draft", "live", self.editor)])

    def test_refuses_what_a_gate_keeps_back(self):
        page = factories.condition(slug="no-cards", care_advice=[])
        with self.assertRaisesMessage(PublishingRefused, "Readers are not told when to get help at once."):
            factories.publish(page)

    def test_keeps_a_contributor_a_contributor(self):
        publishing.contributed(self.page, self.editor)
        revision = factories.publish(self.page, actor=self.editor)
        self.assertEqual([person.part for person in revision.people.all()], ["contributor"])

    def test_a_contribution_is_a_change_of_the_page(self):
        before = self.page.updated_at
        publishing.contributed(self.page, self.editor)
        self.page.refresh_from_db()
        self.assertGreater(self.page.updated_at, before)

    def test_goes_on_with_the_open_draft(self):
        publishing.contributed(self.page, self.editor)
        publishing.contributed(self.page, self.editor)
        draft = self.page.revisions.get()
        self.assertEqual(draft.state, "draft")
        self.assertEqual(factories.publish(self.page), draft)
        publishing.contributed(self.page, self.editor)
        self.assertEqual([row.state for row in self.page.revisions.all()], ["draft", "live"])

    def test_refuses_a_document_that_is_not_valid(self):
        self.page.evidence.create(
            key="ev-1",
            outcome="pain",
            comparator="nothing",
            direction="uncertain",
            certainty="low",
            certainty_basis="source",
        )
        before = version()
        with self.assertRaisesMessage(
            PublishingRefused, "Example condition: evidence 1, options: at least 1 needed here."
        ):
            factories.publish(self.page)
        self.assertEqual(version(), before)
        self.assertFalse(Revision.objects.exists())

    def test_refuses_the_address_of_another_live_page(self):
        factories.publish(self.page)
        self.page.slug = "moved"
        self.page.save()
        other = factories.condition()
        with self.assertRaisesMessage(PublishingRefused, "Another page is live at the address example-condition"):
            factories.publish(other)
        factories.publish(factories.treatment(slug="example-condition"))

    def test_is_one_transaction(self):
        before = version()
        with (
            mock.patch("therapies.publishing.going_live.library_changed", fail_in_the_database),
            self.assertRaises(DatabaseError),
        ):
            factories.publish(self.page)
        self.assertEqual(version(), before)
        self.assertFalse(Revision.objects.exists())


class Approval(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition()
        cls.clinician = factories.clinician()

    def refuse(self, said, page=None, **changes):
        with self.assertRaisesMessage(PublishingRefused, said):
            factories.publish(page or self.page, **{"approved_by": self.clinician, **changes})

    def test_puts_clinician_and_time_on_the_revision(self):
        revision = factories.publish(self.page, approved_by=self.clinician)
        self.assertFalse(revision.is_demonstration)
        self.assertEqual(revision.approved_by, self.clinician)
        self.assertIsNotNone(revision.approved_at)
        self.assertEqual(
            {person.part: person.staff for person in revision.people.all()}["clinical_approver"], self.clinician.user
        )

    def test_is_needed_for_what_is_not_demonstration(self):
        self.refuse("Example condition needs the approval of a clinician", approved_by=None)
        self.refuse("needs the approval", approved_by=None, page=factories.article(category="about"))

    def test_of_an_editor_is_enough_for_a_policy(self):
        revision = factories.publish(factories.article(category="policy"), approved_by=None)
        self.assertEqual((revision.state, revision.is_demonstration), ("live", False))

    def test_needs_a_person_who_publishes(self):
        self.refuse("Only a person can publish", actor=None)

    def test_by_who_publishes_is_refused(self):
        self.refuse("Example Clinician helped to make this version", actor=self.clinician.user)

    def test_by_who_changed_the_page_is_refused(self):
        publishing.contributed(self.page, self.clinician.user)
        self.refuse("helped to make this version")

    def test_by_who_made_a_demonstration_of_it_is_refused(self):
        publishing.contributed(self.page, self.clinician.user)
        factories.publish(self.page)
        self.refuse("helped to make this version")

    def test_by_who_only_made_what_was_approved_before_is_accepted(self):
        publishing.contributed(self.page, self.clinician.user)
        factories.publish(self.page, approved_by=factories.clinician())
        revision = factories.publish(self.page, approved_by=self.clinician)
        self.assertEqual(revision.approved_by, self.clinician)

    def test_needs_an_active_clinician_with_an_account(self):
        for clinician in (
            factories.clinician(user=None),
            factories.clinician(is_active=False),
            factories.clinician(user=factories.staff(is_active=False)),
            factories.clinician(user=factories.staff(is_demo=True)),
        ):
            self.refuse("cannot approve", approved_by=clinician)

    def test_of_demonstration_content_is_refused(self):
        self.refuse("Demonstration content has no approver", is_demonstration=True)

    def test_is_a_review_of_the_whole_page(self):
        revision = factories.publish(self.page, approved_by=self.clinician)
        event = self.page.review_events.get()
        self.assertEqual((event.kind, event.clinician, event.revision), ("whole_page", self.clinician, revision))
        self.page.refresh_from_db()
        self.assertEqual(self.page.next_review_due, event.next_due)

    def test_is_not_lost_to_demonstration_content(self):
        factories.publish(self.page, approved_by=self.clinician)
        with self.assertRaisesMessage(PublishingRefused, "is live with an approval"):
            factories.publish(self.page)

    def test_nobody_has_two_parts_in_a_revision(self):
        revision = factories.publish(self.page, approved_by=self.clinician)
        with self.assertRaises(IntegrityError):
            RevisionPerson.objects.create(revision=revision, staff=self.clinician.user, part="contributor")


class Withdraw(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(live=True)
        cls.editor = factories.staff("editor")

    def test_takes_the_page_down_and_says_so_to_every_process(self):
        before = version()
        revision = publishing.withdraw(self.page, actor=self.editor)
        revision.refresh_from_db()
        self.assertEqual(revision.state, "withdrawn")
        self.assertIsNotNone(revision.ended_at)
        self.assertEqual([person.staff for person in revision.people.all()], [self.editor])
        self.assertNotEqual(version(), before)

    def test_names_also_a_person_who_had_a_part_already(self):
        author = factories.staff()
        publishing.contributed(self.page, author)
        factories.publish(self.page)
        revision = publishing.withdraw(self.page, actor=author, note="A reader found a mistake.")
        event = revision.events.first()
        self.assertEqual((event.move, event.actor, event.note), ("withdraw", author, "A reader found a mistake."))
        self.assertEqual([person.part for person in revision.people.all()], ["contributor"])

    def test_is_refused_for_a_page_that_is_not_live(self):
        publishing.withdraw(self.page, actor=self.editor)
        with self.assertRaisesMessage(PublishingRefused, "Example condition is not on the site."):
            publishing.withdraw(self.page, actor=self.editor)

    def test_leaves_room_to_publish_again(self):
        publishing.withdraw(self.page, actor=self.editor)
        self.assertEqual(factories.publish(self.page).number, 2)


class LibraryChanged(TestCase):
    def test_makes_the_row_when_it_is_missing(self):
        LibraryState.objects.all().delete()
        publishing.library_changed()
        self.assertEqual(len(version()), 32)
