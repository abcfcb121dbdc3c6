"""What pages with a form of their own have in common: kept by no cache, and honest while the database is down."""

import functools

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
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


def save(request):
    """Store the session now, not after the view: a database that is down is then still the view's to answer for."""
    request.session.save()
    request.session.modified = False
    request.has_saved_session = True


def is_stored(request, store) -> bool:
    """Do what stores the session. False: it could not be stored, and is left as it was."""
    try:
        store()
    except (*DATABASE_IS_DOWN, UpdateError):  # the last: the session ended in another tab
        request.session.modified = False
        return False
    return True


def send_session_cookie(session, response, *, longer=0):
    """Django sends it with a session that it has still to store; this one is stored already. `longer`: in seconds."""
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        session.session_key,
        max_age=session.get_expiry_age() + longer,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.SESSION_COOKIE_HTTPONLY,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
