"""A working day: twelve requests of all kinds, two nurses and a clinician in browsers of their own, and the truth at night."""

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.watching import BRIEF

ROOT = Path(__file__).resolve().parents[2]
SOON = (date.today() + timedelta(days=14)).isoformat()


@pytest.fixture
def morning(site):
    """The requests of the morning, by the name of who sent them; the second nurse can sign in."""
    return morning_of(site)


def morning_of(site):
    """Let the requests of a morning come in at a running site."""
    folder = Path(site.database).parent
    environment = {
        **os.environ,
        "ENV_FILE": str(folder / "env"),
        "DATABASE_URL": f"sqlite:///{site.database}",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
    }
    command = [sys.executable, str(ROOT / "tests" / "browser" / "morning.py")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    site.passwords["nurse2"] = "second-nurse-of-the-day"
    return json.loads(done.stdout.splitlines()[-1])


def press(page, name) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def fold(page, name):
    """The fold of a move, opened."""
    box = page.locator("details.move", has=page.locator("summary", has_text=f"{name}…"))
    box.locator("summary").click()
    return box


def says(page, words) -> None:
    expect(page.locator(".messagelist")).to_contain_text(words)


def write_down(page, how, result) -> None:
    form = page.locator("form", has=page.locator("#attempt-channel"))
    form.get_by_label("How", exact=True).select_option(label=how)
    form.get_by_label("What came of it").select_option(label=result)
    press(form, "Write it down")
    says(page, "is written down")


def end(page, move, **said) -> None:
    box = fold(page, move)
    for label in ("outcome", "told"):
        if label in said:
            box.get_by_label(said[label], exact=True).check()
    if "on" in said:
        box.locator("input[type=date]").fill(said["on"])
    if "note" in said:
        box.locator("textarea").fill(said["note"])
    press(box, move)


def tile(page, words) -> int:
    return int(re.match(r"[\d,]+", page.locator(".tile", has_text=words).inner_text().strip())[0])


def test_nobody_is_forgotten_in_a_day_of_two_nurses_and_a_clinician(visit, site, morning):
    nurse, second, doctor = (visit("/admin/", staff=name).page for name in ("nurse", "nurse2", "clinician"))
    before = {words: tile(nurse, words) for words in ("Emergency sign", "Overdue", "Suspected spam")}
    assert before["Emergency sign"] >= 1 and before["Overdue"] >= 1 and before["Suspected spam"] >= 2

    # The emergency sign is first: a nurse calls, a clinician decides.
    nurse.goto("/admin/inquiries/inquiry/next/")
    expect(nurse.get_by_role("heading", level=1)).to_have_text(morning["Abel"]["reference"])
    expect(nurse.locator(".strip__call")).to_contain_text("Call now")
    press(nurse, "Take")
    says(nurse, "is now “In review”")
    write_down(nurse, "Phone call", "Reached")
    expect(nurse.locator(".not-yet")).to_contain_text(
        "Send elsewhere. Needs: a clinician, since it has a warning sign."
    )
    doctor.goto(morning["Abel"]["page"])
    expect(doctor.locator(".strip__here")).to_contain_text("nurse has it open too")
    end(doctor, "Send elsewhere", outcome="To emergency care", told="Yes, the patient knows")
    says(doctor, "is now “Sent elsewhere”")

    # The late one is answered; a letter would have named their knee.
    second.goto(morning["Ezra"]["page"])
    expect(second.locator(".due--late")).to_be_visible()
    press(second, "Take")
    second.get_by_role("link", name="Write a letter").click()
    second.get_by_label("Letter").fill("Can you kneel again?")
    press(second, "Look at it once more")
    expect(second.locator(".errornote")).to_contain_text("“kneel”")
    second.get_by_label("Letter").fill("Please call us. We are sorry that it took so long.")
    press(second, "Look at it once more")
    press(second, "Send it")
    says(second, "is on its way")

    # Bea wrote twice, and June called after writing: one pair is of one patient, and merged.
    second.goto(morning["June twice"]["page"])
    second.locator("a[href*='compare/?with=']", has_text=morning["June"]["reference"]).click()
    press(second, f"Merge into {morning['June']['reference']}")
    says(second, f"is merged into {morning['June']['reference']}")
    nurse.goto(morning["Bea again"]["page"])
    expect(nurse.locator(".strip")).to_contain_text("Second contact in 30 days")

    # Two take the same one: the second is told, keeps her words, and leaves it.
    nurse.goto(morning["Fay"]["page"])
    second.goto(morning["Fay"]["page"])
    press(second, "Take")
    nurse.locator("#note-body").fill("Her son calls back at noon.")
    press(nurse, "Keep the note")
    expect(nurse.get_by_role("alert")).to_contain_text("has changed since you opened it")
    expect(nurse.locator("blockquote")).to_have_text("Her son calls back at noon.")
    press(nurse, "Apply mine to the new version")
    says(nurse, "is kept")

    # She waits for Fay, who writes, is accepted and booked; a slip on the way is taken back.
    second.goto(morning["Fay"]["page"])
    write_down(second, "Phone call", "Left a voicemail")
    end(second, "Wait for the patient", on=SOON)
    expect(second.locator(".strip")).to_contain_text("Clock stopped")
    fay = visit(morning["Fay"]["own"], width=390).page
    fay.get_by_role("link", name="Add information").click()
    fay.get_by_role("textbox").fill("I am home in the mornings.")
    fay.get_by_role("main").get_by_role("button").first.click()
    second.goto(morning["Fay"]["page"])
    press(second, "Mark as seen")
    end(second, "Decline", outcome="Outside what the clinic does", told="Not needed")
    press(second, "Take my last move back")
    says(second, "is where it was before")
    press(second, "Accept")
    end(second, "Booked", told="Yes, the patient knows", on=SOON)
    says(second, "is now “Booked”")

    # Of two suspects one is a person; Gil withdraws himself; Hana is handed on.
    nurse.goto(morning["Cleo"]["page"])
    press(nurse, "Not spam")
    nurse.goto(morning["Dora"]["page"])
    end(nurse, "Mark as spam", outcome="Advertising")
    gil = visit(morning["Gil"]["own"], width=390).page
    gil.get_by_role("link", name=re.compile("Withdraw", re.IGNORECASE)).first.click()
    gil.get_by_role("main").get_by_role("button").first.click()
    nurse.goto(morning["Hana"]["page"])
    box = fold(nurse, "Give it to somebody")
    box.get_by_label("Give it to").select_option(label="clinician")
    box.get_by_label("Reason").fill("Asks for the doctor.")
    press(box, "Give it to them")
    says(nurse, "belongs to clinician now")

    # At the end the dashboard says what the tables say.
    second.goto("/admin/")
    with contextlib.closing(sqlite3.connect(site.database, timeout=30)) as database:
        status = dict(database.execute("SELECT reference, status FROM inquiries_inquiry"))
        count = "SELECT count(*) FROM inquiries_inquiry WHERE closed_at IS NULL AND "
        unassigned = database.execute(count + "owner_id IS NULL AND NOT is_suspect").fetchone()[0]
        suspects = database.execute(count + "is_suspect").fetchone()[0]
    ended = {name: status[told["reference"]] for name, told in morning.items()}
    assert ended == {
        **dict.fromkeys(["Bea", "Bea again", "Cleo", "Ivo", "June"], "new"),
        **dict.fromkeys(["Ezra", "Hana"], "in_review"),
        **{"Abel": "redirected", "Dora": "spam", "Fay": "booked", "Gil": "withdrawn", "June twice": "merged"},
    }
    assert tile(second, "Emergency sign") == before["Emergency sign"] - 1
    assert tile(second, "Overdue") == before["Overdue"] - 1
    assert tile(second, "Suspected spam") == before["Suspected spam"] - 2 == suspects
    assert tile(second, "Nobody has taken it") == unassigned


def test_axe_finds_nothing_on_the_pages_of_the_desk_and_nothing_is_too_wide(visit, morning):
    nurse = visit(morning["Abel"]["page"], staff="nurse")
    found = {"a request": nurse.violations()}
    press(nurse.page, "Take")
    nurse.go(f"{morning['June']['page'].removesuffix('change/')}compare/?with={morning['June twice']['reference']}")
    found["two side by side"] = nurse.violations(BRIEF)
    nurse.go(morning["Hana"]["page"].removesuffix("change/") + "reply/")
    nurse.page.get_by_label("Letter").fill("Can you kneel?")
    press(nurse.page, "Look at it once more")
    found["a letter that is stopped"] = nurse.violations(BRIEF)
    nurse.go(morning["Ivo"]["page"])
    visit(morning["Ivo"]["page"], staff="clinician").page.get_by_role("button", name="Take", exact=True).click()
    press(nurse.page, "Take")
    expect(nurse.page.get_by_role("alert")).to_contain_text("has changed")
    found["changed meanwhile"] = nurse.violations(BRIEF)
    assert found == dict.fromkeys(found, [])
    nurse.page.set_viewport_size({"width": 390, "height": 844})
    for place in (morning["Abel"]["page"], "/admin/inquiries/inquiry/"):
        nurse.go(place)
        assert nurse.too_wide() == [], place
    assert nurse.strangers() == []
