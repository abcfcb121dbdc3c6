from datetime import timedelta

from django.contrib.auth.models import Group
from django.test import TestCase
from django.utils import timezone

from clinic.models import OutboxEmail
from inquiries.models import Inquiry, InquiryEvent
from inquiries.services import contact, contact_mails, owning, patient, triage, undo
from inquiries.services.changing import MoveNotAllowed, StaleInquiry
from inquiries.states import CLOSED, MOVES, OUTCOMES, OWNED, Status, move_between
from tests import factories


def person(role, **fields):
    staff = factories.staff(**fields)
    staff.groups.add(Group.objects.get(name=role))
    return staff


class DeskCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.nurse, cls.colleague = person("Triage nurse", on_duty=True), person("Triage nurse", on_duty=True)
        cls.clinician = person("Clinician", on_duty=True)

    def setUp(self):
        self.inquiry = factories.inquiry()
        self.other = factories.inquiry(full_name="Somebody Else", email="other@example.com", phone="")

    def move(self, to, actor=None, **given):
        self.inquiry = factories.moved(self.inquiry, to, actor=actor or self.nurse, **given)
        return self.inquiry

    def only(self, to, actor=None, **given):
        """The move alone, with no more said than given."""
        self.inquiry.refresh_from_db()
        self.inquiry = triage.move(
            self.inquiry,
            to,
            actor=actor or self.nurse,
            version=self.inquiry.version,
            given=triage.Given(**given),
        )
        return self.inquiry

    def put(self, status, **fields):
        """Bring the request to a status as the database would let it stand."""
        Inquiry.objects.filter(pk=self.inquiry.pk).update(
            **{
                "status": status.value,
                "owner": self.nurse if status in OWNED else None,
                "closed_at": self.inquiry.created_at if status in CLOSED else None,
                "merged_into": self.other if status is Status.MERGED else None,
                **fields,
            }
        )
        self.inquiry.refresh_from_db()

    def call(self, result="reached", channel="phone", **more):
        self.inquiry.refresh_from_db()
        contact.record(
            self.inquiry, actor=self.nurse, channel=channel, result=result, version=self.inquiry.version, **more
        )
        self.inquiry.refresh_from_db()

    def refused(self, words, to, **given):
        before = Inquiry.objects.values().get(pk=self.inquiry.pk)
        with self.assertRaisesMessage(MoveNotAllowed, words):
            self.only(to, **given)
        self.assertEqual(Inquiry.objects.values().get(pk=self.inquiry.pk), before)


class MoveTests(DeskCase):
    def test_taking_makes_the_taker_the_owner(self):
        self.move(Status.IN_REVIEW)
        self.assertEqual((self.inquiry.status, self.inquiry.owner), ("in_review", self.nurse))

    def test_giving_back_leaves_no_owner_and_keeps_the_reason_as_a_note(self):
        self.move(Status.IN_REVIEW)
        self.refused("needs a reason first", Status.NEW)
        self.move(Status.NEW, reason="I go home.")
        self.assertIsNone(self.inquiry.owner)
        self.assertEqual(self.inquiry.notes.first().body, "I go home.")

    def test_closing_keeps_the_time_the_owner_and_how_it_ended(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.DECLINED, actor=self.colleague, outcome="other_care_first")
        self.assertIsNotNone(self.inquiry.closed_at)
        self.assertEqual(self.inquiry.owner, self.nurse)
        self.assertEqual((self.inquiry.outcome, self.inquiry.patient_told), ("other_care_first", "yes"))
        self.assertEqual(self.inquiry.events.last().detail, "other_care_first")

    def test_an_outcome_of_another_status_is_none(self):
        self.move(Status.IN_REVIEW)
        self.refused("needs an outcome first", Status.DECLINED, outcome="advertising", patient_told="yes")

    def test_reopening_clears_the_closing_time_and_the_outcome(self):
        self.move(Status.WITHDRAWN)
        self.move(Status.IN_REVIEW)
        self.assertEqual((self.inquiry.closed_at, self.inquiry.owner), (None, self.nurse))
        self.assertEqual((self.inquiry.outcome, self.inquiry.patient_told), ("", ""))
        self.assertGreater(self.inquiry.due_at, timezone.now())

    def test_reopened_by_another_it_stays_with_its_owner(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.DECLINED)
        self.move(Status.IN_REVIEW, actor=self.colleague)
        self.assertEqual(self.inquiry.owner, self.nurse)

    def test_reopening_gives_it_to_who_reopens_when_the_owner_is_gone(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.DECLINED)
        self.nurse.is_active = False
        self.nurse.save(update_fields=["is_active"])
        self.move(Status.IN_REVIEW, actor=self.colleague)
        self.assertEqual(self.inquiry.owner, self.colleague)

    def test_writes_an_event_with_who_from_where_to_where_and_whose_it_is_now(self):
        self.move(Status.IN_REVIEW)
        event = self.inquiry.events.last()
        self.assertEqual(
            (event.seq, event.kind, event.from_status, event.to_status, event.actor, event.subject),
            (2, "moved", "new", "in_review", self.nurse, self.nurse),
        )

    def test_the_status_is_always_that_of_the_newest_move(self):
        for to in [Status.IN_REVIEW, Status.AWAITING_PATIENT, Status.ACCEPTED, Status.BOOKED, Status.IN_REVIEW]:
            self.move(to)
            newest = self.inquiry.events.exclude(to_status="").order_by("-seq").first()
            self.assertEqual(newest.to_status, self.inquiry.status)
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
                        with self.assertRaises(MoveNotAllowed):
                            self.move(to)
                        self.inquiry.refresh_from_db()
                        self.assertEqual(self.inquiry.status, here.value)

    def test_every_move_is_refused_without_any_one_thing_it_needs(self):
        day = timezone.localdate() + timedelta(days=7)
        said = {"reason": "Why", "patient_told": "yes", "next_step_on": day, "appointment_on": day}
        lacking = {
            "own": {"owner": self.colleague},
            "first_contact": {"first_contact_at": None},
            "all_read": {"has_unseen_update": True},
            "call_if_flagged": {"safety_level": "urgent"},
            "clinician_if_flagged": {"safety_level": "urgent"},
            "not_flagged": {"safety_level": "urgent"},
            "three_tries": {},
        }
        for here, moves in MOVES.items():
            for wanted in moves:
                for guard in wanted.guards:
                    given = {**said, "outcome": next(iter(OUTCOMES.get(wanted.to, {})), "")}
                    if guard in given:
                        given[guard] = None if guard.endswith("_on") else ""
                    if guard in ("owner", "merge_target") or (guard == "outcome" and len(OUTCOMES[wanted.to]) == 1):
                        continue
                    self.put(here, first_contact_at=timezone.now(), has_unseen_update=False, safety_level="none")
                    Inquiry.objects.filter(pk=self.inquiry.pk).update(**lacking.get(guard, {}))
                    with self.subTest(f"{here} to {wanted.to} without {guard}"), self.assertRaises(MoveNotAllowed):
                        self.only(wanted.to, **given)

    def test_names_what_is_missing(self):
        self.refused("needs the request it is merged into first", Status.MERGED)

    def test_nobody_cannot_own_a_request(self):
        with self.assertRaisesMessage(MoveNotAllowed, "needs an owner first"):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=None, version=1)

    def test_an_error_names_the_reference_and_nobody(self):
        with self.assertRaises(MoveNotAllowed) as caught:
            self.move(Status.BOOKED)
        self.assertIn(self.inquiry.reference, str(caught.exception))
        self.assertNotIn("Ana", str(caught.exception))


class CloseGateTests(DeskCase):
    def flag(self, level="urgent"):
        Inquiry.objects.filter(pk=self.inquiry.pk).update(safety_level=level, safety_advice_shown_at=timezone.now())
        self.inquiry.refresh_from_db()

    def test_a_flagged_request_is_closed_after_a_recorded_call_by_a_clinician_alone(self):
        self.flag()
        self.move(Status.IN_REVIEW)
        said = {"outcome": "own_doctor", "patient_told": "yes"}
        self.refused("a recorded call, since it has a warning sign", Status.REDIRECTED, **said)
        self.call("no_answer")
        self.refused("a clinician, since it has a warning sign", Status.REDIRECTED, **said)
        self.assertEqual(self.only(Status.REDIRECTED, actor=self.clinician, **said).status, "redirected")

    def test_a_letter_is_no_call(self):
        self.flag()
        self.call("sent", channel="email")
        self.refused("a recorded call", Status.WITHDRAWN)

    def test_what_the_patient_wrote_is_read_before_it_is_closed(self):
        patient.add_information(self.inquiry, text="One thing more")
        self.refused("to be read and marked as seen", Status.WITHDRAWN)

    def test_whether_the_patient_was_told_is_said(self):
        self.move(Status.IN_REVIEW)
        self.refused("whether the patient was told", Status.DECLINED, outcome="other_care_first")

    def test_unreachable_takes_three_tries_on_two_days_and_one_in_writing(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.AWAITING_PATIENT)
        self.refused("three tries on two days", Status.UNREACHABLE)
        self.assertEqual(self.move(Status.UNREACHABLE).outcome, "not_reached")


class ClockTests(DeskCase):
    def test_stops_while_we_wait_and_goes_on_when_the_patient_writes(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.AWAITING_PATIENT)
        self.assertIsNone(self.inquiry.due_at)
        self.assertGreater(self.inquiry.minutes_left, 0)
        self.assertEqual(self.inquiry.next_step, "hear_back")
        inquiry = patient.add_information(self.inquiry, text="Here I am")
        self.assertEqual((inquiry.status, inquiry.minutes_left), ("in_review", None))
        self.assertGreater(inquiry.due_at, timezone.now())

    def test_an_open_request_always_has_a_next_step_with_a_day(self):
        for to in [Status.IN_REVIEW, Status.AWAITING_PATIENT, Status.IN_REVIEW, Status.NEW, Status.IN_REVIEW]:
            self.move(to)
            self.assertTrue(self.inquiry.next_step and self.inquiry.next_step_on, to)

    def test_a_closed_request_owes_nothing(self):
        self.move(Status.WITHDRAWN)
        self.assertEqual(
            (self.inquiry.due_at, self.inquiry.next_step, self.inquiry.next_step_on, self.inquiry.needs_call_first),
            (None, "", None, False),
        )

    def test_the_first_word_of_us_makes_the_decision_due(self):
        self.call()
        self.assertEqual((self.inquiry.next_step, self.inquiry.needs_call_first), ("decide", False))
        self.assertIsNotNone(self.inquiry.first_contact_at)

    def test_a_call_nobody_answers_leaves_the_first_answer_due(self):
        due_at = self.inquiry.due_at
        self.call("no_answer")
        self.assertEqual((self.inquiry.due_at, self.inquiry.next_step), (due_at, "try_again"))
        self.assertIsNone(self.inquiry.first_contact_at)

    def test_an_emergency_sign_stays_first_until_somebody_was_spoken_with(self):
        inquiry = factories.inquiry(safety_level="emergency", advice_shown_at=timezone.now())
        self.assertTrue(inquiry.needs_call_first)
        self.inquiry = inquiry
        self.call("voicemail")
        self.assertTrue(self.inquiry.needs_call_first)
        self.call("reached", channel="text")
        self.assertTrue(self.inquiry.needs_call_first)
        self.call()
        self.assertFalse(self.inquiry.needs_call_first)

    def test_the_promise_never_moves_with_it(self):
        promised = self.inquiry.promised_at
        self.move(Status.IN_REVIEW)
        self.move(Status.AWAITING_PATIENT)
        self.move(Status.IN_REVIEW)
        self.assertEqual(self.inquiry.promised_at, promised)


class UndoTests(DeskCase):
    def undo(self, actor=None):
        self.inquiry = undo.undo(self.inquiry, actor=actor or self.nurse, version=self.inquiry.version)
        return self.inquiry

    def standing(self):
        names = ("status", "owner_id", "closed_at", "due_at", "minutes_left", "next_step", "next_step_on", "outcome")
        return {name: getattr(self.inquiry, name) for name in (*names, "patient_told", "appointment_on", "is_suspect")}

    def test_every_move_but_a_merge_can_be_taken_back_whole(self):
        for here, moves in MOVES.items():
            for wanted in moves:
                if wanted.to is Status.MERGED:
                    continue
                self.put(here, first_contact_at=timezone.now(), has_unseen_update=False)
                before = self.standing()
                self.move(wanted.to)
                with self.subTest(f"{here} to {wanted.to}"):
                    self.undo()
                    self.assertEqual(self.standing(), before)
                    self.assertEqual(self.inquiry.events.last().kind, "undone")

    def test_cancels_the_mail_that_waited(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.DECLINED)
        self.undo()
        self.assertEqual(OutboxEmail.objects.get(kind=contact_mails.UPDATE).state, "cancelled")

    def test_only_by_who_made_it(self):
        self.move(Status.IN_REVIEW)
        with self.assertRaisesMessage(MoveNotAllowed, "only who made a move"):
            self.undo(self.colleague)

    def test_not_after_ten_minutes(self):
        self.move(Status.IN_REVIEW)
        last = self.inquiry.events.last()
        self.assertIsNotNone(undo.undoable(self.inquiry, self.nurse, last.at + timedelta(minutes=9, seconds=59)))
        self.assertIsNone(undo.undoable(self.inquiry, self.nurse, last.at + timedelta(minutes=10)))

    def test_not_after_anything_else_happened(self):
        self.move(Status.IN_REVIEW)
        self.inquiry = patient.add_information(self.inquiry, text="Something more")
        with self.assertRaises(MoveNotAllowed):
            self.undo()

    def test_not_twice(self):
        self.move(Status.IN_REVIEW)
        self.undo()
        with self.assertRaises(MoveNotAllowed):
            self.undo()


class OwningTests(DeskCase):
    def assign(self, to, actor=None, reason="She knows them."):
        self.inquiry.refresh_from_db()
        self.inquiry = owning.assign(
            self.inquiry, to=to, actor=actor or self.nurse, reason=reason, version=self.inquiry.version
        )
        return self.inquiry

    def test_gives_a_request_to_somebody_on_duty_with_a_reason_that_is_kept(self):
        self.assign(self.colleague)
        event = self.inquiry.events.last()
        self.assertEqual((self.inquiry.status, self.inquiry.owner), ("in_review", self.colleague))
        self.assertEqual((event.kind, event.subject, event.actor), ("given", self.colleague, self.nurse))
        self.assertEqual(self.inquiry.notes.get().body, "She knows them.")

    def test_not_to_who_is_off_duty_gone_or_does_no_such_work(self):
        for someone in (
            person("Triage nurse", on_duty=False),
            person("Triage nurse", on_duty=True, is_active=False),
            person("Auditor", on_duty=True),
        ):
            with self.assertRaisesMessage(MoveNotAllowed, "on duty"):
                self.assign(someone)

    def test_not_without_a_reason(self):
        with self.assertRaisesMessage(MoveNotAllowed, "a reason"):
            self.assign(self.colleague, reason="  ")

    def test_not_when_closed(self):
        self.move(Status.WITHDRAWN)
        with self.assertRaisesMessage(MoveNotAllowed, "Reopen it first"):
            self.assign(self.colleague)

    def test_keeps_where_it_stands(self):
        self.move(Status.IN_REVIEW)
        self.move(Status.ACCEPTED)
        self.assertEqual(self.assign(self.colleague).status, "accepted")

    def test_a_manager_gives_it_back_to_the_queue(self):
        self.move(Status.IN_REVIEW)
        self.assertEqual(self.assign(None).status, "new")
        self.assertIsNone(self.inquiry.owner)

    def test_a_colleague_who_left_owns_nothing_any_more(self):
        self.move(Status.IN_REVIEW)
        waiting = factories.inquiry(full_name="A Third", email="third@example.com", phone="")
        waiting = factories.moved(
            factories.moved(waiting, Status.IN_REVIEW, actor=self.nurse), Status.AWAITING_PATIENT, actor=self.nurse
        )
        self.nurse.is_active = False
        self.nurse.save(update_fields=["is_active"])
        self.assertEqual(owning.return_orphans(timezone.now()), 2)
        for inquiry in Inquiry.objects.filter(pk__in=[self.inquiry.pk, waiting.pk]):
            self.assertEqual((inquiry.status, inquiry.owner), ("new", None))
            self.assertIsNotNone(inquiry.due_at)
            self.assertEqual(inquiry.events.last().kind, "returned")
        self.assertEqual(owning.return_orphans(timezone.now()), 0)


class TwoPeopleTests(DeskCase):
    def test_the_second_is_told_and_changes_nothing(self):
        triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=1)
        with self.assertRaisesMessage(StaleInquiry, f"{self.inquiry.reference} has changed"):
            triage.move(self.inquiry, Status.WITHDRAWN, actor=self.colleague, version=1)
        self.inquiry.refresh_from_db()
        self.assertEqual((self.inquiry.status, self.inquiry.owner, self.inquiry.version), ("in_review", self.nurse, 2))
        self.assertEqual(self.inquiry.events.count(), 2)

    def test_the_second_is_told_so_even_if_the_move_is_no_longer_one(self):
        self.move(Status.SPAM)
        with self.assertRaises(StaleInquiry):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=self.colleague, version=1)

    def test_the_second_loses_even_when_both_read_before_either_wrote(self):
        def meanwhile(*args, **kwargs):
            Inquiry.objects.filter(pk=self.inquiry.pk).update(version=2)
            return real(*args, **kwargs)

        real = triage._facts
        triage._facts = meanwhile
        self.addCleanup(setattr, triage, "_facts", real)
        with self.assertRaises(StaleInquiry):
            triage.move(self.inquiry, Status.IN_REVIEW, actor=self.nurse, version=1)
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.status, "new")
        self.assertEqual(InquiryEvent.objects.filter(inquiry=self.inquiry).count(), 1)


class OfferTests(DeskCase):
    def test_every_move_of_the_table_is_named_with_what_it_still_needs(self):
        found = {offer.move.to: offer.needs for offer in triage.offers(self.inquiry, self.nurse)}
        self.assertEqual(set(found), {move.to for move in MOVES[Status.NEW]})
        self.assertTrue(all(needs == () for needs in found.values()))

    def test_what_a_form_cannot_give_is_named_before(self):
        self.move(Status.IN_REVIEW)
        found = {offer.move.to: offer.needs for offer in triage.offers(self.inquiry, self.colleague)}
        self.assertEqual(
            found[Status.AWAITING_PATIENT],
            ("to be yours: take it over", "a call or a message that reached the patient"),
        )
        self.assertEqual(found[Status.DECLINED], ())
