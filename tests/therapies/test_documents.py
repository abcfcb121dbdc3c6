from copy import deepcopy

from django.test import SimpleTestCase

from tests import factories
from therapies import document_shapes, documents, models
from therapies.document_links import cited_keys, links_of
from therapies.documents import DocumentError, content_hash, from_yaml, list_from_yaml, to_yaml, validated


def condition(**changes):
    return factories.condition_document(
        **{
            "options": [factories.option("", "usual_care"), factories.option("exercise")],
            "evidence": [factories.evidence(options=["exercise"])],
            **changes,
        }
    )


class Validated(SimpleTestCase):
    def refuse(self, document, *said):
        with self.assertRaises(DocumentError) as caught:
            validated(document, where="example.yaml")
        for words in said:
            self.assertIn(words, str(caught.exception))

    def test_accepts_each_kind_as_the_factories_make_it(self):
        for make in (factories.condition_document, factories.treatment_document, factories.article_document):
            self.assertEqual(validated(make(), where=""), make())

    def test_puts_keys_in_their_order_and_text_in_its_normal_form(self):
        mixed = dict(reversed(condition(title=" Knee\t", summary="One.").items()))
        mixed["sections"] = [factories.section(body="One.  \r\n\r\nTwo.\r\n")]
        document = validated(mixed, where="")
        self.assertEqual(list(document), list(factories.condition_document()))
        self.assertEqual(document["title"], "Knee")
        self.assertEqual(document["sections"][0]["body"], "One.\n\nTwo.")

    def test_puts_options_and_care_cards_in_reading_order(self):
        document = validated(
            condition(
                options=[factories.option("exercise"), factories.option("", "usual_care")],
                care_advice=[
                    {"level": level, "action": "Act if:", "red_flags": [], "items": ["a sign"]}
                    for level in ("non_urgent", "emergency")
                ],
            ),
            where="",
        )
        self.assertEqual([row["role"] for row in document["options"]], ["usual_care", "first_line"])
        self.assertEqual([row["level"] for row in document["care_advice"]], ["emergency", "non_urgent"])

    def test_says_where_and_what_to_do(self):
        self.refuse(
            condition(evidence=[factories.evidence(options=["exercise"]), factories.evidence(certainty="sure")]),
            "example.yaml: evidence 2, certainty: “sure” is not known here; choose high, moderate, low",
        )

    def test_refuses_what_is_not_a_page(self):
        for raw in (None, [], "text", {}, {"kind": "leaflet"}, {"kind": ["condition"]}):
            self.refuse(raw, "kind must be one of condition, treatment, article")

    def test_refuses_unknown_and_missing_keys(self):
        self.refuse(condition() | {"colour": "red"}, "colour: this key is not known")
        document = condition()
        del document["summary"]
        self.refuse(document, "add the missing summary")

    def test_refuses_wrong_types(self):
        for changes, said in (
            ({"title": 5}, "title: write text here"),
            ({"key_facts": "Outlook: good"}, "key_facts: write a list here"),
            ({"review_interval_months": True}, "review_interval_months: write a whole number from 1 to 36"),
            ({"review_interval_months": 37}, "a whole number from 1 to 36"),
            ({"sections": ["text"]}, "sections 1: write these keys here: aspect, heading, body"),
            ({"synonyms": [{"text": "a", "is_misspelling": 1}]}, "is_misspelling: write true or false"),
            ({"format": True}, "format: “True” is not known here"),
            ({"title": "two\nlines"}, "title: keep this on one line"),
            ({"title": ""}, "title: this may not be empty"),
            ({"summary": "x" * 301}, "summary: shorten this to 300 characters, it has 301"),
            ({"slug": "Knee"}, "slug: “Knee” must be small letters"),
            ({"key_facts": ["A: b"] * 7}, "at most 6 allowed here"),
        ):
            self.refuse(condition(**changes), said)

    def test_refuses_wrong_numbers_and_dates(self):
        for changes, said in (
            ({"trials": -1}, "trials: write a whole number from 0 to 1000000, or null"),
            ({"mean_difference": "1"}, "mean_difference: write a number from -10 to 10, or null"),
            ({"mean_difference": 1.234, "range_low": 1, "range_high": 2}, "write at most two decimals"),
            ({"options": []}, "options: at least 1 needed here"),
        ):
            self.refuse(condition(evidence=[factories.evidence(**{"options": ["exercise"], **changes})]), said)
        for date in ("soon", 2025, None, "2025-02-30"):
            code = {"system": "ICD-10", "code": "X1", "display": "x", "edition": "", "verified_by": ""}
            self.refuse(condition(codes=[{**code, "verified_on": date}]), "codes 1, verified_on: write a date like")

    def test_refuses_characters_nobody_can_see(self):
        for character in "\x00\x1b\u202e\u2066":
            self.refuse(condition(title=f"Knee{character}"), f"remove the invisible character U+{ord(character):04X}")

    def test_refuses_what_stands_twice(self):
        names = [{"text": "worn knee", "is_misspelling": False}, {"text": "Worn Knee", "is_misspelling": False}]
        card = {"level": "urgent", "action": "Act if:", "red_flags": [], "items": ["a sign"]}
        for changes, said in (
            ({"synonyms": names}, "synonyms 2: “worn knee” stands here twice"),
            ({"sections": [factories.section(), factories.section()]}, "sections 2: “overview” stands here twice"),
            ({"care_advice": [card, card]}, "care_advice 2: “urgent” stands here twice"),
            (
                {"options": [factories.option("", "usual_care")] * 2, "evidence": []},
                "options 2: “usual_care” stands here twice",
            ),
            ({"evidence": [factories.evidence(options=["exercise"])] * 2}, "evidence 2: “ev-001” stands here twice"),
            ({"evidence": [factories.evidence(options=["exercise"] * 2)]}, "evidence 1, options: something stands"),
        ):
            self.refuse(condition(**changes), said)

    def test_lets_plain_text_sections_repeat(self):
        document = factories.article_document(sections=[factories.section("text")] * 2)
        self.assertEqual(len(validated(document, where="")["sections"]), 2)

    def test_refuses_an_aspect_of_another_kind(self):
        self.refuse(condition(sections=[factories.section("how_it_works")]), "sections 1, aspect")
        treatment = factories.treatment_document(sections=[factories.section("symptoms")])
        self.refuse(treatment, "sections 1, aspect")

    def test_refuses_a_key_fact_without_a_label(self):
        for fact in ("Good", "Outlook:", ": good", "Outlook:good"):
            self.refuse(condition(key_facts=[fact]), "key_facts 1: write a label, a colon and the fact")

    def test_refuses_a_condition_that_is_a_form_of_itself(self):
        self.refuse(condition(parent="example-condition"), "parent: a condition cannot be a form of itself")

    def test_refuses_a_code_verified_by_nobody(self):
        code = {"system": "ICD-10", "code": "X1", "display": "x", "edition": "", "verified_by": ""}
        self.refuse(condition(codes=[{**code, "verified_on": "2025-01-01"}]), "say both who verified the code and when")

    def test_refuses_an_option_without_treatment_and_usual_care_with_one(self):
        for option in (factories.option("", "first_line"), factories.option("exercise", "usual_care")):
            self.refuse(condition(options=[option], evidence=[]), "only usual care has none")

    def test_refuses_evidence_about_what_is_no_option_here(self):
        row = factories.evidence(options=["exercise", "surgery"])
        self.refuse(condition(evidence=[row]), "evidence 1, options 2: “surgery” is not an option of this page")


class CareCards(SimpleTestCase):
    def card(self, **changes):
        card = {"level": "emergency", "action": "Call now if:", "red_flags": ["rf-bladder-bowel"], "items": []}
        return condition(care_advice=[{**card, **changes}])

    def refuse(self, said, **changes):
        with self.assertRaisesMessage(DocumentError, said):
            validated(self.card(**changes), where="")

    def test_take_their_signs_from_the_table(self):
        self.assertTrue(validated(self.card(), where=""))

    def test_refuse_a_sign_that_is_not_in_the_table(self):
        self.refuse("care_advice 1, red_flags 1: “rf-none” is not in the table of red flags", red_flags=["rf-none"])

    def test_refuse_a_sign_of_another_level(self):
        self.refuse("the table puts “rf-bladder-bowel” at level emergency; move it to that card", level="urgent")

    def test_end_in_if(self):
        self.refuse("care_advice 1, action: the action ends in “if:”", action="Call now")

    def test_name_at_least_one_sign(self):
        self.refuse("care_advice 1: name at least one sign", red_flags=[])


class Figures(SimpleTestCase):
    def refuse(self, said, **changes):
        with self.assertRaisesMessage(DocumentError, said):
            validated(condition(evidence=[factories.evidence(options=["exercise"], **changes)]), where="")

    def test_a_plot_needs_the_mean_and_both_ends_of_its_range(self):
        self.refuse("a plot needs the mean", mean_difference=1.5)
        self.refuse("a plot needs the mean", mean_difference=1.5, range_low=1)
        self.refuse("a plot needs the mean", mean_difference=1.5, range_low=2, range_high=3)
        row = factories.evidence(options=["exercise"], mean_difference=1, range_low=0.5, range_high=2)
        self.assertEqual(validated(condition(evidence=[row]), where="")["evidence"][0]["mean_difference"], 1.0)

    def test_responders_need_all_four_counts(self):
        self.refuse("give all four counts", intervention_n=3)
        counts = {"intervention_n": 3, "intervention_total": 2, "comparator_n": 1, "comparator_total": 2}
        self.refuse("each part not larger than its whole", **counts)

    def test_no_trials_have_no_size(self):
        self.refuse("no trials were found", direction="no_trials_found", trials=0)

    def test_a_frequency_is_a_part_of_a_whole(self):
        for n, denominator in ((1, None), (None, 100), (101, 100)):
            harm = {"name": "Pain", "serious": False, "frequency_n": n, "frequency_denominator": denominator}
            harm |= {"frequency_words": "", "sources": []}
            with self.assertRaisesMessage(DocumentError, "give both numbers"):
                validated(factories.treatment_document(adverse_outcomes=[harm]), where="")


class TreatmentRules(SimpleTestCase):
    def refuse(self, said, **changes):
        with self.assertRaisesMessage(DocumentError, said):
            validated(factories.treatment_document(**changes), where="")

    def status(self, **changes):
        row = {"jurisdiction": "US", "status": "unclear", "public_statement": "Ask.", "source": ""}
        return {**row, "checked_on": "", "recheck_due": "", **changes}

    def test_cells_come_from_somewhere(self):
        self.refuse("cell_source: say where the cells come from", category="cell_therapy")

    def test_the_next_check_of_an_approval_comes_after_the_last(self):
        for dates in (
            {"recheck_due": "2025-01-01"},
            {"checked_on": "2025-02-01", "recheck_due": "2025-01-01"},
        ):
            self.refuse("regulatory 1, recheck_due: the next check comes after", regulatory=[self.status(**dates)])

    def test_an_approval_status_stands_once_a_jurisdiction(self):
        self.refuse("regulatory 2: “US” stands here twice", regulatory=[self.status(), self.status()])

    def test_jurisdictions_have_a_fixed_order(self):
        rows = [self.status(jurisdiction=jurisdiction) for jurisdiction in ("GB", "EU", "US")]
        document = validated(factories.treatment_document(regulatory=rows), where="")
        self.assertEqual([row["jurisdiction"] for row in document["regulatory"]], ["US", "EU", "GB"])


class Yaml(SimpleTestCase):
    def test_gives_the_document_back(self):
        document = condition(
            key_facts=["Outlook: “good”, mostly: yes"],
            summary="No: it is # not, [a] {list} & 100% 'quoted'. " + "Long words follow each other here. " * 6,
            when_chronic="no",
            natural_progression="First paragraph.\n\n- one\n- two\n\n    code",
            synonyms=[
                {"text": word, "is_misspelling": False} for word in ("null", "12", "2025-01-01", "~", "- a", "é")
            ],
        )
        document = validated(document, where="")
        self.assertEqual(from_yaml(to_yaml(document), "x")[0], document)

    def test_is_the_same_bytes_every_time(self):
        document = condition()
        self.assertEqual(to_yaml(deepcopy(document)), to_yaml(document))
        self.assertEqual(to_yaml(dict(sorted(document.items()))), to_yaml(document))
        self.assertEqual(to_yaml(from_yaml(to_yaml(document), "x")[0]), to_yaml(document))

    def test_reads_well(self):
        document = condition(sections=[factories.section(body="One.\n\nTwo.")], summary="words " * 20 + "end.")
        text = to_yaml(validated(document, where=""))
        self.assertTrue(text.startswith("format: 1\nkind: condition\nslug: example-condition\n"))
        self.assertIn("    body: |-\n      One.\n\n      Two.\n", text)
        self.assertIn("summary: >-\n", text)
        self.assertIn("    options: [exercise]\n", text)
        self.assertIn('parent: ""\n', text)

    def test_errors_name_file_and_line(self):
        text = to_yaml(condition()).replace("certainty: low", "certainty: lowish")
        line = text[: text.index("lowish")].count("\n") + 1
        with self.assertRaisesMessage(DocumentError, f"knee.yaml, line {line}: evidence 1, certainty: “lowish”"):
            from_yaml(text, "knee.yaml")

    def test_a_missing_key_is_reported_at_the_row_it_is_missing_from(self):
        text = to_yaml(condition()).replace("    comparator: no treatment\n", "")
        line = text[: text.index("- key: ev-001")].count("\n") + 1
        with self.assertRaisesMessage(DocumentError, f"x, line {line}: evidence 1: add the missing comparator"):
            from_yaml(text, "x")

    def test_refuses_what_is_not_plain_yaml(self):
        for text, said in (
            ("", "x, line 1: the file is empty"),
            ("a: [1", "this is not YAML"),
            ("kind: condition\na: &b 1\nc: *b", "x, line 2: c: write this out"),
            ("a: 1\nb: 2\na: 3", "x, line 3: a: this key stands here twice"),
            ("a: *nothing", "x, line 1: this is not YAML"),
            ("a: b\n\x07", "x, line 2: remove the invisible character"),
            ("{a: 1}: 2", "x, line 1"),
            ("a: !!python/object:os.system 1", "x, line 1: this is not YAML"),
        ):
            with self.subTest(text), self.assertRaisesMessage(DocumentError, said):
                from_yaml(text, "x")

    def test_nested_aliases_do_not_unfold(self):
        text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
        with self.assertRaisesMessage(DocumentError, "anchors and aliases are not used here"):
            from_yaml(text, "x")

    def test_words_that_other_yaml_reads_as_flags_or_dates_stay_words(self):
        text = to_yaml(condition()).replace('when_chronic: ""', "when_chronic: no")
        text = text.replace('natural_progression: ""', "natural_progression: 2025-01-31")
        document, _ = from_yaml(text, "x")
        self.assertEqual((document["when_chronic"], document["natural_progression"]), ("no", "2025-01-31"))


class Lists(SimpleTestCase):
    SOURCE = (
        "- {key: a-2020, authors: A, title: T, publisher: '', year: 2020, doi: '', url: 'https://example.org',"
        " kind: rct, status: current, check_state: checked, note: ''}\n"
    )

    def test_are_read_in_order(self):
        items, _ = list_from_yaml("- {term: B, definition: b}\n- {term: A, definition: a}\n", "x", "glossary")
        self.assertEqual([item["term"] for item in items], ["B", "A"])

    def test_refuse_what_stands_twice_with_its_line(self):
        text = "- {term: PRP, definition: a}\n- {term: prp, definition: b}\n"
        with self.assertRaisesMessage(DocumentError, "x, line 2: item 2, term: “prp” stands here twice"):
            list_from_yaml(text, "x", "glossary")
        with_doi = self.SOURCE.replace("doi: ''", "doi: 10.1000/ab")
        with self.assertRaisesMessage(DocumentError, "x, line 2: item 2, doi: “10.1000/AB” stands here twice"):
            list_from_yaml(with_doi + with_doi.replace("a-2020", "b-2020").replace("ab", "AB"), "x", "sources")

    def test_a_source_can_be_found(self):
        with self.assertRaisesMessage(DocumentError, "give a doi or a url"):
            list_from_yaml(self.SOURCE.replace("https://example.org", ""), "x", "sources")
        with self.assertRaisesMessage(DocumentError, "a url begins with https://"):
            list_from_yaml(self.SOURCE.replace("https://example.org", "javascript:alert(1)"), "x", "sources")


class ContentHash(SimpleTestCase):
    def test_does_not_depend_on_the_order_of_keys(self):
        self.assertEqual(content_hash(condition()), content_hash(dict(reversed(condition().items()))))

    def test_changes_with_any_word(self):
        self.assertNotEqual(content_hash(condition()), content_hash(condition(summary="Another.")))

    def test_leaves_out_the_dates_of_approval_checks(self):
        row = {"jurisdiction": "US", "status": "unclear", "public_statement": "Ask.", "source": ""}
        unchecked = factories.treatment_document(regulatory=[{**row, "checked_on": "", "recheck_due": ""}])
        checked = factories.treatment_document(
            regulatory=[{**row, "checked_on": "2025-01-01", "recheck_due": "2026-01-01"}]
        )
        self.assertEqual(content_hash(unchecked), content_hash(checked))
        self.assertEqual(checked["regulatory"][0]["checked_on"], "2025-01-01")


class Links(SimpleTestCase):
    def test_name_everything_outside_the_page(self):
        document = condition(
            parent="wider",
            evidence=[factories.evidence(options=["exercise"], sources=["a"])],
            sections=[factories.section(body="One [@b], two [@c; @d].")],
        )
        self.assertEqual(
            {(what, name) for what, name, _ in links_of(document)},
            {
                ("condition", "wider"),
                ("treatment", "exercise"),
                *(("source", key) for key in "abcd"),
            },
        )
        self.assertIn(("source", "b", ("sections", 0, "body")), list(links_of(document)))

    def test_an_address_is_no_citation(self):
        self.assertEqual(cited_keys("mail a@b.example or [see](@c) or [@d]"), ["d"])


class SameAsTheModels(SimpleTestCase):
    """Files and admin forms hold the same limits and values."""

    PAIRS = {
        ("condition", "synonyms"): models.Synonym,
        ("condition", "codes"): models.MedicalCode,
        ("condition", "sections"): models.Section,
        ("condition", "care_advice"): models.CareAdvice,
        ("condition", "options"): models.TreatmentOption,
        ("condition", "evidence"): models.OutcomeEvidence,
        ("condition", "answered_claims"): models.AnsweredClaim,
        ("treatment", "contraindications"): models.Contraindication,
        ("treatment", "adverse_outcomes"): models.AdverseOutcome,
        ("treatment", "regulatory"): models.RegulatoryStatus,
        ("condition",): models.Condition,
        ("treatment",): models.Treatment,
        ("article",): models.Article,
        ("sources",): models.Source,
        ("claim_rules",): models.ClaimRule,
        ("glossary",): models.GlossaryTerm,
        ("questions",): models.QuestionToAsk,
    }
    EXAMPLES = {
        "synonyms": {"text": "a", "is_misspelling": False},
        "codes": {
            **{"system": "ICD-10", "code": "X1", "display": "x", "edition": ""},
            **{"verified_by": "", "verified_on": ""},
        },
        "sections": factories.section(),
        "care_advice": {"level": "urgent", "action": "Act if:", "red_flags": [], "items": ["a"]},
        "options": factories.option(),
        "evidence": factories.evidence(),
        "answered_claims": {"claim": "a", "verdict": "partly", "answer": "b", "sources": []},
        "contraindications": {"name": "a", "degree": "absolute", "explanation": ""},
        "adverse_outcomes": {
            **{"name": "a", "serious": False, "frequency_n": None, "frequency_denominator": None},
            **{"frequency_words": "", "sources": []},
        },
        "regulatory": {
            **{"jurisdiction": "US", "status": "unclear", "public_statement": "a", "source": ""},
            **{"checked_on": "", "recheck_due": ""},
        },
        "sources": {
            **{"key": "a", "authors": "", "title": "T", "publisher": "", "year": 2020, "doi": "1", "url": ""},
            **{"kind": "rct", "status": "current", "check_state": "checked", "note": ""},
        },
        "claim_rules": {
            **{"key": "a", "pattern": "b", "category": "c", "severity": "warn", "message": "d"},
            **{"suggestion": "", "basis": ""},
        },
        "glossary": {"term": "a", "definition": "b"},
        "questions": {"key": "a", "treatment": "", "text": "b", "why": "c", "kind": "faq"},
    }

    def shaped(self, place, name, value):
        """Whether the document's shape takes `value` for `name` at `place`."""
        makers = {
            "condition": factories.condition_document,
            "treatment": factories.treatment_document,
            "article": factories.article_document,
        }
        try:
            if place[0] in documents.LISTS:
                document_shapes.LISTS[place[0]][2]({**self.EXAMPLES[place[0]], name: value}, ())
                return True
            changes = {name: value} if len(place) == 1 else {place[1]: [{**self.EXAMPLES[place[1]], name: value}]}
            document_shapes.KINDS[place[0]](makers[place[0]](**changes), ())
        except DocumentError:
            return False
        return True

    def fields(self):
        for place, model in self.PAIRS.items():
            example = (
                self.EXAMPLES[place[-1]] if place[-1] in self.EXAMPLES else getattr(factories, f"{place[0]}_document")()
            )
            for field in model._meta.fields:
                if field.name in example and not field.is_relation:
                    yield place, field

    def test_texts_have_the_same_length(self):
        for place, field in self.fields():
            if field.max_length and not field.choices and field.name != "url":
                with self.subTest(place=place, field=field.name):
                    self.assertTrue(self.shaped(place, field.name, "a" * field.max_length))
                    self.assertFalse(self.shaped(place, field.name, "a" * (field.max_length + 1)))

    def test_choices_have_the_same_values(self):
        for place, field in self.fields():
            if field.choices and field.name not in {"kind", "aspect"}:
                with self.subTest(place=place, field=field.name):
                    for value, _ in field.choices:
                        self.assertTrue(self.shaped(place, field.name, value), value)
        aspects = {
            *document_shapes.CONDITION_ASPECTS,
            *document_shapes.TREATMENT_ASPECTS,
            *document_shapes.ARTICLE_ASPECTS,
        }
        self.assertEqual(aspects, set(models.Section.Aspect.values))
        self.assertEqual(set(document_shapes.SOURCE_KINDS), set(models.Source.Kind.values))
        self.assertEqual(set(document_shapes.DIRECTIONS), set(models.OutcomeEvidence.Direction.values))
        self.assertEqual(set(document_shapes.REGIONS), set(models.BodyRegion.values))
        self.assertEqual(set(document_shapes.CATEGORIES), set(models.Treatment.Category.values))
        self.assertEqual(set(document_shapes.APPROVALS), set(models.RegulatoryStatus.Status.values))
        self.assertEqual(list(documents.ORDER["options"][1]), models.TreatmentOption.Role.values)
        self.assertEqual(list(documents.KINDS), models.Kind.values)
