from dataclasses import replace

from django.test import SimpleTestCase

from inquiries.models import Inquiry
from inquiries.states import (
    ASKED,
    CLOSED,
    GUARDS,
    LABELS,
    MOVES,
    OUTCOME_WORDS,
    OUTCOMES,
    Facts,
    Right,
    Status,
    move_between,
    unmet,
    unmet_before_asking,
)

# What the clinic decided, once more and by itself: the table in states.py must say the same.
ALLOWED = {
    "new": "in_review spam merged withdrawn",
    "in_review": "awaiting_patient accepted declined redirected new merged withdrawn",
    "awaiting_patient": "in_review unreachable accepted declined redirected merged withdrawn",
    "accepted": "booked declined redirected new withdrawn",
    "booked": "in_review",
    "declined": "in_review",
    "redirected": "in_review",
    "unreachable": "in_review",
    "withdrawn": "in_review",
    "merged": "",
    "spam": "new",
}
# What the front desk may do alone: take, contact, book, and note that a patient withdrew.
FRONT_DESK = {
    ("new", "in_review"),
    ("new", "withdrawn"),
    ("in_review", "awaiting_patient"),
    ("in_review", "new"),
    ("in_review", "withdrawn"),
    ("awaiting_patient", "in_review"),
    ("awaiting_patient", "withdrawn"),
    ("accepted", "booked"),
    ("accepted", "new"),
    ("accepted", "withdrawn"),
}
# What each move needs, once more and by itself.
END = "all_read patient_told call_if_flagged"
DECIDED = f"outcome {END} clinician_if_flagged"
WITHDRAWN = "all_read call_if_flagged"
ACCEPTED = "owner first_contact clinician_if_flagged"
NEEDS = {
    ("new", "in_review"): "owner",
    ("new", "spam"): "outcome not_flagged",
    ("new", "merged"): "merge_target",
    ("new", "withdrawn"): WITHDRAWN,
    ("in_review", "awaiting_patient"): "owner own first_contact next_step_on",
    ("in_review", "accepted"): ACCEPTED,
    ("in_review", "declined"): DECIDED,
    ("in_review", "redirected"): DECIDED,
    ("in_review", "new"): "own reason",
    ("in_review", "merged"): "merge_target",
    ("in_review", "withdrawn"): WITHDRAWN,
    ("awaiting_patient", "in_review"): "owner own",
    ("awaiting_patient", "unreachable"): "own three_tries all_read",
    ("awaiting_patient", "accepted"): ACCEPTED,
    ("awaiting_patient", "declined"): DECIDED,
    ("awaiting_patient", "redirected"): DECIDED,
    ("awaiting_patient", "merged"): "merge_target",
    ("awaiting_patient", "withdrawn"): WITHDRAWN,
    ("accepted", "booked"): f"own appointment_on {END}",
    ("accepted", "declined"): DECIDED,
    ("accepted", "redirected"): DECIDED,
    ("accepted", "new"): "own reason",
    ("accepted", "withdrawn"): WITHDRAWN,
    **{
        (closed, "in_review"): "owner reason"
        for closed in ["booked", "declined", "redirected", "unreachable", "withdrawn"]
    },
    ("spam", "new"): "",
}
TRIES = Facts(tries=3, days_of_tries=2, has_written=True)
FACTS = {
    "owner": (Facts(has_owner=True), Facts()),
    "own": (Facts(is_own=True), Facts(has_owner=True)),
    "first_contact": (Facts(has_first_contact=True), Facts(tries=2)),
    "three_tries": (TRIES, replace(TRIES, tries=2)),
    "all_read": (Facts(), Facts(has_unseen_update=True)),
    "call_if_flagged": (Facts(is_flagged=True, has_call=True), Facts(is_flagged=True, tries=3, has_written=True)),
    "clinician_if_flagged": (Facts(is_flagged=True, may_decide_flagged=True), Facts(is_flagged=True)),
    "not_flagged": (Facts(), Facts(is_flagged=True)),
    "merge_target": (Facts(has_merge_target=True), Facts()),
    "outcome": (Facts(has_outcome=True), Facts()),
    "patient_told": (Facts(is_told_said=True), Facts()),
    "next_step_on": (Facts(has_next_step_on=True), Facts()),
    "appointment_on": (Facts(has_appointment_on=True), Facts()),
    "reason": (Facts(has_reason=True), Facts()),
}


class ThreeTriesTests(SimpleTestCase):
    def test_are_three_on_two_days_and_one_in_writing(self):
        enough = GUARDS["three_tries"].holds
        self.assertFalse(enough(replace(TRIES, days_of_tries=1)))
        self.assertFalse(enough(replace(TRIES, has_written=False)))


class MovesTests(SimpleTestCase):
    def test_are_those_the_clinic_decided_and_no_others(self):
        found = {status.value: {move.to.value for move in moves} for status, moves in MOVES.items()}
        self.assertEqual(found, {status: set(to.split()) for status, to in ALLOWED.items()})

    def test_every_status_has_a_row_and_a_word(self):
        self.assertEqual(set(MOVES), set(Status))
        self.assertEqual(set(LABELS), set(Status))

    def test_every_guard_has_a_name_in_the_table(self):
        named = {guard for moves in MOVES.values() for move in moves for guard in move.guards}
        self.assertEqual(named, set(GUARDS))

    def test_each_asks_for_what_the_clinic_decided(self):
        for (here, to), guards in NEEDS.items():
            with self.subTest(f"{here} to {to}"):
                self.assertEqual(set(move_between(Status(here), Status(to)).guards), set(guards.split()))
        made = {(here.value, move.to.value) for here, moves in MOVES.items() for move in moves}
        self.assertEqual(made, set(NEEDS))

    def test_every_way_to_end_has_a_word_and_every_closed_status_a_way(self):
        self.assertEqual(set(OUTCOMES), set(CLOSED))
        self.assertTrue(all(OUTCOME_WORDS[code] for choices in OUTCOMES.values() for code in choices))

    def test_an_outcome_belongs_to_one_status(self):
        codes = [code for choices in OUTCOMES.values() for code in choices]
        self.assertEqual(len(codes), len(set(codes)))

    def test_the_front_desk_decides_nothing_clinical(self):
        found = {
            (status.value, move.to.value)
            for status, moves in MOVES.items()
            for move in moves
            if move.right is Right.MOVE
        }
        self.assertEqual(found, FRONT_DESK)

    def test_every_right_is_a_permission_of_a_request(self):
        self.assertLessEqual({right.value for right in Right}, {code for code, _ in Inquiry._meta.permissions})

    def test_only_a_closed_request_is_reopened(self):
        reopened = {status for status, moves in MOVES.items() for move in moves if move.right is Right.REOPEN}
        self.assertLessEqual(reopened, CLOSED)

    def test_there_is_no_move_from_a_status_to_itself(self):
        self.assertEqual([status for status in Status if move_between(status, status)], [])


class GuardTests(SimpleTestCase):
    def test_names_what_is_missing_in_words(self):
        self.assertEqual(unmet(move_between(Status.NEW, Status.IN_REVIEW), Facts()), ("an owner",))

    def test_says_nothing_when_all_is_there(self):
        self.assertEqual(unmet(move_between(Status.NEW, Status.IN_REVIEW), Facts(has_owner=True)), ())

    def test_each_holds_with_its_fact_and_not_without(self):
        for name, (with_it, without) in FACTS.items():
            with self.subTest(name):
                self.assertTrue(GUARDS[name].holds(with_it))
                self.assertFalse(GUARDS[name].holds(without))
        self.assertEqual(set(FACTS), set(GUARDS))

    def test_what_a_form_can_give_does_not_keep_its_button_away(self):
        decline = move_between(Status.IN_REVIEW, Status.DECLINED)
        flagged = Facts(is_flagged=True)
        self.assertEqual(
            unmet_before_asking(decline, flagged),
            ("a recorded call, since it has a warning sign", "a clinician, since it has a warning sign"),
        )
        self.assertEqual(unmet_before_asking(decline, Facts()), ())
        self.assertEqual(set(unmet(decline, Facts())), {"an outcome", "whether the patient was told"})

    def test_a_form_asks_for_what_its_move_needs(self):
        self.assertEqual(move_between(Status.IN_REVIEW, Status.DECLINED).asks, ("outcome", "patient_told"))
        self.assertEqual(move_between(Status.ACCEPTED, Status.BOOKED).asks, ("patient_told", "appointment_on"))
        self.assertEqual(move_between(Status.NEW, Status.IN_REVIEW).asks, ())
        self.assertLessEqual(set(ASKED), set(GUARDS))
