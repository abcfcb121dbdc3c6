"""A nurse who has a keyboard and nothing else gets through the queue: next, take, call, record, move, next."""

import contextlib
import sqlite3
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.keys import Keys
from tests.browser.test_working_day import morning, press  # noqa: F401

# Whatever another test left with her: next is what nobody has taken yet.
HAND_OVER = """UPDATE inquiries_inquiry SET owner_id = (SELECT id FROM clinic_staff WHERE username = 'clinician')
    WHERE owner_id = (SELECT id FROM clinic_staff WHERE username = 'nurse')"""
SOON = (date.today() + timedelta(days=14)).strftime("%m%d%Y")


def test_a_day_goes_by_the_keys_alone_and_no_press_loses_the_place(visit, site, morning):  # noqa: F811
    with contextlib.closing(sqlite3.connect(site.database, timeout=30)) as database, database:
        database.execute(HAND_OVER)
    visitor = visit("/admin/inquiries/inquiry/")  # asked to sign in first
    page, keys = visitor.page, Keys(visitor.page, patience=16)

    def has_the_focus(words):
        expect(page.locator("*:focus")).to_contain_text(words)

    # The browser puts the focus there when it first draws the page, which may be later than it has the page.
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("nurse")
    keys.type("Password", site.passwords["nurse"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Needs action now")

    keys.follow("n")
    first = page.get_by_role("heading", level=1).inner_text()
    keys.follow("t")
    has_the_focus("is now “In review”")

    keys.jump("c")
    has_the_focus("how to reach them")
    keys.jump("r")
    has_the_focus("Write down a try")
    keys.type("How", "Phone")
    keys.press("Write it down")
    has_the_focus("Nothing is changed yet")
    keys.type("What came of it", "Reached")
    keys.press("Write it down")
    has_the_focus("is written down")

    keys.jump("m")
    has_the_focus("What to do with it")
    keys.tick("Wait for the patient…")
    keys.type("Look at it again on", SOON)
    keys.press("Wait for the patient")
    has_the_focus("is now “Waiting for the patient”")

    # A colleague is quicker: the alert has the focus, and what was wanted is one Tab away.
    keys.follow("n")
    second = page.get_by_role("heading", level=1).inner_text()
    assert second != first
    press(visit(page.url.removeprefix(site.origin), staff="clinician").page, "Take")
    keys.follow("t")
    has_the_focus("has changed since you opened it")
    keys.press("Back to the request")

    # Nor is what is before the letters a long way from the top of a page.
    keys.press("Skip to main content", leads_on=False)
    keys.press("What to do with it", leads_on=False)
    has_the_focus("What to do with it")
    assert keys.without_a_mark == []
    assert visitor.complaints == []
