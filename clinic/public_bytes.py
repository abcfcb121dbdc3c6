"""Public pages as finished bytes: rendered and compressed once, then answered before sessions exist.

A page is the same for every reader as long as release, library version, clinic date, path and normal query are the
same. These five are its key; the ETag is a hash of them. A view says with `@public_page` that this holds for it.
"""

import datetime
import functools
import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.utils import timezone
from django.utils.http import parse_etags

from clinic.encodings import best_encoding, packed
from clinic.error_pages import unavailable
from therapies import library

log = logging.getLogger(__name__)

CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=30, stale-if-error=300"
STORE_BYTES = 32 * 1024 * 1024
LONGEST_QUERY = 200  # a longer one is answered and forgotten
OVERHEAD = 2048  # about what a kept page costs beside its bytes

View = Callable[..., HttpResponse]


class Key(NamedTuple):
    """What decides the bytes of a page, beside the release."""

    version: str
    date: datetime.date
    path: str
    query: str


def public_page(view: View | None = None, *, query: tuple[str, ...] = ()) -> Any:
    """Say that a view shows every reader the same: no session, user, message or CSRF token, whatever the cookies.

    `query` names the parameters the page depends on. The view gets these alone, each once, in this order; what else
    stands behind the question mark changes nothing.
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
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.is_public_page = True
            response.public_query = query
            response.headers["Cache-Control"] = CACHE_CONTROL
        return response

    return shown


def key_of(request: HttpRequest, names: tuple[str, ...]) -> Key:
    """The key of an address whose page depends on these parameters, now. The request carries its library."""
    shown = request.library
    today = timezone.localdate(timezone=ZoneInfo(shown.clinic.time_zone))
    return Key(shown.version, today, request.path_info, normal_query(request.META.get("QUERY_STRING", ""), names))


def normal_query(query_string: str, names: tuple[str, ...]) -> str:
    """The query with the named parameters alone, in order, each at most once; "" where none of them says anything."""
    if not query_string or not names:
        return ""
    asked = QueryDict(query_string)
    return urlencode([(name, value) for name in names if (value := asked.get(name))])


class Kept:
    """One finished page: its bytes in each encoding, with the headers that go with them."""

    def __init__(self, etag: str, response: HttpResponse) -> None:
        common = {name: value for name, value in response.items() if name not in {"Content-Length", "Vary"}}
        common |= {"ETag": etag, "Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
        self.etag = etag
        self.not_modified = {
            name: common[name] for name in ("ETag", "Cache-Control", "Vary", "Content-Location") if name in common
        }
        self.variants = {}
        for encoding, content in packed(response.content).items():
            headers = {**common, "Content-Length": str(len(content))}
            if encoding:
                headers["Content-Encoding"] = encoding
            self.variants[encoding] = (content, headers)
        self.size = OVERHEAD + sum(len(content) for content, _ in self.variants.values())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """200 with the bytes this browser can unpack, or 304 where it has them already."""
        condition = request.META.get("HTTP_IF_NONE_MATCH")
        if condition and self.is_named_in(condition):
            return HttpResponseNotModified(headers=self.not_modified)
        encoding = best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        content, headers = self.variants.get(encoding) or self.variants[""]
        return HttpResponse(b"" if request.method == "HEAD" else content, headers=headers)

    def is_named_in(self, condition: str) -> bool:
        """If-None-Match compares weakly: W/ does not count."""
        if condition == self.etag:
            return True
        tags = parse_etags(condition)
        return tags == ["*"] or self.etag[2:] in {tag.removeprefix("W/") for tag in tags}


class Store:
    """Finished pages up to a number of bytes; the one asked for longest ago goes first. Threads share it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        if kept.size > self.limit:
            return
        with self._lock:
            replaced = self._kept.pop(key, None)
            self.size += kept.size - (replaced.size if replaced else 0)
            self._kept[key] = kept
            while self.size > self.limit:
                _, oldest = self._kept.popitem(last=False)
                self.size -= oldest.size

    def __len__(self) -> int:
        return len(self._kept)


class PublicBytes:
    """Answers public pages from their finished bytes: one query when they are kept, the same for a 304."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.store = Store(STORE_BYTES)
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
            kept = self.store.get(key_of(request, names))
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
        kept = Kept(self.etag(key), response)
        if len(key.query) <= LONGEST_QUERY:
            self.addresses[key.path] = response.public_query
            self.store.put(key, kept)
        return kept.answer(request)

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
        shown = library.held()
        if shown is None or shown.clinic.is_demo:  # a process that does not know yet is careful
            response.headers["X-Robots-Tag"] = "noindex"
        return response
