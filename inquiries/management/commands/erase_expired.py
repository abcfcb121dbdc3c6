from django.core.management.base import BaseCommand
from django.utils import timezone

from inquiries.services import privacy


class Command(BaseCommand):
    help = (
        "Takes the person out of every request whose time is over (RETENTION_DAYS after it was closed, "
        "SPAM_RETENTION_DAYS for spam), unless it is kept for legal reasons. The outbox worker does so hourly."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Say how many, and change nothing.")

    def handle(self, *args, dry_run, **options):
        now = timezone.now()
        if dry_run:
            self.stdout.write(f"The time of {privacy.expired(now).count()} requests is over. Nothing was changed.")
        else:
            self.stdout.write(f"The person was taken out of {privacy.erase_expired(now)} requests.")
