"""The work queues of the desk: which requests stand in each, in which order, and how many, counted no further than CAP.

Each queue is read through an index in its own order, so its first page costs the same in a small table and a large one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.expressions import OrderBy

from clinic.models import OutboxEmail, Staff
from inquiries.models import DuplicateDecision, Inquiry
from inquiries.models.inquiry import InquiryQuerySet
from therapies import library

CAP = 1000
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
ANSWER_NEXT = ("-needs_call_first", "due_at", "pk")


@dataclass(frozen=True)
class Queue:
    """One question staff ask. `right` is what somebody must be allowed to do for it to mean anything to them."""

    name: str
    words: str
    which: Callable[[InquiryQuerySet, datetime, Staff], InquiryQuerySet]
    ordering: tuple[str | OrderBy, ...]
    right: str = ""
    counted_by: str = ""  # the column that is enough to count it, in any order, where other rows lead to it

    def rows(self, now: datetime, staff: Staff, among: InquiryQuerySet | None = None) -> InquiryQuerySet:
        """The requests in it at this moment (of those in `among`), as this person sees it, in their order."""
        rows = Inquiry.objects.all() if among is None else among
        return self.which(rows, now, staff).order_by(*self.ordering)

    def count(self, now: datetime, staff: Staff) -> int:
        """How many there are: CAP + 1 stands for any number above CAP."""
        return all_counted([self.to_count(now, staff)])[0]

    def to_count(self, now: datetime, staff: Staff) -> QuerySet:
        """What is counted of its rows."""
        rows = self.rows(now, staff)
        return rows.order_by().values_list(self.counted_by)[: CAP + 1] if self.counted_by else to_count(rows)

    def is_for(self, staff: Staff) -> bool:
        """Does this person have a use for it?"""
        return not self.right or staff.has_perm(self.right)


def counted(rows: InquiryQuerySet) -> int:
    """How many rows there are, at most CAP + 1. Never counts a table: it stops at the cap."""
    return all_counted([to_count(rows)])[0]


def all_counted(many: Iterable[QuerySet]) -> list[int]:
    """How many rows each of these has, as `to_count` made them, in their order: one query for all, and at a third of what
    Django's count() costs."""
    parts, values = [], []
    for rows in many:
        try:
            sql, own = rows.query.sql_with_params()
        except EmptyResultSet:  # what can have no row is not asked for
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 (the ORM wrote it)
        values += own
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def to_count(rows: InquiryQuerySet) -> QuerySet:
    """The rows that are counted of these, in their order: it leads to the index that holds no others."""
    return rows.values_list("pk")[: CAP + 1]


def capped(count: int) -> str:
    """A count as staff read it: 1,000+ above the cap."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """When the clinic's own day began, and when it ends."""
    zone = ZoneInfo(library.current().clinic.time_zone)
    today = now.astimezone(zone).date()
    begin, end = (datetime.combine(day, time.min, tzinfo=zone) for day in (today, today + timedelta(days=1)))
    return begin, end


def mail_failed() -> Exists:
    """Does a message about this request wait for somebody to look, since it could not be delivered?"""
    return Exists(_failed().filter(about_id=OuterRef("public_id")))


def duplicate_decided() -> Exists:
    """Did a person already say whether this request and the earlier one it resembles are the same?"""
    return Exists(DuplicateDecision.objects.filter(inquiry=OuterRef("pk"), other=OuterRef("previous")))


def _failed():
    return OutboxEmail.objects.failed().filter(about_app="inquiries")


def _open(rows: InquiryQuerySet) -> InquiryQuerySet:
    # The time of closing and not the status: it is what the indexes of open requests are made of.
    return rows.filter(closed_at=None)


def _needs_action(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(due_at__isnull=False, is_suspect=False)


def _emergency(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(needs_call_first=True)


def _overdue(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(due_at__lt=now)


def _due_today(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(due_at__gte=now, due_at__lt=day_of(now)[1])


def _unassigned(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(owner=None, is_suspect=False)


def _mine(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(owner=staff)


def _waiting(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(due_at=None)


def _patient_wrote(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return rows.filter(has_unseen_update=True)


def _step_late(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(next_step_on__lt=day_of(now)[0].date())


def _duplicates(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(~duplicate_decided(), previous__isnull=False)


def _suspected(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return _open(rows).filter(is_suspect=True)


def _mail_failed(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return rows.filter(public_id__in=_failed().values("about_id"))


def _closed(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    return rows.filter(closed_at__isnull=False)


def _all(rows: InquiryQuerySet, now: datetime, staff: Staff) -> InquiryQuerySet:
    # Every request has come since then. SQLite knows a large table by a sample of each index only, which can be wrong by
    # as much as ten times: unless it is asked for a range it may read the whole table and sort it, for the first page.
    return rows.filter(created_at__gte=BEFORE_ALL)


MOVE = "inquiries.move_inquiry"
LONGEST_WAIT, NEWEST = ("created_at", "pk"), ("-created_at", "-pk")
BY_TIME, BY_STEP = ("due_at", "pk"), ("next_step_on", "pk")
# A person's own include those whose clock stands, and databases differ on which end they put those.
MY_ORDER = ("-needs_call_first", F("due_at").asc(nulls_last=True), "pk")

QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("needs-action", "Needs action now", _needs_action, ANSWER_NEXT),
        Queue("emergency", "Emergency sign, not called yet", _emergency, BY_TIME),
        Queue("overdue", "Overdue", _overdue, BY_TIME),
        Queue("due-today", "Due today", _due_today, BY_TIME),
        Queue("unassigned", "Nobody has taken it", _unassigned, ANSWER_NEXT),
        Queue("mine", "Mine", _mine, MY_ORDER, right=MOVE),
        Queue("waiting", "Waiting for the patient", _waiting, BY_STEP),
        Queue("patient-wrote", "The patient wrote", _patient_wrote, LONGEST_WAIT),
        Queue("step-late", "Next step is late", _step_late, BY_STEP),
        Queue("duplicates", "Possible duplicates", _duplicates, LONGEST_WAIT),
        Queue("suspected", "Suspected spam", _suspected, LONGEST_WAIT),
        Queue("mail-failed", "Mail failed", _mail_failed, NEWEST, counted_by="public_id"),
        Queue("closed", "Closed", _closed, ("-closed_at", "-pk")),
        Queue("all", "All", _all, NEWEST),
    )
}
DEFAULT = "needs-action"


def counts(now: datetime, staff: Staff, names: Iterable[str] = QUEUES) -> dict[str, int]:
    """How many stand in each of these queues that this person has a use for, by its name. One query."""
    useful = [name for name in names if QUEUES[name].is_for(staff)]
    return dict(zip(useful, all_counted(QUEUES[name].to_count(now, staff) for name in useful), strict=True))
