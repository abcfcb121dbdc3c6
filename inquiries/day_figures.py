"""What one finished day of the clinic comes to: the numbers that the roll-up keeps. Only that day's rows are read.

A time counts for the day on which it ended, a promise for the day by which it was to be kept, an override and a
suspicion for the day on which the request was closed: each is settled then, and is counted once.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Min, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from clinic.business_time import DAY, Calendar, is_open, open_time
from clinic.models import OutboxEmail
from inquiries import spread
from inquiries.models import ContactAttempt, Inquiry
from inquiries.states import Status

SPOKEN = (ContactAttempt.Channel.PHONE, ContactAttempt.Channel.IN_PERSON)
CALL_WITHIN = 30  # open minutes until somebody has called who reported an emergency sign
# Whom a promise no longer binds: nobody waits, or the other request of the same person is answered.
NOT_PROMISED = (Status.SPAM.value, Status.MERGED.value)
# How old open requests are, in days the clinic opened since they came: (name, most). The last has no end.
AGES = (("0", 0), ("1", 1), ("2", 2), ("3", 5))
OLDER = "6"
NOBODYS = "nobody"  # of what is open, what nobody has taken
WHY = "priority_reasons"
CLOSED_BY = ("status", "outcome", "condition_id", "priority_level", "override_level", "suspect_reasons", WHY)
LOOKED_BACK = 60  # days: no clinic is closed for so long
Moment = datetime.datetime


@dataclass(frozen=True)
class Figure:
    """A number of a day, or of one group of it. `value` is open minutes, where it is a time."""

    name: str
    group: str = ""
    count: int = 0
    value: float | None = None


@dataclass(frozen=True)
class Span:
    """A day of the clinic, from midnight to midnight by its clock, and its calendar."""

    day: datetime.date
    calendar: Calendar

    @property
    def start(self) -> Moment:
        return self._midnight(self.day)

    @property
    def end(self) -> Moment:
        return self._midnight(self.day + DAY)

    def within(self, field: str) -> dict[str, Moment]:
        """For a filter: `field` is a moment of this day."""
        return {f"{field}__gte": self.start, f"{field}__lt": self.end}

    def ages(self) -> dict[str, Moment]:
        """Since when what is open at the end of this day may have come, to be of each age of AGES.

        What comes while the clinic is closed counts for the day it opens next.
        """
        days = [self.day - n * DAY for n in range(LOOKED_BACK)]
        opened = [day for day in days if self._opens_on(day)]
        if len(opened) <= AGES[-1][1] + 1:
            opened = days
        return {name: self._midnight(opened[most + 1] + DAY) for name, most in AGES}

    def _opens_on(self, day: datetime.date) -> bool:
        return bool(open_time(self.calendar, self._midnight(day), self._midnight(day + DAY)))

    def _midnight(self, day: datetime.date) -> Moment:
        return Moment.combine(day, datetime.time(), self.calendar.zone).astimezone(datetime.UTC)


def figures_of(day: datetime.date, calendar: Calendar) -> list[Figure]:
    """Every number of a day, in eleven queries however many requests there are."""
    span = Span(day, calendar)
    parts = (_received, _closed, _first_contacts, _promises, _emergency_calls, _standing, _mail)
    return [figure for part in parts for figure in part(span)]


def _received(span: Span) -> Iterator[Figure]:
    rows = list(
        Inquiry.objects.filter(**span.within("created_at"))
        .order_by()
        .values_list(
            "source", "filled_in_within", "created_at", "condition_id", "region", "previous_id", "suspect_reasons"
        )
    )
    yield Figure("received_on_site", count=sum(source == Inquiry.Source.WEB for source, *_ in rows))
    # What looks like a machine's says nothing about people.
    times = (minutes for _, minutes, *_, reasons in rows if minutes is not None and not reasons)
    yield from groups("form_within", (f"web:{minutes:04}" for minutes in times))
    rows = [row[2:] for row in rows]
    yield Figure("received", count=len(rows))  # also of a day without any: it says that the day was counted
    zone, calendar = span.calendar.zone, span.calendar
    yield from groups("received_by_condition", (str(condition or "") for _, condition, *_ in rows))
    yield from groups("received_by_region", (region for _, _, region, *_ in rows))
    yield from groups("received_by_hour", (f"{at.astimezone(zone):%H}" for at, *_ in rows))
    yield Figure("received_while_closed", count=sum(not is_open(calendar, at) for at, *_ in rows))
    yield Figure("repeats", count=sum(previous is not None for *_, previous, _ in rows))
    yield Figure("suspects", count=sum(bool(reasons) for *_, reasons in rows))


def _closed(span: Span) -> Iterator[Figure]:
    rows = list(
        Inquiry.objects.filter(**span.within("closed_at")).order_by().values_list("region", "duration", *CLOSED_BY)
    )
    yield from groups("closed_by_region", (f"{region}:{status}" for region, _, status, *_ in rows))
    yield from groups("closed_by_duration", (f"{duration}:{status}" for _, duration, status, *_ in rows))
    rows = [row[2:] for row in rows]
    yield from groups("closed", (status for status, *_ in rows))
    yield from groups("closed_outcome", (outcome for _, outcome, *_ in rows if outcome))
    yield from groups("closed_by_condition", (f"{condition or ''}:{status}" for status, _, condition, *_ in rows))
    yield from groups("closed_by_level", (str(rules) for _, _, _, rules, *_ in rows))
    yield from groups("closed_by_level_and_status", (f"{rules}:{status}" for status, _, _, rules, *_ in rows))
    yield from groups(
        "overridden", (f"{rules}:{person}" for _, _, _, rules, person, *_ in rows if person not in {None, rules})
    )
    yield from _rules(rows)
    judged = [status for status, *_, reasons, _ in rows if reasons]
    yield Figure("suspects_judged", count=len(judged))
    yield Figure("suspects_no_spam", count=sum(status != Status.SPAM for status in judged))


def _rules(rows: list[tuple[Any, ...]]) -> Iterator[Figure]:
    """On how many requests that were answered each rule of the priority stood ("": none did), and how often a person
    said otherwise."""
    stood: Counter[str] = Counter()
    overruled: Counter[str] = Counter()
    for status, _, _, rules, person, _, why in rows:
        # Without reasons the person was taken out since, or they cannot be read.
        if status not in NOT_PROMISED and why and "reasons" in why:
            codes = [reason["rule"] for reason in why["reasons"]] or [""]
            stood.update(codes)
            if person not in {None, rules}:
                overruled.update(f"{code}:{'lower' if person > rules else 'higher'}" for code in codes)
    yield from (Figure("rule_stood", code, count) for code, count in sorted(stood.items()))
    yield from (Figure("rule_overruled", code, count) for code, count in sorted(overruled.items()))


def _first_contacts(span: Span) -> Iterator[Figure]:
    """From Send to the first word of a person, in open time. Waiting for the patient begins after it, so no pause is
    taken off; a request that was reopened had its first contact once."""
    rows = (
        Inquiry.objects.filter(**span.within("first_contact_at"))
        .order_by()
        .values_list("created_at", "first_contact_at", Coalesce("override_level", "priority_level"))
    )
    times = [(level, minutes(span, came, reached)) for came, reached, level in rows]
    for group in ("", *sorted({str(level) for level, _ in times})):
        of_group = [within for level, within in times if group in {"", str(level)}]
        if of_group:
            yield Figure("first_contact", group, len(of_group), spread.at_share(of_group, spread.HALF))
            yield Figure("first_contact_p90", group, len(of_group), spread.at_share(of_group, spread.NINE_IN_TEN))
    yield from groups("first_contact_within", (f"{level}:{spread.step_of(within):04}" for level, within in times))


def _promises(span: Span) -> Iterator[Figure]:
    """Kept is a promise when somebody made contact by the time that was named first, or the patient asked no more."""
    rows = list(
        Inquiry.objects.filter(**span.within("promised_at"))
        .exclude(status__in=NOT_PROMISED)
        .order_by()
        .values_list("promised_at", "first_contact_at", "status", "closed_at")
    )
    bound = [
        first is not None and first <= promised
        for promised, first, status, closed in rows
        if first or not (status == Status.WITHDRAWN and closed and closed <= promised)
    ]
    yield Figure("promises_due", count=len(bound))
    yield Figure("promises_kept", count=sum(bound))


def _emergency_calls(span: Span) -> Iterator[Figure]:
    calls = ContactAttempt.objects.filter(channel__in=SPOKEN, inquiry__safety_level="emergency")
    before = calls.filter(inquiry=OuterRef("inquiry"), at__lt=span.start)
    rows = (
        calls.filter(~Exists(before), **span.within("at"))
        .order_by("-at")
        .values_list("inquiry_id", "inquiry__created_at", "at")
    )
    first = {inquiry: minutes(span, came, called) for inquiry, came, called in rows}  # the earliest comes last
    if first:
        yield Figure("emergency_call", count=len(first), value=spread.at_share(first.values(), spread.HALF))
        yield Figure("emergency_call_longest", count=len(first), value=max(first.values()))
    yield Figure("emergency_call_late", count=sum(within > CALL_WITHIN for within in first.values()))
    # Closed without a call, and not before one was late: it counts for the day of closing, since no call will come.
    closed = Inquiry.objects.filter(safety_level="emergency", **span.within("closed_at")).order_by()
    closed = closed.exclude(status__in=NOT_PROMISED).exclude(Exists(calls.filter(inquiry=OuterRef("pk"))))
    waited = (minutes(span, came, ended) for came, ended in closed.values_list("created_at", "closed_at"))
    yield Figure("emergency_call_never", count=sum(within > CALL_WITHIN for within in waited))


def _standing(span: Span) -> Iterator[Figure]:
    """What was open when the day ended, by age, by owner (who has it now, or had it when it was closed since), and by level
    and status (as they are now; "": closed since). And for how long the oldest has waited, of all and of what nobody took."""
    ages = span.ages()
    counted: dict[str, Any] = {f"since_{name}": Count("pk", filter=Q(created_at__gte=at)) for name, at in ages.items()}
    by_age: Counter[str] = Counter()
    by_owner: Counter[str] = Counter()
    by_level: Counter[str] = Counter({f"{level}:{Status.NEW}": 0 for level in Inquiry.Priority.values})
    came: dict[str, Moment] = {}
    level = Coalesce("override_level", "priority_level")
    # What was closed since is not grouped by the column itself: SQLite would read all requests in its order instead.
    closed_since = Coalesce("owner_id", 0, output_field=IntegerField())
    for still_open, whose, status in (
        ({"closed_at": None}, F("owner_id"), F("status")),
        ({"closed_at__gte": span.end}, closed_since, Value("")),
    ):
        rows = Inquiry.objects.filter(created_at__lt=span.end, **still_open).order_by()
        rows = rows.annotate(whose=whose, level=level, stands=status).values("whose", "level", "stands")
        for row in rows.annotate(all=Count("pk"), oldest=Min("created_at"), **counted):
            by_owner[str(row["whose"] or "")] += row["all"]
            by_level[f"{row['level']}:{row['stands']}"] += row["all"]
            for group in ("", *([] if row["whose"] else [NOBODYS])):
                came[group] = min(row["oldest"], came.get(group, row["oldest"]))
            younger = 0
            for name in ages:
                by_age[name] += row[f"since_{name}"] - younger
                younger = row[f"since_{name}"]
            by_age[OLDER] += row["all"] - younger
    yield from (Figure("open_by_age", name, by_age[name]) for name in (*ages, OLDER))
    yield from (Figure("open_by_owner", owner, count) for owner, count in sorted(by_owner.items()))
    yield from (Figure("open_by_level", group, count) for group, count in sorted(by_level.items()))
    yield from (
        Figure("open_oldest", group, 1, minutes(span, oldest, span.end)) for group, oldest in sorted(came.items())
    )


def _mail(span: Span) -> Iterator[Figure]:
    failed = OutboxEmail.objects.failed().filter(about_app="inquiries", **span.within("created_at"))
    yield Figure("mail_failed", count=failed.count())


def groups(name: str, found: Iterator[str]) -> Iterator[Figure]:
    """A figure for each group, in their order."""
    return (Figure(name, group, count) for group, count in sorted(Counter(found).items()))


def minutes(span: Span, start: Moment, end: Moment) -> float:
    """Open minutes from one moment to another."""
    return spread.minutes_of(open_time(span.calendar, start, end))
