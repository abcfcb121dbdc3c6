"""What was open when the last day that was counted ended: by age, by owner, by priority and status, and the oldest.

It is told as it is, however few: it is work, and every one of these requests stands in the list.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Subquery

from clinic.models import Staff
from inquiries.day_figures import NOBODYS, OLDER
from inquiries.models import DailyFigures, Inquiry
from inquiries.states import CLOSED, LABELS, Status
from inquiries.telling import OTHERS, Crossed

NAMES = ("open_by_age", "open_by_owner", "open_by_level", "open_oldest")
AGE_WORDS = {
    "0": "Came on that day",
    "1": "1 open day before",
    "2": "2 open days",
    "3": "3 to 5 open days",
    OLDER: "More than 5 open days",
}
LEVELS = {str(level.value): level.label for level in Inquiry.Priority}
NOBODY = "Nobody yet"
CLOSED_SINCE = "Closed since"

Groups = dict[str, tuple[int, float | None]]


@dataclass(frozen=True)
class Backlog:
    """`levels` has no rows where the last day was counted before they were. The oldest in open minutes, None: none is open."""

    ages: tuple[tuple[str, int], ...]
    load: tuple[tuple[str, int], ...]
    levels: Crossed
    by_level: tuple[tuple[str, int], ...]
    oldest: float | None
    oldest_of_nobody: float | None


def backlog_of(last: datetime.date) -> Backlog:
    """At the end of this day. Two queries, whatever there is."""
    found: defaultdict[str, Groups] = defaultdict(dict)
    rows = DailyFigures.objects.filter(date=last, name__in=NAMES).order_by()
    for name, group, count, value in rows.values_list("name", "group", "count", "value"):
        found[name][group] = (count, value)
    levels = _levels(found["open_by_level"])
    return Backlog(
        ages=tuple((words, found["open_by_age"].get(age, (0, None))[0]) for age, words in AGE_WORDS.items()),
        load=_load(found["open_by_owner"]),
        levels=levels,
        by_level=tuple((words, sum(count or 0 for count in counts)) for words, counts in levels.rows),
        oldest=found["open_oldest"].get("", (0, None))[1],
        oldest_of_nobody=found["open_oldest"].get(NOBODYS, (0, None))[1],
    )


def owners() -> tuple[int, ...]:
    """Who had open requests at the end of the last day that was counted, by key."""
    last = DailyFigures.objects.filter(name="received", group="").order_by("-date").values("date")[:1]
    rows = DailyFigures.objects.filter(date=Subquery(last), name="open_by_owner").exclude(group="").order_by("group")
    return tuple(int(group) for group in rows.values_list("group", flat=True))


def names_of(staff: Iterable[int]) -> dict[int, str]:
    """What these colleagues are called now, by key. One query, of nobody none."""
    people = Staff.objects.filter(pk__in=list(staff)).order_by("pk").only("username", "first_name", "last_name")
    return {person.pk: person.get_full_name() or person.get_username() for person in people}


def _load(by_owner: Groups) -> tuple[tuple[str, int], ...]:
    counts = sorted(((group, count) for group, (count, _) in by_owner.items()), key=lambda pair: (-pair[1], pair[0]))
    names = names_of(int(group) for group, _ in counts if group)
    return tuple((names.get(int(group), OTHERS) if group else NOBODY, count) for group, count in counts)


def _levels(by_level: Mapping[str, tuple[int, float | None]]) -> Crossed:
    if not by_level:
        return Crossed((), ())
    columns = {status.value: LABELS[status] for status in Status if status not in CLOSED}
    if any(group.endswith(":") for group in by_level):
        columns[""] = CLOSED_SINCE
    rows = tuple(
        (words, tuple(by_level.get(f"{level}:{status}", (0, None))[0] for status in columns))
        for level, words in LEVELS.items()
    )
    return Crossed(tuple(columns.values()), rows)
