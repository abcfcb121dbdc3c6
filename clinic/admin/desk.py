"""The dashboard of the desk on the admin home: what waits, what to answer next, and how it has gone."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from clinic.admin.desk_looks import looks_for
from clinic.admin.desk_panels import behind, said
from clinic.admin.panels import Tile
from clinic.business_time import open_time
from clinic.models import OutboxEmail
from inquiries import backlog, charts, forgotten, queues, reports, spread
from inquiries.models import DailyFigures
from inquiries.promise import OPEN_DAYS, in_words
from therapies import library

EMERGENCY_CALLS = ("emergency_call", "emergency_call_late", "emergency_call_never")
TILES = ("emergency", "overdue", "due-today", "unassigned", "mine", "patient-wrote", "mail-failed", "suspected")
PRESSING = ("emergency", "overdue")
ANSWER_NEXT = 8
MINUTE = timedelta(minutes=1)
BESIDES = (
    ("suspects", "Held as suspected spam"),
    ("suspects_judged", "Suspects somebody has closed"),
    ("suspects_no_spam", "Of those, no spam after all"),
    ("overridden", "Closed with a priority set by hand"),
    ("mail_failed", "Mails that could not be delivered"),
)
LIST = "admin:inquiries_inquiry_changelist"
# How old beside what we promise everybody: still in time, on the last day, or beyond.
AGE_TONES = ["late" if int(age) > OPEN_DAYS else "warn" if int(age) == OPEN_DAYS else "" for age in backlog.AGE_WORDS]


@dataclass(frozen=True)
class Waiting:
    """A line of "Answer next". Facts of the request alone: nothing about who sent it."""

    reference: str
    url: str
    level: int
    priority: str
    about: str
    age: str
    due: str
    tone: str
    owner: str


def desk_for(request):
    """What the desk's part of the home shows this person; None for whom requests are no matter."""
    user = request.user
    if not user.has_perm("inquiries.view_inquiry"):
        return None
    now = timezone.now()
    found = {
        "now": now,
        "tiles": [_tile(queues.QUEUES[name], count) for name, count in queues.counts(now, user, TILES).items()],
        "next": list(_next(now, user)),
        "all_url": f"{reverse(LIST)}?queue={queues.DEFAULT}",
        "broken": _broken(now),
    }
    alerted = forgotten.alerted()
    if alerted < forgotten.FEWEST_ALERTED:
        found["alerted"] = alerted
        found["staff_url"] = reverse("admin:clinic_staff_changelist") if user.has_perm("clinic.view_staff") else ""
    if user.has_perm("inquiries.view_figures"):
        days = _days(request)
        found |= {"figures": _figures_now(days), "looks": looks_for(user, days), "oldest_mail": _oldest_mail(now)}
    return found


def _days(request):
    """The time somebody chose; of what is no choice, the middle one."""
    chosen = request.GET.get("days", "")
    return next((days for days in reports.PERIODS if str(days) == chosen), reports.PERIODS[1])


def _tile(queue, count):
    pressing = "pressing" if count and queue.name in PRESSING else ""
    return Tile(
        queues.capped(count),
        queue.words,
        f"{reverse(LIST)}?queue={queue.name}",
        tone=pressing or ("" if count else "none"),
    )


def _broken(now):
    """What must not be, by the rules of `forgotten`."""
    return [
        Tile(queues.capped(count), forgotten.RULES[name].words, f"{reverse(LIST)}?check={name}", tone="pressing")
        for name, count in forgotten.broken(now).items()
    ]


def _oldest_mail(now):
    """For how long the oldest message has waited that should have left, as it is read; "" of none. By the clock on the wall:
    mail goes at night too."""
    since = OutboxEmail.objects.waiting_since(now=now)
    if since is None:
        return ""
    return "less than a minute" if now - since < MINUTE else timesince(since, now, depth=1)


def _next(now, user):
    clinic = library.current().clinic
    calendar = clinic.calendar
    rows = queues.QUEUES[queues.DEFAULT].rows(now, user).select_related("owner", "condition")
    only = ("pk", "reference", "needs_call_first", "priority_level", "override_level", "region", "created_at", "due_at")
    for inquiry in rows.only(*only, "owner__username", "owner__first_name", "owner__last_name", "condition__title")[
        :ANSWER_NEXT
    ]:
        words, tone = due_in_words(clinic, calendar, inquiry.due_at, now)
        yield Waiting(
            reference=inquiry.reference,
            url=reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
            level=inquiry.level,
            priority=inquiry.Priority(inquiry.level).label,
            about=inquiry.condition.title if inquiry.condition else inquiry.get_region_display(),
            age=timesince(inquiry.created_at, now, depth=1),
            due=words,
            tone=tone,
            owner=(inquiry.owner.get_full_name() or inquiry.owner.get_username()) if inquiry.owner else "",
        )


def due_in_words(clinic, calendar, due_at, now):
    """(when a reply is due, how pressing that is): open time on the day itself, else the day."""
    days = (now.astimezone(calendar.zone).date() - due_at.astimezone(calendar.zone).date()).days
    left = spread.in_words(spread.minutes_of(open_time(calendar, *sorted((now, due_at)))))
    if due_at < now:
        return f"{f'{days} days' if days > 1 else left} late", "late"
    return (f"in {left}", "warn") if not days else (in_words(clinic, due_at), "")


def _figures_now(days):
    """The figures of so many days, as a page of HTML. What a count wrote does not change until the next one; what
    colleagues are called does."""
    count = DailyFigures.last_count()
    if not count:
        return _figures_of.__wrapped__(days, count, ())
    return _figures_of(days, count, tuple(backlog.names_of(_owners_at(count)).items()))


@lru_cache(maxsize=2)
def _owners_at(count):
    return backlog.owners()


@lru_cache(maxsize=2 * len(reports.PERIODS))  # some are asked for while the next count is written
def _figures_of(days, count, names):
    report = reports.report(days)
    shown = {"figures": report and drawn(report), "report": report, "periods": reports.PERIODS, "days": days}
    return render_to_string("admin/desk/figures.html", shown)


def drawn(report):
    """The report as it is drawn and read."""
    points = report.points
    received, kept = [point.received for point in points], [point.kept for point in points]
    half = [_hours(point.times.half) for point in points]
    nine = [_hours(point.times.nine_in_ten) for point in points]
    most, longest = charts.top(received), charts.top([*half, *nine])
    so_far = not points[-1].is_whole
    return {
        "report": report,
        "first": points[0].begins,
        "last": points[-1].begins,
        "so_far": so_far,
        "points": [(point, spread.shown(point.times.count), *said(point.times)) for point in points],
        "levels": [(times, spread.shown(times.count), *said(times)) for times in report.times_by_level],
        "times": said(report.times),
        "received": _chart(most, columns=charts.columns(received, most, last_is_partial=so_far)),
        "received_said": f"Requests a {report.unit}: {_span(received)}. Every number is in the table below.",
        "contact": _chart(longest, half=charts.line(half, longest), nine=charts.line(nine, longest)),
        "contact_said": (
            f"Open hours to first contact by {report.unit}. Half within: {_span(half)}. Nine in ten within: "
            f"{_span(nine)}. Every number is in the table below."
        ),
        "kept": _chart(100, half=charts.line(kept, 100)),
        "kept_said": f"Percent of promises kept by {report.unit}: {_span(kept)}. Every number is in the table below.",
        "ages": charts.bars(report.backlog.ages, AGE_TONES),
        "load": charts.bars(report.backlog.load),
        "conditions": charts.bars(report.conditions.all_rows),
        "regions": charts.bars(report.regions.all_rows),
        "outcomes": charts.bars(report.outcomes.all_rows),
        "crossed": [
            ("condition", "Condition", report.outcomes_by_condition),
            ("region", "Part of the body", report.outcomes_by_region),
            ("duration", "How long the pain has been there", report.outcomes_by_duration),
        ],
        "by_level": report.outcomes_by_level,
        "tries": charts.bars(report.tries.all_rows),
        "shares": [("Could not be reached", report.unreachable), ("Had been closed before", report.reopened)],
        "in_status": [(times, spread.shown(times.count), *said(times)) for times in report.time_in_status],
        "funnel": _funnel(report.funnel),
        "calls": [spread.shown(report.totals.get(name, 0)) for name in EMERGENCY_CALLS],
        "longest_to_call": _longest(report),
        "besides": [(words, spread.shown(report.totals.get(name, 0))) for name, words in BESIDES],
        **behind(report),
    }


def _funnel(steps):
    drawn = charts.bars([(words, total if total >= spread.FEWEST else 0) for words, total in steps])
    return [replace(bar, count=spread.about(total)) for bar, (_, total) in zip(drawn, steps, strict=True)]


def _longest(report):
    """The longest anybody waited for a call, where enough were called for it to point at nobody."""
    if report.longest_to_call is None or report.totals.get("emergency_call", 0) < spread.FEWEST:
        return ""
    return spread.in_words(report.longest_to_call)


def _chart(upper, **drawn):
    """A drawing and the words of its axis, from the top."""
    return {"ticks": (upper, upper // 2, 0), **drawn}


def _hours(minutes):
    return None if minutes is None else minutes / spread.HOUR


def _span(values):
    """From the least to the most of what is known, for who does not see the drawing."""
    known = [value for value in values if value is not None]
    if not known:
        return "too few to tell"
    least, most = f"{min(known):.3g}", f"{max(known):.3g}"
    return f"between {least} and {most}" if least != most else least
