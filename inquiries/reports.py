"""The numbers of the dashboard over a time, from the rows that the roll-up wrote: the desk itself is not counted here.

Numbers about patients are told of five people or more; smaller groups are told together. How much work there is, by age
and by colleague, is told as it is: every line of it stands in the list.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Sum, Value

from clinic.business_time import DAY
from inquiries import backlog, desk_reports, form_counts, looks, questionnaire, spread
from inquiries.backlog import LEVELS, Backlog, backlog_of
from inquiries.day_histories import MOST_TRIES, NEVER
from inquiries.models import DailyCounter, DailyFigures, Inquiry, SavedReply
from inquiries.states import CLOSED, LABELS, Status
from inquiries.telling import OTHERS, Crossed, Times, Told, steps_of, times_of, told_of
from therapies.models import BodyRegion, Condition

PERIODS = (7, 30, 90)
NOT_SUMMED = (*backlog.NAMES, *looks.NAMES)  # as of the last day alone, and of colleagues
OF_EACH_POINT = ("received", "closed", "first_contact_within", "promises_due", "promises_kept")
FUNNEL = (
    ("safety shown", "Answered the safety questions"),
    ("safety flagged", "Were shown advice to get help"),
    ("safety continued", "Read the advice and went on"),
    ("safety left", "Left and cleared their answers"),
)
TRIES = {
    **{str(tries): f"After {tries} {'try' if tries == 1 else 'tries'}" for tries in range(1, MOST_TRIES)},
    str(MOST_TRIES): f"After {MOST_TRIES} tries or more",
    NEVER: "Never reached by us",
}
REGIONS = {**dict(BodyRegion.choices), "": "Not said"}
DURATIONS = {**dict(questionnaire.DURATIONS), "": "Not said"}
NO_CONDITION = "No condition named"


@dataclass(frozen=True)
class Point:
    """A day or a week of a chart. `is_whole`: all of its days are counted."""

    begins: datetime.date
    received: int
    closed: int
    times: Times
    kept: int | None
    is_whole: bool = True


@dataclass(frozen=True)
class Report:
    """What the desk did in a time that ended with the last day counted. A share of None is of too few."""

    days: int
    since: datetime.date
    until: datetime.date
    unit: str
    points: tuple[Point, ...]
    totals: Mapping[str, int]
    times: Times
    times_by_level: tuple[Times, ...]
    kept: int | None
    longest_to_call: float | None
    backlog: Backlog
    conditions: Told
    regions: Told
    outcomes: Told
    funnel: tuple[tuple[str, int], ...]
    outcomes_by_condition: Crossed
    outcomes_by_level: Crossed
    outcomes_by_region: Crossed
    outcomes_by_duration: Crossed
    tries: Told
    never_reached: tuple[tuple[str, int, int | None], ...]
    unreachable: int | None
    reopened: int | None
    time_in_status: tuple[Times, ...]
    coming: desk_reports.Coming
    calls: tuple[desk_reports.Hour, ...]
    endings: desk_reports.Endings
    tools: desk_reports.Tools
    form: form_counts.FormUse
    form_times: Times


def report(days: int) -> Report | None:
    """The last `days` days that were counted. None before the first night. Seven queries, whatever there is."""
    until = DailyFigures.objects.filter(name="received", group="").aggregate(last=Max("date"))["last"]
    if until is None:
        return None
    since = until - (days - 1) * DAY
    groups, longest = _sums(since, until)
    steps = steps_of(groups["first_contact_within"])
    in_status = steps_of(groups["time_in_status"])
    closed = groups["closed"]
    answered = sum(closed.values()) - closed[Status.SPAM] - closed[Status.MERGED]
    outcomes = spread.told(closed)[0]
    crossed = _cells(groups["closed_by_condition"])
    conditions = {*groups["received_by_condition"], *(condition for condition, _ in crossed)}
    titles, saved_replies = _titles(conditions, desk_reports.saved_replies_of(groups))
    counters = _counters(since, until)
    unit = "day" if days <= PERIODS[0] else "week"
    return Report(
        days=days,
        since=since,
        until=until,
        unit=unit,
        points=_points(since, until, unit),
        totals={name: found[""] if "" in found else sum(found.values()) for name, found in groups.items()},
        times=times_of("All", steps, ""),
        times_by_level=tuple(times_of(level.label, steps, str(level.value)) for level in Inquiry.Priority),
        kept=spread.percent(groups["promises_kept"][""], groups["promises_due"][""]),
        longest_to_call=longest,
        backlog=backlog_of(until),
        outcomes_by_region=_crossed(_cells(groups["closed_by_region"]), outcomes, REGIONS),
        outcomes_by_duration=_crossed(
            _cells(groups["closed_by_duration"]), outcomes, DURATIONS, in_order=list(DURATIONS)
        ),
        never_reached=_never_reached(_cells(groups["tried_by_method"])),
        conditions=told_of(groups["received_by_condition"], titles),
        regions=told_of(groups["received_by_region"], REGIONS),
        outcomes=told_of(closed, {status.value: LABELS[status] for status in Status}),
        funnel=tuple((words, counters.get(name, 0)) for name, words in FUNNEL),
        outcomes_by_condition=_crossed(crossed, outcomes, titles),
        outcomes_by_level=_crossed(
            _cells(groups["closed_by_level_and_status"]), outcomes, LEVELS, in_order=list(LEVELS)
        ),
        tries=told_of(groups["tries_until_reached"], TRIES),
        unreachable=spread.percent(closed[Status.UNREACHABLE], answered),
        reopened=spread.percent(groups["closed_again"][""], groups["closed_answered"][""]),
        time_in_status=tuple(times_of(LABELS[status], in_status, status) for status in Status if status not in CLOSED),
        coming=desk_reports.coming_of(groups),
        calls=desk_reports.calls_of(groups),
        endings=desk_reports.endings_of(groups),
        tools=desk_reports.tools_of(groups, saved_replies),
        form=form_counts.form_use_of(counters, groups["received_on_site"][""]),
        form_times=times_of("", steps_of(groups["form_within"]), "web"),
    )


Sums = defaultdict[str, Counter[str]]


def _sums(since: datetime.date, until: datetime.date) -> tuple[Sums, float | None]:
    groups: Sums = defaultdict(Counter)
    longest = None
    rows = (
        DailyFigures.objects.filter(date__gte=since, date__lte=until)
        .exclude(name__in=NOT_SUMMED)
        .order_by()
        .values_list("name", "group")
        .annotate(total=Sum("count"), most=Max("value"))
    )
    for name, group, total, most in rows:
        groups[name][group] = total
        longest = most if name == "emergency_call_longest" else longest
    return groups, longest


def _points(since: datetime.date, until: datetime.date, unit: str) -> tuple[Point, ...]:
    """Whole weeks from a Monday; the last may not be over."""
    length = 1 if unit == "day" else 7
    first = since if unit == "day" else since - since.weekday() * DAY
    rows = DailyFigures.objects.filter(date__gte=first, date__lte=until, name__in=OF_EACH_POINT)
    found: defaultdict[datetime.date, Sums] = defaultdict(lambda: defaultdict(Counter))
    # Put together here: SQLite would ask Python for the week of every row, which takes longer.
    for day, name, group, count in rows.order_by().values_list("date", "name", "group", "count"):
        found[day - (day - first).days % length * DAY][name][group] += count
    return tuple(
        Point(
            begins=begins,
            received=found[begins]["received"][""],
            closed=found[begins]["closed"].total(),
            times=times_of("", steps_of(found[begins]["first_contact_within"]), ""),
            kept=spread.percent(found[begins]["promises_kept"][""], found[begins]["promises_due"][""]),
            is_whole=begins + length * DAY <= until + DAY,
        )
        for begins in (first + n * DAY for n in range(0, (until - first).days + 1, length))
    )


def _titles(conditions: Iterable[str], saved_replies: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Of conditions and of saved replies, in one query."""
    found: tuple[dict[str, str], dict[str, str]] = ({"": NO_CONDITION}, {})
    rows = [
        model.objects.filter(pk__in=[int(pk) for pk in wanted if pk])
        .order_by()
        .values_list(Value(place), "pk", "title")
        for place, (model, wanted) in enumerate(((Condition, conditions), (SavedReply, saved_replies)))
    ]
    for place, pk, title in rows[0].union(rows[1], all=True):
        found[place][str(pk)] = title
    return found


def _never_reached(cells: Mapping[tuple[str, str], int]) -> tuple[tuple[str, int, int | None], ...]:
    """(how they asked to be contacted, how many somebody tried, the share never reached), of five or more."""
    words = dict(Inquiry.ContactMethod.choices)
    tried: Counter[str] = Counter()
    for (method, _), count in cells.items():
        tried[method] += count
    told = spread.told({method: tried[method] for method in words})[0]
    return tuple(
        (words[method], count, spread.percent(cells.get((method, NEVER), 0), count)) for method, count in told.items()
    )


def _cells(groups: Mapping[str, int]) -> dict[tuple[str, str], int]:
    return {(row, column): count for group, count in groups.items() for row, _, column in [group.partition(":")]}


def _crossed(
    cells: Mapping[tuple[str, str], int],
    outcomes: Iterable[str],
    titles: Mapping[str, str],
    *,
    in_order: Sequence[str] = (),
) -> Crossed:
    """How requests of each row ended, for the outcomes that may be told. The largest row first, or `in_order`."""
    found = spread.crossed(cells, outcomes)
    rows: Counter[str] = Counter()
    for counts, _ in found.values():
        rows.update(counts)
    told = [
        (titles.get(row, OTHERS), tuple(counts.get(row) for counts, _ in found.values()))
        for row in (wanted for wanted in in_order or (name for name, _ in rows.most_common()) if wanted in rows)
    ]
    if any(others for _, others in found.values()):
        told.append((OTHERS, tuple(others or None for _, others in found.values())))
    return Crossed(tuple(LABELS[Status(outcome)] for outcome in found), tuple(told))


def _counters(since: datetime.date, until: datetime.date) -> dict[str, int]:
    """The sums of what is counted on the form, by name."""
    names = [*(name for name, _ in FUNNEL), *form_counts.COUNTERS]
    rows = DailyCounter.objects.filter(date__gte=since, date__lte=until, name__in=names)
    return dict(rows.order_by().values_list("name").annotate(total=Sum("value")))
