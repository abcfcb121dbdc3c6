from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F
from django.utils import timezone

from therapies import link_check
from therapies.models import Source
from therapies.sources import KEEPS_MACHINES_OUT

NO_NETWORK = "No address answered: the network is not there. Nothing was recorded."

WENT_AWAY = "Nothing answers any more: the network went away. What had answered before was recorded, the rest was not."


class Command(BaseCommand):
    help = (
        "Tries the address of every source, those tried longest ago first, and records what it answered. Admin then "
        "lists the broken ones. Without a network nothing is recorded."
    )

    def add_arguments(self, parser):
        parser.add_argument("keys", nargs="*", help="the keys of the sources to try; all of them without")
        parser.add_argument("--limit", type=int, help="try at most so many")
        parser.add_argument("--timeout", type=float, default=10.0, help="seconds to wait for an answer")
        parser.add_argument("--pause", type=float, default=1.0, help="seconds between two requests to one host")

    def handle(self, *args, keys, limit, timeout, pause, verbosity, **options):
        sources = Source.objects.order_by(F("link_checked_at").asc(nulls_first=True), "key")
        if keys:
            sources = sources.filter(key__in=keys)
            if unknown := set(keys) - set(sources.values_list("key", flat=True)):
                raise CommandError(f"There is no source {', '.join(sorted(unknown))}.")
        totals = Counter()
        try:
            for answer in link_check.check(sources[:limit], now=timezone.now(), timeout=timeout, pause=pause):
                totals[self.kind(answer)] += 1
                if verbosity > 1 or self.kind(answer) == "broken":
                    said = answer.status or f"no answer ({answer.reason})"
                    self.stdout.write(f"{answer.source.key}: {said}  {answer.address}")
        except link_check.NoNetwork:
            raise CommandError(WENT_AWAY if totals else NO_NETWORK) from None
        said = ", ".join(f"{totals[kind]} {kind}" for kind in ("open", "closed to machines", "broken") if totals[kind])
        self.stdout.write(f"Sources: {said or 'none to try'}.")

    def kind(self, answer):
        if answer.status in KEEPS_MACHINES_OUT:
            return "closed to machines"
        return "open" if 0 < answer.status < 400 else "broken"
