from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from therapies import loading
from therapies.content_files import BrokenContent, read_folder

FOLDER = Path(__file__).resolve().parents[2] / "content"


class Command(BaseCommand):
    help = (
        "Loads the starter content: sources, glossary, questions and pages. Puts new and changed pages live as "
        "demonstration content; keeps what an editor changed or a clinician approved. A broken file changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--path", type=Path, default=FOLDER, help="the folder to load, instead of the one here")

    def handle(self, *args, path, verbosity, **options):
        try:
            results = loading.load(read_folder(path))
        except BrokenContent as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from None
        for result in results:
            if verbosity > 1 or (verbosity and result.outcome != loading.Outcome.UNCHANGED):
                self.stdout.write(f"{result.outcome:17} {result.kind} {result.name}")
            if result.unpublished:
                self.stderr.write(f"{result.kind} {result.name} was written but not published: {result.unpublished}")
        totals = Counter(result.outcome for result in results)
        said = ", ".join(f"{totals[outcome]} {outcome}" for outcome in loading.Outcome if totals[outcome])
        self.stdout.write(f"Content: {said or 'no files found'}.")
