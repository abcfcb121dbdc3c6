"""How much one address on the network may send, so that a machine drowns nobody out.

Two fences. Over the first a request is still taken, and a person looks at it before it is answered. The second is for
floods only: the page comes back with all that was typed and says when to go on. Nobody with a warning sign meets either,
nor does staff. Addresses are counted as `clinic.daily_limit` does it: each process for itself, and none is kept.
"""

import datetime
import ipaddress

from django.contrib.auth import SESSION_KEY
from django.utils import timezone

from clinic.client_address import client_address, is_from_this_machine
from clinic.daily_limit import DailyLimit

SENDS_AN_HOUR, SENDS_A_DAY = 5, 20
# A hospital or a family shares an address: twenty people may fill in the form at once. Nobody looks for a link so often.
POSTS, FINDS = 240, 20
KEPT = 240  # how many pages with errors we keep
MINUTES = 10  # the span in which these are counted

TOO_MANY = "many"  # the code of what is suspect, as in inquiries.spam
NETWORK_BITS = 64  # who has one IPv6 address has all of its network


class Fences:
    """What one process has counted."""

    def __init__(self) -> None:
        self.hour, self.day = DailyLimit(SENDS_AN_HOUR), DailyLimit(SENDS_A_DAY)
        self.posts, self.finds, self.kept = DailyLimit(POSTS), DailyLimit(FINDS), DailyLimit(KEPT)


fences = Fences()


def sent_too_much(request, form: str) -> tuple[str, ...]:
    """Count a request that is sent. Why it is suspect: the code in a tuple, or nothing. One `form` is counted once,
    however often it is sent."""
    if is_from_this_machine(request):
        return ()
    now, network = timezone.now(), network_of(client_address(request))
    hour = now.replace(minute=0, second=0, microsecond=0)
    spans = [(fences.hour, hour), (fences.day, now.date())]
    in_time = [limit.allows(network, span, once_for=form) for limit, span in spans]
    return () if all(in_time) else (TOO_MANY,)


def is_flood(request, *, of_finds: bool = False) -> bool:
    """Count a form that is posted. True when so many came from there that this one has to wait."""
    return not _is_allowed(request, fences.finds if of_finds else fences.posts) and SESSION_KEY not in request.session


def may_keep(request) -> bool:
    """Count a page with errors. False when so many came from there that we keep no more: nobody fills our sessions."""
    return _is_allowed(request, fences.kept)


def _is_allowed(request, limit: DailyLimit) -> bool:
    if is_from_this_machine(request):
        return True
    return limit.allows(network_of(client_address(request)), _span(timezone.now()))


def wait(response):
    """Say on this answer how long to wait."""
    now = timezone.now()
    ends = _span(now) + datetime.timedelta(minutes=MINUTES)
    response.headers["Retry-After"] = str(int((ends - now).total_seconds()) + 1)
    return response


def notice(button: str, clinic) -> str:
    """What the page says to who has to wait."""
    phone = f", or call {clinic.phone}" if clinic.phone else ""
    return (
        "Very many forms have come from your internet connection. Nothing you typed is lost. "
        f"Press {button} again in {MINUTES} minutes{phone}."
    )


def network_of(address: str) -> str:
    """Whom an address stands for: itself, or for IPv6 its network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))


def _span(now: datetime.datetime) -> datetime.datetime:
    return now.replace(minute=now.minute - now.minute % MINUTES, second=0, microsecond=0)
