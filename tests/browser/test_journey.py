"""The whole way of one request, through the real site: from the body map to the desk of the staff."""

import re

from playwright.sync_api import expect

from tests.browser.signing_in import sign_in

REFERENCE = re.compile(r"RM-[0-9A-Z]{4}-[0-9A-Z]{4}")


def send_request(page, *, name: str) -> None:
    """From a treatment page: the form, one answer forgotten, the error summary, the correction, Send."""
    page.get_by_role("main").get_by_role("link", name="Request a consultation").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request a consultation")
    page.get_by_label("12 weeks to 1 year").check()
    page.get_by_label("6", exact=True).check()
    page.get_by_label("Is there anything else we should know?").fill("It hurts most on stairs.")
    page.get_by_label("Full name").fill(name)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Send my request").click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Please check 1 answer")
    summary.get_by_role("link", name="Enter an email address or a phone number").click()
    expect(page.get_by_label("Email address")).to_be_focused()
    expect(page.get_by_label("Full name")).to_have_value(name)
    page.get_by_label("Email address").fill("ana@example.com")
    page.get_by_role("button", name="Send my request").click()


def test_from_the_body_map_to_the_desk_of_the_staff(visit, site):
    visitor = visit("/", width=390)
    page = visitor.page
    page.get_by_role("group", name="Body map").get_by_role("link", name="Knee").click()
    expect(page).to_have_url(re.compile("#pain-knee$"))
    page.locator("#pain-knee").get_by_role("link", name="Knee osteoarthritis").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Knee osteoarthritis")
    page.get_by_role("main").locator("a[href^='/treatments/prp-injection/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PRP")

    send_request(page, name="Ana Example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Request sent")
    reference = REFERENCE.search(visitor.text())[0]
    assert "Ana" not in page.url and reference not in page.url
    assert visitor.strangers() == []
    assert visitor.complaints == []

    staff = visit("/")
    sign_in(staff, site, "nurse")
    staff.go("/admin/inquiries/inquiry/")
    staff.page.get_by_label("Search").first.fill("ana@example.com")
    staff.page.keyboard.press("Enter")
    staff.page.get_by_role("link", name=reference).click()
    expect(staff.page.locator("#content")).to_contain_text("It hurts most on stairs.")
    expect(staff.page.locator("#content")).to_contain_text("Ana Example")
    assert staff.strangers() == []
    assert staff.complaints == []


def test_works_without_javascript_too(visit):
    visitor = visit("/treatments/prp-injection/", javascript=False)
    send_request_without_focus(visitor.page)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Request sent")
    assert REFERENCE.search(visitor.text())


def send_request_without_focus(page) -> None:
    page.get_by_role("main").get_by_role("link", name="Request a consultation").first.click()
    page.get_by_label("More than 5 years").check()
    page.get_by_label("3", exact=True).check()
    page.get_by_label("Full name").fill("Ben Example")
    page.get_by_label("Phone number").fill("(202) 555-0119")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Send my request").click()


def test_axe_finds_nothing_in_the_form_with_errors(visit):
    visitor = visit("/consultation/")
    visitor.page.get_by_role("button", name="Send my request").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Please check")
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_axe_finds_nothing_on_the_confirmation(visit):
    visitor = visit("/treatments/prp-injection/")
    send_request_without_focus(visitor.page)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Request sent")
    assert visitor.violations() == []
    assert visitor.complaints == []
