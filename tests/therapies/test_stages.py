from datetime import timedelta
from itertools import product

from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from tests import factories
from therapies import publishing, stages
from therapies.models import Revision
from therapies.publishing import PublishingRefused
from therapies.stages import MOVES, Stage

# What starts where, and where it leads. The table of the moves must say the same.
ALLOWED = {
    "draft": {"submit": "editorial_review"},
    "editorial_review": {"pass_review": "clinical_review", "reject": "rejected"},
    "clinical_review": {"approve": "approved", "reject": "rejected"},
    "approved": {"reject": "rejected", "schedule": "approved", "publish": "live"},
    "live": {"set_expiry": "live", "withdraw": "withdrawn", "supersede": "superseded", "expire": "withdrawn"},
    "superseded": {},
    "rejected": {},
    "withdrawn": {},
}


class Table(SimpleTestCase):
    def test_says_what_may_follow_each_state(self):
        found = {
            state: {move.name: stages.target(move, needs_clinician=True) for move in stages.allowed(state)}
            for state in Stage
        }
        self.assertEqual(found, ALLOWED)

    def test_knows_the_states_of_the_rows(self):
        self.assertEqual(set(Stage), set(Revision.State.values))

    def test_leads_past_the_clinician_only_out_of_editorial_review(self):
        for move in MOVES.values():
            shorter = stages.target(move, needs_clinician=False)
            self.assertEqual(shorter, "approved" if move.name == "pass_review" else move.to_state)

    def test_asks_a_reason_of_who_sends_something_back(self):
        self.assertEqual([move.name for move in MOVES.values() if move.needs_note], ["reject"])

    def test_lets_whoever_is_asked_send_it_back(self):
        rights = [
            stages.right_for(MOVES["reject"], state=state, kind="article") for state in MOVES["reject"].from_states
        ]
        self.assertEqual(rights, ["therapies.review_page", "therapies.approve_page", "therapies.withdraw_page"])

    def test_has_a_button_for_all_but_what_happens_by_itself(self):
        self.assertEqual({move.name for move in MOVES.values() if not move.label}, {"supersede", "expire"})
        self.assertEqual({move.name for move in MOVES.values() if not move.right}, {"supersede", "expire"})


class Rights(TestCase):
    def test_of_every_move_exist(self):
        there = {f"therapies.{name}" for name in Permission.objects.values_list("codename", flat=True)}
        for move, kind in product(MOVES.values(), ("condition", "treatment", "article")):
            for state in move.from_states if move.right else ():
                self.assertIn(stages.right_for(move, state=state, kind=kind), there)


class EveryPair(TestCase):
    """Each service from each state: it does what the table says, or refuses and changes nothing."""

    @classmethod
    def setUpTestData(cls):
        cls.staff, cls.clinician = factories.staff(), factories.clinician()
        cls.soon = timezone.now() + timedelta(days=1)
        made = {state: factories.condition(slug=state.replace("_", "-")) for state in ALLOWED}
        publishing.contributed(made["draft"], cls.staff)
        factories.submitted(made["editorial_review"])
        publishing.pass_review(factories.submitted(made["clinical_review"]), actor=factories.staff())
        factories.approved(made["approved"])
        for state in ("live", "superseded", "withdrawn"):
            factories.released(made[state])
        made["superseded"].title = "Another title"
        made["superseded"].save()
        factories.released(made["superseded"])
        publishing.withdraw(made["withdrawn"], actor=cls.staff)
        publishing.reject(factories.submitted(made["rejected"]), actor=cls.staff, note="Not clear.")
        cls.revisions = {state: page.revisions.order_by("number").first() for state, page in made.items()}

    def act(self, name, revision):
        """Make the move, and say which revision it moved."""
        page, actor = revision.page, self.staff
        match name:
            case "submit":
                return publishing.submit(page, actor=actor, change_note="New.")
            case "pass_review":
                return publishing.pass_review(revision, actor=actor)
            case "approve":
                return publishing.approve(revision, actor=self.clinician.user)
            case "reject":
                return publishing.reject(revision, actor=actor, note="Not clear.")
            case "schedule":
                return publishing.schedule(revision, actor=actor, go_live_at=self.soon)
            case "set_expiry":
                return publishing.set_expiry(revision, actor=actor, expire_at=self.soon)
            case "publish":
                return publishing.publish_approved(revision, actor=actor)
            case "withdraw":
                return publishing.withdraw(page, actor=actor)

    def test_the_pages_stand_where_they_should(self):
        self.assertEqual({state: revision.state for state, revision in self.revisions.items()}, {s: s for s in Stage})

    def test_moves_only_as_the_table_says(self):
        services = [move.name for move in MOVES.values() if move.label]
        for state, name in product(ALLOWED, services):
            revision = Revision.objects.get(pk=self.revisions[state].pk)
            events = revision.events.count()
            with self.subTest(f"{name} from {state}"), transaction.atomic():
                try:
                    refused = self.act(name, revision).pk != revision.pk
                except PublishingRefused:
                    refused = True
                now = Revision.objects.get(pk=revision.pk)
                if name in ALLOWED[state]:
                    self.assertFalse(refused)
                    self.assertEqual(now.state, ALLOWED[state][name])
                    event = now.events.first()
                    self.assertEqual((event.move, event.from_state, event.to_state), (name, state, now.state))
                    self.assertIsNotNone(event.actor)
                else:
                    self.assertTrue(refused)
                    if name != "submit":  # a newer revision of the page replaces one that waits in review
                        self.assertEqual((now.state, now.events.count()), (state, events))
                transaction.set_rollback(True)

    def test_a_guard_that_is_not_met_refuses_an_allowed_move(self):
        revisions = self.revisions
        author = revisions["editorial_review"].people.get().staff
        unmet = {
            "submit": lambda: publishing.submit(revisions["draft"].page, actor=self.staff, change_note=" "),
            "pass_review": lambda: publishing.pass_review(revisions["editorial_review"], actor=author),
            "approve": lambda: publishing.approve(revisions["clinical_review"], actor=self.staff),
            "reject": lambda: publishing.reject(revisions["clinical_review"], actor=self.staff, note=" "),
            "schedule": lambda: publishing.schedule(
                revisions["approved"], actor=self.staff, go_live_at=self.soon, expire_at=self.soon
            ),
            "set_expiry": lambda: publishing.set_expiry(
                revisions["live"], actor=self.staff, expire_at=self.soon - timedelta(days=2)
            ),
            "publish": lambda: self.publish_changed(revisions["approved"]),
        }
        for name, act in unmet.items():
            with self.subTest(name), transaction.atomic():
                with self.assertRaises(PublishingRefused):
                    act()
                transaction.set_rollback(True)

    def publish_changed(self, revision):
        Revision.objects.filter(pk=revision.pk).update(document={**revision.document, "title": "Something else"})
        publishing.publish_approved(revision, actor=self.staff)
