"""What a page weighs on the wire. Most readers are on a phone."""

import urllib.request

import brotli
import pytest

from tests.browser.addresses import FORM, FOUND, KEPT

HTML_LIMIT = 11_000
VISIT_LIMIT = 85_000


@pytest.mark.parametrize("path", [*KEPT, FORM, FOUND])
def test_html_is_small(site, path):
    request = urllib.request.Request(site.origin + path, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        packed = answer.headers["Content-Encoding"] == "br"
    # Pages with secrets are never compressed by us; a proxy that may do so makes of them what we make of others.
    assert len(body if packed else brotli.compress(body)) <= HTML_LIMIT


@pytest.mark.parametrize("path", KEPT)
def test_public_pages_come_compressed(site, path):
    request = urllib.request.Request(site.origin + path, headers={"Accept-Encoding": "gzip, deflate, br"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("path", [*KEPT, FORM, FOUND])
def test_a_first_visit_is_light(visit, path):
    opened = visit("about:blank")
    finished = []
    opened.page.on("requestfinished", lambda request: finished.append(request))
    opened.go(path)
    opened.page.wait_for_load_state("networkidle")
    sizes = {request.url.removeprefix(opened.origin): request.sizes()["responseBodySize"] for request in finished}
    assert len(sizes) > 2, "the page, its stylesheet and its fonts"
    assert sum(sizes.values()) <= VISIT_LIMIT, sizes
