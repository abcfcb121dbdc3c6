from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.delivery import send_due
from clinic.upkeep import in_words, keep_time, keep_up


class Command(BaseCommand):
    help = (
        "Sends the mail that is owed now and does once all that happens by itself, for cron. "
        f"Under run_outbox that is: {in_words()}"
    )

    def handle(self, *args, **options):
        for sentence in keep_time(now=timezone.now()):
            self.stdout.write(sentence)
        total = 0
        while True:
            done = send_due()
            total += done.tried
            self.stdout.write(str(done) or ("Nothing more to send." if total else "Nothing to send."))
            if not done.tried or done.stopped or done.held:
                break
        dropped = keep_up(now=timezone.now())
        if dropped.emptied:
            self.stdout.write(f"Old messages emptied: {dropped.emptied}.")
        if dropped.attempts:
            self.stdout.write(f"Old attempts to sign in forgotten: {dropped.attempts}.")
        for sentence in dropped.done:
            self.stdout.write(sentence)
