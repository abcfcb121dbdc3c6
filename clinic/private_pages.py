"""What pages with a form of their own have in common: kept by no cache, and honest while the database is down."""

import functools

from django.db import InterfaceError, InternalError, OperationalError
from django.views.decorators.cache import never_cache

DATABASE_IS_DOWN = (OperationalError, InterfaceError, InternalError)  # the last: a database that only reads
RETRY_AFTER = "120"


def private(view):
    """A page for one person: no cache keeps it, no search engine lists it, no page learns its address from a link.

    A browser that sends no Fetch Metadata posts the forms of a `no-referrer` page as from nowhere, which must be
    refused (clinic.middleware.OriginOfOwnForms): such a browser tells our own pages the address, and no other site.
    """

    @never_cache
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        if "Sec-Fetch-Site" in request.headers:
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped
