import time

import yaml
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.therapies import starter_rules as starter
from therapies.claim_gates import claim_gates, text_gates
from therapies.claims import BadPattern, Rule, check_pattern, findings


def rule(pattern, key="example", severity="block"):
    return Rule(key, pattern, "Example", severity, "Not shown.", "may help a little")


CURE = rule(r"cur(e|es|ed|ing)", "cure")
REGROW = rule(r"re ?grow\w* .. (cartilage|discs?)", "regrow")


def found(text, *rules):
    return [finding.match for finding in findings(text, rules or starter.rules())]


class Findings(SimpleTestCase):
    def test_are_words_as_a_reader_sees_them(self):
        for text in (
            "It cures.",
            "IT CURES.",
            "It **cures** people.",
            "It *cur*es people.",
            "It [cures](/conditions/knee-pain/) people.",
            "It cures[@a-source].",
            "## It cures",
            "> It cures",
            "- It cures",
            "1. It cures",
            "It cu\u00adres, cu\u200bres.",
            "It &#99;ures.",
            "It \\cures.",
            "It\ncures.",
        ):
            with self.subTest(text):
                self.assertEqual(found(text, CURE)[:1], ["CURES" if text.isupper() else "cures"])

    def test_begin_and_end_at_a_word(self):
        for text in ("It is obscured.", "A secure place.", "It curest.", "curable"):
            with self.subTest(text):
                self.assertEqual(found(text, CURE), [])

    def test_a_space_also_stands_for_a_hyphen(self):
        for text in ("long term relief", "long-term relief", "long‑term relief", "long  term\nrelief"):
            with self.subTest(text):
                self.assertEqual(len(found(f"It brings {text}.", rule("long term relief"))), 1)

    def test_two_dots_stand_for_up_to_three_words_and_three_for_six(self):
        for pattern, most in (("heals .. you", 3), ("heals ... you", 6)):
            for number in range(9):
                with self.subTest(pattern, words=number):
                    text = f"It heals {'all ' * number}you."
                    self.assertEqual(bool(found(text, rule(pattern))), number <= most)

    def test_a_name_in_braces_stands_for_the_words_of_its_list(self):
        avoided = rule("{avoid} .. {surgery}")
        for text in ("Skip the operation.", "Say no to a knee replacement.", "It spares you going under the knife."):
            with self.subTest(text):
                self.assertEqual(len(found(text, avoided)), 1)
        self.assertEqual(found("Avoid stairs.", avoided), [])

    def test_a_rule_may_ask_for_the_beginning_of_a_sentence(self):
        heal = rule("^heal faster")
        self.assertEqual(found("We know how. Heal faster!", heal), ["Heal faster"])
        self.assertEqual(found("Some wounds heal faster.", heal), [])

    def test_do_not_reach_across_a_full_stop(self):
        self.assertEqual(found("It regrows. Cartilage is soft.", REGROW), [])

    def test_say_where_they_stand_in_their_sentence(self):
        [finding] = findings("One. Some say so, but it **cures** people [@a-source]. Two.", [CURE])
        self.assertEqual(finding.sentence, "Some say so, but it cures people.")
        self.assertEqual(finding.sentence[finding.start : finding.end], "cures")
        self.assertEqual(finding.cited, ("a-source",))

    def test_stand_once_for_each_place_in_reading_order(self):
        self.assertEqual(found("Curing cures, cured and cures.", CURE), ["Curing", "cures", "cured", "cures"])

    def test_a_paragraph_cites_for_itself_alone(self):
        one, two = findings("It cures.\n\nIt cures [@b].", [CURE])
        self.assertEqual((one.cited, two.cited), ((), ("b",)))

    def test_an_abbreviation_does_not_end_a_sentence(self):
        [finding] = findings("Dr. Example says it cures.", [rule("it cures")])
        self.assertEqual(finding.sentence, "Dr. Example says it cures.")

    def test_a_rule_that_does_not_compile_finds_nothing(self):
        self.assertEqual(found("It cures.", rule("(cures"), CURE), ["cures"])

    def test_letters_of_other_alphabets_keep_their_places(self):
        [finding] = findings("Żółć 😀 and it cures.", [CURE])
        self.assertEqual(finding.sentence[finding.start : finding.end], "cures")

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=300))
    def test_any_text_has_an_answer_whose_words_stand_in_their_sentence(self, text):
        for finding in findings(text, starter.rules()):
            self.assertEqual(finding.sentence[finding.start : finding.end], finding.match)


class Honest(SimpleTestCase):
    def test_words_that_deny_or_doubt_a_claim_find_nothing(self):
        for text in (
            "No treatment can cure it.",
            "There is no cure.",
            "It does not cure arthritis.",
            "It cannot cure arthritis.",
            "It can't cure arthritis.",
            "It no longer cures anybody.",
            "Nobody has cured it.",
            "It is not known whether it cures arthritis.",
            "Do not believe a clinic that speaks of curing you.",
            "Be wary of anyone who promises to cure you.",
            "Some clinics say that it cures arthritis.",
            "It was banned because it claimed that it cures arthritis.",
            "They were told to stop saying that it cures arthritis.",
            "It cures no better than salt water.",
            "It is advertised as curing arthritis.",
            "A cure has not been shown.",
            "That it cures arthritis is a myth.",
            "There is no evidence that this or any other injection cures arthritis.",
            "It has not been shown to slow, stop or cure arthritis.",
            "In the laboratory they cured mice.",
            "Neither of them cures arthritis.",
            "Nothing can cure arthritis.",
            "Can cells cure arthritis?",
            "Ask the clinic what shows that it cures arthritis.",
            "It has to be shown to cure arthritis.",
            "“It cures arthritis” is a claim that research does not support.",
            "Will it cure my arthritis?",
            "It has not been shown to:\n\n- cure arthritis\n- do anything else",
        ):
            with self.subTest(text):
                self.assertEqual(found(text, CURE), [])

    def test_words_that_deny_something_else_do_not_excuse_it(self):
        for text in (
            "It is not a drug, but it cures arthritis.",
            "Do not wait: it cures arthritis.",
            "It not only helps, it cures arthritis.",
            "Without surgery, our cells cure arthritis.",
            "No other treatment cures arthritis.",
            "Unlike other clinics we cure arthritis.",
            "Our clinic offers to cure arthritis.",
            "Pay nothing today and be cured tomorrow.",
            "There is no doubt that it cures arthritis.",
            "It does not hurt. It cures arthritis.",
            "You need no drugs because it cures arthritis.",
            "Why not be cured?",
            "It never fails to cure arthritis.",
            "Our offer:\n\n- it cures arthritis",
            "Do you want cells that cure you?",
            "Don't let anyone tell you that surgery cures better.",
        ):
            with self.subTest(text):
                self.assertNotEqual(found(text, CURE), [])

    def test_no_thing_in_a_list_denies_the_next(self):
        self.assertEqual(
            found("No drugs, no risk and no surgery.", rule("no (risk|surgery)")), ["no risk", "no surgery"]
        )

    def test_a_question_or_a_compared_result_needs_no_source(self):
        better = rule("better", severity="needs_source")
        for text in ("Is it better?", "It may be slightly better than a dummy injection."):
            with self.subTest(text):
                self.assertEqual(found(text, better), [])
        self.assertEqual(found("It is better.", better), ["better"])


class Patterns(SimpleTestCase):
    def test_that_cannot_be_searched_for_are_refused_in_words(self):
        for pattern, said in (
            ("(cure", "missing )"),
            ("cure**", "bad repetition operator"),
            ("(?!not) cure", "invalid perl operator"),
            ("[z-a]", "invalid character class range"),
            ("cure" * 51, "Shorten the pattern to 200 characters"),
            ("лечит", "plain letters"),
            ("{cures} you", "There is no list of words called {cures}. Lists: avoid, body,"),
            (".*", "ordinary sentences"),
            (r"\w*", "ordinary sentences"),
            ("is", "ordinary sentences"),
            ("(cure)?", "ordinary sentences"),
            (" ", "ordinary sentences"),
        ):
            with self.subTest(pattern), self.assertRaisesMessage(BadPattern, said):
                check_pattern(pattern)

    def test_that_hang_other_engines_take_no_time(self):
        text = "a" * 5000 + " " + "a " * 2500 + "!"
        for pattern in ("(a+)+!", "(a|a)*!", "(a|aa)+!", "(.*)*x", r"(\w+ ?)+!", "(a*)*b", "a .. a .. a .. a ... b"):
            with self.subTest(pattern):
                began = time.process_time()
                found(text, rule(pattern))
                self.assertLess(time.process_time() - began, 2)

    def test_of_the_starter_rules_are_short_words(self):
        for each in starter.rules():
            with self.subTest(each.key):
                check_pattern(each.pattern)
                self.assertTrue(each.message)


class Starter(SimpleTestCase):
    def test_rules_find_nothing_in_the_starter_content_that_is_not_sourced(self):
        for page in starter.pages():
            with self.subTest(page["slug"]):
                gates = claim_gates(page, starter.sources(), starter.rules(), ())
                self.assertEqual([str(gate) for gate in gates], [])

    def test_rules_find_nothing_in_glossary_and_questions(self):
        lists = starter.content().lists
        facts = [(row["term"], row["definition"]) for row in lists["glossary"].items]
        facts += [(row["key"], f"{row['text']}\n\n{row['why']}") for row in lists["questions"].items]
        for key, text in facts:
            with self.subTest(key):
                self.assertEqual([str(gate) for gate in text_gates(key, text, starter.rules(), starter.sources())], [])

    def test_a_quoted_claim_is_exempt_and_our_answer_is_not(self):
        page = next(page for page in starter.pages() if page["answered_claims"])
        answered = [{**page["answered_claims"][0], "claim": "It cures.", "answer": "It does not."}]
        self.assertEqual(list(claim_gates({**page, "answered_claims": answered}, {}, [CURE], ())), [])
        answered[0]["answer"] = "It cures."
        self.assertEqual(len(list(claim_gates({**page, "answered_claims": answered}, {}, [CURE], ()))), 1)


class RealTexts(SimpleTestCase):
    """Sentences of two articles as they stood on a clinic's site, and of texts written before the rules were."""

    def test_claims_judged_unsupported_or_misleading_are_hit_in_their_sentence(self):
        claims = yaml.safe_load((starter.DATA / "seed_claims.yaml").read_text(encoding="utf-8"))
        missed = [claim["id"] for claim in claims if not found(claim["sentence"])]
        self.assertEqual(len(claims), 28)
        self.assertLessEqual(len(missed), 4, missed)

    def test_a_promotional_page_is_found_out(self):
        lines = starter.data("untuned_promotion.txt")
        promising = [line[2:] for line in lines if line.startswith("+")]
        missed = [line for line in promising if not found(line)]
        self.assertGreaterEqual(len(promising) - len(missed), 0.9 * len(promising), missed)
        self.assertEqual([line for line in lines if line.startswith("-") and found(line[2:])], [])

    def test_an_honest_page_is_left_alone(self):
        self.assertEqual([line for line in starter.data("untuned_honest.txt") if found(line)], [])

    def test_promises_are_found_in_every_way_of_making_them(self):
        self.assertEqual([line for line in starter.data("guard_promotion.txt") if not found(line)], [])

    def test_a_rule_finds_its_promise_by_itself_and_no_rule_the_honest_sentence_beside_it(self):
        rules = {each.key: each for each in starter.rules()}
        for line in starter.data("guard_pairs.txt"):
            key, promise, honest = line.split(" | ")
            with self.subTest(key):
                self.assertNotEqual(found(promise, rules[key]), [])
                self.assertEqual(found(honest), [])

    def test_the_words_of_a_promise_are_no_promise_where_they_are_denied_or_plain(self):
        self.assertEqual([line for line in starter.data("guard_honest.txt") if found(line)], [])
