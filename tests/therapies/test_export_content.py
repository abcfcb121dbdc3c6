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
from therapies.models import (
    Article,
    ClaimRule,
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
    Source.objects.update(superseded_by=None)
    for model in (RevisionPerson, RevisionEvent, Revision, LoadedContent, Condition, Treatment, Article, Page):
        model.objects.all().delete()
    for model in (Source, GlossaryTerm, ClaimRule):
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


class Export(ExportCase):
    @classmethod
    def setUpTestData(cls):
        with tempfile.TemporaryDirectory() as folder:
            call_command("load_content", path=examples.write_content(Path(folder)), stdout=io.StringIO())

    def moved_on(self):
        """The content exported, loaded into the database of another site, and exported from there."""
        first = files_in(self.export())
        folder = self.folder()
        for name, content in first.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        forget_everything()
        self.load(folder)
        return first, files_in(self.export())

    def test_edited_content_survives_the_way_to_another_site_and_back(self):
        before = files_in(self.export())
        condition = Condition.objects.get(slug="knee")
        condition.summary = "Another summary, with “quotes”: and a colon."
        condition.save()
        factories.treatment(slug="rest", title="Rest")
        rest = Treatment.objects.get(slug="rest")
        TreatmentOption.objects.create(
            condition=condition, treatment=rest, role="first_line", position=99, main_harms="x"
        )
        condition.evidence.first().sources.set(Source.objects.order_by("key"))
        factories.source("a-new-one", note="Two lines,\nwith a space at the end. \n")
        QuestionToAsk.objects.filter(key="q-01").update(position=500)
        GlossaryTerm.objects.create(term="AAA", definition="First in the alphabet, last in the file.")
        ClaimRule.objects.create(key="magic", pattern="magic", category="x", severity="warn", message="Not so: why?")
        first, second = self.moved_on()
        self.assertEqual(first, second)
        changed = {name for name in first if first[name] != before.get(name)}
        named = {"sources.yaml", "glossary.yaml", "questions.yaml", "claim_rules.yaml"}
        self.assertEqual(changed, named | {"conditions/knee.yaml", "treatments/rest.yaml"})

    def test_newer_sources_their_next_checks_and_rules_switched_off_travel_too(self):
        newer = factories.source("newer")
        Source.objects.filter(key="first-source").update(
            status="superseded", superseded_by=newer, next_check_due="2031-02-03"
        )
        ClaimRule.objects.create(
            key="off", pattern="magic", category="x", severity="warn", message="No.", is_active=False
        )
        first, second = self.moved_on()
        self.assertEqual(first, second)
        self.assertIn(b"  superseded_by: newer\n  next_check_due: '2031-02-03'\n", first["sources.yaml"])
        arrived = Source.objects.select_related("superseded_by").get(key="first-source")
        self.assertEqual((arrived.superseded_by.key, str(arrived.next_check_due)), ("newer", "2031-02-03"))
        self.assertFalse(ClaimRule.objects.get(key="off").is_active)
        self.assertEqual(first["sources.yaml"].count(b"superseded_by"), 1)  # nothing is said of all the others

    def test_prices_and_owners_stay_on_their_site(self):
        before = files_in(self.export())
        Treatment.objects.filter(slug="cells").update(price_low=100, price_high=200, price_includes="The injection")
        Page.objects.filter(slug="cells").update(owner=factories.staff())
        self.assertEqual(files_in(self.export()), before)

    def test_what_may_not_go_live_yet_arrives_all_the_same(self):
        Condition.objects.get(slug="knee").options.filter(role="usual_care").delete()
        first, second = self.moved_on()
        self.assertEqual(first, second)
        self.assertFalse(Revision.objects.live().filter(page__slug="knee").exists())
        self.assertTrue(Revision.objects.live().filter(page__slug="cells").exists())
        self.assertIn("condition knee was written but not published: ", self.load_said.getvalue())

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
