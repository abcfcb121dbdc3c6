import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, close_old_connections
from django.utils import timezone

from clinic.canary import WrongKeys
from clinic.delivery import send_due
from clinic.keys import prove_keys
from clinic.upkeep import in_words, keep_time, keep_up

LIMIT = 100
# After a server that took no mail: often enough to recover soon, seldom enough not to look like an attack.
PAUSE_AFTER_REFUSAL = 60
KEEP_UP_EVERY = 3600
KEEP_TIME_EVERY = 60


class Command(BaseCommand):
    help = (
        "Sends the mail that is owed and sees to what happens by itself, for as long as it runs. "
        f"{in_words()} SIGTERM or Ctrl-C ends it after the message in hand."
    )

    kept_time_at = None

    def add_arguments(self, parser):
        parser.add_argument("--interval", type=float, default=5.0, help="Seconds between looks into the outbox.")

    def handle(self, *args, interval, **options):
        try:
            prove_keys()
        except WrongKeys as error:
            raise CommandError(str(error)) from None
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.said = self.kept_up_at = None
        self.say("The outbox worker runs.")
        while not stop.is_set():
            stop.wait(self.look(stop, interval))
        self.say("The outbox worker has stopped.")

    def look(self, stop, interval):
        """One round. Returns the seconds until the next."""
        close_old_connections()
        try:
            if self.kept_time_at is None or time.monotonic() - self.kept_time_at >= KEEP_TIME_EVERY:
                for sentence in keep_time(now=timezone.now()):
                    self.say(sentence)
                self.kept_time_at = time.monotonic()
            done = send_due(limit=LIMIT, should_stop=stop.is_set)
            if self.kept_up_at is None or time.monotonic() - self.kept_up_at >= KEEP_UP_EVERY:
                for sentence in keep_up(now=timezone.now()).done:
                    self.say(sentence)
                self.kept_up_at = time.monotonic()
        except Error as error:
            self.say(f"The database does not answer ({type(error).__name__}); trying again.")
            return interval
        self.say(str(done))
        if done.stopped:
            return max(interval, PAUSE_AFTER_REFUSAL)
        return 0 if done.tried == LIMIT else interval

    def say(self, sentence):
        """Print what is news; the same sentence every few seconds is not."""
        if sentence and sentence != self.said:
            self.stdout.write(sentence)
            self.stdout.flush()
        self.said = sentence or self.said
