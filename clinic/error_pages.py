"""Pages for when something is wrong. They stand alone: no query, no session, no base template, no sprite.

The phone and the emergency number come from the library this process holds, else from the environment.
"""

from typing import NamedTuple

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from clinic.facts import fallback_clinic
from therapies import library

RETRY_AFTER_SECONDS = "60"


class Said(NamedTuple):
    """What an error page says. `again` offers to try the same address once more."""

    code: str
    heading: str
    text: str
    again: bool = False


SAID = {
    400: Said(
        "We cannot read this address (400)",
        "Something in the address is not right",
        "It may have been cut off or changed on its way to us. Your telephone or computer is fine.",
    ),
    403: Said(
        "You may not open this page (403)",
        "This page is not open to you",
        "It may need a staff account, or the page you came from was too old. Go back, load it again and try once more.",
    ),
    404: Said(
        "Page not found (404)",
        "We cannot find this page",
        "It may have moved, or the address may have a slip in it. Your telephone or computer is fine.",
    ),
    410: Said(
        "No longer here (410)",
        "We have taken this page off the site",
        "It may be out of date or under review. You can look for another page on the same subject.",
    ),
    413: Said(
        "More than we can take (413)",
        "That was more than this page takes",
        "Please go back, shorten what you wrote and send it again. Most browsers still hold it.",
    ),
    500: Said(
        "Our fault, not yours (500)",
        "Something went wrong at our end",
        "If you were sending a request, it may not have reached us. Please wait a minute and try again.",
        again=True,
    ),
    503: Said(
        "For a short time (503)",
        "We cannot show this page just now",
        "Our site is not working as it should. Please wait a minute and try again.",
        again=True,
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For what Django calls a bad request, which is three things to who meets it."""
    if isinstance(exception, SessionInterrupted):
        return _signed_out_meanwhile(request)
    # Django answers a form that is too large like an address that cannot be read.
    is_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return error_page(413 if is_large and request.method == "POST" else 400)


def _signed_out_meanwhile(request: HttpRequest) -> HttpResponse:
    """In another tab of a member of staff. What was sent is done; the address asks to sign in and then goes on."""
    is_read = request.method in {"GET", "HEAD"}
    return HttpResponseRedirect(request.get_full_path() if is_read else reverse("admin:index"), status=303)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(404)


def gone() -> HttpResponse:
    """For the address of a page that was taken off the site: it says so, not what stood there."""
    return error_page(410)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """For a process that has never held the library while the database is down."""
    response = error_page(503)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def error_page(status: int) -> HttpResponse:
    """The page for a status. It takes nothing from the request: a hostile address cannot break it."""
    held = library.held()
    context = {
        "said": SAID[status],
        "clinic": held.clinic if held else fallback_clinic(),
        "stylesheet": _asset("css/site.css"),
        "mark": _asset("img/mark.svg"),
    }
    return HttpResponse(render_to_string("error.html", context), status=status)


def _asset(path: str) -> str:
    try:
        return static(path)
    except ValueError:  # collectstatic was never run: that must not cost the reader this page too
        return settings.STATIC_URL + path
