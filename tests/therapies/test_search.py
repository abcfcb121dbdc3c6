"""Search on a small library held in memory: what is found, in which order, and what is said about it."""

import dataclasses
import threading
from unittest import TestCase, mock

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import article_document, condition_document, evidence, option, section, treatment_document
from tests.therapies.held import library, live, question, source
from therapies import search
from therapies.search import index, snippets
from therapies.search.texts import entries
from therapies.search.vocabulary import Vocabulary
from therapies.search.words import folded, sound, stems, words

KNEE = condition_document(
    slug="knee",
    title="Worn knee",
    medical_name="Gonarthrosis",
    summary="A joint that creaks.",
    body_region="knee",
    synonyms=[
        {"text": "creaky knee", "is_misspelling": False},
        {"text": "bone on bone", "is_misspelling": False},
        {"text": "worn nee", "is_misspelling": True},
    ],
    sections=[
        section("overview", body="The **cartilage** gets thin [@trial]. See [the hip](/conditions/hip/)."),
        section("symptoms", heading="Symptoms", body="- pain on stairs\n- swelling after a walk"),
        section("text", heading="At night", body="A pillow between the legs can help you sleep."),
    ],
    options=[
        option("", "usual_care", description="Walking in water."),
        option("plasma", "investigational", main_harms="Bruising."),
    ],
    evidence=[
        evidence(
            "a",
            options=["plasma"],
            detail="Studies were small.",
            figure="Seventeen points better.",
            sources=["trial"],
            note="Ask Kim.",
        ),
        evidence("b", options=["plasma"], figure="Ninety points better.", sources=["draft"]),
    ],
    answered_claims=[
        {
            "claim": "Regrows everything overnight",
            "verdict": "unsupported",
            "answer": "No study found it.",
            "sources": [],
        }
    ],
)
HIP = condition_document(slug="hip", title="Sore hip", body_region="hip", summary="Pain in the groin.", sections=[])
PLASMA = treatment_document(
    slug="plasma",
    title="Plasma injection",
    category="regenerative_injection",
    is_regenerative=True,
    summary="Your own blood, spun and injected.",
    synonyms=[{"text": "platelet shot", "is_misspelling": False}],
    sections=[
        section("overview", body="Blood is taken from the arm."),
        section("cost", heading="Price", body="You pay."),
    ],
)
PRIVACY = article_document(
    slug="privacy",
    title="Privacy",
    summary="What we keep about you.",
    synonyms=[{"text": "cookies", "is_misspelling": False}],
    sections=[section("text", heading="What we keep", body="As little as we can.")],
)
GLOSSARY = [{"term": "Placebo", "definition": "A dummy treatment without an active part."}]
QUESTIONS = [question("q-1"), {**question("q-2", "plasma"), "text": "How many syringes?", "why": "Each costs money."}]


def held(*pages, **changes):
    parts = {"sources": [source(), source("draft", check="to_confirm")], "glossary": GLOSSARY, "questions": QUESTIONS}
    return library(*(pages or (KNEE, HIP, PLASMA, PRIVACY)), **{**parts, **changes})


LIBRARY = held()


def found(text, **asked):
    return search.find(LIBRARY, text, **asked)


def titles(text, **asked):
    return [hit.title for hit in found(text, **asked).hits]


def said(pieces):
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


def named(name, **changes):
    """A condition that says "zebra" only where `changes` put it."""
    return condition_document(slug=name, title=changes.pop("title", name), summary="Nothing.", **changes)


class WhatIsFoundTests(TestCase):
    def test_each_kind_of_thing_is_found(self):
        for text, title in (
            ("creaks", "Worn knee"),
            ("gonarthrosis", "Worn knee"),
            ("creaky knee", "Worn knee"),
            ("pillow", "Worn knee"),
            ("groin", "Sore hip"),
            ("platelet", "Plasma injection"),
            ("syringes", "How many syringes?"),
            ("dummy", "Placebo"),
            ("cookies", "Privacy"),
            ("parking", "Contact and how to find us"),
            ("appointment", "Request a consultation"),
        ):
            with self.subTest(text):
                self.assertEqual(titles(text)[:1], [title])

    def test_a_clinician_is_found_by_name(self):
        person = {"name": "Zoe Example", "url": "/about/clinicians/zoe/", "bio": "Knees.", "job_title": "Nurse"}
        gone = {**person, "name": "Zoe Elsewhere", "url": ""}
        one = dataclasses.replace(LIBRARY, clinicians=(person, gone))
        self.assertEqual([hit.url for hit in search.find(one, "zoe").hits], ["/about/clinicians/zoe/"])

    def test_endings_capitals_and_accents_do_not_matter(self):
        for text in ("INJECTIONS", "injected", "plásma", "injection.", "pla\u0301sma"):
            with self.subTest(text):
                self.assertEqual(titles(text)[0], "Plasma injection")
                self.assertFalse(found(text).close)

    def test_what_readers_do_not_see_finds_nothing(self):
        for text in ("kim", "ninety", "trial", "conditions"):
            with self.subTest(text):
                self.assertNotIn("Worn knee", titles(text) if not found(text).close else [])
        self.assertEqual(titles("seventeen"), ["Worn knee", "Plasma injection"])

    def test_a_page_that_is_not_live_is_not_found(self):
        self.assertEqual([hit.title for hit in search.find(held(HIP), "platelet").hits], [])

    def test_the_same_library_always_gives_the_same_order(self):
        one = held(*(named(f"page-{number}", sections=[section(body="zebra")]) for number in range(30)))
        other = dataclasses.replace(one, live_pages=tuple(reversed(one.live_pages)))
        self.assertEqual(search.find(one, "zebra").hits, search.find(other, "zebra").hits)


class OrderTests(TestCase):
    def test_title_before_other_name_before_heading_before_text(self):
        pages = {
            "text": named("text", sections=[section(body="zebra " * 30)]),
            "heading": named("heading", sections=[section(heading="Of zebra and others")]),
            "name": named("name", synonyms=[{"text": "some zebra stripes", "is_misspelling": False}]),
            "misspelt": named("misspelt", synonyms=[{"text": "zebra stripse", "is_misspelling": True}]),
            "title": named("title", title="A long title that names zebra in passing"),
        }
        order = [hit.url for hit in search.find(held(*pages.values()), "zebra").hits]
        self.assertEqual([url.split("/")[2] for url in order], ["title", "misspelt", "name", "heading", "text"])

    def test_the_whole_title_or_name_comes_first(self):
        whole = named("whole", synonyms=[{"text": "zebra pain", "is_misspelling": False}])
        longer = named("longer", title="Zebra pain and much more of it")
        self.assertEqual(search.find(held(longer, whole), "zebra pain").hits[0].title, "whole")

    def test_words_side_by_side_in_a_name_come_before_words_apart(self):
        apart = named("apart", title="Bone pain and bone loss")
        self.assertEqual(search.find(held(apart, KNEE), "bone on bone").hits[0].title, "Worn knee")

    def test_a_condition_comes_before_a_word_explained(self):
        one = held(named("placebo", title="Placebo"))
        self.assertEqual([hit.kind for hit in search.find(one, "placebo").hits], ["condition", "term"])

    def test_a_rarer_word_counts_for_more_where_no_page_has_all(self):
        common = [named(f"common-{number}", title=f"Common {number}") for number in range(9)]
        one = held(named("rare", title="Quagga"), *common)
        self.assertEqual(search.find(one, "common quagga").hits[0].title, "Quagga")


class SpellingTests(TestCase):
    def test_a_slip_still_finds(self):
        for text, title, meant in (
            ("plazma", "Plasma injection", "plasma"),
            ("injektion", "Plasma injection", "injection"),
            ("goanrthrosis", "Worn knee", "gonarthrosis"),
            ("platlet", "Plasma injection", "platelet"),
            ("creeky", "Worn knee", "creaky"),
            ("wornknee", "Worn knee", "worn knee"),
            ("plasma inj", "Plasma injection", ""),
            ("plasma injec", "Plasma injection", "plasma injection"),
        ):
            with self.subTest(text):
                one = found(text)
                self.assertEqual(one.hits[0].title, title)
                self.assertEqual(one.suggestion, meant)
                self.assertEqual(one.close, bool(meant))

    def test_a_known_word_is_never_taken_for_another(self):
        one = held(named("care", title="Care"), named("core", title="Core"))
        answer = search.find(one, "care")
        self.assertEqual(([hit.title for hit in answer.hits], answer.close, answer.suggestion), (["Care"], False, ""))

    def test_a_spelling_as_typed_comes_before_one_that_is_only_close(self):
        exact = named("exact", synonyms=[{"text": "plazma", "is_misspelling": True}])
        self.assertEqual([hit.title for hit in search.find(held(PLASMA, exact), "plazma").hits][0], "exact")

    def test_a_misspelled_name_finds_and_is_never_shown_or_offered(self):
        answer = found("worn nee")
        self.assertEqual(answer.hits[0].title, "Worn knee")
        self.assertEqual(answer.suggestion, "worn knee")
        shown = " ".join([said(hit.snippet) + said(hit.name) + hit.title for hit in answer.hits])
        self.assertNotIn("nee ", shown.replace("knee", ""))
        vocabulary = Vocabulary(entries(LIBRARY))
        self.assertNotIn("nee", [one.word for one in vocabulary.candidates("neee")])

    def test_short_words_are_taken_for_names_only(self):
        vocabulary = Vocabulary(entries(LIBRARY))
        self.assertEqual([one.word for one in vocabulary.candidates("nee")], ["knee"])
        self.assertEqual(vocabulary.candidates("sea"), [], "“see” stands in a text only")
        self.assertEqual(vocabulary.candidates("ne"), [])
        self.assertEqual(vocabulary.candidates("l5s1"), [])

    def test_the_word_that_shares_a_name_with_the_others_is_meant(self):
        one = held(named("a", title="Shoulder tear"), named("b", title="Take care"), named("c", title="Tore"))
        self.assertEqual(search.find(one, "shoulder tare").suggestion, "shoulder tear")
        self.assertEqual(search.find(one, "shoulder tare").hits[0].title, "Shoulder tear")

    def test_spellings_that_sound_alike(self):
        for one, other in (
            ("cortizone", "cortisone"),
            ("nee", "knee"),
            ("siatica", "sciatica"),
            ("rumatoid", "rheumatoid"),
            ("fisio", "physio"),
            ("tare", "tear"),
            ("artritis", "arthritis"),
        ):
            with self.subTest(one):
                self.assertEqual(sound(one), sound(other))
        self.assertNotEqual(sound("hip"), sound("knee"))


class SomeOfTheWordsTests(TestCase):
    def test_every_word_is_wanted_first(self):
        self.assertEqual(titles("swelling creaks"), ["Worn knee"])
        self.assertFalse(found("swelling creaks").some)

    def test_else_some_of_them_and_that_is_said(self):
        one = found("creaks syringes")
        self.assertTrue(one.some)
        self.assertEqual({hit.title for hit in one.hits}, {"Worn knee", "How many syringes?"})
        self.assertEqual(one.missing, ())

    def test_a_word_that_stands_nowhere_is_named(self):
        self.assertEqual(found("qqqq groin").missing, ("qqqq",))

    def test_at_least_half_of_many_words_must_stand_there(self):
        self.assertEqual(titles("qqqq wwww vvvv groin"), [])

    def test_small_words_do_not_count_beside_others(self):
        self.assertEqual(titles("what is the groin"), titles("groin"))

    def test_small_words_alone_are_looked_for(self):
        self.assertFalse(found("what is this").is_empty)


class FilterTests(TestCase):
    def test_by_kind(self):
        for kind, expected in (
            ("condition", {"condition"}),
            ("treatment", {"treatment"}),
            ("none", {"condition", "treatment"}),
        ):
            with self.subTest(kind):
                self.assertEqual({hit.kind for hit in found("seventeen", kind=kind).hits}, expected)

    def test_by_region_with_the_treatments_used_there(self):
        self.assertEqual(titles("seventeen", region="knee"), ["Worn knee", "Plasma injection"])
        self.assertEqual(titles("syringes", region="knee"), ["How many syringes?"])
        self.assertEqual(titles("seventeen", region="moon"), ["Worn knee", "Plasma injection"])

    def test_says_what_there_is_elsewhere(self):
        one = found("seventeen", region="hip")
        self.assertEqual((one.hits, one.total, one.elsewhere), ((), 0, 2))
        self.assertEqual(found("seventeen").elsewhere, 0)


class PagingTests(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = held(*(named(f"zebra-{number:02}") for number in range(45)))

    def test_twenty_at_a_time(self):
        pages = [search.find(self.many, "zebra", page=page) for page in (1, 2, 3)]
        self.assertEqual([len(page.hits) for page in pages], [20, 20, 5])
        self.assertEqual([page.more for page in pages], [2, 3, 0])
        self.assertEqual(len({hit.url for page in pages for hit in page.hits}), 45)
        self.assertEqual({page.total for page in pages}, {45})

    def test_a_page_that_is_not_there_is_the_nearest(self):
        for page, nearest in ((0, 1), (-3, 1), (4, 3), (10**30, 3)):
            with self.subTest(page):
                self.assertEqual(search.find(self.many, "zebra", page=page).page, nearest)


class SnippetTests(TestCase):
    def test_marks_whole_words_and_their_endings(self):
        hit = found("swell walking").hits[0]
        self.assertEqual(said(hit.snippet), "pain on stairs; [swelling] after a [walk]")
        self.assertEqual(said(snippets.snippet("A zebrafish saw a Zebra.", [["zebra"]])), "A zebrafish saw a [Zebra].")

    def test_leads_to_the_part_that_fits_best(self):
        for text, jump in (
            ("pillow", search.Jump("At night", "/conditions/knee/#text-at-night")),
            ("swelling", search.Jump("Symptoms", "/conditions/knee/#symptoms")),
            ("knee swelling", search.Jump("Symptoms", "/conditions/knee/#symptoms")),
            ("knee", None),
            ("creaks", None),
            ("plasma cost", search.Jump("Cost", "/treatments/plasma/#cost")),
        ):
            with self.subTest(text):
                self.assertEqual(found(text).hits[0].jump, jump)

    def test_shows_the_other_name_that_was_looked_for(self):
        hit = found("creaky knee").hits[0]
        self.assertEqual((said(hit.name), said(hit.snippet)), ("[creaky] [knee]", "A joint that creaks."))
        self.assertEqual(found("worn knee").hits[0].name, ())

    def test_a_promise_is_found_and_only_our_answer_is_shown(self):
        hit = found("regrows overnight").hits[0]
        self.assertEqual(said(hit.snippet), "No study found it.")
        self.assertEqual(hit.jump.heading, "What you may have read")

    def test_evidence_says_what_it_is_about(self):
        hit = next(hit for hit in found("slightly improve pain").hits if hit.kind == "treatment")
        self.assertTrue(said(hit.snippet).startswith("Worn knee: May [slightly] [improve] [pain]."), said(hit.snippet))

    def test_a_long_text_is_cut_at_words_around_what_was_found(self):
        text = "Long ago. " * 40 + "Then a quick zebra came by the river. " + "And so on. " * 40
        pieces = snippets.snippet(text, [["zebra"]])
        shown = said(pieces)
        self.assertTrue(shown.startswith("… Then a quick [zebra] came by"), shown)
        self.assertTrue(shown.endswith(" …"), shown)
        self.assertLessEqual(len(shown), snippets.LENGTH + 6)

    def test_the_stretch_with_more_of_the_words_is_shown(self):
        text = "A zebra. " + "Filler words here. " * 30 + "The zebra met a lion. " + "More of it. " * 30
        self.assertIn("[zebra] met a [lion]", said(snippets.snippet(text, [["zebra"], ["lion"]])))

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=400), st.lists(st.text(alphabet="aeiß İ", min_size=1, max_size=3), max_size=3))
    def test_no_character_is_lost_or_added(self, text, forms):
        shown = "".join(piece.text for piece in snippets.snippet(text, [forms]))
        self.assertIn(shown.removeprefix("… ").removesuffix(" …"), text)
        self.assertEqual(len(folded(text)), len(text))


class HostileTests(TestCase):
    """Whatever is typed is words to look for, or none."""

    def test_what_holds_no_word_finds_nothing_and_says_so(self):
        for text in ("", " ", "a", "?", '"( ) : * ~ ^ [ ] +-\\', "\x00\x1b", "😀", "- -", "\u202e", "a b c", "…"):
            with self.subTest(text):
                self.assertEqual((found(text).is_empty, found(text).hits), (True, ()))

    def test_signs_that_nobody_sees_neither_hide_a_word_nor_turn_the_page_round(self):
        for text in ("\u202egroin pain", "gro\u00adin pa\u200bin"):
            with self.subTest(text):
                self.assertEqual(found(text).text, "groin pain")
                self.assertEqual(titles(text), titles("groin pain"))

    def test_signs_of_a_query_language_mean_nothing(self):
        plain = titles("groin pain")
        for text in (
            "groin AND pain",
            "+groin +pain",
            '"groin pain"',
            "groin^9 pain",
            "title:groin pain*",
            "(groin) ~pain",
        ):
            with self.subTest(text):
                self.assertEqual(titles(text)[:1], plain[:1])
        self.assertEqual(titles("groin NOT pain")[:1], plain[:1])

    def test_a_long_question_is_cut_and_that_is_said(self):
        one = found("groin " + "x" * 500)
        self.assertTrue(one.was_cut)
        self.assertEqual(len(one.text), search.LONGEST)
        self.assertEqual(one.hits[0].title, "Sore hip")
        self.assertTrue(found(" ".join(f"groin{number}" for number in range(20))).was_cut)
        self.assertFalse(found("  groin   \n").was_cut)

    def test_other_scripts_and_numbers_find_nothing_and_break_nothing(self):
        for text in (
            "עברית",
            "膝の痛み",
            "घुटने",
            "٣٤٥",
            "9" * 150,
            "1e999",
            "ＫＮＥＥ",
            "İstanbul",
            "ﬁ",
            "\ud800",
            "groin\udfff",
        ):
            with self.subTest(ascii(text)):
                self.assertFalse(found(text).was_cut)

    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=260), st.sampled_from(["", "condition", "term", "x"]), st.sampled_from(["", "knee", "x"]))
    def test_any_text_gives_an_answer(self, text, kind, region):
        one = found(text, kind=kind, region=region)
        self.assertEqual(one.is_empty, not one.hits and one.is_empty)
        self.assertLessEqual(len(one.hits), search.PER_PAGE)
        self.assertGreaterEqual(one.total, len(one.hits))

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=80))
    def test_words_and_stems_go_together(self, text):
        self.assertEqual(len(words(text)), len(stems(text)))


class IndexTests(TestCase):
    """The index of this process, made once for each library."""

    def setUp(self):
        self.addCleanup(setattr, index, "_held", index._held)
        index._held = None

    def test_is_made_once_for_a_library(self):
        with mock.patch.object(index, "SearchIndex", wraps=index.SearchIndex) as made:
            one = held(HIP)
            for _ in range(3):
                search.find(one, "groin")
            search.find(one, "")
        self.assertEqual(made.call_count, 1)

    def test_is_made_at_the_first_search_and_not_before(self):
        with mock.patch.object(index, "SearchIndex", wraps=index.SearchIndex) as made:
            search.find(held(HIP), "?")
        self.assertEqual(made.call_count, 0)

    def test_a_new_library_is_searched_at_once(self):
        first, second = held(HIP), held(KNEE)
        self.assertEqual([hit.title for hit in search.find(first, "groin").hits], ["Sore hip"])
        self.assertEqual(search.find(second, "groin").hits, ())
        self.assertEqual([hit.title for hit in search.find(second, "creaks").hits], ["Worn knee"])

    def test_texts_read_before_are_not_read_again(self):
        search.find(held(KNEE, HIP), "groin")
        with mock.patch.object(index.prose, "plain", wraps=index.prose.plain) as read:
            changed = {**KNEE, "sections": [*KNEE["sections"], section("text", heading="New", body="Something new.")]}
            self.assertEqual(search.find(held(changed, HIP), "something new").hits[0].jump.heading, "New")
        self.assertEqual([call.args for call in read.call_args_list], [("Something new.",)])

    def test_does_not_keep_an_old_library_in_memory(self):
        one = held(HIP)
        made = index.index_of(one)
        self.assertTrue(made.is_of(one))
        del one
        self.assertIsNone(made._library())

    def test_while_one_thread_makes_it_the_others_search_the_last_one(self):
        old, new = held(HIP, KNEE), held(KNEE)
        search.find(old, "groin")
        making, go_on, answers = threading.Event(), threading.Event(), []
        make = index.SearchIndex

        def slow(library, last):
            making.set()
            go_on.wait(10)
            return make(library, last)

        with mock.patch.object(index, "SearchIndex", slow):
            thread = threading.Thread(target=lambda: answers.append(search.find(new, "pain")))
            thread.start()
            making.wait(10)
            meanwhile = search.find(new, "pain")
            self.assertFalse(index._held.is_of(new), "nobody waited for the new one")
            go_on.set()
            thread.join(10)
        # What was withdrawn is gone at once, whatever the index still holds.
        self.assertEqual([hit.title for hit in meanwhile.hits], ["Worn knee"])
        self.assertEqual(answers[0].hits[0].title, "Worn knee")
        self.assertTrue(index._held.is_of(new))

    def test_a_cold_process_makes_it_once_for_all_threads(self):
        one, answers = held(), []
        with mock.patch.object(index, "SearchIndex", wraps=index.SearchIndex) as made:
            threads = [
                threading.Thread(target=lambda text=text: answers.append((text, search.find(one, text).hits[0].title)))
                for text in ("groin", "creaks", "plazma", "cookies") * 3
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
        self.assertEqual(made.call_count, 1)
        expected = {"groin": "Sore hip", "creaks": "Worn knee", "plazma": "Plasma injection", "cookies": "Privacy"}
        self.assertEqual(len(answers), 12)
        self.assertEqual(dict(answers), expected)

    def test_leaves_no_thread_behind_that_adds_documents(self):
        made = index.index_of(held(HIP))
        self.assertEqual(made._searcher.num_segments, 1)

    def test_an_empty_library_finds_what_is_no_page_of_it(self):
        self.assertEqual(search.find(library(), "groin").total, 0)
        self.assertEqual(search.find(library(), "appointment").hits[0].title, "Request a consultation")
        self.assertEqual(live(HIP).slug, "hip")
