"""The dashboard of the desk in a browser, with its drawings: light and dark, on a desk and on a telephone."""

import contextlib
import datetime
import sqlite3

from tests.browser.test_working_day import morning_of

YESTERDAY = datetime.date.today() - datetime.timedelta(days=1)
OF_EACH_DAY = (
    *(("received", "", 9), ("received_while_closed", "", 4), ("received_by_condition", "", 9)),
    *(("closed", "booked", 6), ("closed", "declined", 5), ("promises_due", "", 9), ("promises_kept", "", 8)),
    *(("first_contact_within", "1:0060", 3), ("first_contact_within", "3:0600", 6)),
    *(("open_by_age", age, 5) for age in ("0", "1", "2", "3", "6")),
    *(("open_by_owner", "", 7), ("closed_by_condition", ":booked", 6), ("tries_until_reached", "1", 5)),
    *(("time_in_status", "new:0060", 6), ("closed_answered", "", 6), ("closed_again", "", 2)),
    *(("closed_outcome", "risk_too_high", 5), ("received_by_hour", "09", 9), ("received_on_site", "", 9)),
    *(("update_seen_within", "worse:0060", 5), ("compared", "same", 5), ("letter_changed_within", "1:100", 5)),
    *(("rule_stood", "WORDS", 5), ("rule_overruled", "WORDS:lower", 2)),
)


def count_a_quarter(database) -> None:
    """Ninety days of figures, as the nights would have written them."""
    days = [YESTERDAY - datetime.timedelta(days=days) for days in range(90)]
    rows = [(day.isoformat(), *figure) for day in days for figure in OF_EACH_DAY]
    with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        connection.executemany(
            'INSERT OR IGNORE INTO inquiries_dailyfigures (date, name, "group", count) VALUES (?, ?, ?, ?)', rows
        )


def test_axe_finds_nothing_on_the_dashboard_and_nothing_is_too_wide(visit, site):
    count_a_quarter(site.database)
    morning_of(site)
    nurse = visit("/admin/?days=90", staff="nurse")
    assert nurse.page.locator(".desk svg rect").count() > 20
    nurse.page.locator("summary", has_text="How requests ended").click()
    assert nurse.page.locator(".desk__next tbody tr").count() >= 1
    assert (
        nurse.page.get_by_role("region", name="Numbers by condition and outcome").locator("td").first.inner_text()
        == "540"
    )
    assert nurse.violations() == []
    nurse.page.set_viewport_size({"width": 390, "height": 844})
    assert nurse.too_wide() == []
    assert nurse.complaints == []
    assert nurse.strangers() == []
