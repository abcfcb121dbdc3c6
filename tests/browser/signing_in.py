"""How staff sign in: in the form as a person does, or without a browser, for tests about something else."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from playwright.sync_api import expect

SECONDS = 60  # to answer: a site that hangs fails the test and does not hold it up
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def session_cookies(site, username: str) -> tuple[tuple[str, str], ...]:
    """Names and values of the cookies that an account of the site has after signing in."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"{site.origin}/admin/login/?next=/healthz"
    form = opener.open(address, timeout=SECONDS).read().decode()
    answers = {
        "csrfmiddlewaretoken": TOKEN.search(form)[1],
        "username": username,
        "password": site.passwords[username],
        "next": "/healthz",
    }
    opener.open(address, urllib.parse.urlencode(answers).encode(), timeout=SECONDS).close()
    cookies = tuple((cookie.name, cookie.value) for cookie in jar)
    assert "session" in dict(cookies), f"{username} could not sign in"
    return cookies


def sign_in(visitor, site, username: str) -> None:
    visitor.go("/admin/")
    visitor.page.get_by_label("Username").fill(username)
    visitor.page.get_by_label("Password").fill(site.passwords[username])
    visitor.page.get_by_role("button", name="Log in").click()
    expect(
        visitor.page.get_by_role("link", name="Log out").or_(visitor.page.get_by_role("button", name="Log out"))
    ).to_be_visible()
