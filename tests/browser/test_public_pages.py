"""Every public page as visitors meet it: any width, any light, with a screen reader, without JavaScript."""

import pytest

from tests.browser.addresses import EVERY_PAGE, FORM, KEPT, MISSING, SEARCH

every_page = pytest.mark.parametrize("path", EVERY_PAGE)


@every_page
def test_axe_finds_nothing(visit, path):
    assert visit(path).violations() == []


@every_page
def test_is_answered_from_this_host_alone_and_breaks_no_policy(visit, path):
    opened = visit(path)
    opened.page.wait_for_load_state("networkidle")
    assert opened.response.status == (404 if path == MISSING else 200)
    assert opened.strangers() == []
    assert opened.complaints == []
    if path in KEPT:
        assert opened.cookies() == []


@every_page
def test_reads_the_same_without_javascript(visit, path):
    assert visit(path, javascript=False).text() == visit(path).text()


@every_page
def test_never_scrolls_sideways(visit, path):
    opened = visit(path)
    for width, text_size in ((1280, "100%"), (640, "200%"), (320, "100%")):
        opened.page.set_viewport_size({"width": width, "height": 844})
        opened.page.evaluate("size => document.documentElement.style.setProperty('font-size', size)", text_size)
        assert opened.too_wide() == [], f"{width} px, text at {text_size}"


def test_the_site_links_to_these_pages_and_to_no_others(visit):
    opened = visit("/")
    known, waiting = set(), {"/"}
    while waiting:
        path = waiting.pop()
        known.add(path)
        assert opened.go(path).status == 200, path
        waiting |= {link for link in opened.links() if not link.startswith(("/admin/", "/static/"))} - known
    assert known == {*KEPT, FORM, SEARCH}


def test_the_sitemap_names_only_pages_of_the_site(visit):
    opened = visit("/sitemap.xml")
    named = {address.removeprefix(opened.origin) for address in opened.page.locator("loc").all_text_contents()}
    assert named <= {*KEPT, FORM}


def test_every_page_names_itself(visit):
    opened = visit("/")
    titles = {}
    for path in KEPT:
        opened.go(path)
        titles.setdefault(opened.page.title(), []).append(path)
        assert opened.page.locator("h1").count() == 1, path
    assert [paths for paths in titles.values() if len(paths) > 1] == []
