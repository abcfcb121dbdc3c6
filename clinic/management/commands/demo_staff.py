from django.core.management.base import BaseCommand, CommandError

from clinic import demo


class Command(BaseCommand):
    help = "Makes one demonstration account for each role, and prints the passwords once."

    def add_arguments(self, parser):
        parser.add_argument("--reset", action="store_true", help="New passwords, and no authenticators.")

    def handle(self, *args, reset, **options):
        try:
            passwords = demo.make_staff(reset=reset)
        except demo.NotADemonstration:
            raise CommandError("The clinic is real: it gets no demonstration accounts.") from None
        if not passwords:
            self.stdout.write("The demonstration accounts are there. For new passwords: manage.py demo_staff --reset")
            return
        self.stdout.write("Demonstration accounts. The passwords are shown this once:\n\n")
        for username, password in passwords.items():
            role = demo.ACCOUNTS[username] or "Administrator"
            self.stdout.write(f"  {username:<10} {password:<26} {role}")
        self.stdout.write("")
