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
    if settings.BEHIND_PROXY or not settings.ON_LOOPBACK:
        return False
    if any(header in request.META for header in FORWARDING_HEADERS):
        return False  # a proxy nobody told us about
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
