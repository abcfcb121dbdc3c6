from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.therapies import examples
from therapies import documents, models, snapshots, working_copy


def make_sources():
    for item in examples.SOURCES:
        models.Source.objects.create(**item)


class DocumentOfRows(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_sources()
        cls.pages = {page["slug"]: working_copy.replace(documents.validated(page, where="")) for page in examples.PAGES}

    def test_is_the_document_the_rows_were_made_from(self):
        for page in examples.PAGES:
            document = documents.validated(page, where="")
            with self.subTest(page["slug"]):
                self.assertEqual(snapshots.document_of(self.pages[page["slug"]]), document)
                self.assertEqual(list(snapshots.document_of(self.pages[page["slug"]])), list(document))

    def test_is_the_same_after_the_rows_are_made_again(self):
        for page in examples.PAGES:
            working_copy.replace(documents.validated(page, where=""))
        for page in examples.PAGES:
            self.assertEqual(snapshots.document_of(self.pages[page["slug"]]), documents.validated(page, where=""))
        self.assertEqual(models.Section.objects.count(), sum(len(page["sections"]) for page in examples.PAGES))

    def test_is_valid(self):
        for page in self.pages.values():
            documents.validated(snapshots.document_of(page), where=page.slug)

    def test_does_not_see_what_a_browser_does_to_line_ends(self):
        section = self.pages["cells"].sections.get(aspect="before")
        section.body = "- one \r\n- two\r\n"
        section.save()
        knee = models.Condition.objects.get(slug="knee")
        knee.key_facts = "\r\n"
        knee.save()
        self.assertEqual(snapshots.document_of(self.pages["cells"]), documents.validated(examples.CELLS, where=""))
        self.assertEqual(snapshots.document_of(knee), documents.validated(examples.KNEE, where=""))

    def test_keeps_the_order_of_sources(self):
        document = snapshots.document_of(self.pages["knee"])
        self.assertEqual(document["evidence"][0]["sources"], ["third-source", "first-source"])

    def test_of_a_page_found_as_plain_page_is_whole(self):
        page = models.Page.objects.get(slug="knee")
        self.assertEqual(snapshots.document_of(page), documents.validated(examples.KNEE, where=""))

    def test_of_an_unfinished_working_copy_is_given_all_the_same(self):
        models.OutcomeEvidence.objects.create(condition=self.pages["wider"], key="new", outcome="pain")
        document = snapshots.document_of(self.pages["wider"])
        self.assertEqual(document["evidence"][0]["options"], [])

    def test_costs_the_same_for_one_page_and_many_and_for_one_row_and_many(self):
        for kind, make in (
            ("condition", factories.condition_document),
            ("treatment", factories.treatment_document),
            ("article", factories.article_document),
        ):
            with CaptureQueriesContext(
                connection,
            ) as one:
                snapshots.documents_of(kind, [models.Page.objects.filter(kind=kind).first().pk])
            for number in range(10):
                working_copy.replace(make(slug=f"more-{number}"))
            with self.subTest(kind), CaptureQueriesContext(connection) as many:
                snapshots.documents_of(kind)
            self.assertLessEqual(len(many), len(one))

    def test_of_a_large_page_costs_as_much_as_of_a_small_one(self):
        treatments = [working_copy.replace(factories.treatment_document(slug=f"t-{n}")).slug for n in range(10)]
        large = factories.condition_document(
            options=[factories.option(slug) for slug in treatments],
            evidence=[factories.evidence(f"ev-{n}", options=treatments, sources=["first-source"]) for n in range(30)],
        )
        large = working_copy.replace(large)
        with CaptureQueriesContext(connection) as small:
            snapshots.document_of(self.pages["knee"])
        with self.assertNumQueries(len(small)):
            snapshots.document_of(large)


class ItemsOfLists(TestCase):
    def test_are_those_they_were_made_from(self):
        make_sources()
        working_copy.replace(examples.EXERCISE)
        working_copy.write_items("glossary", list(enumerate(examples.GLOSSARY)), [])
        working_copy.write_items("questions", list(enumerate(examples.QUESTIONS)), [])
        self.assertEqual(list(snapshots.items_of("sources").values()), examples.SOURCES)
        self.assertEqual(list(snapshots.items_of("glossary").values()), examples.GLOSSARY)
        self.assertEqual(list(snapshots.items_of("questions").values()), examples.QUESTIONS)
