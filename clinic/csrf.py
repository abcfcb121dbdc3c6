"""Django's protection of forms, for pages that do not tell even our own pages their address."""

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware


class CsrfProtection(CsrfViewMiddleware):
    """A page that says `no-referrer` posts `Origin: null`. Then the browser's own word counts for where its form stood.

    No page can set or change Sec-Fetch-Site (Fetch Metadata, W3C); another site's form, and a page in a sandbox, say
    "cross-site" there. The token is asked for all the same.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META["HTTP_ORIGIN"] == "null":
            return request.headers.get("Sec-Fetch-Site") == "same-origin"
        return super()._origin_verified(request)
