"""Where a request comes from."""

import ipaddress

from django.conf import settings

FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def client_address(request) -> str:
    """The visitor's IP address. X-Forwarded-For counts only behind our own proxy, and of it only what that proxy wrote."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # Our proxy sets the header; should it append after all, its own entry is the last.
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(forwarded))
        except ValueError:
            return address
    return address


def is_from_this_machine(request) -> bool:
    """Did the request start on the machine the site runs on? Never true behind a proxy or on a public address."""
    return settings.ON_LOOPBACK and not settings.BEHIND_PROXY and _came_directly(request)


def is_from_its_operator(request) -> bool:
    """Is it asked on the machine itself? Behind a proxy too, which says on each request it passes on that it did."""
    return (settings.ON_LOOPBACK or settings.BEHIND_PROXY) and _came_directly(request)


def _came_directly(request):
    if any(header in request.META for header in FORWARDING_HEADERS):
        return False  # by our proxy, or by one nobody told us about
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
