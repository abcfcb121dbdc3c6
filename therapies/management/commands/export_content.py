from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from therapies.content_files import FOLDERS
from therapies.exporting import exported


class Command(BaseCommand):
    help = (
        "Writes the working copies of all pages, and sources, glossary and questions, into a folder: the YAML files "
        "that load_content reads. Prices, owners and what was published stay in the database."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--force",
            action="store_true",
            help="write into a folder that is not empty: content files there are replaced, those of pages that are no more are removed",
        )

    def handle(self, *args, folder, force, **options):
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file. Name a folder.")
        if folder.exists() and any(folder.iterdir()) and not force:
            raise CommandError(f"{folder} is not empty. Nothing was written. Name another folder, or say --force.")
        with transaction.atomic():  # one moment of the database, whoever edits meanwhile
            files = list(exported())
        try:
            for file in files:
                path = folder / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.text.encode())
            removed = self.remove_others(folder, {folder / file.name for file in files})
        except OSError as error:
            raise CommandError(f"This could not be written: {error}") from None
        for file in files:
            if file.problem:
                self.stderr.write(f"{file.name} is not finished, load_content would refuse it: {file.problem}")
        for path in removed:
            self.stdout.write(f"Removed {path}: there is no such page.")
        self.stdout.write(f"{len(files)} files written to {folder}.")

    def remove_others(self, folder, written):
        """Files of pages that have been deleted or moved: load_content would bring them back."""
        others = [path for name in FOLDERS for path in sorted((folder / name).glob("*.yaml")) if path not in written]
        for path in others:
            path.unlink()
        return others
