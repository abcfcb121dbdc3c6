"""Two people, or a person and the schedule, at the same moment. Real transactions, on both databases."""

import threading

from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone

from tests import factories
from therapies import publishing
from therapies.models import Redirect, Revision, RevisionEvent
from therapies.publishing import PublishingRefused


def at_once(*acts):
    """Start all of them together. What each gave back: a value, or what it was refused with."""
    results, gate = [None] * len(acts), threading.Barrier(len(acts))

    def run(number, act):
        try:
            gate.wait()
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Together(TransactionTestCase):
    def setUp(self):
        self.page = factories.condition()
        self.editors = [factories.staff() for _ in range(4)]

    def one_of(self, results):
        """The one result that is no refusal; all others are."""
        refused = [result for result in results if isinstance(result, PublishingRefused)]
        done = [result for result in results if not isinstance(result, PublishingRefused)]
        self.assertEqual((len(refused), len(done)), (len(results) - 1, 1), results)
        self.assertNotIsInstance(done[0], Exception)
        return done[0]

    def copies(self, revision):
        return [Revision.objects.get(pk=revision.pk) for _ in self.editors]

    def test_one_of_four_publishes(self):
        revision = factories.approved(self.page)
        results = at_once(
            *(
                lambda copy=copy, editor=editor: publishing.publish_approved(copy, actor=editor)
                for copy, editor in zip(self.copies(revision), self.editors, strict=True)
            )
        )
        self.assertEqual(self.one_of(results).state, "live")
        self.assertEqual(RevisionEvent.objects.filter(move="publish").count(), 1)

    def test_a_person_and_the_schedule_publish_once(self):
        revision = factories.approved(self.page)
        Revision.objects.update(go_live_at=timezone.now())
        results = at_once(
            lambda: publishing.run_schedule(timezone.now()),
            lambda: publishing.run_schedule(timezone.now()),
            lambda: publishing.publish_approved(Revision.objects.get(pk=revision.pk), actor=self.editors[0]),
        )
        self.assertEqual(
            [one for one in results if isinstance(one, Exception) and type(one) is not PublishingRefused], []
        )
        self.assertEqual(RevisionEvent.objects.filter(move="publish").count(), 1)
        self.assertEqual(Revision.objects.live().count(), 1)

    def test_approved_and_sent_back_at_once_happens_one_after_the_other(self):
        revision = publishing.pass_review(factories.submitted(self.page), actor=self.editors[0])
        clinician = factories.clinician()
        one, other = self.copies(revision)[:2]
        approved, rejected = at_once(
            lambda: publishing.approve(one, actor=clinician.user),
            lambda: publishing.reject(other, actor=self.editors[1], note="Not clear."),
        )
        # Sent back first, it cannot be approved; approved first, it can still be sent back.
        self.assertNotIsInstance(rejected, Exception)
        moves = [event.move for event in RevisionEvent.objects.order_by("pk")][2:]
        refused = isinstance(approved, PublishingRefused)
        self.assertEqual(moves, ["reject"] if refused else ["approve", "reject"])
        self.assertEqual(Revision.objects.get(pk=revision.pk).state, "rejected")
        self.assertEqual(RevisionEvent.objects.filter(from_state="clinical_review").count(), 1)

    def test_two_approved_revisions_leave_the_newer_one_live(self):
        first = factories.approved(self.page)
        self.page.title = "Another title"
        self.page.save()
        second = factories.approved(self.page)
        results = at_once(
            lambda: publishing.publish_approved(first, actor=self.editors[0]),
            lambda: publishing.publish_approved(second, actor=self.editors[1]),
        )
        self.assertNotIsInstance(results[1], Exception)
        self.assertEqual(Revision.objects.live().get().pk, second.pk)
        self.assertFalse(Redirect.objects.exists())

    def test_whoever_edits_while_it_is_submitted_is_a_contributor_of_one_of_both(self):
        results = at_once(
            lambda: factories.submitted(self.page, actor=self.editors[0]),
            lambda: publishing.contributed(self.page, self.editors[1]),
            lambda: publishing.contributed(self.page, self.editors[2]),
        )
        self.assertEqual([result for result in results if isinstance(result, Exception)], [])
        people = {person.staff_id for one in Revision.objects.all() for person in one.people.all()}
        self.assertEqual(people, {editor.pk for editor in self.editors[:3]})
        self.assertLessEqual(Revision.objects.filter(state="draft").count(), 1)
