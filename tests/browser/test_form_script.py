"""The small script of the request form: what it adds, and that the form stands without it."""

import re

from playwright.sync_api import expect

from tests.browser.test_journey import answer_until_contact, check_and_send, go_on

PRINTED = "void (window.print = () => { window.printed = (window.printed || 0) + 1; })"


def on_the_first_page(visit, **options):
    visitor = visit("/consultation/", width=390, **options)
    visitor.page.get_by_role("button", name="Start now").click()
    expect(visitor.page.get_by_role("button", name="Continue", exact=True)).to_be_visible()
    return visitor


def test_an_error_summary_has_the_focus_when_the_page_comes(visit):
    visitor = on_the_first_page(visit)
    go_on(visitor.page)
    expect(visitor.page.get_by_role("alert").filter(has_text="Please check")).to_be_focused()
    assert visitor.complaints == []


def test_a_button_pressed_rests_until_the_page_is_shown_again(visit):
    visitor = on_the_first_page(visit)
    page = visitor.page
    button = page.get_by_role("button", name="Continue", exact=True)
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    button.click()
    expect(button).to_be_disabled()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()


def test_a_press_that_is_stopped_on_its_way_can_be_made_again(visit):
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    page.clock.install()
    page.get_by_role("button", name="Start now").click()
    button = page.get_by_role("button", name="Continue", exact=True)
    expect(button).to_be_visible()
    page.route("**/consultation/who/", lambda route: route.abort("aborted"))
    button.click()
    expect(button).to_be_disabled()
    page.clock.fast_forward("00:11")
    expect(button).to_be_enabled()


def test_warns_ten_minutes_before_the_answers_are_removed(visit):
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    page.clock.install()
    page.get_by_role("button", name="Start now").click()
    warning = page.get_by_text("About 10 minutes are left")
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_visible()
    page.clock.fast_forward("49:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(warning).to_be_visible()
    page.clock.resume()


def test_says_how_much_may_still_be_typed_and_says_it_when_typing_rests(visit):
    visitor = on_the_first_page(visit)
    page = visitor.page
    answer_until_contact(page)
    page.clock.install()
    visitor.go("/consultation/more/")
    goal, message = (page.locator(f"#id_{name}") for name in ("goal", "message"))
    seen, said = page.locator("#div_id_goal .count"), page.locator("#div_id_goal [aria-live=polite]")
    assert page.locator(".count").all_text_contents() == [
        "You have 500 characters left",
        f"You have {1000 - len(message.input_value())} characters left",
    ]
    page.clock.pause_at(page.evaluate("Date.now() + 1000") / 1000)  # from here the time goes on by what we say alone
    goal.fill("x" * 498 + "e\u0301")  # two code points, one letter: as the server counts it
    expect(seen).to_have_text("You have 1 character left")
    expect(said).to_have_text("")
    page.clock.fast_forward(500)
    goal.press_sequentially("yz")
    expect(seen).to_have_text("You have 1 character too many")
    page.clock.fast_forward(700)
    expect(said).to_have_text("")
    page.clock.fast_forward(400)
    expect(said).to_have_text("You have 1 character too many")
    expect(goal).to_have_accessible_description(re.compile("Up to 500 characters."))
    page.clock.resume()
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_the_confirmation_offers_to_print_with_a_script(visit):
    visitor = on_the_first_page(visit)
    answer_until_contact(visitor.page)
    send(visitor.page)
    visitor.page.evaluate(PRINTED)
    visitor.page.get_by_role("button", name="Print or save this page").click()
    assert visitor.page.evaluate("window.printed") == 1
    visitor.page.emulate_media(media="print")
    expect(visitor.page.get_by_role("heading", name="Request sent")).to_be_visible()
    expect(visitor.page.locator("[data-print] button")).to_be_hidden()
    assert visitor.complaints == []


def test_without_a_script_the_words_stand_and_no_dead_button(visit):
    visitor = on_the_first_page(visit, javascript=False)
    assert "for 60 minutes we remove your answers" in visitor.text()
    assert "About 10 minutes" not in visitor.text()
    answer_until_contact(visitor.page)
    visitor.go("/consultation/more/")
    assert "Up to 1,000 characters." in visitor.text()
    assert "characters left" not in visitor.text()
    go_on(visitor.page)
    send(visitor.page)
    assert "Print or save this page, or write it down" in visitor.text()
    expect(visitor.page.locator("[data-print]")).to_be_hidden()


def send(page) -> None:
    page.get_by_label("Full name").fill("Dora Example")
    page.get_by_role("radio", name="Email", exact=True).check()
    page.get_by_role("textbox", name="Email address").fill("dora@example.com")
    go_on(page)
    check_and_send(page)
