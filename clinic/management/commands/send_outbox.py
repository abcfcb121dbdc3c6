from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.delivery import empty_old, send_due


class Command(BaseCommand):
    help = "Sends the mail that is owed now, in one round, and drops the content of mail that left 14 days ago."

    def handle(self, *args, **options):
        total = 0
        while True:
            done = send_due()
            total += done.tried
            self.stdout.write(str(done) or ("Nothing more to send." if total else "Nothing to send."))
            if not done.tried or done.stopped or done.held:
                break
        if emptied := empty_old(now=timezone.now()):
            self.stdout.write(f"Old messages emptied: {emptied}.")
