"""Finished pages in memory: bytes in each encoding with the headers that go with them, and the store that holds them."""

import datetime
import gzip
import threading
from collections import OrderedDict
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import ResponseHeaders
from django.utils.http import parse_etags

from clinic.encodings import best_encoding, packed, squeezed

OVERHEAD = 4096  # about what a kept page costs beside its bytes


class Key(NamedTuple):
    """What decides the bytes of a page, beside the release."""

    version: str
    date: datetime.date
    path: str
    query: str


class PreparedHeaders(ResponseHeaders):
    """Headers that Django checked and encoded once. Each response gets a copy, which costs next to nothing."""

    def copy(self) -> "PreparedHeaders":
        twin = PreparedHeaders({})
        twin._store = self._store.copy()
        return twin


class Kept:
    """One finished page. `headers` go with every answer, 200 or 304; the view may have set stricter ones."""

    def __init__(self, etag: str, response: HttpResponse, headers: dict[str, str]) -> None:
        self.etag = etag
        said = {**headers, **dict(response.items()), "ETag": etag, "Vary": "Accept-Encoding"}
        said.pop("Content-Length", None)
        on_both = {*headers, "ETag", "Vary", "Content-Location"}
        self.not_modified = PreparedHeaders({name: value for name, value in said.items() if name in on_both})
        self.variants: dict[str, tuple[bytes, PreparedHeaders]] = {}
        is_html = response.get("Content-Type", "").startswith("text/html")
        for encoding, content in packed(squeezed(response.content) if is_html else response.content).items():
            how = {"Content-Encoding": encoding} if encoding else {}
            self.variants[encoding] = (content, PreparedHeaders({**said, **how, "Content-Length": str(len(content))}))
        # Two thirds of a page's bytes are the plain ones, which hardly any browser asks for: they are unpacked then.
        self.plain_headers = self.variants[""][1]
        if "gzip" in self.variants:
            del self.variants[""]
        self.size = OVERHEAD + sum(len(content) for content, _ in self.variants.values())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """200 with the bytes this browser can unpack, or 304 where it has them already."""
        condition = request.META.get("HTTP_IF_NONE_MATCH")
        if condition and self.is_named_in(condition):
            response = HttpResponseNotModified()
            response.headers = self.not_modified.copy()
            return response
        encoding = best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        content, headers = self.variants.get(encoding) or self.plain()
        response = HttpResponse(b"" if request.method == "HEAD" else content)
        response.headers = headers.copy()
        return response

    def plain(self) -> tuple[bytes, PreparedHeaders]:
        """The page as it is, not packed."""
        if "" in self.variants:
            return self.variants[""]
        return gzip.decompress(self.variants["gzip"][0]), self.plain_headers

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
