"""Every state of the pages around a request, looked at by axe: what went wrong, what can be done, what staff see of it."""

import re
from types import SimpleNamespace
from unittest import mock

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import expect

from clinic.facts import fallback_clinic
from tests.browser.hearing import heard
from tests.browser.test_journey import REFERENCE, send_request_by_phone
from tests.browser.watching import BRIEF, Visit
from therapies import library

FORGET_TOKENS = "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((one) => one.remove())"
A_PROXY = {"X-Forwarded-For": "203.0.113.7"}  # so that the limits are not those of this machine
WORKERS, FINDS = 2, 20


@pytest.fixture(scope="module")
def request_sent(chromium, site):
    """A request, and the browser that sent it."""
    visitor = Visit(chromium, site.origin, width=390)
    visitor.go("/treatments/prp-injection/")
    send_request_by_phone(visitor.page)
    reference = REFERENCE.search(visitor.text())[0]
    visitor.page.get_by_role("link", name="See where your request stands").click()
    yield SimpleNamespace(visitor=visitor, reference=reference, path=visitor.page.url.removeprefix(site.origin))
    visitor.context.close()


def looks_right(visitor, where):
    visitor.page.wait_for_load_state()
    assert visitor.violations(BRIEF) == [], where
    assert visitor.too_wide() == [], where


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


ACTIONS = {
    "worse": ("It has got worse", "Tell the clinic", True),
    "information": ("Add information", "Add it", True),
    "contact": ("Change how we reach you", "Change it", True),
    "withdraw": ("Withdraw your request", "Withdraw my request", False),
    "erase": ("Ask us to erase what we hold", "Ask for erasure", False),
    "consent": ("Withdraw your consent", "Withdraw my consent", False),
}


def test_the_page_of_a_request_and_all_it_offers(request_sent):
    visitor = request_sent.visitor
    page = visitor.page
    assert heard(page) == [
        ("heading", f"Your request {request_sent.reference}"),
        ("heading", "What you can do"),
        ("heading", "What you agreed to"),
    ]
    looks_right(visitor, "status")
    for action, (heading, button, has_errors) in ACTIONS.items():
        visitor.go(f"{request_sent.path}{action}/" + ("?purpose=health_data" if action == "consent" else ""))
        assert ("heading", heading) in heard(page) and heard(page)[-1] == ("button", button)
        looks_right(visitor, action)
        if has_errors:
            press(page, button)
            expect(page.get_by_role("alert")).to_be_focused()
            looks_right(visitor, f"{action} with errors")
    page.evaluate(FORGET_TOKENS)
    press(page, "Withdraw my consent")
    assert ("alert", "This is not done yet") in heard(page)
    looks_right(visitor, "without a token")
    press(page, "Withdraw my consent")
    expect(page.get_by_role("status")).to_contain_text("you withdraw your consent")
    visitor.go(f"{request_sent.path}worse/")
    page.get_by_role("checkbox", name="None of these").check()
    press(page, "Tell the clinic")
    advice = ("heading", "Urgent advice: See your own doctor or an urgent care clinic today")
    assert heard(page) == [("heading", "Speak to a doctor today"), advice]
    looks_right(visitor, "what to do, and done")
    page.get_by_role("link", name="Go to your request").click()
    assert heard(page)[0] == advice


def test_back_after_send_an_address_that_is_over_and_the_way_to_find_a_request(request_sent):
    visitor = request_sent.visitor
    page = visitor.page
    visitor.go("/consultation/check/")
    assert ("heading", "You have already sent this request") in heard(page)
    looks_right(visitor, "sent already")
    visitor.go("/request/over/")
    looks_right(visitor, "an address that is over")
    visitor.go("/request/find/")
    assert heard(page) == [
        ("heading", "Find your request"),
        ("textbox", "Your reference"),
        ("textbox", "The phone number or the email address you gave"),
        ("button", "Send me the link"),
    ]
    looks_right(visitor, "find")
    press(page, "Send me the link")
    expect(page.get_by_role("alert")).to_be_focused()
    looks_right(visitor, "find with errors")
    visitor.context.set_extra_http_headers(A_PROXY)
    flood(page)
    # Each process counts for itself, and from anew every ten minutes: one of them has had enough sooner or later.
    for _ in range(2 * WORKERS * (FINDS + 1)):
        page.get_by_label("Your reference").fill(request_sent.reference)
        page.get_by_label("The phone number").fill("(202) 555-0119")
        press(page, "Send me the link")
        if ("alert", "This is not done yet") in heard(page):
            break
        visitor.go("/request/find/")
    expect(page.get_by_role("alert")).to_contain_text("Very many forms")
    looks_right(visitor, "too many forms")
    visitor.context.set_extra_http_headers({})
    press(page, "Send me the link")
    looks_right(visitor, "found")


def flood(page):
    """Post the form on this page more often than anybody needs."""
    fields = {one.get_attribute("name"): one.input_value() for one in page.locator("main form input").all()}
    for _ in range(FINDS + 1):
        page.request.post("/request/find/", form=fields, headers={"Referer": page.url})


def test_a_form_whose_token_is_missing_and_a_site_without_its_database(visit):
    visitor = visit("/consultation/", width=390)
    page = visitor.page
    page.get_by_role("button", name="Start now").click()
    page.get_by_role(
        "button", name="Continue", exact=True
    ).wait_for()  # else the tokens of the start page are forgotten, which has none
    page.evaluate(FORGET_TOKENS)
    press(page, "Continue")
    assert ("alert", "Please read this") in heard(page)
    looks_right(visitor, "without a token")
    with mock.patch.object(library, "current", side_effect=library.LibraryUnavailable):
        asked = RequestFactory().get("/consultation/who/")
        html = render_to_string("inquiries/unavailable.html", {"clinic": fallback_clinic(), "privacy": None}, asked)
    page.route("**/consultation/who/", lambda route: route.fulfill(status=503, content_type="text/html", body=html))
    assert visitor.go("/consultation/who/").status == 503
    looks_right(visitor, "without the database")


def test_staff_type_in_a_request(visit):
    visitor = visit("/admin/inquiries/inquiry/enter/", staff="admin", width=390)
    page = visitor.page
    press(page, "Begin")
    looks_right(visitor, "the start with an error")
    page.get_by_label("A phone call").check()
    press(page, "Begin")
    press(page, "Continue")
    looks_right(visitor, "a page with errors")
    for name in ("Me", "Under 18"):
        page.get_by_role("radio", name=name, exact=True).check()
    press(page, "Continue")
    looks_right(visitor, "under 18")
    visitor.go("/admin/inquiries/inquiry/enter/")
    page.get_by_label("A phone call").check()
    press(page, "Begin")
    for name in ("Me", "55 to 69"):
        page.get_by_role("radio", name=name, exact=True).check()
    press(page, "Continue")
    page.get_by_role("radio", name="Knee", exact=True).check()
    press(page, "Continue")
    page.get_by_role("checkbox", name="I'm not sure").check()
    press(page, "Continue")
    looks_right(visitor, "advice to read out")
    press(page, "I have read this out. Go on")
    for name in ("12 weeks to 1 year", "About the same"):
        page.get_by_role("radio", name=name, exact=True).check()
    page.get_by_role("group", name="on average").get_by_label("6", exact=True).check()
    press(page, "Continue")
    press(page, "Continue")
    page.get_by_label("Full name").fill("Uma Example")
    page.get_by_role("radio", name="Email", exact=True).check()
    page.get_by_role("textbox", name="Email address").fill("uma@example.com")
    press(page, "Continue")
    press(page, "Send")
    looks_right(visitor, "the check page with errors")
    assert visitor.complaints == []


def test_staff_write_down_a_try_and_erase(visit, request_sent):
    visitor = visit("/admin/inquiries/inquiry/?queue=all", staff="admin", width=390)
    page = visitor.page
    page.get_by_role("link", name=request_sent.reference).click()
    request = page.url.partition("change/")[0].removeprefix(visitor.origin)
    press(page, "Write it down")
    looks_right(visitor, "a try with errors")
    for place in ("/admin/inquiries/safetysignoff/", "/admin/inquiries/dailycounter/", f"{request}erase/"):
        visitor.go(place)
        looks_right(visitor, place)
    page.locator("#content form [type=submit]").first.click()
    expect(page).to_have_url(re.compile("/receipt/$"))
    looks_right(visitor, "receipt")
    assert visitor.complaints == []
