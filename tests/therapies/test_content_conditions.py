"""The starter content of the conditions: complete, sourced, no stronger than its evidence, and plain."""

import re
from collections import Counter
from pathlib import Path
from statistics import median
from unittest import TestCase

from therapies import documents, wording

CONTENT = Path(documents.__file__).parent / "content"
ASPECTS = ["overview", "symptoms", "causes", "diagnosis", "self_care", "prognosis", "known_unknown"]
TOO_STRONG = re.compile(r"\b(probably|will|proven|prove[ds]?|certain|definitely|cures?)\b", re.IGNORECASE)
NOT_SURE = re.compile(
    r"\b(uncertain|unclear|not known|little (direct )?evidence|no evidence|not clearly|may|suggest"
    r"|found (no|none|only)|no published|only a few|cannot show|do not agree)\b"
)
FIGURES = re.compile(r"\d|%")
CITATION = re.compile(r"\[@[^\]]+\]")
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
VOWELS = re.compile(r"[aeiouy]+")
BRITISH = re.compile(
    r"\b\w*((random|recogn|special|author)is(e|ed|ing|ation)\b|anaesth|favour|behaviour|tumour|centre|programme|physiotherap)",
    re.IGNORECASE,
)
KEY = re.compile(r"@([\w-]+)")
PROMISE = re.compile(
    r"safe and effective|guarantee|miracle|breakthrough|root cause|risk-free|no side effects|non-invasive|\bhope\b"
    r"|avoid surgery|success rate|\bcures?\b|experts recommend|permanent",
    re.IGNORECASE,
)
NAMED = (
    *("chronic back pain", "chronic neck pain", "herniated disc", "disc injury", "degenerative disc disease"),
    *("spinal stenosis", "osteoarthritis", "rheumatoid arthritis", "tendinitis", "tendon injury", "ligament injury"),
    *("rotator cuff tear", "hip pain", "knee pain"),
)


def plain(markdown):
    """The words of a text as read aloud: no citations, links by their words, a list item ends like a sentence."""
    text = LINK.sub(r"\1", CITATION.sub("", markdown)).replace("*", "")
    lines = [re.sub(r"^- ", "", line).strip() for line in text.split("\n")]
    return " ".join(line if line.endswith((".", "?", "!")) else f"{line}." for line in lines if line)


def syllables(word):
    """A count of vowel groups, a silent final e left out. Rough, and good enough to compare texts."""
    word = word.lower()
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye"))
    return max(1, len(VOWELS.findall(word)) - silent)


def grade(text):
    """Flesch-Kincaid: the school year in the US that reads this with ease."""
    sentences = [part for part in re.split(r"[.?!]+(?:\s|$)", text) if part.strip()]
    words = re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def sentences(text):
    return [part for part in re.split(r"(?<=[.?!])\s+", text) if part]


def texts(page):
    """Everything a reader reads on a page, with the place it stands at."""
    yield "summary", page["summary"]
    for number, fact in enumerate(page["key_facts"]):
        yield f"key fact {number + 1}", fact
    for field in ("when_chronic", "natural_progression"):
        yield field, page[field]
    for section in page["sections"]:
        yield section["aspect"], section["body"]
    for option in page["options"]:
        for field in ("description", "who_might_consider", "main_harms"):
            yield f"{option['treatment'] or 'usual care'}, {field}", option[field]
    for row in page["evidence"]:
        for field in ("detail", "figure"):
            yield f"{row['key']}, {field}", row[field]
    for claim in page["answered_claims"]:
        yield "answered claim", claim["answer"]


class Pages(TestCase):
    """Reads the pages once. Each test lists what breaks its rule, so a failure names the page and the place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        files = sorted((CONTENT / "conditions").glob("*.yaml"))
        cls.pages = {path.stem: documents.from_yaml(path.read_text(), path.name)[0] for path in files}
        cls.rows = [row for page in cls.pages.values() for row in page["evidence"]]
        cls.texts = [(slug, place, text) for slug, page in cls.pages.items() for place, text in texts(page)]

    def pages_breaking(self, rule):
        return [slug for slug, page in self.pages.items() if not rule(page)]

    def rows_breaking(self, rule):
        return [row["key"] for row in self.rows if not rule(row)]

    def options_breaking(self, rule):
        return [
            (slug, option["treatment"])
            for slug, page in self.pages.items()
            for option in page["options"]
            if option["treatment"] and not rule(option)
        ]

    def texts_with(self, pattern):
        return [(slug, place, found[0]) for slug, place, text in self.texts if (found := pattern.search(text))]


class CompletenessTests(Pages):
    def test_there_are_fifteen_conditions_each_in_the_file_of_its_name(self):
        self.assertEqual(len(self.pages), 15)
        self.assertEqual([page["slug"] for page in self.pages.values()], list(self.pages))

    def test_files_are_written_as_export_writes_them(self):
        path = CONTENT / "conditions"
        changed = self.pages_breaking(
            lambda page: (path / f"{page['slug']}.yaml").read_text() == documents.to_yaml(page)
        )
        self.assertEqual(changed, [])

    def test_every_page_has_all_its_sections_in_order(self):
        self.assertEqual(
            self.pages_breaking(lambda page: [section["aspect"] for section in page["sections"]] == ASPECTS), []
        )

    def test_every_page_has_key_facts_and_an_outlook_without_a_procedure(self):
        self.assertEqual(self.pages_breaking(lambda page: 4 <= len(page["key_facts"]) <= 6), [])
        self.assertEqual(self.pages_breaking(lambda page: page["natural_progression"]), [])

    def test_every_parent_is_a_page(self):
        parents = {page["parent"] for page in self.pages.values()} - {""}
        self.assertEqual(parents, {"osteoarthritis", "tendon-ligament-injuries"})
        self.assertLessEqual(parents, set(self.pages))

    def test_every_page_describes_usual_care_first(self):
        self.assertEqual(self.pages_breaking(lambda page: page["options"][0]["role"] == "usual_care"), [])
        self.assertEqual(self.pages_breaking(lambda page: page["options"][0]["description"]), [])

    def test_every_page_says_when_to_get_help_now(self):
        self.assertEqual(self.pages_breaking(lambda page: page["care_advice"][0]["level"] == "emergency"), [])

    def test_every_option_says_what_it_is_what_it_takes_and_its_serious_harms(self):
        self.assertEqual(self.options_breaking(lambda option: option["description"] and option["what_it_takes"]), [])
        self.assertEqual(self.options_breaking(lambda option: "Serious: " in option["main_harms"]), [])

    def test_every_option_has_a_treatment_page(self):
        there = {path.stem for path in (CONTENT / "treatments").glob("*.yaml")}
        self.assertEqual(self.options_breaking(lambda option: option["treatment"] in there), [])

    def test_no_code_is_shown_before_someone_verified_it(self):
        codes = [code for page in self.pages.values() for code in page["codes"]]
        self.assertGreater(len(codes), 50)
        self.assertEqual({code["verified_by"] for code in codes}, {""})

    def test_links_lead_to_pages_that_are_there(self):
        links = {url for _, _, text in self.texts for _, url in LINK.findall(text)}
        self.assertTrue(links)
        there = {f"/conditions/{slug}/" for slug in self.pages}
        self.assertEqual(links - there, set())


class EvidenceTests(Pages):
    def test_there_are_seventy_seven_rows_each_with_its_own_key(self):
        self.assertEqual(len(self.rows), 77)
        self.assertEqual([key for key, n in Counter(row["key"] for row in self.rows).items() if n > 1], [])

    def test_every_row_and_every_answer_has_a_source(self):
        self.assertEqual(self.rows_breaking(lambda row: row["sources"]), [])
        self.assertEqual(
            self.pages_breaking(lambda page: all(claim["sources"] for claim in page["answered_claims"])), []
        )

    def test_every_source_is_in_the_list_of_sources(self):
        sources, _lines = documents.list_from_yaml((CONTENT / "sources.yaml").read_text(), "sources.yaml", "sources")
        claims = [claim for page in self.pages.values() for claim in page["answered_claims"]]
        cited = {key for row in [*self.rows, *claims] for key in row["sources"]}
        cited |= {key for _, _, text in self.texts for cite in CITATION.findall(text) for key in KEY.findall(cite)}
        self.assertEqual(cited - {source["key"] for source in sources}, set())

    def test_a_row_without_trials_counts_nothing(self):
        counted = [
            row["key"]
            for row in self.rows
            if row["certainty"] == "no_trials"
            and (row["trials"], row["participants"], row["figure"]) != (None, None, "")
        ]
        self.assertEqual(counted, [])

    def test_figures_stand_in_the_figure_and_never_in_the_detail(self):
        self.assertEqual(self.rows_breaking(lambda row: row["detail"] and not FIGURES.search(row["detail"])), [])
        self.assertEqual(self.rows_breaking(lambda row: not row["figure"] or FIGURES.search(row["figure"])), [])

    def test_detail_is_no_stronger_than_a_low_certainty(self):
        weak = {"low", "very_low", "no_trials"}
        strong = self.rows_breaking(lambda row: row["certainty"] not in weak or not TOO_STRONG.search(row["detail"]))
        self.assertEqual(strong, [])

    def test_detail_of_a_low_certainty_says_that_it_is_not_sure(self):
        sure = self.rows_breaking(
            lambda row: (
                row["certainty"] not in {"low", "very_low"}
                or not wording.is_result(row)
                or NOT_SURE.search(row["detail"])
            )
        )
        self.assertEqual(sure, [])

    def test_detail_of_a_moderate_certainty_says_probably(self):
        plain_words = self.rows_breaking(lambda row: row["certainty"] != "moderate" or "probably" in row["detail"])
        self.assertEqual(plain_words, [])

    def test_effect_reads_as_one_sentence(self):
        said = {row["key"]: wording.effect(row).full for row in self.rows if wording.is_result(row)}
        odd = re.compile(r"measured: |\b(\w+) \1\b|\.(?!$)|[^.]$")
        self.assertEqual({key: text for key, text in said.items() if odd.search(text)}, {})

    def test_rows_that_point_elsewhere_belong_to_the_general_pages(self):
        pointing = self.pages_breaking(lambda page: all(map(wording.is_result, page["evidence"])))
        self.assertEqual(pointing, ["hip-pain", "knee-pain", "osteoarthritis"])

    def test_regenerative_treatments_never_stand_before_usual_treatments(self):
        early = self.options_breaking(
            lambda option: (
                not option["treatment"].startswith(("prp", "stem-cell"))
                or option["role"] in {"investigational", "not_recommended"}
            )
        )
        self.assertEqual(early, [])

    def test_what_a_guideline_advises_against_is_not_recommended(self):
        against = {
            (slug, treatment)
            for slug, page in self.pages.items()
            for row in page["evidence"]
            for treatment in row["options"]
            # Opioids are one of many pain medicines: advice against them is not advice against all.
            if row["direction"] == "guideline_against" and row["outcome"] != "use of opioids"
        }
        others = set(self.options_breaking(lambda option: option["role"] == "not_recommended"))
        self.assertEqual(against & others, set())
        self.assertEqual(len(against), 4)


class WordsTests(Pages):
    def test_reading_grade_is_nine_at_most_in_the_middle_and_twelve_at_the_top(self):
        grades = [grade(plain("\n".join(text for _, text in texts(page)))) for page in self.pages.values()]
        self.assertLessEqual(median(grades), 9)
        self.assertLessEqual(max(grades), 12)

    def test_no_section_is_harder_than_grade_twelve(self):
        hard = self.pages_breaking(lambda page: all(grade(plain(part["body"])) <= 12 for part in page["sections"]))
        self.assertEqual(hard, [])

    def test_sentences_are_short(self):
        # Harms are lists divided by commas, not sentences.
        read = [
            (slug, place, sentence)
            for slug, place, text in self.texts
            if "harms" not in place
            for sentence in sentences(plain(text))
        ]
        self.assertEqual([row for row in read if len(row[2].split()) > 30], [])
        self.assertLess(sum(len(sentence.split()) > 20 for _, _, sentence in read) / len(read), 0.05)

    def test_spelling_is_american(self):
        self.assertEqual(self.texts_with(BRITISH), [])

    def test_no_text_promises(self):
        self.assertEqual(self.texts_with(PROMISE), [])

    def test_every_regenerative_section_says_what_is_not_known_and_not_approved(self):
        def honest(page):
            body = page["sections"][-1]["body"]
            return "The FDA has not approved any stem cell product" in body and re.search(r"not known|depends on", body)

        self.assertEqual(self.pages_breaking(honest), [])

    def test_care_cards_hold_lines_that_finish_a_sentence_and_no_links(self):
        lines = [line for page in self.pages.values() for card in page["care_advice"] for line in card["items"]]
        self.assertTrue(lines)
        self.assertEqual([line for line in lines if not re.fullmatch(r"[a-z][^.\[\]:]*[a-z]", line)], [])

    def test_reading_grade_tells_hard_from_easy(self):
        self.assertLess(grade("Keep moving. Rest when it hurts."), 4)
        self.assertGreater(grade("Intervertebral degeneration necessitates multidisciplinary rehabilitation."), 20)


class SeedArticleTests(Pages):
    """A reader who comes from the clinic's two articles finds everything they name, and an honest answer."""

    def test_every_condition_they_name_can_be_found_by_its_name(self):
        names = {
            name.casefold()
            for page in self.pages.values()
            for name in (page["title"], page["medical_name"], *(synonym["text"] for synonym in page["synonyms"]))
        }
        self.assertEqual([named for named in NAMED if not any(named in name for name in names)], [])

    def test_every_condition_they_promise_something_for_answers_it(self):
        silent = self.pages_breaking(lambda page: page["answered_claims"])
        self.assertEqual(silent, ["achilles-tendinopathy", "hip-osteoarthritis", "spinal-stenosis", "tennis-elbow"])

    def test_thirteen_of_their_claims_are_answered_here(self):
        claims = {claim["claim"] for page in self.pages.values() for claim in page["answered_claims"]}
        self.assertEqual(len(claims), 13)
