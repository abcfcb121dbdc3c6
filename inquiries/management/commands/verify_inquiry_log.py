from django.core.management.base import BaseCommand, CommandError

from inquiries.models import Inquiry
from inquiries.services import histories


class Command(BaseCommand):
    help = "Check that no event in the history of a request was changed, removed, added or put in another order."

    def add_arguments(self, parser):
        parser.add_argument("--reference", default="", help="one request only")

    def handle(self, *, reference, **options):
        rows = Inquiry.objects.filter(reference=reference) if reference else Inquiry.objects.all()
        if reference and not rows.exists():
            raise CommandError(f"There is no request {reference}.")
        found = list(histories.broken(rows))
        for each in found:
            self.stdout.write(f"{each.reference}: {each.what}")
        if found:
            raise CommandError(f"{len(found)} histories are not what was written.")
        self.stdout.write(f"{rows.count()} histories hold.")
