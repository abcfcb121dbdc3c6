"""The real site, and a Chromium to open it."""

import sys
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tests.browser.looking import Looker, page_of
from tests.browser.signing_in import session_cookies
from tests.browser.watching import Visit

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import demo_site  # noqa: E402


def pytest_collection_modifyitems(items):
    """The long ways through the site first, the many short looks at pages after them: so no worker waits at the end."""
    items.sort(key=lambda item: "[/" in item.nodeid)


class PageByPage(LoadScopeScheduling):
    """Gives a worker all tests of a page, so that the page is looked at once."""

    def _split_scope(self, nodeid: str) -> str:
        return page_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return PageByPage(config, log)


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id):
    """A site of this worker's own. Its data is prepared once for all workers: each starts from a copy."""
    shared = tmp_path_factory.getbasetemp()
    with demo_site.running(prepared=(shared if worker_id == "master" else shared.parent) / "site") as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    if not demo_site.HEADLESS:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=demo_site.HEADLESS,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def look(chromium, site):
    """What a public page shows: `look("/conditions/").text`. Each page is opened once, whatever is asked of it."""
    visitor, plain = Visit(chromium, site.origin), Visit(chromium, site.origin, javascript=False)
    yield Looker(visitor, plain)
    visitor.context.close()
    plain.context.close()


@pytest.fixture(scope="session")
def cookies_of(site):
    """The cookies of a demonstration account that has signed in, by user name."""
    return cache(lambda username: session_cookies(site, username))


@pytest.fixture
def visit(chromium, site, cookies_of):
    """Opens pages: `visit("/conditions/")`, `visit(path, width=390, javascript=False)`, `visit(path, staff="editor")`."""
    visits = []

    def open_page(path: str, *, staff: str = "", **options):
        cookies = cookies_of(staff) if staff else ()
        visits.append(Visit(chromium, site.origin, cookies=cookies, **options))
        visits[-1].go(path)
        return visits[-1]

    yield open_page
    for opened in visits:
        opened.context.close()
