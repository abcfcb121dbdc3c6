from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic import demo


class Command(BaseCommand):
    help = "Makes the demonstration clinic: profile, opening hours, holidays. Changes nothing when there is a profile."

    def handle(self, *args, **options):
        if demo.make_clinic(timezone.now().date()):
            self.stdout.write("The demonstration clinic is made.")
        else:
            self.stdout.write("There is a clinic; nothing was changed.")
