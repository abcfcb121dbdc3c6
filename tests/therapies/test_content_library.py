"""The starter content around the conditions: treatments, articles, sources, glossary, questions."""

import re
from collections import Counter
from pathlib import Path
from statistics import median
from unittest import TestCase

from tests.therapies.test_content_conditions import BRITISH, grade, plain, sentences
from therapies import content_files, documents, yaml_text
from therapies.document_links import cited_keys

CONTENT = Path(documents.__file__).parent / "content"
ASPECTS = ["overview", "how_it_works", "limits", "suitability", "before", "during", "after", "cost", "when_to_call"]
CELLS_AND_BLOOD = {
    "birth-tissue-exosomes",
    "prp-injection",
    "stem-cell-adipose",
    "stem-cell-bmac",
    "stem-cell-cultured",
}
ARTICLES = {
    "about",
    "accessibility",
    "editorial-policy",
    "funding-and-conflicts",
    "how-we-grade",
    "privacy",
    "what-you-may-have-read",
}
# Words that promise more than any study here shows. "Unproven" and "not shown" are ours, "not proven" is not needed.
PROMISES = re.compile(
    r"\b(cur(e|es|ed|ing)|guarantee[sd]?|miracles?|breakthroughs?|revolutionary|game-changer|paradigm shift|proven"
    r"|safe and effective|completely safe|risk-free|no side effects|natural healing|non-invasive|minimally invasive"
    r"|root causes?|permanent(ly)?|lasting|long-term relief|hope|promising|avoids? surgery|success rate|works for everyone"
    r"|experts recommend|doctors agree|book today|act now|limited offer|leading clinic|FDA[- ]registered)\b",
    re.IGNORECASE,
)
SURER = re.compile(r"\b(will (ease|help|improve|reduce|relieve)|definitely|certainly)\b", re.IGNORECASE)
CITATION = re.compile(r"\[@[^\]]+\]")
LINK = re.compile(r"\]\((/[^)]*)\)")
LISTS = {"/sources/", "/glossary/", "/questions-to-ask/", "/about/contact/", "/about/clinicians/"}
COUNSEL = ("privacy", "accessibility", "funding-and-conflicts")


def texts(page):
    """Everything a reader reads on a treatment or an article but the answered claims, with the place it stands at."""
    yield "title", page["title"]
    yield "summary", page["summary"]
    for number, fact in enumerate(page["key_facts"]):
        yield f"key fact {number + 1}", fact
    yield "recovery", page.get("recovery", "")
    for name in page.get("alternatives", []):
        if "-" not in name:  # a slug is shown as the title of its page
            yield "alternatives", name
    for section in page["sections"]:
        yield f"heading {section['heading']}", section["heading"]
        yield section["heading"], section["body"]
    for row in page.get("contraindications", []):
        yield "contraindication", f"{row['name']}: {row['explanation']}"
    for row in page.get("adverse_outcomes", []):
        yield "harm", f"{row['name']}: {row['frequency_words']}"
    for row in page.get("regulatory", []):
        yield f"status {row['jurisdiction']}", row["public_statement"]


class ContentTestCase(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.content = content_files.read_folder(CONTENT)
        cls.pages = {(file.page["kind"], file.page["slug"]): file.page for file in cls.content.pages}
        cls.treatments = {slug: page for (kind, slug), page in cls.pages.items() if kind == "treatment"}
        cls.articles = {slug: page for (kind, slug), page in cls.pages.items() if kind == "article"}
        cls.sources, cls.glossary, cls.questions = (
            cls.content.lists[name].items for name in ("sources", "glossary", "questions")
        )
        cls.mine = cls.treatments | cls.articles

    def texts(self):
        for slug, page in self.mine.items():
            for place, text in texts(page):
                yield f"{slug}, {place}", text
        for term in self.glossary:
            yield f"glossary, {term['term']}", term["definition"]
        for question in self.questions:
            yield f"question {question['key']}", f"{question['text']} {question['why']}"


class CompletenessTests(ContentTestCase):
    def test_everything_the_clinic_starts_with_is_there(self):
        counted = (len(self.treatments), len(self.sources), len(self.glossary), len(self.questions))
        self.assertEqual(counted, (15, 134, 36, 20))
        self.assertEqual(set(self.articles), ARTICLES)

    def test_no_source_stands_twice(self):
        for field in ("key", "doi", "url"):
            values = [source[field].casefold() for source in self.sources if source[field]]
            with self.subTest(field):
                self.assertEqual([value for value, n in Counter(values).items() if n > 1], [])

    def test_what_pages_and_questions_point_to_is_there(self):
        self.content.checked_against({})

    def test_files_are_written_as_export_writes_them(self):
        for file in self.content.pages:
            with self.subTest(file.name):
                self.assertEqual(Path(file.name).read_text(), documents.to_yaml(file.page))
        for file in self.content.lists.values():
            with self.subTest(file.name):
                self.assertEqual(Path(file.name).read_text(), yaml_text.write(file.items))

    def test_every_treatment_has_all_its_sections_in_order(self):
        for slug, page in self.treatments.items():
            with self.subTest(slug):
                self.assertEqual([section["aspect"] for section in page["sections"]], ASPECTS)

    def test_every_treatment_has_harms_and_reasons_against_it(self):
        for slug, page in self.treatments.items():
            with self.subTest(slug):
                self.assertEqual({harm["serious"] for harm in page["adverse_outcomes"]}, {True, False})
                self.assertTrue(page["contraindications"])

    def test_every_treatment_says_its_status_in_three_places(self):
        for slug, page in self.treatments.items():
            with self.subTest(slug):
                self.assertEqual([row["jurisdiction"] for row in page["regulatory"]], ["US", "EU", "GB"])

    def test_no_status_claims_to_have_been_checked(self):
        dates = {row[day] for page in self.treatments.values() for row in page["regulatory"] for day in ("checked_on", "recheck_due")}  # fmt: skip
        self.assertEqual(dates, {""})

    def test_every_page_has_its_facts_at_a_glance(self):
        for slug, page in self.mine.items():
            with self.subTest(slug):
                self.assertIn(len(page["key_facts"]), (4, 5, 6))

    def test_alternatives_that_look_like_treatments_are_treatments(self):
        for slug, page in self.treatments.items():
            slugs = {name for name in page["alternatives"] if re.fullmatch(r"[a-z0-9-]*-[a-z0-9-]*", name)}
            with self.subTest(slug):
                self.assertTrue(page["alternatives"])
                self.assertEqual(slugs - set(self.treatments), set())
                self.assertNotIn(slug, slugs)

    def test_links_lead_to_pages_that_are_there(self):
        there = {f"/{kind}s/{slug}/" for kind, slug in self.pages if kind != "article"}
        there |= {f"/about/{slug}/" for slug in self.articles} | {"/evidence/how-we-grade/"} | LISTS
        for place, text in self.texts():
            with self.subTest(place):
                self.assertEqual(set(LINK.findall(text)) - there, set())

    def test_only_sections_cite_because_only_they_are_markdown(self):
        for slug, page in self.mine.items():
            elsewhere = {**page, "sections": [], "synonyms": []}
            with self.subTest(slug):
                self.assertNotRegex(repr(elsewhere), r"\[@")
        self.assertNotRegex(repr([self.glossary, self.questions]), r"\[@")


class HonestyTests(ContentTestCase):
    def test_cells_blood_and_birth_tissue_are_regenerative_and_nothing_else_is(self):
        self.assertEqual({slug for slug, page in self.treatments.items() if page["is_regenerative"]}, CELLS_AND_BLOOD)

    def test_nothing_regenerative_is_called_approved(self):
        for slug in CELLS_AND_BLOOD:
            with self.subTest(slug):
                statuses = {row["status"] for row in self.treatments[slug]["regulatory"]}
                self.assertEqual(statuses & {"approved", "exempt", "off_label"}, set())

    def test_every_regenerative_page_says_in_its_facts_that_the_fda_has_not_approved_it(self):
        for slug in CELLS_AND_BLOOD:
            with self.subTest(slug):
                approval = next(fact for fact in self.treatments[slug]["key_facts"] if fact.startswith("Approval"))
                self.assertRegex(approval, r"Not FDA-approved|No .* is FDA-approved")

    def test_how_a_regenerative_treatment_works_is_called_an_idea(self):
        for slug in CELLS_AND_BLOOD:
            section = next(part for part in self.treatments[slug]["sections"] if part["aspect"] == "how_it_works")
            with self.subTest(slug):
                self.assertEqual(section["heading"], "How it is thought to work")
                self.assertRegex(section["body"], r"not an established fact|not known")

    def test_products_sold_as_stem_cells_in_a_vial_are_safety_information(self):
        page = self.treatments["birth-tissue-exosomes"]
        self.assertEqual((page["category"], page["offered_here"]), ("safety", False))

    def test_the_clinic_could_be_paid_for_three_treatments(self):
        offered = {slug for slug, page in self.treatments.items() if page["offered_here"]}
        self.assertEqual(offered, {"corticosteroid-injection", "prp-injection", "stem-cell-bmac"})

    def test_no_text_promises(self):
        for place, text in self.texts():
            with self.subTest(place):
                self.assertNotRegex(text, PROMISES)
                self.assertNotRegex(text, SURER)

    def test_a_sentence_that_rests_on_unconfirmed_sources_holds_no_figure(self):
        unconfirmed = {source["key"] for source in self.sources if source["check_state"] == "to_confirm"}
        for slug, page in self.mine.items():
            for section in page["sections"]:
                for sentence in re.split(r"(?<=[.?!])\s+", section["body"]):
                    cited = cited_keys(sentence)
                    if cited and set(cited) <= unconfirmed:
                        with self.subTest(slug, sentence=sentence):
                            self.assertNotRegex(CITATION.sub("", sentence), r"[$€£%]|\d")

    def test_a_price_has_a_source(self):
        for slug, page in self.mine.items():
            for place, text in texts(page):
                for sentence in re.split(r"(?<=[.?!])\s+", text):
                    if re.search(r"[$€£]", sentence):
                        with self.subTest(slug, place=place):
                            self.assertTrue(cited_keys(sentence))

    def test_every_treatment_is_called_a_general_description(self):
        for slug, page in self.treatments.items():
            with self.subTest(slug):
                self.assertIn("The clinic's own instructions come first.", repr(page["sections"]))

    def test_every_treatment_says_when_to_call_and_when_it_is_an_emergency(self):
        for slug, page in self.treatments.items():
            with self.subTest(slug):
                body = page["sections"][-1]["body"]
                self.assertIn("all {emergency_number}", body)
                self.assertGreaterEqual(body.count("\n- "), 4)

    def test_legal_pages_wait_for_the_counsel_of_the_clinic(self):
        for slug in COUNSEL:
            with self.subTest(slug):
                self.assertIn("counsel has to confirm", repr(self.articles[slug]))

    def test_demonstration_pages_do_not_pass_for_reviewed_ones(self):
        self.assertIn("No clinician has reviewed them", repr(self.articles["editorial-policy"]))
        self.assertIn("made up", self.articles["about"]["summary"])


class AnsweredClaimTests(ContentTestCase):
    """The two articles readers may come from make 39 statements. One names many conditions and is answered on each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claims = [(slug, claim) for (_, slug), page in cls.pages.items() for claim in page["answered_claims"]]

    def test_every_statement_is_answered_with_one_verdict(self):
        verdicts = {(claim["claim"], claim["verdict"]) for _, claim in self.claims}
        self.assertEqual(len({claim for claim, _ in verdicts}), 39)
        self.assertEqual(
            Counter(verdict for _, verdict in verdicts),
            {"unsupported": 16, "misleading": 12, "partly": 6, "supported": 5},
        )

    def test_only_the_statement_about_many_conditions_stands_on_more_than_one_page(self):
        often = [claim for claim, n in Counter(claim["claim"] for _, claim in self.claims).items() if n > 1]
        self.assertEqual(len(often), 1)
        self.assertIn("wide range of conditions", "".join(often))

    def test_every_answer_has_a_source(self):
        for slug, claim in self.claims:
            with self.subTest(slug, claim=claim["claim"]):
                self.assertTrue(claim["sources"])

    def test_statements_about_a_treatment_stand_on_its_page(self):
        for slug in ("prp-injection", "stem-cell-adipose", "stem-cell-bmac", "stem-cell-cultured"):
            with self.subTest(slug):
                self.assertTrue(self.treatments[slug]["answered_claims"])


class NameTests(ContentTestCase):
    """A reader who comes from the two articles finds every treatment they name, also with a slip of the keys."""

    def found(self, name):
        return {
            slug
            for slug, page in self.treatments.items()
            if name in {page["title"].casefold(), *(synonym["text"].casefold() for synonym in page["synonyms"])}
        }

    def test_treatments_are_found_by_the_names_in_the_articles(self):
        for name, slug in {
            "stem cell therapy": "stem-cell-bmac",
            "mesenchymal stem cells": "stem-cell-cultured",
            "platelet rich plasma": "prp-injection",
            "prp": "prp-injection",
            "cortisone injection": "corticosteroid-injection",
            "cortisone shot": "corticosteroid-injection",
            "nsaids": "pain-medication",
            "joint replacement": "joint-replacement",
            "spinal surgery": "spine-surgery",
        }.items():
            with self.subTest(name):
                self.assertIn(slug, self.found(name))

    def test_stem_cell_therapy_leads_to_every_kind(self):
        kinds = {slug for slug, page in self.treatments.items() if page["category"] == "cell_therapy"}
        self.assertEqual(self.found("stem cell therapy"), kinds)

    def test_every_treatment_is_found_with_a_misspelling(self):
        for slug, page in self.treatments.items():
            with self.subTest(slug):
                self.assertTrue([synonym for synonym in page["synonyms"] if synonym["is_misspelling"]])


class WordsTests(ContentTestCase):
    def test_reading_grade_is_nine_at_most_in_the_middle_and_twelve_at_the_top(self):
        grades = {}
        for slug, page in self.mine.items():
            read = [text for place, text in texts(page) if place not in {"title", "alternatives", "harm"}]
            grades[slug] = grade(plain("\n".join(read + [claim["answer"] for claim in page["answered_claims"]])))
        self.assertLessEqual(median(grades.values()), 9)
        self.assertLessEqual(max(grades.values()), 12)

    def test_no_section_is_harder_than_grade_twelve(self):
        hard = {}
        for slug, page in self.mine.items():
            for section in page["sections"]:
                if (found := grade(plain(section["body"]))) > 12:
                    hard[slug, section["heading"]] = round(found, 1)
        self.assertEqual(hard, {})

    def test_sentences_are_short(self):
        lengths = {}
        for place, text in self.texts():
            for sentence in sentences(plain(text)):
                lengths[place, sentence] = len(sentence.split())
        self.assertEqual([said for said, length in lengths.items() if length > 30], [])
        self.assertLess(sum(length > 20 for length in lengths.values()) / len(lengths), 0.05)

    def test_spelling_is_american(self):
        for place, text in self.texts():
            with self.subTest(place):
                self.assertNotRegex(text, BRITISH)
