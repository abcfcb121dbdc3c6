"""What happens to every request before and after the views. The order is in settings.MIDDLEWARE."""

import logging
import secrets
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from clinic import logs, staff_session
from clinic.characters import CONTROL
from clinic.error_pages import unavailable
from clinic.models import ClinicProfile

logger = logging.getLogger(__name__)


class RequestId:
    """Every request gets our own random id: in its log lines and, as X-Request-ID, on its response."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = secrets.token_hex(8)
        token = logs.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response.headers["X-Request-ID"] = request.id
        return response


class SecurityHeaders:
    """The headers every status and every file carries. A view may set its own, stricter ones."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.headers = fixed_headers()

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


def fixed_headers() -> dict[str, str]:
    """The same on every response of this release."""
    return {
        "Content-Security-Policy": content_security_policy(settings.SECURE_CSP),
        "Permissions-Policy": settings.SECURE_PERMISSIONS_POLICY,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def content_security_policy(directives) -> str:
    """The header for a dict of SECURE_CSP's shape."""
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


class RefuseHostileAddress:
    """400 for a foreign host, control characters or broken UTF-8 in the address, before anything reads it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.get_host()
        # Django has decoded the path once; bytes that were no UTF-8 it has put back behind percent signs.
        path = unquote_to_bytes(request.path_info)
        # WSGI hands the query over as it came, each byte as one character.
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
        for part in (path, query):
            try:
                hostile = CONTROL.search(part.decode())
            except UnicodeDecodeError:
                hostile = True
            if hostile:
                raise BadRequest("The address holds characters that no address of this site holds.")
        return self.get_response(request)


class OriginOfOwnForms:
    """A page that says `no-referrer` posts `Origin: null`. Where the browser says that its form stood on this site, that is
    its origin, and Django's protection of forms goes on from there: it asks for the token as ever.

    No page can set or change Sec-Fetch-Site (Fetch Metadata, W3C); a form of another site, and a page in a sandbox, say
    "cross-site" there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.META.get("HTTP_ORIGIN") == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return self.get_response(request)


class StaffSession:
    """Ends staff sessions that are over, and shows staff the clinic's time. Looks at the session on staff pages only."""

    def __init__(self, get_response):
        self.get_response = get_response

    @cached_property
    def root(self):
        return reverse("admin:index")

    def __call__(self, request):
        if not request.path.startswith(self.root):
            return self.get_response(request)
        try:
            staff_session.end_if_over(request)
            zone = ClinicProfile.zone() if request.user.is_authenticated else None
        except (OperationalError, InterfaceError) as error:
            logger.warning("No staff page: the database does not answer (%s)", type(error).__name__)
            return unavailable(request)
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)
