from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from therapies import publishing


class Command(BaseCommand):
    help = (
        "Publishes approved pages and takes down live ones whose time has come, also those whose time came while "
        "nothing ran. The outbox worker does so once an hour; run this more often for times to the minute."
    )

    def handle(self, *args, **options):
        done = publishing.run_schedule(timezone.now())
        for part in done:
            self.stdout.write(str(part))
        refused = sum(not part.move for part in done)
        if refused:
            raise CommandError(f"{refused} could not be published. They stay approved and are tried again.")
        if not done:
            self.stdout.write("Nothing is due.")
