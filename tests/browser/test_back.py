"""The browser's own Back after a page with errors: never its question whether to send a form again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_journey import answer_until_contact, check_and_send, go_on

NAME, MAIL = "Ruth Example", "ruth@example.com"


def back(page) -> str:
    """Press Back. A page that was the answer to a POST fails here: the browser asks whether to send it again."""
    page.go_back()
    return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_back_and_back_again_after_errors_that_were_corrected(visit, javascript):
    visitor = visit("/consultation/", width=390, javascript=javascript)
    page = visitor.page
    page.get_by_role("button", name="Start now").click()
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Please check 2 answers")
    answer_until_contact(page)
    page.get_by_label("Full name").fill(NAME)
    page.get_by_role("radio", name="Email", exact=True).check()
    page.get_by_role("textbox", name="Email address").fill("ruth at example")
    go_on(page)
    expect(page).to_have_title(re.compile("^Error: How to reach you"))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address in the correct format")
    expect(page.get_by_role("textbox", name="Email address")).to_have_value("ruth at example")
    page.get_by_role("textbox", name="Email address").fill(MAIL)
    go_on(page)

    assert back(page) == "How to reach you"
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("Full name")).to_have_value(NAME)
    expect(page.get_by_role("textbox", name="Email address")).to_have_value(MAIL)
    passed = {back(page) for _ in range(5)}
    assert "A little more about you" in passed or len(passed) > 2, passed

    visitor.go("/consultation/check/")
    page.get_by_role("checkbox", name="I agree that").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("alert")).to_contain_text("Please check 2 answers")
    expect(page.get_by_role("checkbox", name="I agree that")).to_be_checked()
    check_and_send(page)
    for _ in range(2):
        assert back(page) == "You have already sent this request"


def test_back_on_the_pages_of_a_request(visit):
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    page.get_by_role("button", name="Start now").click()
    answer_until_contact(page)
    page.get_by_label("Full name").fill("Gerda Example")
    page.get_by_role("radio", name="Email", exact=True).check()
    page.get_by_role("textbox", name="Email address").fill("gerda@example.com")
    go_on(page)
    check_and_send(page)
    page.get_by_role("link", name="See where your request stands").click()
    page.get_by_role("link", name="It has got worse").click()
    press(page, "Tell the clinic")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("checkbox", name="None of these").check()
    press(page, "Tell the clinic")
    expect(page.get_by_role("heading", level=1)).to_have_text("Speak to a doctor today")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("It has got worse.")
    page.get_by_role("link", name="Go to your request").click()
    assert back(page) == "Speak to a doctor today"
    for _ in range(2):
        assert back(page) == "It has got worse"
        expect(page.get_by_role("alert")).to_have_count(0)

    visitor.go("/request/find/")
    press(page, "Send me the link")
    page.get_by_label("Your reference").fill("RM-AAAA-AAAA")
    page.get_by_label("The phone number").fill("(202) 555-0117")
    press(page, "Send me the link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your email")
    for _ in range(2):
        assert back(page) == "Find your request"
    assert visitor.complaints == []


def press(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("javascript", [True, False])
def test_back_from_more_than_we_take_shows_what_was_written(visit, javascript):
    page = visit("/feedback/", width=390, javascript=javascript).page
    comment = page.locator("textarea")
    comment.evaluate("(area) => { area.value = 'The same line again.\\n'.repeat(15_000); }")
    written = comment.input_value()
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That was more than this page takes")
    assert back(page) == "Tell us about this site"
    assert comment.input_value() == written
