from django.core.management.base import BaseCommand, CommandError

from clinic.encryption import current_key_id
from clinic.keys import rotate


class Command(BaseCommand):
    help = "Brings every encrypted value under the first key of FIELD_KEYS. May be stopped and run again."

    def handle(self, *args, **options):
        done = rotate()
        self.stdout.write(f"Moved to key {current_key_id()}: {done.moved} values.")
        for key_id, count in sorted(done.per_key.items()):
            self.stdout.write(f"  key {key_id}: {count} values")
        for name, count in done.rebuilt.items():
            self.stdout.write(f"New SEARCH_KEY: {name}, {count} rows.")
        for place in done.unreadable:
            self.stderr.write(f"Cannot be decrypted, left as it is: {place}")
        if done.old:
            raise CommandError(f"Still under an old key: {done.old} values. Keep that key, and run this again.")
        self.stdout.write("Under an old key: 0 values.")
