from django.test import SimpleTestCase

from inquiries.models import Inquiry
from inquiries.states import CLOSED, GUARDS, LABELS, MOVES, OWNED, Facts, Right, Status, move_between, unmet

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

    def test_every_move_into_work_asks_for_an_owner(self):
        without = [
            (status, move.to)
            for status, moves in MOVES.items()
            for move in moves
            if move.to in OWNED and "owner" not in move.guards
        ]
        self.assertEqual(without, [])

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

    def test_nothing_is_merged_without_a_target(self):
        self.assertEqual(
            unmet(move_between(Status.NEW, Status.MERGED), Facts(has_owner=True)),
            ("the request it is merged into",),
        )
