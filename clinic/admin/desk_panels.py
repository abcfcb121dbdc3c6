"""The panels of the dashboard that stand behind its first drawings, as they are drawn and read."""

from inquiries import charts, form_counts, spread
from inquiries.models import Inquiry


def behind(report):
    """What the template needs of them, beside the report itself."""
    return {
        "hours": charts.bars(report.coming.hours.all_rows),
        "declined": charts.bars(report.endings.declined.all_rows),
        "elsewhere": charts.bars(report.endings.elsewhere.all_rows),
        "updates": [(times, spread.shown(times.count), *said(times)) for times in report.tools.updates],
        "repeats": spread.shown(report.totals.get("repeats", 0)),
        "compared": charts.bars(report.tools.compared.all_rows),
        "letters": [(letters, _changed(letters.half)) for letters in report.tools.letters],
        "rules": [(rule, spread.shown(rule.count)) for rule in report.tools.rules],
        "backlog": charts.bars(report.backlog.by_level),
        "oldest": [_waited(time) for time in (report.backlog.oldest, report.backlog.oldest_of_nobody)],
        "form_times": [
            "" if step is None else spread.form_step_in_words(step)
            for step in (report.form_times.half, report.form_times.nine_in_ten)
        ],
        "form_steps": _steps(report.form.steps),
        "form_signs": [_sign(*form_counts.SIGNS[name], count) for name, count in report.form.signs],
        "form_errors": [(key, form_counts.FIELDS[key], spread.about(count)) for key, count in report.form.errors],
    }


def _sign(question, level, count):
    return question, Inquiry.SafetyLevel(level).label, spread.about(count)


def _steps(steps):
    """[(step, its bar, how often as it is read)]: of fewer than five no bar is drawn."""
    drawn = charts.bars([(step.label, step.count if step.count >= spread.FEWEST else 0) for step in steps])
    return [(step, bar, spread.about(step.count)) for step, bar in zip(steps, drawn, strict=True)]


def said(times):
    """(half within, nine in ten within) as they are read; "" where too few stand behind it."""
    return tuple("" if time is None else spread.step_in_words(time) for time in (times.half, times.nine_in_ten))


def _waited(minutes):
    return "none is open" if minutes is None else f"{spread.in_words(minutes)} of open time"


def _changed(percent):
    """How much of a text is another, as it is read: the last step has no name of its own."""
    if percent is None:
        return ""
    return {0: "nothing", spread.CHANGES[-1]: f"more than {spread.CHANGES[-2]} %"}.get(percent, f"up to {percent} %")
