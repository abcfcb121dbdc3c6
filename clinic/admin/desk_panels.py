"""The panels of the dashboard that stand behind its first drawings, as they are drawn and read."""

from inquiries import charts


def behind(report):
    """What the template needs of them, beside the report itself."""
    return {
        "hours": charts.bars(report.coming.hours.all_rows),
        "declined": charts.bars(report.endings.declined.all_rows),
        "elsewhere": charts.bars(report.endings.elsewhere.all_rows),
    }
