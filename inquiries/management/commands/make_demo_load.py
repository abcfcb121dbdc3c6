import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inquiries.services import demo_load


class Command(BaseCommand):
    help = (
        "Fills a demonstration with made-up requests over two years, to see how the desk works with many: "
        "1,000,000 take some minutes. Refuses where the clinic is real."
    )

    def add_arguments(self, parser):
        parser.add_argument("--requests", type=int, required=True, help="How many.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same requests.")

    def handle(self, *args, requests, seed, verbosity, **options):
        if requests < 1:
            raise CommandError("Ask for at least one request.")
        begin = time.monotonic()

        def say(done):
            if verbosity > 1 or done % 100_000 == 0:
                self.stdout.write(f"{done:,} after {time.monotonic() - begin:.0f} s")

        try:
            demo_load.fill(requests, seed=seed, now=timezone.now(), said=say)
        except demo_load.NotADemonstration:
            raise CommandError("The clinic is real: no made-up requests come into its database.") from None
        self.stdout.write(f"{requests:,} requests in {time.monotonic() - begin:.0f} s.")
