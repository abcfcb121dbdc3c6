import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.models import ClinicProfile
from inquiries.services.figures import roll_up


class Command(BaseCommand):
    help = "Counts what each finished day of the desk came to, for the dashboard: yesterday, or every day since one."

    def add_arguments(self, parser):
        parser.add_argument("--since", type=datetime.date.fromisoformat, help="The first day, as 2026-11-01.")

    def handle(self, *args, since, **options):
        yesterday = timezone.localdate(timezone=ClinicProfile.zone()) - datetime.timedelta(days=1)
        if since and since > yesterday:
            raise CommandError("Only finished days are counted: name one before today.")
        self.stdout.write(f"Days counted: {roll_up(since or yesterday, yesterday)}.")
