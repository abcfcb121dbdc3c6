"""What stands behind the flow: when requests come, how the answered ones ended, and how the desk's own tools did.

All of it is made of the sums of the rows that the roll-up wrote; nothing is read here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from inquiries import priority, spread
from inquiries.models import ContactAttempt, DuplicateDecision, PatientUpdate
from inquiries.states import OUTCOMES, Status
from inquiries.telling import NOTHING_TOLD, OTHERS, Times, Told, steps_of, times_of, told_of

Sums = Mapping[str, Counter[str]]
NOT_RECORDED = "Not recorded"  # of requests closed before there was a choice
HOURS = 3  # told together: of a single hour of the night there are too few
EMERGENCY_CARE = "emergency_care"
REWRITTEN = spread.CHANGES[-2]  # percent: of what was changed more, less than half is left
NO_RULE = "None: routine"


@dataclass(frozen=True)
class Coming:
    """When requests come. `while_closed`: the share that came outside of opening hours."""

    while_closed: int | None
    hours: Told


@dataclass(frozen=True)
class Hour:
    """Calls that began within an hour of the clock, and the share of them that reached somebody."""

    words: str
    calls: int
    reached: int | None


@dataclass(frozen=True)
class Endings:
    """Why requests were declined and where people were sent. `booked`: of all that were answered."""

    booked: int | None
    declined: Told
    elsewhere: Told
    to_emergency_care: int | None


@dataclass(frozen=True)
class Letters:
    """How a saved reply is used: the share sent as it was offered, the percent half of the letters were changed by at most,
    and the share that was rewritten. `needs_work`: most are rewritten."""

    title: str
    count: int
    as_offered: int | None
    half: int | None
    rewritten: int | None
    needs_work: bool


@dataclass(frozen=True)
class RuleUse:
    """A rule of the priority: on how many closed requests it stood, and on which share a person set another level."""

    words: str
    count: int
    lower: int | None
    higher: int | None


@dataclass(frozen=True)
class Tools:
    """What became of what the site showed, suggested or offered."""

    updates: tuple[Times, ...]
    compared: Told
    confirmed: int | None
    letters: tuple[Letters, ...]
    rules: tuple[RuleUse, ...]


def coming_of(groups: Sums) -> Coming:
    """Of the clinic's clock."""
    by_hours: Counter[str] = Counter()
    for hour, count in groups["received_by_hour"].items():
        by_hours[str(int(hour) // HOURS * HOURS)] += count
    told, others = spread.told(by_hours)
    rows = tuple((_hours(begin), told[str(begin)]) for begin in range(0, 24, HOURS) if str(begin) in told)
    while_closed = spread.percent(groups["received_while_closed"][""], groups["received"][""])
    return Coming(while_closed, Told(rows, others))


def calls_of(groups: Sums) -> tuple[Hour, ...]:
    """By hour of the clinic's clock; hours of fewer than five calls stand together."""
    calls: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    for group, count in groups["called_at_hour"].items():
        hour, _, how = group.partition(":")
        calls[hour] += count
        reached[hour] += count * (how == ContactAttempt.Result.REACHED)
    told, others = spread.told(calls)
    hours = [Hour(_hours(int(hour), 1), told[hour], spread.percent(reached[hour], told[hour])) for hour in sorted(told)]
    if others >= spread.FEWEST:
        rest = sum(count for hour, count in reached.items() if hour not in told)
        hours.append(Hour(OTHERS, others, spread.percent(rest, others)))
    return tuple(hours)


def endings_of(groups: Sums) -> Endings:
    """Reasons are told only of an outcome that may be told itself, so that they say nothing about the others."""
    closed = groups["closed"]
    answered = sum(closed.values()) - closed[Status.SPAM] - closed[Status.MERGED]
    declined, elsewhere = _reasons(groups, Status.DECLINED), _reasons(groups, Status.REDIRECTED)
    words = OUTCOMES[Status.REDIRECTED][EMERGENCY_CARE]
    return Endings(
        booked=spread.percent(closed[Status.BOOKED], answered),
        declined=declined,
        elsewhere=elsewhere,
        to_emergency_care=dict(elsewhere.rows).get(words),
    )


def tools_of(groups: Sums, titles: Mapping[str, str]) -> Tools:
    """`titles` are those of the saved replies, by key as text."""
    seen = steps_of(groups["update_seen_within"])
    compared = groups["compared"]
    return Tools(
        updates=tuple(times_of(kind.label, seen, kind.value) for kind in PatientUpdate.Kind),
        compared=told_of(compared, dict(DuplicateDecision.Decision.choices)),
        confirmed=spread.percent(compared[DuplicateDecision.Decision.SAME], compared.total()),
        letters=_letters(groups, titles),
        rules=_rules(groups),
    )


def saved_replies_of(groups: Sums) -> set[str]:
    """Which saved replies letters began with, by key as text."""
    return {group.partition(":")[0] for group in groups["letter_changed_within"]}


def _letters(groups: Sums, titles: Mapping[str, str]) -> tuple[Letters, ...]:
    steps = steps_of(groups["letter_changed_within"])
    told, others = spread.told({saved: found.total() for saved, found in steps.items() if saved})
    rows = [_letter(titles.get(saved, OTHERS), steps[saved]) for saved in told]
    if others >= spread.FEWEST:
        rest = sum((steps[saved] for saved in steps if saved and saved not in told), Counter[int]())
        rows.append(_letter(OTHERS, rest))
    return tuple(rows)


def _letter(title: str, steps: Counter[int]) -> Letters:
    count, half = steps.total(), spread.step_at_share(steps, spread.HALF)
    rewritten = sum(n for step, n in steps.items() if step > REWRITTEN)
    return Letters(
        title=title,
        count=count,
        as_offered=spread.percent(steps[0], count),
        half=half,
        rewritten=spread.percent(rewritten, count),
        needs_work=half is not None and half > REWRITTEN,
    )


def _rules(groups: Sums) -> tuple[RuleUse, ...]:
    """In the order of the rules, those that are no more at the end. Only those that stood."""
    stood, overruled = groups["rule_stood"], groups["rule_overruled"]
    words = {rule.code: f"{rule.explanation} ({rule.code})" for rule in priority.RULES} | {"": NO_RULE}
    codes = [*words, *sorted(code for code in stood if code not in words)]
    return tuple(
        RuleUse(
            words.get(code, code),
            stood[code],
            *(spread.percent(overruled[f"{code}:{way}"], stood[code]) for way in ("lower", "higher")),
        )
        for code in codes
        if stood[code]
    )


def _reasons(groups: Sums, status: Status) -> Told:
    if status.value not in spread.told(groups["closed"])[0]:
        return NOTHING_TOLD
    counts = Counter({code: groups["closed_outcome"][code] for code in OUTCOMES[status]})
    counts[""] = max(0, groups["closed"][status] - counts.total())
    return told_of(counts, {**OUTCOMES[status], "": NOT_RECORDED})


def _hours(begin: int, length: int = HOURS) -> str:
    return f"{begin:02}:00 to {begin + length:02}:00"
