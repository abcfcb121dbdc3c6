from django.core.management.base import BaseCommand, CommandError

from clinic import two_step
from clinic.models import Staff


class Command(BaseCommand):
    help = "Removes the lost authenticator of a member of staff. They set up a new one at the next sign-in."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username, **options):
        staff = Staff.objects.filter(username=username).first()
        if staff is None:
            raise CommandError(f"Nobody has the user name {username}.")
        two_step.reset(staff)
        self.stdout.write(f"{username} sets up a new authenticator at the next sign-in. Their sessions have ended.")
