"""The staff side in a browser: no page of the admin breaks the Content-Security-Policy, and axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_journey import send_request_by_phone


@pytest.fixture
def administrator(visit):
    return visit("/admin/", staff="admin")


def lists(visitor) -> list[str]:
    """The lists that the admin home links to."""
    visitor.go("/admin/")
    return sorted({path for path in visitor.links() if path.startswith("/admin/") and path.count("/") == 4})


def test_axe_finds_nothing_on_the_sign_in_page(visit):
    visitor = visit("/admin/login/")
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_axe_finds_nothing_on_the_home_of_the_admin(administrator):
    assert administrator.violations() == []


def test_axe_finds_nothing_on_a_request_and_its_list(visit, administrator):
    visitor = visit("/treatments/prp-injection/")
    send_request_by_phone(visitor.page)
    administrator.go("/admin/inquiries/inquiry/")
    assert administrator.violations() == []
    assert administrator.violations([("dark", 820, False), ("light", 820, True)]) == []
    assert administrator.too_wide() == []  # on a tablet too
    administrator.page.locator("#result_list a").first.click()
    expect(administrator.page.locator("#content h1")).to_be_visible()
    assert administrator.violations() == []
    administrator.page.get_by_role("link", name="Print for the paper file").click()
    expect(administrator.page.get_by_text("Printed by")).to_be_visible()
    assert administrator.violations() == []
    administrator.go("/admin/inquiries/inquiry/export/")
    assert administrator.violations() == []


def test_every_list_and_form_of_the_admin_keeps_the_policy(administrator):
    walked = lists(administrator)
    assert len(walked) > 10
    for address in walked:
        assert administrator.go(address).status == 200, address
        rows = administrator.page.locator("#result_list th a")
        forms = [rows.first.get_attribute("href")] if rows.count() else []
        forms += [path for path in administrator.links() if path == f"{address}add/"][:1]
        for form in forms:
            assert administrator.go(form).status == 200, form
    assert administrator.complaints == []
    assert administrator.strangers() == []
