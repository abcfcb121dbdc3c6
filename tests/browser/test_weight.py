"""What a page weighs on the wire. Most readers are on a phone."""

import urllib.request

import brotli
import pytest

from tests.browser.addresses import EVERY_PAGE, FORM, FOUND, KEPT
from tests.browser.looking import each_page

HTML_LIMIT = 11_000
VISIT_LIMIT = 85_000


@pytest.mark.parametrize("path", [*KEPT, FORM, FOUND])
def test_html_is_small(site, path):
    request = urllib.request.Request(site.origin + path, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        body = answer.read()
        packed = answer.headers["Content-Encoding"] == "br"
    # Pages with secrets are never compressed by us; a proxy that may do so makes of them what we make of others.
    assert len(body if packed else brotli.compress(body)) <= HTML_LIMIT


@pytest.mark.parametrize("path", KEPT)
def test_public_pages_come_compressed(site, path):
    request = urllib.request.Request(site.origin + path, headers={"Accept-Encoding": "gzip, deflate, br"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Content-Encoding"] == "br"


@each_page([path for path in EVERY_PAGE if path in {*KEPT, FORM, FOUND}])
def test_a_first_visit_is_light(look, path):
    sizes = look(path).sizes
    assert len(sizes) > 2, "the page, its stylesheet and its fonts"
    assert sum(sizes.values()) <= VISIT_LIMIT, sizes
