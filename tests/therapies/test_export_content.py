"""Content leaves as the files it came from: the round trip keeps every byte."""

import io
import tempfile
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.therapies import examples
from therapies import exporting
from therapies.management.commands.load_content import FOLDER
from therapies.models import (
    Article,
    Condition,
    GlossaryTerm,
    LoadedContent,
    Page,
    QuestionToAsk,
    Revision,
    RevisionEvent,
    RevisionPerson,
    Source,
    Treatment,
    TreatmentOption,
)


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def forget_everything():
    """The database of a site that has just been set up."""
    QuestionToAsk.objects.all().delete()
    Condition.objects.update(parent=None)
    for model in (RevisionPerson, RevisionEvent, Revision, LoadedContent, Condition, Treatment, Article, Page):
        model.objects.all().delete()
    for model in (Source, GlossaryTerm):
        model.objects.all().delete()


class ExportCase(TestCase):
    def setUp(self):
        self.folders = []

    def folder(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        return Path(made.name)

    def export(self, folder=None, **options):
        folder = folder or self.folder() / "out"
        self.said, self.complained = io.StringIO(), io.StringIO()
        call_command("export_content", folder, stdout=self.said, stderr=self.complained, **options)
        return folder

    def load(self, folder):
        self.load_said = io.StringIO()
        call_command("load_content", path=folder, stdout=io.StringIO(), stderr=self.load_said)


class StarterContent(ExportCase):
    @classmethod
    def setUpTestData(cls):
        call_command("load_content", stdout=io.StringIO())

    def test_comes_out_byte_for_byte_as_it_went_in(self):
        self.assertEqual(files_in(self.export()), files_in(FOLDER))
        self.assertEqual(self.complained.getvalue(), "")

    def test_edited_content_survives_the_way_to_another_site_and_back(self):
        condition = Condition.objects.get(slug="knee-osteoarthritis")
        condition.summary = "Another summary, with “quotes”: and a colon."
        condition.save()
        treatment = Treatment.objects.exclude(options__condition=condition).first()
        TreatmentOption.objects.create(
            condition=condition, treatment=treatment, role="first_line", position=99, main_harms="x"
        )
        row = condition.evidence.first()
        row.sources.set(Source.objects.order_by("-key")[:3])
        factories.source("a-new-one", note="Two lines,\nwith a space at the end. \n")
        QuestionToAsk.objects.filter(key="q-01").update(position=500)
        GlossaryTerm.objects.create(term="AAA", definition="First in the alphabet, last in the file.")
        first = files_in(self.export())
        self.assertEqual(self.complained.getvalue(), "")
        forget_everything()
        self.load(self.export_of(first))
        self.assertEqual(files_in(self.export()), first)
        self.assertNotEqual(first, files_in(FOLDER))

    def test_what_may_not_go_live_yet_arrives_all_the_same(self):
        condition = Condition.objects.get(slug="knee-osteoarthritis")
        condition.options.filter(role="usual_care").delete()
        first = files_in(self.export())
        forget_everything()
        self.load(self.export_of(first))
        self.assertEqual(files_in(self.export()), first)
        self.assertFalse(Revision.objects.live().filter(page__slug="knee-osteoarthritis").exists())
        self.assertIn("condition knee-osteoarthritis was written but not published: ", self.load_said.getvalue())

    def export_of(self, files):
        folder = self.folder()
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        return folder


class Export(ExportCase):
    def setUp(self):
        super().setUp()
        self.load(examples.write_content(self.folder()))

    def test_keeps_every_part_of_a_page(self):
        before = files_in(self.export())
        self.assertEqual(len(before), len(examples.PAGES) + 3)
        self.assertEqual(
            before["conditions/knee.yaml"].decode(),
            examples.to_yaml(
                examples.validated(next(page for page in examples.PAGES if page["slug"] == "knee"), where="")
            ),
        )

    def test_writes_the_working_copy_and_not_what_readers_see(self):
        Condition.objects.filter(slug="knee").update(title="Edited since")
        self.assertIn(b"title: Edited since", files_in(self.export())["conditions/knee.yaml"])

    def test_a_folder_that_is_not_empty_is_left_alone(self):
        folder = self.folder()
        (folder / "mine.txt").write_text("kept")
        with self.assertRaisesMessage(CommandError, "is not empty. Nothing was written."):
            self.export(folder)
        self.assertEqual([path.name for path in folder.iterdir()], ["mine.txt"])

    def test_force_replaces_content_files_and_nothing_else(self):
        folder = self.export()
        (folder / "mine.txt").write_text("kept")
        (folder / "conditions" / "gone.yaml").write_text("title: Gone")
        (folder / "glossary.yaml").write_text("old")
        before = files_in(self.export())
        self.export(folder, force=True)
        self.assertEqual(files_in(folder), before)
        self.assertEqual((folder / "mine.txt").read_text(), "kept")
        self.assertIn("gone.yaml: there is no such page.", self.said.getvalue())

    def test_a_file_is_no_folder(self):
        path = self.folder() / "file"
        path.write_text("x")
        with self.assertRaisesMessage(CommandError, "is a file"):
            self.export(path, force=True)

    def test_an_empty_folder_is_filled(self):
        self.assertIn("sources.yaml", files_in(self.export(self.folder())))

    def test_an_unfinished_page_is_written_and_named(self):
        Condition.objects.filter(slug="knee").update(summary="")
        Source.objects.filter(key="first-source").update(title="")
        self.assertIn("conditions/knee.yaml", files_in(self.export()))
        said = self.complained.getvalue()
        self.assertIn("conditions/knee.yaml is not finished, load_content would refuse it", said)
        self.assertIn("sources.yaml is not finished", said)

    def test_lists_without_items_have_no_file(self):
        forget_everything()
        self.assertEqual(list(exporting.exported()), [])

    def test_costs_the_same_for_few_pages_and_many(self):
        with CaptureQueriesContext(connection) as few:
            list(exporting.exported())
        for number in range(8):
            factories.condition(slug=f"c-{number}", options=[factories.option("", "usual_care")])
            factories.treatment(slug=f"t-{number}")
        with self.assertNumQueries(len(few)):
            list(exporting.exported())
