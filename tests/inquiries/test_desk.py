from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic.models import OutboxEmail
from clinic.outbox import NoLongerOwed, renderer
from inquiries import duplicates
from inquiries.admin import timeline
from inquiries.models import AccessLog, DuplicateDecision, Inquiry, InquiryEvent, Presence, ReplyTarget, SavedReply
from inquiries.services import (
    access,
    append_only,
    contact,
    histories,
    merging,
    notes,
    patient,
    presence,
    privacy,
    ranking,
    replies,
)
from inquiries.services.changing import MoveNotAllowed, StaleInquiry
from inquiries.states import Status
from tests import factories
from tests.inquiries.test_triage import DeskCase


class RankingTests(DeskCase):
    def override(self, level, reason="She sounded very unwell.", inquiry=None):
        inquiry = inquiry or self.inquiry
        return ranking.override(inquiry, level=level, actor=self.nurse, reason=reason, version=inquiry.version)

    def test_a_request_is_ranked_when_it_comes_in_and_says_why(self):
        again = factories.inquiry(message="Still there")
        self.assertEqual((self.inquiry.level, again.level), (Inquiry.Priority.ROUTINE, Inquiry.Priority.SOON))
        rules = [reason["rule"] for reason in again.priority_reasons["reasons"]]
        self.assertIn("REPEAT-30D", rules)
        self.assertLess(again.due_at, self.inquiry.due_at)
        self.assertTrue(again.ruleset)

    def test_an_emergency_sign_stands_before_everything(self):
        flagged = factories.inquiry(safety_level="emergency", advice_shown_at=timezone.now())
        self.assertEqual((flagged.level, flagged.needs_call_first), (Inquiry.Priority.EMERGENCY, True))

    def test_worse_raises_it_and_makes_it_due_sooner(self):
        due_at = self.inquiry.due_at
        inquiry = patient.report_worse(self.inquiry, text="", signs=[], level="none")
        self.assertEqual(inquiry.level, Inquiry.Priority.URGENT)
        self.assertLess(inquiry.due_at, due_at)

    def test_the_clinic_sets_how_soon(self):
        ReplyTarget.objects.update_or_create(level=3, defaults={"minutes": 5, "days": None})
        soon = factories.inquiry(full_name="New Person", email="new@example.com", phone="")
        self.assertLess(soon.due_at - soon.created_at, timedelta(minutes=6))

    def test_a_person_ranks_otherwise_for_a_reason_that_stays(self):
        inquiry = self.override(1)
        self.assertEqual((inquiry.level, inquiry.priority_level), (1, 3))
        self.assertEqual((inquiry.override_by, inquiry.override_reason), (self.nurse, "She sounded very unwell."))
        self.assertEqual(inquiry.events.last().detail, "level:1")
        inquiry = ranking.end_override(inquiry, actor=self.colleague, version=inquiry.version)
        self.assertEqual((inquiry.level, inquiry.override_reason), (3, ""))
        event = inquiry.events.last()
        self.assertEqual((event.kind, event.actor, event.detail), ("ranked", self.colleague, "level:rules"))
        self.assertEqual(timeline.said(event), "The priority was reckoned again: the rules count again")

    def test_every_kind_of_event_is_written_by_some_service(self):
        rooms = (Path(ranking.__file__).parent).glob("*.py")
        text = " ".join(room.read_text(encoding="utf-8") for room in rooms)
        self.assertEqual([kind.name for kind in InquiryEvent.Kind if f"Kind.{kind.name}" not in text], [])

    def test_not_without_a_reason_nor_when_closed(self):
        with self.assertRaisesMessage(MoveNotAllowed, "a reason"):
            self.override(1, reason=" ")
        self.move(Status.WITHDRAWN)
        with self.assertRaisesMessage(MoveNotAllowed, "closed"):
            self.override(1)

    def test_an_emergency_sign_is_not_ranked_lower_before_somebody_called(self):
        flagged = factories.inquiry(safety_level="emergency", advice_shown_at=timezone.now())
        with self.assertRaisesMessage(MoveNotAllowed, "a recorded call first"):
            self.override(3, inquiry=flagged)

    def test_what_the_patient_writes_wins_over_an_earlier_override(self):
        self.override(3)
        inquiry = patient.report_worse(self.inquiry, text="", signs=[], level="urgent")
        self.assertEqual((inquiry.level, inquiry.override_level), (Inquiry.Priority.URGENT, None))


class MergeTests(DeskCase):
    def merge(self, source, target):
        return merging.merge(source, into=target, actor=self.nurse, version=source.version, into_version=target.version)

    def test_one_is_closed_the_other_takes_over_what_presses(self):
        flagged = factories.inquiry(safety_level="urgent", advice_shown_at=timezone.now(), message="Again")
        patient.add_information(flagged, text="More")
        flagged.refresh_from_db()
        target = self.merge(flagged, self.inquiry)
        flagged.refresh_from_db()
        self.assertEqual((flagged.status, flagged.merged_into, flagged.outcome), ("merged", target, "duplicate"))
        self.assertEqual((target.safety_level, target.level, target.has_unseen_update), ("urgent", 1, True))
        self.assertLessEqual(target.due_at, flagged.created_at + timedelta(days=2))
        self.assertEqual(target.events.last().kind, "merged_here")
        self.assertTrue(flagged.answers["asked"])  # the original stays as it was

    def test_neither_into_itself_nor_into_a_closed_one(self):
        with self.assertRaises(MoveNotAllowed):
            self.merge(self.inquiry, self.inquiry)
        closed = factories.moved(self.other, Status.WITHDRAWN, actor=self.nurse)
        with self.assertRaisesMessage(MoveNotAllowed, "is closed"):
            self.merge(self.inquiry, closed)

    def test_both_must_still_be_what_was_looked_at(self):
        for stale in ("inquiry", "other"):
            with self.subTest(stale), self.assertRaises(StaleInquiry):
                versions = {"version": self.inquiry.version, "into_version": self.other.version}
                versions["version" if stale == "inquiry" else "into_version"] = 9
                merging.merge(self.inquiry, into=self.other, actor=self.nurse, **versions)
        self.inquiry.refresh_from_db()
        self.assertEqual(self.inquiry.status, "new")

    def test_likely_ones_are_suggested_with_reasons_until_somebody_decides(self):
        same = factories.inquiry(full_name="Ana Example", email="", phone="+1 202 555 0123", message="By phone")
        factories.inquiry(full_name="Ana Other", email="ana.other@example.com", phone="")
        found = duplicates.candidates(self.inquiry)
        self.assertEqual([each.inquiry for each in found], [same])
        self.assertEqual(found[0].reasons, ("the same phone number", "the same name"))
        merging.decide(self.inquiry, same, decision="different", actor=self.nurse, version=self.inquiry.version)
        self.assertEqual(duplicates.candidates(self.inquiry), [])
        self.assertEqual(duplicates.candidates(same), [])
        self.assertEqual(DuplicateDecision.objects.count(), 2)


class ReplyTests(DeskCase):
    def send(self, text, **more):
        self.inquiry.refresh_from_db()
        return replies.send(self.inquiry, actor=self.nurse, text=text, version=self.inquiry.version, **more)

    def test_a_letter_leaves_is_kept_and_counts_as_word_of_us(self):
        saved = SavedReply.objects.create(title="Call us", body="Please call {clinic_phone} about {reference}.")
        offered = replies.filled(saved.body, self.inquiry, timezone.now())
        self.assertIn(self.inquiry.reference, offered)
        reply = self.send("Please call us.", saved=saved, offered=offered)
        self.inquiry.refresh_from_db()
        self.assertIsNotNone(self.inquiry.first_contact_at)
        self.assertEqual((reply.offered, reply.sent), (offered, "Please call us."))
        self.assertEqual(self.inquiry.events.last().kind, "replied")
        message = renderer(replies.KIND)(OutboxEmail.objects.get(kind=replies.KIND))
        self.assertIn("Please call us.", message.body)
        self.assertEqual(message.subject, f"About your request {self.inquiry.reference}")

    def test_words_of_their_answers_are_caught(self):
        factories.condition(slug="gout", title="Gouty knee")
        self.inquiry = factories.inquiry(message="The stairs are agony", condition="gout", email="b@example.com")
        for text, words in {"How are the Stairs?": ["Stairs"], "About your gouty knee": ["gouty", "knee"]}.items():
            with self.subTest(text), self.assertRaises(replies.NamesHealth) as caught:
                self.send(text)
            self.assertEqual(caught.exception.words, words)
        self.assertFalse(OutboxEmail.objects.filter(kind=replies.KIND).exists())
        self.send("Please call us about your request before Friday.")

    def test_the_link_of_the_request_says_nothing_of_health_however_long_ago_it_was_filled_in(self):
        self.inquiry = factories.inquiry(message="I read about it on http://example.org", email="b@example.com")
        with mock.patch("time.time", return_value=timezone.now().timestamp() - 300):
            text = replies.filled("Please call us. {status_link}", self.inquiry, timezone.now())
        self.assertEqual(replies.health_words(text, self.inquiry), [])
        other = text.replace("/request/", "/conditions/")
        self.assertEqual(replies.health_words(other, self.inquiry), ["http"])

    def test_nothing_is_sent_half_filled_empty_or_too_long(self):
        for text in ("Call {clinic_phone}", "   ", "x" * 2001):
            with self.subTest(text[:5]), self.assertRaises(ValueError):
                self.send(text)

    def test_nothing_is_sent_without_an_address_or_to_a_suspect(self):
        for inquiry in (
            factories.inquiry(email=""),
            factories.inquiry(email="s@example.com", suspect_reasons=["trap"]),
        ):
            self.inquiry = inquiry
            with self.assertRaises(MoveNotAllowed):
                self.send("Please call us.")

    def test_a_letter_of_somebody_erased_meanwhile_is_not_sent(self):
        reply = self.send("Please call us.")
        email = OutboxEmail.objects.get(kind=replies.KIND)
        self.inquiry.refresh_from_db()
        privacy.anonymise(self.inquiry, actor=self.nurse, version=self.inquiry.version)
        reply.refresh_from_db()
        self.assertEqual((reply.sent, reply.offered), ("", ""))
        with self.assertRaises(NoLongerOwed):
            renderer(replies.KIND)(email)

    def test_only_places_we_can_fill_in_are_known(self):
        self.assertEqual(replies.unknown_places("{reference} {name} {status_link}"), ["name"])


class NoteTests(DeskCase):
    def test_is_kept_and_goes_with_the_person(self):
        note = notes.add(self.inquiry, actor=self.nurse, body=" Call her son. ", version=1, is_pinned=True)
        self.assertEqual((note.body, note.is_pinned), ("Call her son.", True))
        self.inquiry.refresh_from_db()
        privacy.anonymise(self.inquiry, actor=self.nurse, version=self.inquiry.version)
        note.refresh_from_db()
        self.assertEqual(note.body, "")

    def test_not_empty_and_not_a_book(self):
        for body in (" ", "x" * 2001):
            with self.assertRaises(ValueError):
                notes.add(self.inquiry, actor=self.nurse, body=body, version=1)


class HistoryTests(DeskCase):
    def setUp(self):
        super().setUp()
        self.move(Status.IN_REVIEW)
        self.move(Status.NEW)

    def tampered(self, sql, *values):
        append_only.unguard(connection)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
        return [broken.reference for broken in histories.broken()]

    def test_holds_when_nobody_touched_it(self):
        self.assertEqual(list(histories.broken()), [])
        call_command("verify_inquiry_log", stdout=StringIO())

    def test_a_changed_event_shows(self):
        found = self.tampered(
            "UPDATE inquiries_inquiryevent SET actor_id = %s WHERE inquiry_id = %s AND seq = 2",
            self.colleague.pk,
            self.inquiry.pk,
        )
        self.assertEqual(found, [self.inquiry.reference])
        with self.assertRaises(CommandError):
            call_command("verify_inquiry_log", reference=self.inquiry.reference, stdout=StringIO())

    def test_a_removed_event_shows_the_last_one_too(self):
        for seq in (1, self.inquiry.event_count):
            with self.subTest(seq), transaction.atomic():
                found = self.tampered(
                    "DELETE FROM inquiries_inquiryevent WHERE inquiry_id = %s AND seq = %s", self.inquiry.pk, seq
                )
                self.assertEqual(found, [self.inquiry.reference])
                transaction.set_rollback(True)

    def test_a_status_changed_past_the_history_shows(self):
        Inquiry.objects.filter(pk=self.inquiry.pk).update(status="booked", closed_at=timezone.now(), outcome="x")
        self.assertEqual([broken.what for broken in histories.broken()], ["the status is not that of its last move"])

    def test_the_database_itself_refuses(self):
        append_only.guard(None, using="default")
        for table in ("inquiries_inquiryevent", "inquiries_accesslog"):
            access.looked(self.nurse, AccessLog.Action.VIEW, inquiry=self.inquiry)
            for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET at = at"):
                with self.subTest(sql), self.assertRaises(DatabaseError), transaction.atomic():
                    connection.cursor().execute(sql)

    def test_events_hold_codes_only(self):
        from inquiries.services import events

        with self.assertRaises(ValueError):
            events.draft(
                self.inquiry, InquiryEvent.Kind.NOTED, actor=None, at=timezone.now(), detail="She said it hurts"
            )
        with self.assertRaises(ValueError):
            access.looked(self.nurse, AccessLog.Action.SEARCH, detail="Ana Example")

    def test_the_heads_are_signed_again_with_a_new_key(self):
        with self.settings(SEARCH_KEY=b"another key of thirty-two bytes!"):
            self.assertTrue(list(histories.broken()))
            histories.sign_again()
            self.assertEqual(list(histories.broken()), [])


class PresenceTests(DeskCase):
    def test_who_has_it_open_is_seen_by_others_for_five_minutes(self):
        now = timezone.now()
        presence.seen(self.inquiry, self.colleague, now - timedelta(minutes=2))
        presence.seen(self.inquiry, self.colleague, now - timedelta(minutes=1))
        presence.seen(self.inquiry, self.nurse, now)
        self.assertEqual([each.staff for each in presence.others(self.inquiry, self.nurse, now)], [self.colleague])
        self.assertEqual(presence.others(self.inquiry, self.nurse, now + timedelta(minutes=5)), [])
        self.assertEqual(Presence.objects.count(), 2)
        self.assertEqual(presence.forget(now + timedelta(days=2)), 2)


class RawSqlTests(DeskCase):
    def test_cannot_break_what_must_be_true(self):
        for values in (
            "status = 'merged', closed_at = created_at",
            "merged_into_id = id",
            "status = 'in_review', owner_id = NULL",
            "status = 'booked'",
            "override_level = 1",
            "due_at = created_at, minutes_left = 5",
            "next_step = 'reply', next_step_on = NULL",
            "status = 'lost'",
        ):
            with self.subTest(values), self.assertRaises(DatabaseError), transaction.atomic():
                connection.cursor().execute(
                    f"UPDATE inquiries_inquiry SET {values} WHERE id = %s",  # noqa: S608  constants of this test
                    [self.inquiry.pk],
                )

    def test_a_contact_recorded_for_a_closed_request_owes_nothing_new(self):
        self.move(Status.WITHDRAWN)
        contact.record(self.inquiry, actor=self.nurse, channel="phone", result="reached", version=self.inquiry.version)
        self.inquiry.refresh_from_db()
        self.assertEqual((self.inquiry.next_step, self.inquiry.due_at), ("", None))
