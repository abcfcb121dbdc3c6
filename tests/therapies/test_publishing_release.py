from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tests import factories
from tests.therapies.test_publishing_review import Reviewed
from therapies import documents, publishing, snapshots, working_copy
from therapies.models import LibraryState, Redirect, RegulatoryStatus, Revision, Source


def version():
    return LibraryState.objects.get().version


class PublishApproved(Reviewed):
    def publish(self, revision):
        return publishing.publish_approved(revision, actor=self.editor)

    def test_shows_to_the_letter_what_was_approved(self):
        revision = self.approved()
        approved_hash = revision.content_hash
        self.edit(title="Another title", summary="Another summary.")
        before = version()
        live = self.publish(revision)
        self.assertEqual((live.state, live.document["title"]), ("live", "Example condition"))
        self.assertEqual(documents.content_hash(live.document), approved_hash)
        self.assertNotEqual(version(), before)

    def test_refuses_a_text_changed_in_the_database(self):
        revision = self.approved()
        Revision.objects.filter(pk=revision.pk).update(document={**revision.document, "title": "Cured"})
        self.refuse("is not what was submitted", self.publish, revision)

    def test_refuses_while_a_gate_is_open(self):
        factories.source("example-source")
        self.page.sections.create(aspect="causes", heading="Causes", body="Some [@example-source].")
        revision = self.approved()
        Source.objects.update(status="retracted")
        self.refuse("was retracted", self.publish, revision)

    def test_refuses_the_address_of_another_live_page(self):
        revision = self.approved()
        self.edit(slug="moved")
        factories.released(factories.condition())
        self.refuse("Another page is live at the address example-condition", self.publish, revision)

    def test_sends_back_what_is_older(self):
        first = self.approved()
        self.edit(title="Another title")
        self.publish(self.approved())
        first.refresh_from_db()
        self.assertEqual((first.state, first.events.first().note), ("rejected", "Replaced by revision 2."))

    def test_of_an_older_one_leaves_a_newer_one_in_review(self):
        first = self.approved()
        self.edit(title="Another title")
        second = self.submit()
        self.publish(first)
        second.refresh_from_db()
        self.assertEqual(second.state, "editorial_review")

    def test_may_be_pressed_by_who_wrote_it(self):
        live = publishing.publish_approved(self.approved(), actor=self.author)
        self.assertEqual(live.people.get(staff=self.author).part, "contributor")
        self.assertEqual(live.events.first().actor, self.author)


class Scheduling(Reviewed):
    def setUp(self):
        self.now = timezone.now()
        self.revision = self.approved()

    def in_days(self, days):
        return self.now + timedelta(days=days)

    def test_keeps_both_times(self):
        publishing.schedule(
            self.revision, actor=self.editor, go_live_at=self.in_days(1), expire_at=self.in_days(2), note="Campaign."
        )
        self.revision.refresh_from_db()
        self.assertEqual(self.revision.state, "approved")
        self.assertEqual((self.revision.go_live_at, self.revision.expire_at), (self.in_days(1), self.in_days(2)))
        event = self.revision.events.first()
        self.assertEqual((event.move, event.actor, event.note), ("schedule", self.editor, "Campaign."))

    def test_without_times_leaves_it_to_a_person(self):
        publishing.schedule(self.revision, actor=self.editor, go_live_at=self.in_days(1))
        publishing.schedule(self.revision, actor=self.editor)
        self.assertIsNone(self.revision.go_live_at)

    def test_refuses_times_that_cannot_be(self):
        for said, times in [
            ("would go live in the past", {"go_live_at": self.in_days(-1)}),
            ("would come down in the past", {"expire_at": self.in_days(-1)}),
            ("before it goes live", {"go_live_at": self.in_days(2), "expire_at": self.in_days(1)}),
            ("before it goes live", {"go_live_at": self.in_days(2), "expire_at": self.in_days(2)}),
        ]:
            self.refuse(said, publishing.schedule, self.revision, actor=self.editor, **times)

    def test_gives_way_to_a_person_who_publishes_now(self):
        publishing.schedule(self.revision, actor=self.editor, go_live_at=self.in_days(1), expire_at=self.in_days(2))
        live = publishing.publish_approved(self.revision, actor=self.editor)
        self.assertEqual((live.go_live_at, live.expire_at), (None, self.in_days(2)))

    def test_the_end_of_a_live_page_may_be_moved(self):
        live = publishing.publish_approved(self.revision, actor=self.editor)
        publishing.set_expiry(live, actor=self.editor, expire_at=self.in_days(3))
        live.refresh_from_db()
        self.assertEqual((live.state, live.expire_at), ("live", self.in_days(3)))
        publishing.set_expiry(live, actor=self.editor)
        self.assertIsNone(live.expire_at)
        self.refuse("in the past", publishing.set_expiry, live, actor=self.editor, expire_at=self.in_days(-1))

    def test_stops_when_the_page_is_withdrawn(self):
        publishing.publish_approved(self.revision, actor=self.editor)
        self.edit(title="Another title")
        waiting = publishing.schedule(self.approved(), actor=self.editor, go_live_at=self.in_days(1))
        publishing.withdraw(self.page, actor=self.editor)
        waiting.refresh_from_db()
        self.assertEqual((waiting.state, waiting.go_live_at), ("approved", None))
        self.assertIn("a person must publish this", waiting.events.first().note)


class OldAddresses(Reviewed):
    def release(self, page=None, **changes):
        page = page or self.page
        for name, value in changes.items():
            setattr(page, name, value)
        page.save()
        return factories.released(page)

    def redirects(self):
        return dict(Redirect.objects.values_list("old_path", "page"))

    def test_lead_to_the_page_after_it_moved(self):
        self.release()
        self.assertEqual(self.redirects(), {})
        self.release(slug="second")
        self.release(slug="third")
        self.assertEqual(
            self.redirects(), {"/conditions/example-condition/": self.page.pk, "/conditions/second/": self.page.pk}
        )

    def test_are_addresses_again_when_the_page_comes_back(self):
        self.release()
        self.release(slug="second")
        self.release(slug="example-condition")
        self.assertEqual(self.redirects(), {"/conditions/second/": self.page.pk})

    def test_are_remembered_while_the_page_was_off_the_site(self):
        self.release()
        publishing.withdraw(self.page, actor=self.editor)
        self.release(slug="second")
        self.assertEqual(self.redirects(), {"/conditions/example-condition/": self.page.pk})

    def test_give_way_to_a_new_page(self):
        self.release()
        self.release(slug="second")
        self.release(factories.condition())
        self.assertEqual(self.redirects(), {})

    def test_that_another_page_has_taken_stay_with_it(self):
        self.release()
        publishing.withdraw(self.page, actor=self.editor)
        self.edit(slug="parked")
        self.release(factories.condition())
        self.release(slug="second")
        self.assertEqual(self.redirects(), {})

    def test_move_with_demonstration_content_too(self):
        page = factories.treatment(live=True)
        page.slug = "moved"
        page.save()
        factories.publish(page)
        self.assertEqual(self.redirects(), {"/treatments/example-treatment/": page.pk})


class Restore(Reviewed):
    def test_brings_an_earlier_text_back_as_the_working_copy(self):
        old = publishing.publish_approved(self.approved(), actor=self.editor)
        self.edit(title="Another title")
        live = publishing.publish_approved(self.approved(), actor=self.editor)
        publishing.restore(old, actor=self.editor)
        self.assertEqual(snapshots.document_of(self.page), old.document)
        live.refresh_from_db()
        self.assertEqual((live.state, live.document["title"]), ("live", "Another title"))

    def test_makes_who_restored_and_who_wrote_it_contributors(self):
        old = publishing.publish_approved(self.approved(), actor=self.editor)
        restorer = factories.staff()
        publishing.restore(old, actor=restorer)
        draft = self.page.revisions.get(state="draft")
        self.assertEqual({person.staff for person in draft.people.all()}, {self.author, restorer})

    def test_keeps_the_address(self):
        old = publishing.publish_approved(self.approved(), actor=self.editor)
        self.edit(slug="moved", title="Another title")
        other = factories.condition(title="Other")
        restored = publishing.restore(old, actor=self.editor)
        self.assertEqual((restored.pk, restored.slug, restored.title), (self.page.pk, "moved", "Example condition"))
        other.refresh_from_db()
        self.assertEqual(other.title, "Other")

    def test_keeps_the_dates_of_approval_checks(self):
        status = {"jurisdiction": "US", "status": "unclear", "public_statement": "Ask.", "source": ""}
        page = factories.treatment(regulatory=[{**status, "checked_on": "2025-01-31", "recheck_due": "2025-07-31"}])
        old = factories.released(page)
        RegulatoryStatus.objects.update(checked_on="2026-01-31", recheck_due="2026-07-31")
        publishing.restore(old, actor=self.editor)
        self.assertEqual(str(RegulatoryStatus.objects.get().checked_on), "2026-01-31")

    def test_refuses_a_draft(self):
        draft = self.page.revisions.get()
        self.refuse("A draft has no text", publishing.restore, draft, actor=self.editor)

    def test_refuses_what_points_to_something_that_is_gone(self):
        factories.source("example-source")
        section = self.page.sections.create(aspect="causes", heading="Causes", body="Some [@example-source].")
        old = self.approved()
        section.delete()
        Source.objects.all().delete()
        self.refuse("no longer there: source example-source", publishing.restore, old, actor=self.editor)

    def test_refuses_a_document_of_another_form(self):
        old = self.approved()
        Revision.objects.filter(pk=old.pk).update(document={**old.document, "format": 0})
        old.refresh_from_db()
        self.refuse("older form", publishing.restore, old, actor=self.editor)

    def test_is_one_transaction(self):
        old = self.approved()
        self.edit(title="Another title")
        original = working_copy.replace
        self.addCleanup(setattr, working_copy, "replace", original)

        def fail(*args):
            original(*args)
            raise KeyError

        working_copy.replace = fail
        with self.assertRaises(KeyError), transaction.atomic():
            publishing.restore(old, actor=self.editor)
        self.page.refresh_from_db()
        self.assertEqual(self.page.title, "Another title")
