"""The real site, and a Chromium to open it."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.watching import Visit

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import demo_site  # noqa: E402


@pytest.fixture(scope="session")
def site():
    with demo_site.running() as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    if not demo_site.CHROMIUM:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=demo_site.CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site):
    """Opens pages: `visit("/conditions/")`, `visit(path, width=390, javascript=False)`."""
    visits = []

    def open_page(path: str, **options):
        visits.append(Visit(chromium, site.origin, **options))
        visits[-1].go(path)
        return visits[-1]

    yield open_page
    for opened in visits:
        opened.context.close()
