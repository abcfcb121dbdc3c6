import io
from datetime import timedelta
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from clinic import upkeep
from tests import factories
from therapies import publishing
from therapies.library import current
from therapies.models import Revision, Source


class Scheduled(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.now = timezone.now()
        cls.editor = factories.staff()

    def approved(self, slug, **times):
        """An approved revision, scheduled in days from now; negative ones were due while nothing ran."""
        revision = factories.approved(factories.condition(slug=slug, title=slug.title()))
        at = {name: self.now + timedelta(days=days) for name, days in times.items()}
        Revision.objects.filter(pk=revision.pk).update(**at)
        return revision

    def state(self, revision):
        revision.refresh_from_db()
        return revision.state

    def said(self):
        return [str(part) for part in publishing.run_schedule(self.now)]


class RunSchedule(Scheduled):
    def test_publishes_what_is_due_and_nothing_else(self):
        due, later = self.approved("due", go_live_at=-0.01), self.approved("later", go_live_at=1)
        unscheduled = self.approved("unscheduled")
        self.assertEqual(self.said(), ["Due, revision 1: is on the site now."])
        self.assertEqual([self.state(one) for one in (due, later, unscheduled)], ["live", "approved", "approved"])
        event = due.events.first()
        self.assertEqual((event.move, event.actor, event.note), ("publish", None, "Scheduled."))
        self.assertIsNotNone(current().page("condition", "due"))

    def test_does_nothing_twice(self):
        self.approved("due", go_live_at=-1)
        self.said()
        self.assertEqual(self.said(), [])

    def test_takes_down_what_has_expired(self):
        revision = publishing.publish_approved(self.approved("over"), actor=self.editor)
        publishing.set_expiry(revision, actor=self.editor, expire_at=self.now + timedelta(days=1))
        self.assertEqual(self.said(), [])
        self.now += timedelta(days=1)
        self.assertEqual(self.said(), ["Over, revision 1: is off the site: its time was over."])
        self.assertEqual(self.state(revision), "withdrawn")
        event = revision.events.first()
        self.assertEqual(
            (event.move, event.from_state, event.to_state, event.actor), ("expire", "live", "withdrawn", None)
        )
        self.assertIsNone(current().page("condition", "over"))

    def test_catches_up_after_downtime_oldest_first(self):
        self.approved("second", go_live_at=-1)
        self.approved("first", go_live_at=-3)
        self.assertEqual([part.title for part in publishing.run_schedule(self.now)], ["First", "Second"])

    def test_what_should_have_come_and_gone_meanwhile_replaces_and_goes(self):
        page = factories.condition(slug="offer")
        before = factories.released(page)
        page.title = "Offer"
        page.save()
        revision = factories.approved(page)
        Revision.objects.filter(pk=revision.pk).update(
            go_live_at=self.now - timedelta(days=3), expire_at=self.now - timedelta(days=1)
        )
        self.assertEqual([part.move for part in publishing.run_schedule(self.now)], ["publish", "expire"])
        self.assertEqual((self.state(before), self.state(revision)), ("superseded", "withdrawn"))

    def test_what_should_have_gone_meanwhile_is_never_seen(self):
        revision = self.approved("offer", go_live_at=-3, expire_at=-1)
        with (
            mock.patch("therapies.publishing.scheduled.come_down", side_effect=ZeroDivisionError),
            self.assertRaises(ZeroDivisionError),
        ):
            publishing.run_schedule(self.now)
        self.assertEqual(self.state(revision), "approved")

    def test_the_newest_of_two_that_are_due_stays(self):
        page = factories.condition(slug="twice")
        first = factories.approved(page)
        page.title = "Another title"
        page.save()
        second = factories.approved(page)
        Revision.objects.filter(page=page).update(go_live_at=self.now - timedelta(days=1))
        publishing.run_schedule(self.now)
        self.assertEqual((self.state(first), self.state(second)), ("superseded", "live"))

    def test_one_that_is_refused_keeps_no_other_waiting(self):
        factories.source("example-source")
        sections = [factories.section(body="Text [@example-source].")]
        kept = factories.approved(factories.condition(slug="kept", title="Kept", sections=sections))
        Revision.objects.filter(pk=kept.pk).update(go_live_at=self.now - timedelta(days=2))
        due = self.approved("due", go_live_at=-1)
        Source.objects.update(status="retracted")
        done = publishing.run_schedule(self.now)
        self.assertEqual([(part.title, part.move) for part in done], [("Kept", ""), ("Due", "publish")])
        self.assertIn("was retracted", done[0].said)
        self.assertEqual((self.state(kept), self.state(due)), ("approved", "live"))
        Source.objects.update(status="current")
        self.assertEqual([part.move for part in publishing.run_schedule(self.now)], ["publish"])

    def test_asks_two_questions_when_nothing_is_due(self):
        self.approved("later", go_live_at=1)
        with self.assertNumQueries(2):
            publishing.run_schedule(self.now)


class Command(Scheduled):
    def run_it(self):
        out = io.StringIO()
        call_command("publish_scheduled", stdout=out)
        return out.getvalue()

    def test_says_what_it_did(self):
        self.approved("due", go_live_at=-1)
        self.assertEqual(self.run_it(), "Due, revision 1: is on the site now.\n")
        self.assertEqual(self.run_it(), "Nothing is due.\n")

    def test_fails_when_something_was_refused(self):
        revision = self.approved("due", go_live_at=-1)
        Revision.objects.filter(pk=revision.pk).update(content_hash="0" * 64)
        with self.assertRaisesMessage(CommandError, "1 could not be published. They stay approved"):
            self.run_it()


class Upkeep(Scheduled):
    def test_publishes_what_is_due(self):
        revision = self.approved("due", go_live_at=-1)
        self.assertEqual(upkeep.keep_up(now=self.now).done, ("Due, revision 1: is on the site now.",))
        self.assertEqual(self.state(revision), "live")

    def test_by_the_command_that_sends_mail_too(self):
        self.approved("due", go_live_at=-1)
        out = io.StringIO()
        call_command("send_outbox", stdout=out)
        self.assertIn("Due, revision 1: is on the site now.\n", out.getvalue())
