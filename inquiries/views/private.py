"""What the pages about one person share: who may keep them, what a missing security token and a missing database do."""

import functools

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import get_resolver
from django.views.decorators.debug import sensitive_post_parameters

from clinic import private_pages
from clinic.facts import fallback_clinic
from clinic.private_pages import DATABASE_IS_DOWN, RETRY_AFTER, save
from inquiries import drafts, path
from inquiries.questionnaire import PAGES
from therapies import library

REMOVED = "removed"  # in the address of the first page: answers were held, and their hour is over
REMEMBERED_SECONDS = 12 * 60 * 60  # how much longer than a draft its cookie lives, which names nobody and nothing then


def private(view):
    """A page about one person: private, and no report of an error holds its form. Sends the cookie of its session.

    A session that ends while its page is made (signed out in another tab, cleaned away) is one that is gone: the page
    is made once more without it, and says and keeps what it does for who comes back too late.
    """

    @private_pages.private
    @sensitive_post_parameters()
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except UpdateError:
            request.session = type(request.session)()
            request.has_lost_session = True
            response = view(request, *args, **kwargs)
        if getattr(request, "has_saved_session", False):
            holds_draft = drafts.DRAFT in request.session and SESSION_KEY not in request.session
            private_pages.send_session_cookie(request.session, response, longer=holds_draft * REMEMBERED_SECONDS)
        return response

    return wrapped


def clinic_of(request):
    """(library, clinic) for this page; (None, what the environment says) when no process ever saw the database."""
    try:
        held = request.library = library.current()  # the rest of the page need not ask again
    except library.LibraryUnavailable:
        return None, fallback_clinic()
    return held, held.clinic


def begin_again(request):
    """From a page that goes on from a draft, when there is none: to the request just sent, else to the first page.

    The cookie of a draft outlives it, so that who comes back after the hour is told what became of the answers.
    """
    if drafts.sent_token(request.session):
        response = redirect("inquiries:check")
    else:
        was_held = settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty()
        response = redirect("inquiries:page", key=PAGES[0].key)
        if was_held:
            response["Location"] += f"?{REMOVED}"
    if request.method == "POST":
        response.status_code = 303
    return response


def about_the_clinic(held, clinic):
    """What every page of the form says of the clinic beside its questions."""
    return {"clinic": clinic, "privacy": held and held.page("article", "privacy")}


def answer(request, view):
    """Whatever a page of a request does: a database that is down is said so, and the address is told to nobody."""
    try:
        response = view()
    except DATABASE_IS_DOWN:
        request.session.modified = False
        held, clinic = clinic_of(request)
        response = render(request, "inquiries/unavailable.html", about_the_clinic(held, clinic), status=503)
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def unknown(request):
    """One neutral page for every address that stands for no request."""
    return render(request, "inquiries/sent_unknown.html", about_the_clinic(*clinic_of(request)), status=404)


def go(name, **kwargs):
    """To another page after a POST: 303, so that going back sends nothing twice."""
    response = redirect(name, **kwargs)
    response.status_code = 303
    return response


def go_on(draft):
    """To where this draft goes on."""
    stop = path.next_stop(draft)
    if stop in {path.ADVICE, path.CHECK}:
        return go(f"inquiries:{stop}")
    return go("inquiries:page", key=stop)


def keep(request, draft):
    """Store the draft."""
    drafts.keep(request.session, draft)
    save(request)


def when_refused(refused):
    """Marks a view of a form: `refused(request, **kwargs)` shows its page again when the security token was wrong."""

    def marked(view):
        view.without_token = refused
        return view

    return marked


@private
def csrf_failure(request, reason=""):
    """Called by Django when a security token is missing or wrong. Saves nothing; a form keeps what was typed.

    How, its view says as `without_token`; for a page that is no such form it is the plain refusal.
    """
    match = request.resolver_match
    refused = getattr(match and match.func, "without_token", None)
    if refused is None:
        refuse = get_resolver().resolve_error_handler(403)
        return refuse(request, exception=PermissionDenied())
    return refused(request, **match.kwargs)
