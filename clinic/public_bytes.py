"""Public pages as finished bytes: rendered and compressed once, then answered before sessions exist.

A page is the same for every reader as long as release, library version, clinic date, path and normal query are the
same. These five are its key; the ETag is a hash of them. A view says with `@public_page` that this holds for it.
"""

import functools
import hashlib
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.utils import timezone

from clinic.error_pages import gone, unavailable
from clinic.kept_pages import Kept, Key, Store
from clinic.middleware import fixed_headers
from therapies import library
from therapies.old_addresses import is_gone, moved_to

log = logging.getLogger(__name__)

CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=30, stale-if-error=300"
STORE_BYTES = 12 * 1024 * 1024  # some 450 pages, packed
VIEWS_BYTES = 4 * 1024 * 1024  # for pages with a query: whoever asks for many drives out no page without one
LONGEST_QUERY = 200  # a longer one is answered and forgotten

View = Callable[..., HttpResponse]


def public_page(view: View | None = None, *, query: tuple[str, ...] = ()) -> Any:
    """Say that a view shows every reader the same: no session, user, message or CSRF token, whatever the cookies.

    `query` names the parameters the page depends on. The view gets these alone, each once, in this order; what else
    stands behind the question mark changes nothing. A name with a star may stand several times ("t*"). A view that
    was asked in other words than its normal form says so with `not_kept`: the page is answered and forgotten.
    """
    if view is None:
        return functools.partial(public_page, query=query)

    @functools.wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Before the view: what it reads afterwards may be newer than this key says, never older.
        request.library = getattr(request, "library", None) or library.current()
        key = request.public_key = key_of(request, query)
        request.META["QUERY_STRING"], request.GET = key.query, QueryDict(key.query)
        request.COOKIES = {}
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = _once_here(request)
            if response is None:
                raise
        if response.status_code == 200:
            response.is_public_page = True
            response.public_query = query
            response.headers["Cache-Control"] = CACHE_CONTROL
        return response

    return shown


def _once_here(request: HttpRequest) -> HttpResponse | None:
    """What stands nowhere now but did: 301 to where it moved, 410 if it was taken off the site. Made anew each time."""
    response: HttpResponse
    if address := moved_to(request.path_info, request.library.redirects):
        query = request.META["QUERY_STRING"]
        response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    elif is_gone(request.path_info, request.library.gone):
        response = gone()
    else:
        return None
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def key_of(request: HttpRequest, names: tuple[str, ...]) -> Key:
    """The key of an address whose page depends on these parameters, now. The request carries its library."""
    shown = request.library
    today = timezone.now().astimezone(ZoneInfo(shown.clinic.time_zone)).date()
    return Key(shown.version, today, request.path_info, normal_query(request.META.get("QUERY_STRING", ""), names))


def normal_query(query_string: str, names: tuple[str, ...]) -> str:
    """The query with the named parameters alone, in order, each at most once; "" where none of them says anything.

    A name with a star keeps every value it has, as asked.
    """
    if not query_string or not names:
        return ""
    asked = QueryDict(query_string)
    pairs = [
        (name.rstrip("*"), value)
        for name in names
        for value in (asked.getlist(name[:-1]) if name.endswith("*") else [asked.get(name)])
        if value
    ]
    return urlencode(pairs)


def not_kept(response: HttpResponse) -> HttpResponse:
    """Answer this page and forget it: its address is one of endlessly many for the same thing."""
    response.is_kept = False
    return response


class PublicBytes:
    """Answers public pages from their finished bytes: one query when they are kept, the same for a 304."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.store = Store(STORE_BYTES)
        self.views = Store(VIEWS_BYTES)
        # The parameters of each public address that exists: known once it has been answered, so never more than that.
        self.addresses: dict[str, tuple[str, ...]] = {}
        self.release = f"{settings.RELEASE} {settings.SITE_URL}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        names = self.addresses.get(request.path_info)
        if names is not None:
            try:
                request.library = library.current()
            except library.LibraryUnavailable:
                return unavailable(request)
            key = key_of(request, names)
            kept = self.store_of(key).get(key)
            if kept is not None:
                return kept.answer(request)
        response = self.get_response(request)
        if getattr(response, "is_public_page", False):
            return self.finish(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Without a database a page asks for patience, and says how to reach us all the same."""
        if isinstance(exception, library.LibraryUnavailable | OperationalError | InterfaceError):
            log.error("No database for %s: %s", request.path_info, type(exception).__name__)
            return unavailable(request)
        return None

    def finish(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep a page that was just rendered, and answer with its bytes."""
        if response.cookies or "cookie" in response.get("Vary", "").lower():
            log.error("%s is marked public but depends on a cookie: it was not kept", request.path_info)
            response.headers["Cache-Control"] = "private, no-store"
            return response
        key = request.public_key
        # The headers that middleware sets on the way out stand here already, so that they are made once.
        headers = {**fixed_headers(), "Cache-Control": CACHE_CONTROL, **robots_header(request.library)}
        kept = Kept(self.etag(key), response, headers)
        if len(key.query) <= LONGEST_QUERY and getattr(response, "is_kept", True):
            self.addresses[key.path] = response.public_query
            self.store_of(key).put(key, kept)
        return kept.answer(request)

    def store_of(self, key: Key) -> Store:
        """Where a page stands: pages without a query among themselves."""
        return self.views if key.query else self.store

    def etag(self, key: Key) -> str:
        """Weak, because it names the page, not its bytes in one encoding."""
        named = "\0".join((self.release, key.version, key.date.isoformat(), key.path, key.query))
        return f'W/"{hashlib.blake2b(named.encode(), digest_size=16).hexdigest()}"'


class PrivateByDefault:
    """What says nothing else is for one reader and no cache. While the site is a demonstration, nothing is indexed."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        for name, value in robots_header(library.held()).items():
            response.headers.setdefault(name, value)
        return response


def robots_header(shown: library.Library | None) -> dict[str, str]:
    """What search engines are told. A process that does not know yet whether this is a demonstration is careful."""
    return {"X-Robots-Tag": "noindex"} if shown is None or shown.clinic.is_demo else {}
