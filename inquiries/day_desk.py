"""What the desk did on a day beside the moves: updates of patients that were read, requests that were compared, letters
that began with a saved reply, and calls by the hour. Only that day's rows are read.
"""

from collections import Counter
from collections.abc import Iterator

from django.db.models import F

from clinic.encryption import is_unreadable
from inquiries import spread
from inquiries.day_figures import SPOKEN, Figure, Span, groups, minutes
from inquiries.models import ContactAttempt, DuplicateDecision, PatientUpdate, Reply


def desk_work_of(span: Span) -> Iterator[Figure]:
    """The numbers of a day, in four queries however much was done."""
    yield from _updates(span)
    yield from _compared(span)
    yield from _letters(span)
    yield from _calls(span)


def _updates(span: Span) -> Iterator[Figure]:
    """Open time from what the patient wrote until somebody marked it as seen, by what it was."""
    rows = PatientUpdate.objects.filter(**span.within("seen_at")).order_by().values_list("kind", "at", "seen_at")
    yield from groups(
        "update_seen_within", (f"{kind}:{spread.step_of(minutes(span, at, seen)):04}" for kind, at, seen in rows)
    )


def _compared(span: Span) -> Iterator[Figure]:
    """A decision stands at both requests of a pair; it counts once, for the day on which it was made last."""
    pairs = DuplicateDecision.objects.filter(**span.within("at"), inquiry__lt=F("other")).order_by()
    yield from groups("compared", (decision for (decision,) in pairs.values_list("decision")))


def _letters(span: Span) -> Iterator[Figure]:
    rows = (
        Reply.objects.filter(**span.within("at"), saved_reply__isnull=False)
        .order_by()
        .values_list("saved_reply_id", "offered", "sent")
    )
    steps: Counter[str] = Counter()
    for saved, offered, sent in rows:
        # The person may have been taken out since; what cannot be read is not the same text.
        if offered.strip() and sent.strip() and not (is_unreadable(offered) or is_unreadable(sent)):
            steps[f"{saved}:{spread.change_step_of(percent_changed(offered, sent)):03}"] += 1
    yield from (Figure("letter_changed_within", group, count) for group, count in sorted(steps.items()))


def _calls(span: Span) -> Iterator[Figure]:
    """Every try to speak to somebody, by the hour of the clinic's clock and what came of it. A message that was sent
    reaches nobody at an hour, so it is no try here."""
    rows = ContactAttempt.objects.filter(channel__in=SPOKEN, **span.within("at")).order_by().values_list("at", "result")
    zone = span.calendar.zone
    yield from groups("called_at_hour", (f"{at.astimezone(zone):%H}:{result}" for at, result in rows))


def percent_changed(offered: str, sent: str) -> float:
    """The share of the words of both texts that they do not have in common, in whatever order. 0: sent as it was offered,
    100: another text."""
    before, after = Counter(offered.split()), Counter(sent.split())
    return 100 * (1 - 2 * (before & after).total() / (before + after).total())
