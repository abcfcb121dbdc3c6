import datetime
import os
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clinic.models import Staff
from inquiries import records
from inquiries.models import InquiryEvent
from inquiries.services import exporting


class Command(BaseCommand):
    help = (
        "Writes requests as FHIR R4: one Bundle a line (NDJSON). Spam, and requests from which the person was taken out, "
        "are left out. Who it is for and why is written in the access log before the first line."
    )

    def add_arguments(self, parser):
        parser.add_argument("--staff", required=True, help="user name of who takes the requests out")
        parser.add_argument("--reason", required=True, help="why: kept in the access log, encrypted")
        parser.add_argument("--reference", default="", help="one request only: RM-XXXX-XXXX")
        parser.add_argument("--since", type=_day, help="only what came in or changed on this day or later: 2026-03-01")
        parser.add_argument(
            "--output", default="", help="a new file, readable by you alone; without it: standard output"
        )

    def handle(self, *, staff, reason, reference, since, output, **options):
        person = Staff.objects.filter(username=staff, is_active=True, is_staff=True).first()
        if person is None or not exporting.may_export(person):
            raise CommandError("Only active staff with the right to export, and to read who and why, may do this.")
        rows = records.exportable()
        if reference:
            rows = rows.filter(reference=reference.strip().upper())
            if not rows.exists():
                raise CommandError("There is no such request, or nobody is in it any more.")
        if since:
            begin = timezone.make_aware(datetime.datetime.combine(since, datetime.time.min))
            rows = rows.filter(Exists(InquiryEvent.objects.filter(inquiry=OuterRef("pk"), at__gte=begin)))
        written = 0
        with self._out(output) as write:
            try:
                for line in self._lines(rows, person, reason):
                    write(line)
                    written += 1
            except records.CannotRead as error:
                self.stderr.write(f"{written} requests written.")
                problem = CommandError(f"Left out, since they cannot be decrypted: {error}")
            else:
                problem = None
        if problem:
            raise problem
        self.stderr.write(f"{written} requests written.")

    def _lines(self, rows, person, reason):
        try:
            return exporting.several(rows, staff=person, reason=reason)
        except exporting.NoReason as error:
            raise CommandError(str(error)) from None

    @contextmanager
    def _out(self, path):
        """What writes bytes. A file is made anew, for its owner alone, and removed again when it was not finished."""
        if not path:
            yield lambda line: self.stdout.write(line.decode(), ending="")
            return
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandError("There is such a file already. Name another: nothing is overwritten.") from None
        except OSError as error:
            raise CommandError(f"The file cannot be made: {error.strerror}.") from None
        try:
            with os.fdopen(handle, "wb") as file:
                yield file.write
        except BaseException:
            Path(path).unlink()
            raise


def _day(text):
    return datetime.date.fromisoformat(text)
