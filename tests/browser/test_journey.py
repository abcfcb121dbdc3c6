"""The whole way of one request, through the real site: from the body map to the desk of the staff."""

import re

from playwright.sync_api import expect

from tests.browser.signing_in import sign_in

REFERENCE = re.compile(r"RM-[0-9A-Z]{4}-[0-9A-Z]{4}")


def go_on(page) -> None:
    """Press Continue and wait for the page it leads to: what is asked of a page meanwhile may be asked of the old one."""
    with page.expect_navigation():
        page.get_by_role("button", name="Continue", exact=True).click()


def start(page) -> None:
    page.get_by_role("main").get_by_role("link", name="Request a consultation").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request a consultation")
    assert "?" not in page.url
    page.get_by_role("button", name="Start now").click()


def answer_until_contact(page) -> None:
    page.get_by_role("radio", name="Me", exact=True).check()
    page.get_by_label("55 to 69").check()
    go_on(page)
    page.get_by_role("radio", name="Knee", exact=True).check()
    go_on(page)
    page.get_by_label("None of these").check()
    go_on(page)
    page.get_by_label("12 weeks to 1 year").check()
    page.get_by_label("About the same").check()
    page.get_by_role("group", name="on average").get_by_label("6", exact=True).check()
    go_on(page)
    page.get_by_label("Is there anything else we should know?").fill("It hurts most on stairs.")
    go_on(page)


def check_and_send(page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers before you send your request")
    for consent in page.get_by_role("checkbox").all():
        consent.check()
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request sent")


def send_request(page, *, name: str) -> None:
    """From a treatment page: the form, one answer forgotten, the error summary, the correction, a change, Send."""
    start(page)
    answer_until_contact(page)
    page.get_by_label("Full name").fill(name)
    page.get_by_role("radio", name="Email", exact=True).check()
    go_on(page)

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Please check 1 answer")
    summary.get_by_role("link", name="Enter an email address").click()
    expect(page.get_by_role("textbox", name="Email address")).to_be_focused()
    expect(page.get_by_label("Full name")).to_have_value(name)
    page.get_by_role("textbox", name="Email address").fill("ana@example.com")
    go_on(page)

    expect(page.get_by_role("main")).to_contain_text("PRP")  # what the visitor came from
    page.get_by_role("link", name="Change How long have you had this pain?").click()
    page.get_by_label("1 to 5 years").check()
    go_on(page)
    expect(page.get_by_role("main")).to_contain_text("1 to 5 years")
    check_and_send(page)


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


def send_request_by_phone(page) -> None:
    start(page)
    answer_until_contact(page)
    page.get_by_label("Full name").fill("Ben Example")
    page.get_by_role("radio", name="Phone call").check()
    page.get_by_role("textbox", name="Phone number").fill("(202) 555-0119")
    page.get_by_role("group", name="Can we leave a voicemail?").get_by_label("Yes").check()
    page.get_by_role("group", name="Can we say our clinic's name").get_by_label("No").check()
    go_on(page)
    check_and_send(page)


def test_axe_finds_nothing_on_any_page_of_the_form(visit):
    """Each page with its errors, the advice, the check page and the confirmation, on a telephone."""
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    assert visitor.violations() == []
    page.get_by_role("button", name="Start now").click()
    steps = {
        "who": ["Me", "55 to 69"],
        "where": ["Knee"],
        "safety": ["One calf swollen, tender, warm or throbbing"],
    }
    for names in steps.values():
        go_on(page)
        expect(page.get_by_role("alert")).to_contain_text("Please check")
        assert visitor.violations() == []
        for name in names:
            page.locator("label", has_text=re.compile(f"^{name}")).first.click()
        go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Speak to a doctor today")
    assert visitor.violations() == []
    page.get_by_role("button", name="I have read this").click()
    go_on(page)
    assert visitor.violations() == []
    page.get_by_label("12 weeks to 1 year").check()
    page.get_by_label("About the same").check()
    page.get_by_role("group", name="on average").get_by_label("6", exact=True).check()
    go_on(page)
    assert visitor.violations() == []
    go_on(page)
    go_on(page)
    assert visitor.violations() == []
    page.get_by_label("Full name").fill("Cleo Example")
    page.get_by_role("radio", name="Text message").check()
    page.get_by_role("textbox", name="Phone number").fill("(202) 555-0120")
    go_on(page)
    assert visitor.violations() == []
    page.get_by_role("button", name="Send my request").click()
    assert visitor.violations() == []
    check_and_send(page)
    assert visitor.violations() == []
    assert visitor.complaints == []
