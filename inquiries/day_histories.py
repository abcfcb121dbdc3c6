"""How the requests that were closed on a day had come that far: in how many tries somebody was reached, how long each
stood in each status, and whether it had been closed before.

All of it counts for the day of closing: each is settled then, and is counted once. Only that day's requests are read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise
from operator import itemgetter

from clinic.business_time import open_time
from inquiries import spread
from inquiries.day_figures import NOT_PROMISED, Figure, Span
from inquiries.models import ContactAttempt, InquiryEvent
from inquiries.states import CLOSED, Status

MOST_TRIES = 4  # "4 or more"
NEVER = "never"
# From where a request can come back; what was no spam after all or was unmerged had not been answered.
ANSWERED = CLOSED - {Status.SPAM, Status.MERGED}


def histories_of(span: Span) -> Iterator[Figure]:
    """The numbers of a day, in two queries however many requests there are."""
    yield from _ways(span)
    yield from _tries(span)


def _ways(span: Span) -> Iterator[Figure]:
    rows = (
        InquiryEvent.objects.filter(**span.within("inquiry__closed_at"))
        .exclude(inquiry__status__in=NOT_PROMISED)
        .exclude(to_status="")
        .order_by("inquiry_id", "seq")
        .values_list("inquiry_id", "kind", "from_status", "to_status", "at")
    )
    steps: Counter[str] = Counter()
    closed = reopened = 0
    for _, events in groupby(rows.iterator(), key=itemgetter(0)):
        way = [tuple(event[1:]) for event in events]
        closed += 1
        reopened += any(
            before in ANSWERED and after not in CLOSED and kind != InquiryEvent.Kind.UNDONE
            for kind, before, after, _ in way
        )
        stood: defaultdict[str, float] = defaultdict(float)
        for (_, _, status, since), (_, _, _, until) in pairwise(way):
            if status not in CLOSED:
                stood[status] += spread.minutes_of(open_time(span.calendar, since, until))
        steps.update(f"{status}:{spread.coarse_step_of(minutes):04}" for status, minutes in stood.items())
    yield Figure("closed_answered", count=closed)
    yield Figure("closed_again", count=reopened)
    yield from (Figure("time_in_status", group, count) for group, count in sorted(steps.items()))


def _tries(span: Span) -> Iterator[Figure]:
    rows = (
        ContactAttempt.objects.filter(**span.within("inquiry__closed_at"))
        .exclude(inquiry__status__in=NOT_PROMISED)
        .order_by("inquiry_id", "at", "pk")
        .values_list("inquiry_id", "inquiry__contact_method", "result")
    )
    found: Counter[str] = Counter()
    by_method: Counter[str] = Counter()
    reached = ContactAttempt.Result.REACHED.value
    for (_, method), tries in groupby(rows.iterator(), key=itemgetter(0, 1)):
        results = [result for *_, result in tries]
        found[str(min(results.index(reached) + 1, MOST_TRIES)) if reached in results else NEVER] += 1
        by_method[f"{method}:{'reached' if reached in results else NEVER}"] += 1
    yield from (Figure("tries_until_reached", group, count) for group, count in sorted(found.items()))
    yield from (Figure("tried_by_method", group, count) for group, count in sorted(by_method.items()))
