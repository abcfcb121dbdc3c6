import io
import tempfile
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import TestCase

from tests import factories
from tests.therapies import examples
from tests.therapies.test_export_content import files_in
from therapies import content_files, documents, publishing, snapshots
from therapies.library import current
from therapies.management.commands.load_content import FOLDER
from therapies.models import (
    ClaimRule,
    Condition,
    GlossaryTerm,
    LibraryState,
    LoadedContent,
    Page,
    QuestionToAsk,
    Revision,
    Source,
    Treatment,
)

PARTS = len(examples.PAGES) + len(examples.SOURCES) + len(examples.GLOSSARY) + len(examples.QUESTIONS)


def version():
    return LibraryState.objects.get().version


class LoadContent(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def load(self, **content):
        """Load the example content with changes; what the command said."""
        out = io.StringIO()
        call_command("load_content", path=examples.write_content(self.folder, **content), stdout=out)
        return out.getvalue()

    def changed(self, page, **changes):
        return [{**other, **changes} if other["slug"] == page["slug"] else other for other in examples.PAGES]

    def refuse(self, *said, **content):
        before, pages = version(), Page.objects.count()
        with self.assertRaises(CommandError) as caught:
            self.load(**content)
        for words in ("Nothing was loaded.", *said):
            self.assertIn(words, str(caught.exception))
        self.assertEqual((version(), Page.objects.count()), (before, pages))

    # the first time

    def test_puts_everything_live_as_demonstration_content(self):
        said = self.load()
        self.assertIn("created           treatment cells\n", said)
        self.assertIn(f"Content: {PARTS} created.", said)
        library = current()
        self.assertEqual(
            sorted((page.kind, page.slug) for page in library.live_pages),
            sorted((page["kind"], page["slug"]) for page in examples.PAGES),
        )
        self.assertTrue(all(page.is_demonstration for page in library.live_pages))
        self.assertEqual(len(library.sources), 3)
        self.assertEqual([row["key"] for row in library.questions], ["q-01", "q-02"])

    def test_a_parent_may_come_later_in_the_folder_than_its_form(self):
        self.load()
        self.assertEqual(Condition.objects.get(slug="knee").parent.slug, "wider")

    # the second time

    def test_changes_nothing_the_second_time(self):
        self.load()
        before, revisions = version(), Revision.objects.count()
        self.assertEqual(self.load(), f"Content: {PARTS} unchanged.\n")
        self.assertEqual((version(), Revision.objects.count()), (before, revisions))

    def test_publishes_a_page_whose_file_changed(self):
        self.load()
        said = self.load(pages=self.changed(examples.KNEE, title="Knee, said better"))
        self.assertEqual(said, f"changed           condition knee\nContent: 1 changed, {PARTS - 1} unchanged.\n")
        page = current().page("condition", "knee")
        self.assertEqual((page.title, page.revision, page.change_note), ("Knee, said better", 2, "Updated."))

    def test_keeps_what_an_editor_changed(self):
        self.load()
        knee = Condition.objects.get(slug="knee")
        knee.sections.filter(aspect="causes").update(body="An editor's words.")
        before = version()
        said = self.load(pages=self.changed(examples.KNEE, title="From the file"))
        self.assertIn("kept (edited)     condition knee", said)
        self.assertEqual(version(), before)
        self.assertEqual(snapshots.document_of(knee)["title"], "Knee example")
        self.assertIn("kept (edited)     condition knee", self.load())

    def test_takes_up_a_page_again_that_an_editor_put_back(self):
        self.load()
        Condition.objects.filter(slug="knee").update(title="Edited")
        self.load()
        Condition.objects.filter(slug="knee").update(title="Knee example")
        self.assertIn(
            "changed           condition knee", self.load(pages=self.changed(examples.KNEE, title="From the file"))
        )

    def test_keeps_a_page_an_editor_made(self):
        factories.treatment(slug="exercise", title="An editor's page")
        self.assertIn("kept (edited)     treatment exercise", self.load())
        self.assertIsNone(current().page("treatment", "exercise"))

    def test_keeps_what_was_approved(self):
        self.load()
        knee = Condition.objects.get(slug="knee")
        knee.evidence.update(certainty_basis="source")
        factories.released(knee)
        self.assertIn(
            "kept (approved)   condition knee", self.load(pages=self.changed(examples.KNEE, title="From the file"))
        )
        page = current().page("condition", "knee")
        self.assertEqual((page.title, page.is_demonstration), ("Knee example", False))

    def test_keeps_what_an_editor_handed_in_or_got_back(self):
        self.load()
        revision = factories.submitted(Condition.objects.get(slug="knee"))
        pages = self.changed(examples.KNEE, title="From the file")
        self.assertIn("kept (edited)     condition knee", self.load(pages=pages))
        publishing.reject(revision, actor=factories.staff(), note="Not clear.")
        self.assertIn("kept (edited)     condition knee", self.load(pages=pages))

    def test_keeps_a_page_down_that_was_withdrawn(self):
        self.load()
        publishing.withdraw(Condition.objects.get(slug="knee"), actor=factories.staff())
        self.assertIn(
            "kept (withdrawn)  condition knee", self.load(pages=self.changed(examples.KNEE, title="From the file"))
        )
        self.assertIsNone(current().page("condition", "knee"))

    def test_an_open_draft_without_a_change_keeps_nothing_back(self):
        self.load()
        publishing.contributed(Condition.objects.get(slug="knee"), factories.staff())
        self.assertIn(
            "changed           condition knee", self.load(pages=self.changed(examples.KNEE, title="From the file"))
        )

    def test_keeps_prices_and_the_dates_of_approval_checks(self):
        self.load()
        cells = Treatment.objects.get(slug="cells")
        Treatment.objects.filter(pk=cells.pk).update(price_low=100, price_high=200)
        cells.regulatory_statuses.filter(jurisdiction="US").update(checked_on="2025-01-01", recheck_due="2026-01-01")
        self.assertIn(
            "changed           treatment cells", self.load(pages=self.changed(examples.CELLS, title="From the file"))
        )
        cells.refresh_from_db()
        self.assertEqual((cells.title, cells.price_low), ("From the file", 100))
        status = cells.regulatory_statuses.get(jurisdiction="US")
        self.assertEqual((str(status.checked_on), str(status.recheck_due)), ("2025-01-01", "2026-01-01"))

    def test_sources_words_and_questions_follow_their_files_until_someone_edits_them(self):
        self.load()
        Source.objects.filter(key="first-source").update(status="retracted")
        GlossaryTerm.objects.filter(term="Other").update(definition="An editor's words.")
        QuestionToAsk.objects.filter(key="q-02").update(why="An editor's words.")
        said = self.load(
            sources=[{**item, "title": "From the file"} for item in examples.SOURCES],
            glossary=[{**item, "definition": "From the file."} for item in examples.GLOSSARY],
            questions=[{**item, "why": "From the file."} for item in examples.QUESTIONS],
        )
        for words in (
            "kept (edited)     source first-source",
            "changed           source second-source",
            "kept (edited)     term Other",
            "changed           term Example",
            "kept (edited)     question q-02",
            "changed           question q-01",
        ):
            self.assertIn(words, said)
        self.assertEqual(Source.objects.get(key="first-source").title, "Example first-source")
        self.assertEqual(current().sources["second-source"]["title"], "From the file")
        self.assertEqual(current().sources["first-source"]["status"], "retracted")
        self.assertEqual([row["why"] for row in current().questions], ["From the file.", "An editor's words."])

    def test_switches_off_rules_a_wider_one_took_over_but_not_what_an_editor_changed(self):
        said = {"category": "Cure", "severity": "block", "message": "No.", "suggestion": "", "basis": ""}
        old = [{"key": key, "pattern": "regrowths?", **said} for key in ("regrow-new-2", "repair-tissue-1")]
        self.load(claim_rules=old)
        ClaimRule.objects.filter(key="repair-tissue-1").update(message="An editor's words.")
        new = [{"key": key, "pattern": "regrow\\w*", **said} for key in ("tissue-fresh", "heal-tissue")]
        output = self.load(claim_rules=new)
        self.assertIn("switched off      rule regrow-new-2\n", output)
        active = ClaimRule.objects.filter(is_active=True).values_list("key", flat=True)
        self.assertEqual(set(active), {"tissue-fresh", "heal-tissue", "repair-tissue-1"})
        self.assertNotIn("switched off", self.load(claim_rules=new))
        self.assertIn("changed           rule regrow-new-2", self.load(claim_rules=[*new, *old]))

    # what is broken

    def test_refuses_a_broken_file_with_file_and_line_and_changes_nothing(self):
        examples.write_content(self.folder)
        path = self.folder / "conditions" / "knee.yaml"
        text = path.read_text().replace("certainty: no_trials", "certainty: none")
        path.write_text(text)
        line = text[: text.index("certainty: none")].count("\n") + 1
        before = version()
        with self.assertRaises(CommandError) as caught:
            call_command("load_content", path=self.folder, stdout=io.StringIO())
        self.assertIn(f"{path}, line {line}: evidence 2, certainty: “none” is not known here", str(caught.exception))
        self.assertEqual((version(), Page.objects.count(), Source.objects.count()), (before, 0, 0))
        self.assertFalse(LoadedContent.objects.exists())

    def test_a_failure_half_way_changes_nothing(self):
        before = version()
        publish, calls = publishing.publish, []

        def fails_late(page, **kwargs):
            calls.append(page)
            if len(calls) == len(examples.PAGES):
                raise DatabaseError
            return publish(page, **kwargs)

        with mock.patch.object(publishing, "publish", fails_late), self.assertRaises(DatabaseError):
            self.load()
        self.assertEqual((version(), Page.objects.count(), Source.objects.count()), (before, 0, 0))

    def test_names_every_broken_file(self):
        examples.write_content(self.folder)
        for name in ("conditions/knee.yaml", "treatments/cells.yaml", "glossary.yaml"):
            (self.folder / name).write_text("format: 2\n")
        with self.assertRaises(CommandError) as caught:
            call_command("load_content", path=self.folder, stdout=io.StringIO())
        for name in ("conditions/knee.yaml", "treatments/cells.yaml", "glossary.yaml"):
            self.assertIn(str(self.folder / name), str(caught.exception))

    def test_refuses_what_points_nowhere(self):
        knee = examples.KNEE
        for changes, said in (
            ({"parent": "nowhere"}, "parent: there is no condition “nowhere”; add its page to conditions/"),
            (
                {"sections": [factories.section(body="So [@nobody].")]},
                "sections 1, body: there is no source “nobody”; add it to sources.yaml",
            ),
            (
                {"options": [*knee["options"], factories.option("magic", "not_recommended")]},
                "options 4, treatment: there is no treatment “magic”; add its page to treatments/",
            ),
            (
                {"codes": [{**knee["codes"][0], "verified_by": "nobody", "verified_on": "2025-01-01"}]},
                "codes 1, verified_by: there is no clinician “nobody”; make the clinician in admin first",
            ),
        ):
            self.refuse("conditions/knee.yaml, line ", said, pages=self.changed(knee, **changes))
        self.refuse(
            "questions.yaml, line ",
            "item 1, treatment: there is no treatment “magic”",
            questions=[{**examples.QUESTIONS[0], "treatment": "magic"}],
        )

    def test_may_point_to_what_only_the_database_holds(self):
        factories.source("from-admin")
        self.load(pages=self.changed(examples.KNEE, sections=[factories.section(body="So [@from-admin].")]))
        self.assertIsNotNone(current().page("condition", "knee"))

    def test_refuses_parents_that_go_round_in_a_circle(self):
        self.refuse("parent: the parents go round in a circle", pages=self.changed(examples.WIDER, parent="knee"))

    def test_refuses_newer_sources_that_go_round_in_a_circle_or_are_not_there(self):
        first, *others = examples.SOURCES
        for newer, said in (("first-source", "go round in a circle"), ("magic", "there is no source “magic”")):
            with self.subTest(newer):
                older = {**first, "status": "superseded", "superseded_by": newer}
                self.refuse("item 1, superseded_by: ", said, sources=[older, *others])
        self.refuse("is superseded or retracted", sources=[{**first, "superseded_by": "second-source"}, *others])

    def test_a_date_somebody_set_for_the_next_check_of_a_source_stays(self):
        self.load()
        source = Source.objects.filter(key="first-source")
        first, *others = examples.SOURCES
        self.load(sources=[{**first, "next_check_due": "2031-01-01"}, *others])
        self.assertEqual(str(source.get().next_check_due), "2031-01-01")
        source.update(next_check_due="2030-01-01")
        self.load(sources=[{**first, "next_check_due": "2031-01-01"}, *others])
        self.load(sources=[{**first, "title": "Another title"}, *others])
        self.assertEqual((source.get().title, str(source.get().next_check_due)), ("Another title", "2030-01-01"))

    def test_a_newer_source_that_the_file_no_longer_names_is_none(self):
        first, *others = examples.SOURCES
        older = {**first, "status": "superseded", "superseded_by": "second-source"}
        self.load(sources=[older, *others])
        self.assertEqual(Source.objects.get(key="first-source").superseded_by.key, "second-source")
        self.load(sources=[first, *others])
        self.assertIsNone(Source.objects.get(key="first-source").superseded_by)

    def test_refuses_a_file_in_the_wrong_folder_or_with_another_name(self):
        examples.write_content(self.folder)
        page = self.folder / "conditions" / "wider.yaml"
        page.rename(self.folder / "treatments" / "wider.yaml")
        (self.folder / "conditions" / "knee.yaml").rename(self.folder / "conditions" / "knees.yaml")
        with self.assertRaises(CommandError) as caught:
            call_command("load_content", path=self.folder, stdout=io.StringIO())
        self.assertIn("wider.yaml, line 2: kind: this folder holds pages of kind treatment", str(caught.exception))
        self.assertIn("knees.yaml, line 3: slug: the slug is the name of the file, knees", str(caught.exception))

    def test_refuses_a_doi_that_another_source_in_the_database_has(self):
        factories.source("from-admin", doi="10.1000/AB")
        self.refuse(
            "sources.yaml, line ",
            "source “from-admin” in the database has this DOI",
            sources=[{**examples.SOURCES[0], "doi": "10.1000/ab"}, *examples.SOURCES[1:]],
        )

    def test_refuses_a_file_that_is_not_text(self):
        examples.write_content(self.folder)
        (self.folder / "glossary.yaml").write_bytes(b"\xff\xfe\x00")
        with self.assertRaisesMessage(CommandError, "this cannot be read as UTF-8 text"):
            call_command("load_content", path=self.folder, stdout=io.StringIO())

    def test_refuses_a_folder_that_is_not_there(self):
        with self.assertRaisesMessage(CommandError, "there is no such folder"):
            call_command("load_content", path=self.folder / "nowhere", stdout=io.StringIO())


class StarterContent(TestCase):
    """The files shipped in therapies/content, loaded once for all these."""

    @classmethod
    def setUpTestData(cls):
        call_command("load_content", stdout=io.StringIO())

    def test_changes_nothing_the_second_time(self):
        before, out = version(), io.StringIO()
        call_command("load_content", stdout=out)
        self.assertEqual(version(), before)
        self.assertNotIn("changed,", out.getvalue().replace("unchanged", ""))

    def test_shows_every_page_there_is_a_file_for(self):
        for folder, kind in (("conditions", "condition"), ("treatments", "treatment"), ("articles", "article")):
            slugs = {path.stem for path in (FOLDER / folder).glob("*.yaml")}
            self.assertEqual({page.slug for page in current().pages(kind)}, slugs)

    def test_comes_back_from_its_rows_word_for_word(self):
        content = content_files.read_folder(FOLDER)
        there = {kind: snapshots.documents_of(kind) for kind in documents.KINDS}
        rows = {(kind, row["slug"]): row for kind, pages in there.items() for row in pages.values()}
        for file in content.pages:
            with self.subTest(file.name):
                self.assertEqual(rows[file.page["kind"], file.page["slug"]], file.page)
        for name, file in content.lists.items():
            found = snapshots.items_of(name)
            own_key = documents.LISTS[name][1]
            self.assertEqual({item[own_key]: item for item in file.items}, found)

    def test_comes_out_byte_for_byte_as_it_went_in(self):
        complained = io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            call_command("export_content", Path(folder) / "out", stdout=io.StringIO(), stderr=complained)
            self.assertEqual(files_in(Path(folder) / "out"), files_in(FOLDER))
        self.assertEqual(complained.getvalue(), "")
