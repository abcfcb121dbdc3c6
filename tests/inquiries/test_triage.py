from django.test import TestCase

from inquiries.models import Inquiry, InquiryEvent
from inquiries.services import triage
from inquiries.states import CLOSED, MOVES, OWNED, Status, move_between
from tests import factories


class MoveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse, cls.colleague = factories.staff("nurse"), factories.staff("colleague")

    def setUp(self):
        self.inquiry = factories.inquiry()
        self.other = factories.inquiry(full_name="Somebody Else", email="other@example.com", phone="")

    def move(self, to, actor=None, version=None):
        actor = actor or self.nurse
        self.inquiry = triage.move(self.inquiry, to, actor=actor, version=version or self.inquiry.version)
        return self.inquiry

    def put(self, status):
        """Bring the request to a status as the database would let it stand."""
        Inquiry.objects.filter(pk=self.inquiry.pk).update(
            status=status.value,
            owner=self.nurse if status in OWNED else None,
            closed_at=self.inquiry.created_at if status in CLOSED else None,
            merged_into=self.other if status is Status.MERGED else None,
        )
        self.inquiry.refresh_from_db()

    def test_taking_makes_the_taker_the_owner(self):
        self.move(Status.IN_REVIEW)
        self.assertEqual((self.inquiry.status, self.inquiry.owner), ("in_review", self.nurse))

    def test_giving_back_leaves_no_owner(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.NEW)
        self.assertIsNone(self.inquiry.owner)

    def test_closing_keeps_the_time_and_the_owner(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.DECLINED, actor=self.colleague)
        self.assertIsNotNone(self.inquiry.closed_at)
        self.assertEqual(self.inquiry.owner, self.nurse)

    def test_reopening_clears_the_closing_time(self):
        self.move(Status.WITHDRAWN)
        self.move(Status.IN_REVIEW)
        self.assertEqual((self.inquiry.closed_at, self.inquiry.owner), (None, self.nurse))

    def test_reopening_gives_it_to_who_reopens_when_the_owner_is_gone(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.DECLINED)
        self.nurse.is_active = False
        self.nurse.save(update_fields=["is_active"])
        self.move(Status.IN_REVIEW, actor=self.colleague)
        self.assertEqual(self.inquiry.owner, self.colleague)

    def test_writes_an_event_with_who_and_from_where_to_where(self):
        self.move(Status.IN_REVIEW)
        event = self.inquiry.events.last()
        self.assertEqual(
            (event.seq, event.kind, event.from_status, event.to_status, event.actor),
            (2, "moved", "new", "in_review", self.nurse),
        )

    def test_the_status_is_always_that_of_the_newest_event(self):
        for to in [Status.IN_REVIEW, Status.AWAITING_PATIENT, Status.ACCEPTED, Status.BOOKED, Status.IN_REVIEW]:
            self.move(to)
            self.assertEqual(self.inquiry.events.order_by("-seq").first().to_status, self.inquiry.status)
        self.assertEqual(self.inquiry.event_count, self.inquiry.events.count())

    def test_every_pair_of_statuses_is_allowed_or_refused_as_the_table_says(self):
        for here in Status:
            for to in Status:
                allowed = move_between(here, to) is not None and to is not Status.MERGED
                self.put(here)
                with self.subTest(f"{here} to {to}"):
                    if allowed:
                        self.assertEqual(self.move(to).status, to.value)
                    else:
                        with self.assertRaises(triage.MoveNotAllowed):
                            self.move(to)
                        self.inquiry.refresh_from_db()
                        self.assertEqual(self.inquiry.status, here.value)

    def test_names_what_is_missing(self):
        with self.assertRaisesMessage(triage.MoveNotAllowed, "needs the request it is merged into first"):
            self.move(Status.MERGED)

    def test_nobody_cannot_own_a_request(self):
        with self.assertRaisesMessage(triage.MoveNotAllowed, "needs an owner first"):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=None, version=1)

    def test_an_error_names_the_reference_and_nobody(self):
        with self.assertRaises(triage.MoveNotAllowed) as caught:
            self.move(Status.BOOKED)
        self.assertIn(self.inquiry.reference, str(caught.exception))
        self.assertNotIn("Ana", str(caught.exception))


class TwoPeopleTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse, cls.colleague = factories.staff("nurse"), factories.staff("colleague")
        cls.inquiry = factories.inquiry()

    def test_the_second_is_told_and_changes_nothing(self):
        triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=1)
        with self.assertRaisesMessage(triage.StaleInquiry, f"{self.inquiry.reference} has changed"):
            triage.move(self.inquiry, Status.WITHDRAWN, actor=self.colleague, version=1)
        now = Inquiry.objects.get()
        self.assertEqual((now.status, now.owner, now.version), ("in_review", self.nurse, 2))
        self.assertEqual(InquiryEvent.objects.count(), 2)

    def test_the_second_is_told_so_even_if_the_move_is_no_longer_one(self):
        triage.move(self.inquiry, Status.SPAM, actor=self.nurse, version=1)
        with self.assertRaises(triage.StaleInquiry):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=self.colleague, version=1)

    def test_the_second_loses_even_when_both_read_before_either_wrote(self):
        def meanwhile(*args, **kwargs):
            Inquiry.objects.filter(pk=self.inquiry.pk).update(version=2)
            return real(*args, **kwargs)

        real = triage._missing
        triage._missing = meanwhile
        self.addCleanup(setattr, triage, "_missing", real)
        with self.assertRaises(triage.StaleInquiry):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=1)
        self.assertEqual(Inquiry.objects.get().status, "new")
        self.assertEqual(InquiryEvent.objects.count(), 1)


class PossibleMovesTests(TestCase):
    def test_are_the_moves_that_miss_nothing(self):
        inquiry, nurse = factories.inquiry(), factories.staff()
        possible = {move.to for move in triage.possible_moves(inquiry, nurse)}
        self.assertEqual(possible, {move.to for move in MOVES[Status.NEW]} - {Status.MERGED})
