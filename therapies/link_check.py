"""Tries the addresses of sources and records what they answered.

Polite: one request at a time to a host, with a pause between two. HEAD first; GET where a host does not answer HEAD
well. Only public addresses are called, also when a redirect leads elsewhere: a source cannot make this machine knock on
doors of its own network.
"""

import http.client
import ipaddress
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from therapies.models import Source

NO_ANSWER = 0
GIVE_UP_AFTER = 5  # hosts in a row without any answer: then it is our network, not theirs
DOI_RESOLVER = "https://doi.org/"

MayCall = Callable[[str], bool]


class NoNetwork(Exception):
    """Nothing answers: the network is not there, so nothing can be said of any source."""


class NotPublic(OSError):
    """An address inside a private network: it is not called."""


@dataclass(frozen=True)
class Answer:
    """What the address of a source answered: an HTTP status, or NO_ANSWER with the reason."""

    source: Source
    address: str
    status: int
    reason: str = ""


def is_public(address: str) -> bool:
    """May this IP address be called?"""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return False


def check(
    sources: Iterable[Source],
    *,
    now: datetime,
    timeout: float = 10.0,
    pause: float = 1.0,
    may_call: MayCall = is_public,
) -> Iterator[Answer]:
    """Try each source and record its answer.

    Raises NoNetwork when nothing answers at all, or nothing any more; what was silent last is then not recorded.
    """
    silent: list[Answer] = []
    is_there = False
    for answer in _answers(_by_turns(sources), timeout, pause, may_call):
        silent.append(answer)
        if answer.status != NO_ANSWER:
            is_there = True
            yield from _recorded(silent, now)
            silent = []
        elif len({_host(kept.address) for kept in silent}) >= GIVE_UP_AFTER:
            raise NoNetwork
    if silent and not is_there:
        raise NoNetwork
    yield from _recorded(silent, now)


def address_of(source: Source) -> str:
    """Where readers are led."""
    return source.url or f"{DOI_RESOLVER}{source.doi}"


def _recorded(answers: list[Answer], now: datetime) -> Iterator[Answer]:
    for answer in answers:
        Source.objects.filter(pk=answer.source.pk).update(link_status=answer.status, link_checked_at=now)
        yield answer


def _by_turns(sources: Iterable[Source]) -> Iterator[Source]:
    """One of each host, then the next of each: so that the pause between two of one host is seldom waited for."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(_host(address_of(source)), []).append(source)
    for turn in zip_longest(*by_host.values()):
        yield from (source for source in turn if source is not None)


def _answers(sources: Iterable[Source], timeout: float, pause: float, may_call: MayCall) -> Iterator[Answer]:
    opener = _opener(may_call)
    called: dict[str, float] = {}
    for source in sources:
        address = address_of(source)
        host = _host(address)
        if host in called:
            time.sleep(max(0.0, called[host] + pause - time.monotonic()))
        status, reason = _status(opener, address, timeout)
        called[host] = time.monotonic()
        yield Answer(source, address, status, reason)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _status(opener: urllib.request.OpenerDirector, address: str, timeout: float) -> tuple[int, str]:
    status, reason = _ask(opener, "HEAD", address, timeout)
    if status == NO_ANSWER or status < 400:
        return status, reason
    return _ask(opener, "GET", address, timeout)


def _ask(opener: urllib.request.OpenerDirector, method: str, address: str, timeout: float) -> tuple[int, str]:
    try:
        request = urllib.request.Request(  # noqa: S310 (the opener knows no scheme but http and https)
            address, method=method, headers={"User-Agent": f"LinkCheck (+{settings.SITE_URL})"}
        )
        with opener.open(request, timeout=timeout) as response:
            return response.status, ""
    except urllib.error.HTTPError as error:
        error.close()
        return (error.code, "") if error.code >= 400 else (NO_ANSWER, "it redirects without end")
    except (OSError, ValueError, http.client.HTTPException) as error:
        cause = getattr(error, "reason", error)
        return NO_ANSWER, "not a public address" if isinstance(cause, NotPublic) else type(cause).__name__


def _opener(may_call: MayCall) -> urllib.request.OpenerDirector:
    """Knows http and https and nothing else: no files, no ftp, no proxy that would look names up for us."""

    def connect(address: tuple[str, int], timeout: Any = None, source_address: Any = None) -> socket.socket:
        # The address that was looked at is the one that is called: a name cannot change in between.
        found = [place[4][0] for place in socket.getaddrinfo(*address, type=socket.SOCK_STREAM)]
        allowed = [place for place in found if may_call(str(place))]
        if len(allowed) < len(found) or not allowed:
            raise NotPublic(f"{address[0]} is not a public address")
        for place in allowed[:-1]:
            with suppress(OSError):
                return socket.create_connection((str(place), address[1]), timeout, source_address)
        return socket.create_connection((str(allowed[-1]), address[1]), timeout, source_address)

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(_connection(http.client.HTTPConnection), req)

    class Secure(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(_connection(http.client.HTTPSConnection), req)

    def _connection(kind: Any) -> Any:
        def made(*args: Any, **kwargs: Any) -> Any:
            connection = kind(*args, **kwargs)
            connection._create_connection = connect
            return connection

        return made

    opener = urllib.request.OpenerDirector()
    for handler in (
        *(Plain(), Secure(), urllib.request.HTTPRedirectHandler()),
        *(urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor()),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
