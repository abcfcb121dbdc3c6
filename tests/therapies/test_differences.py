"""What a difference between two documents says, and that it says all of it."""

import copy
import time
import unittest

from django.test import SimpleTestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.therapies import examples
from therapies import document_shapes, documents
from therapies.differences import ADDED, MOVED, NOT_CONTENT, REMOVED, ROWS, SAME, differences, words
from therapies.document_words import FIELDS, VALUES
from therapies.models import (
    AnsweredClaim,
    Article,
    BodyRegion,
    CareAdvice,
    Contraindication,
    OutcomeEvidence,
    RegulatoryStatus,
    Section,
    Treatment,
    TreatmentOption,
)

TITLES = {"cells": "Cell injection", "exercise": "Exercise", "wider": "Wider condition"}


def changed(document, place, value):
    """A copy of the document with another value at one place."""
    new = copy.deepcopy(document)
    part = new
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    return new


def said(old, new):
    return [(one.path, one.before, one.after) for one in differences(old, new, titles=TITLES)]


class OneField(SimpleTestCase):
    def test_is_named_in_the_words_of_the_admin(self):
        knee, cells = examples.KNEE, examples.CELLS
        rows = [
            (knee, ("title",), "New", "Title", "Knee example", "New"),
            (knee, ("slug",), "new", "Address", "knee", "new"),
            (knee, ("parent",), "", "Wider condition", "Wider condition", ""),
            (knee, ("when_chronic",), "Later.", "When it is called chronic", "After some weeks.", "Later."),
            (knee, ("body_region",), "hip", "Part of the body", "Knee", "Hip"),
            (knee, ("sections", 0, "body"), "New.", "Section “What it is”: text", "It is so [@third-source].", "New."),
            (knee, ("options", 1, "main_harms"), "None.", "Option “Exercise”: main harms", "Soreness.", "None."),
            (knee, ("options", 0, "description"), "", "Option “Usual care”: what it means for this condition")
            + ("Rest and time.", ""),
            (knee, ("evidence", 0, "certainty"), "very_low", "Evidence ev-001: certainty", "Low certainty")
            + ("Very low certainty",),
            (knee, ("evidence", 0, "trials"), None, "Evidence ev-001: number of trials", "3", ""),
            (knee, ("evidence", 0, "options"), [""], "Evidence ev-001: options it is about")
            + ("Exercise\nCell injection", "Usual care"),
            (knee, ("care_advice", 1, "items"), ["it stays"], "Care card “See a clinician”: further signs")
            + ("it stays\nit grows", "it stays"),
            (knee, ("synonyms", 0, "is_misspelling"), True, "Other name “worn knee”: is a misspelling", "No", "Yes"),
            (knee, ("codes", 0, "edition"), "2019", "Code ICD-10 M17.9: edition", "", "2019"),
            (cells, ("adverse_outcomes", 0, "frequency_n"), 20, "Harm “Soreness”: happens to", "10", "20"),
            (cells, ("contraindications", 0, "degree"), "relative", "Reason not to have it “Infection”: how strong")
            + ("Should not have it", "Needs a doctor's judgement first"),
            (cells, ("regulatory", 0, "status"), "exempt", "Approval status “United States”: approval status")
            + ("Not approved", "Needs no approval"),
            (cells, ("answered_claims", 0, "verdict"), "partly", "Answered claim “It cures.”: verdict")
            + ("Not supported", "Partly true"),
        ]
        for document, place, value, *expected in rows:
            with self.subTest(place):
                self.assertEqual(said(document, changed(document, place, value)), [tuple(expected)])

    def test_that_only_records_a_check_of_an_approval_is_no_difference(self):
        self.assertEqual(
            differences(examples.CELLS, changed(examples.CELLS, ("regulatory", 0, "checked_on"), "2025-01-01")), ()
        )

    def test_of_an_older_form_of_the_document_counts_as_empty(self):
        old = {name: value for name, value in examples.KNEE.items() if name != "medical_name"}
        self.assertEqual(said(old, {**examples.KNEE, "medical_name": "Gonarthrosis"})[0][2], "Gonarthrosis")

    def test_of_two_treatments_with_one_title_is_told_by_their_address(self):
        old, new = ({**examples.KNEE, "parent": slug} for slug in ("one", "two"))
        found = differences(old, new, titles={"one": "Same", "two": "Same"})
        self.assertEqual([(one.before, one.after) for one in found], [("one", "two")])


class Rows(SimpleTestCase):
    def knee(self, **lists):
        return {**copy.deepcopy(examples.KNEE), **copy.deepcopy(lists)}

    def test_are_matched_by_what_they_are_about_and_not_by_their_place(self):
        rows = examples.KNEE["evidence"]
        new = self.knee(evidence=[factories.evidence("ev-000", options=["cells"]), *rows])
        self.assertEqual(
            [(one.path, one.what) for one in differences(examples.KNEE, new)], [("Evidence ev-000", ADDED)]
        )

    def test_that_moved_are_said_as_moved_and_no_others(self):
        one, two, three = examples.KNEE["evidence"]
        found = differences(examples.KNEE, self.knee(evidence=[two, three, one]))
        self.assertEqual(
            [(found[0].path, found[0].what, found[0].before, found[0].after)],
            [("Evidence ev-001: moved", MOVED, "place 1, first", "place 3, after Evidence ev-003")],
        )
        self.assertEqual(len(found), 1)

    def test_that_moved_and_changed_are_said_as_both(self):
        one, two, three = examples.KNEE["evidence"]
        found = differences(examples.KNEE, self.knee(evidence=[two, three, {**one, "outcome": "walking"}]))
        self.assertEqual([row.path for row in found], ["Evidence ev-001: moved", "Evidence ev-001: what was measured"])

    def test_whose_place_follows_from_their_role_are_not_said_as_moved(self):
        exercise = {**examples.KNEE["options"][1], "role": "not_recommended"}
        rows = [examples.KNEE["options"][0], examples.KNEE["options"][2], exercise]
        found = differences(examples.KNEE, self.knee(options=rows), titles=TITLES)
        self.assertEqual([row.path for row in found], ["Option “Exercise”: place in care"])

    def test_that_went_say_what_they_said(self):
        found = differences(examples.KNEE, self.knee(answered_claims=[]))
        self.assertEqual((found[0].path, found[0].what, found[0].after), ("Answered claim “Rest heals.”", REMOVED, ""))
        self.assertIn("Our answer: Sometimes.\nSources: first-source", found[0].before)

    def test_with_a_mended_name_are_still_the_same_row(self):
        claim = {"claim": "Resting it heels the joint.", "verdict": "partly", "answer": "No.", "sources": []}
        old = self.knee(answered_claims=[claim])
        new = self.knee(answered_claims=[{**claim, "claim": "Resting it heals the joint."}])
        found = differences(old, new)
        self.assertEqual(len(found), 1)
        self.assertEqual(
            found[0].words,
            ((SAME, "Resting it "), (REMOVED, "heels"), (ADDED, "heals"), (SAME, " the joint.")),
        )

    def test_with_another_name_are_other_rows(self):
        claim = {"claim": "Rest heals.", "verdict": "partly", "answer": "Sometimes.", "sources": []}
        other = {"claim": "Cells cure all.", "verdict": "misleading", "answer": "They do not.", "sources": []}
        found = differences(self.knee(answered_claims=[claim]), self.knee(answered_claims=[other]))
        self.assertEqual([row.what for row in found], [ADDED, REMOVED])

    def test_of_free_text_with_one_heading_are_told_apart_by_their_order(self):
        new = copy.deepcopy(examples.PRIVACY)
        new["sections"][1] = {**new["sections"][1], "body": "Second."}
        self.assertEqual(said(examples.PRIVACY, new), [("Section “What it is”: text", "An example.", "Second.")])

    def test_with_long_names_are_shortened(self):
        claim = {"claim": "word " * 40, "verdict": "partly", "answer": "x", "sources": []}
        found = differences(self.knee(answered_claims=[]), self.knee(answered_claims=[claim]))
        self.assertLess(len(found[0].path), 85)


class MarkedWords(SimpleTestCase):
    def test_are_only_those_that_changed(self):
        for before, after, expected in (
            ("It may help.", "It may not help.", ((SAME, "It may "), (ADDED, "not "), (SAME, "help."))),
            ("One two", "One three", ((SAME, "One "), (REMOVED, "two"), (ADDED, "three"))),
            ("a b c d", "a x y d", ((SAME, "a "), (REMOVED, "b c"), (ADDED, "x y"), (SAME, " d"))),
            ("", "New", ((ADDED, "New"),)),
            ("Old", "", ((REMOVED, "Old"),)),
            ("Same", "Same", ((SAME, "Same"),)),
            ("knee", "knee, too", ((SAME, "knee"), (ADDED, ", too"))),
            ("", "", ()),
        ):
            with self.subTest(after):
                self.assertEqual(words(before, after), expected)

    def test_of_two_long_and_different_texts_are_found_in_time(self):
        before, after = "may help some people " * 1_000, "people say it helps some " * 1_000
        began = time.perf_counter()
        found = words(before, after)
        self.assertLess(time.perf_counter() - began, 3)
        self.assertEqual(text_of(found, REMOVED), before)
        self.assertEqual(text_of(found, ADDED), after)


def text_of(marked, side):
    return "".join(text for kind, text in marked if kind in {SAME, side})


VOCABULARY = st.sampled_from(["knee", "may", "not", "help", "1 in 10", "élan", "\n", "  ", ",", "[@a]", "-", ""])
TEXTS = st.lists(VOCABULARY, max_size=12).map(" ".join)
PARTS = {
    "condition": examples.KNEE,
    "treatment": examples.CELLS,
    "article": examples.PRIVACY,
}


@st.composite
def edited(draw, document):
    """The document after a few edits: texts changed, rows removed, doubled under another key or put elsewhere."""
    new = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from([name for name, value in new.items() if name not in {"format", "kind"}]))
        value = new[name]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            number = draw(st.integers(0, len(value) - 1))
            edit = draw(st.sampled_from(["change", "remove", "move", "add"]))
            row = value[number]
            field = draw(st.sampled_from([key for key, part in row.items() if isinstance(part, str)]))
            if edit == "change":
                row[field] = draw(TEXTS)
            elif edit == "remove":
                del value[number]
            elif edit == "move":
                value.insert(draw(st.integers(0, len(value) - 1)), value.pop(number))
            else:
                value.insert(number, {**row, field: draw(TEXTS)})
        elif name in {"key_facts", "alternatives"}:
            new[name] = draw(st.lists(TEXTS, max_size=3))
        elif isinstance(value, str):
            new[name] = draw(TEXTS)
    return new


class AnyTwoDocuments(unittest.TestCase):
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(PARTS)).flatmap(lambda kind: st.tuples(edited(PARTS[kind]), edited(PARTS[kind]))))
    def test_have_no_difference_exactly_when_they_say_the_same(self, pair):
        old, new = pair
        same = documents.content_hash(old) == documents.content_hash(new)
        # Codes have no order of their own.
        if [row for row in old["codes"] if row not in new["codes"]] == [] and old["codes"] != new["codes"]:
            return
        self.assertEqual(differences(old, new) == (), same)
        self.assertEqual(differences(old, old), ())

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(PARTS)).flatmap(lambda kind: st.tuples(edited(PARTS[kind]), edited(PARTS[kind]))))
    def test_are_both_whole_in_the_words_of_their_differences(self, pair):
        for found in differences(*pair):
            self.assertEqual(text_of(found.words, REMOVED), found.before)
            self.assertEqual(text_of(found.words, ADDED), found.after)

    @settings(max_examples=200, deadline=None)
    @given(TEXTS, TEXTS)
    def test_texts_are_both_whole_in_their_marked_words(self, before, after):
        marked = words(before, after)
        self.assertEqual((text_of(marked, REMOVED), text_of(marked, ADDED)), (before, after))
        self.assertTrue(all(text for _, text in marked))

    @settings(max_examples=100, deadline=None)
    @given(st.permutations(range(6)), st.permutations(range(6)))
    def test_in_another_order_say_a_move_that_brings_one_into_the_other(self, one, other):
        rows = [factories.evidence(f"ev-{number}", options=["cells"]) for number in range(6)]
        old, new = ({**examples.KNEE, "evidence": [rows[n] for n in order]} for order in (one, other))
        found = differences(old, new)
        moved = {row.path.removeprefix("Evidence ev-").partition(":")[0] for row in found}
        self.assertEqual(
            [n for n in one if str(n) not in moved],
            [n for n in other if str(n) not in moved],
        )
        self.assertTrue(all(row.before != row.after or len(found) > 1 for row in found))


class DocumentWords(SimpleTestCase):
    def test_are_those_of_the_models(self):
        for field, choices in (
            ("body_region", BodyRegion.choices),
            ("category", Treatment.Category.choices + Article.Category.choices),
            ("procedure", Treatment.Procedure.choices),
            ("cell_source", Treatment.CellSource.choices),
            ("aspect", Section.Aspect.choices),
            ("level", CareAdvice.Level.choices),
            ("role", TreatmentOption.Role.choices),
            ("direction", OutcomeEvidence.Direction.choices),
            ("certainty", OutcomeEvidence.Certainty.choices),
            ("certainty_basis", OutcomeEvidence.Basis.choices),
            ("verdict", AnsweredClaim.Verdict.choices),
            ("degree", Contraindication.Degree.choices),
            ("jurisdiction", RegulatoryStatus._meta.get_field("jurisdiction").choices),
            ("status", RegulatoryStatus.Status.choices),
        ):
            with self.subTest(field):
                self.assertEqual(VALUES[field], dict(choices))

    def test_name_every_field_of_a_document(self):
        for kind in document_shapes.KINDS:
            for name, value in PARTS[kind].items():
                rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
                fields = set(rows[0]) if rows else {name} - set(ROWS) - NOT_CONTENT
                with self.subTest(kind=kind, name=name):
                    self.assertEqual(fields - set(FIELDS), set())
