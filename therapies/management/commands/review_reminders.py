from django.core.management.base import BaseCommand
from django.utils import timezone

from therapies.reminders import owe_reminders


class Command(BaseCommand):
    help = (
        "Owes mail to those who keep pages whose review is due: once 60 days before, then weekly until a whole-page "
        "review is recorded. The outbox worker does so by itself, and sends it."
    )

    def handle(self, *args, **options):
        for said in owe_reminders(timezone.now()) or ["Nobody needs to be reminded."]:
            self.stdout.write(said)
