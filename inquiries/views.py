"""The request form, what comes after Send, and what happens when a security token is missing."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import get_resolver, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from clinic.facts import fallback_clinic
from clinic.private_pages import DATABASE_IS_DOWN, RETRY_AFTER, private
from inquiries.forms import SEND_AGAIN, ConsultationForm
from inquiries.models import Inquiry
from inquiries.services import intake
from therapies import library

SENT_PAGE_LIVES = timedelta(days=7)
_sent_tokens = signing.TimestampSigner(sep=".", salt="inquiries.sent")


@require_http_methods(["GET", "HEAD", "POST"])
@private
@sensitive_post_parameters()
def request_consultation(request):
    """The form; valid answers are stored and lead to the confirmation."""
    if request.method != "POST":
        return _form_page(request, _form(request, asked_about=request.GET))
    form = _form(request, request.POST)
    if form.library is None:
        return _database_is_down(request, form)
    if not form.is_valid():
        return _form_page(request, form, notice=SEND_AGAIN if "submission_key" in form.errors else "")
    try:
        inquiry = intake.submit(**form.submission())
    except DATABASE_IS_DOWN:
        return _database_is_down(request, form)
    response = redirect("inquiries:sent", token=sent_token(inquiry.public_id))
    response.status_code = 303
    return response


@require_safe
@private
def sent(request, token):
    """The confirmation: the reference, and nothing about health. Any other token gives the same neutral page."""
    # No form is on this page, so it can hide its address even from our own pages. The form's page cannot: with
    # no-referrer a browser says "Origin: null" when it sends the form, and the CSRF check would refuse it.
    public_id = _public_id_in(token)
    try:
        reference = Inquiry.objects.filter(public_id=public_id).values_list("reference", flat=True).first()
    except DATABASE_IS_DOWN:
        response = render(request, "inquiries/sent_without_database.html", status=503)
        response.headers["Retry-After"] = RETRY_AFTER
    else:
        template = "inquiries/sent.html" if reference else "inquiries/sent_unknown.html"
        response = render(request, template, {"reference": reference}, status=200 if reference else 404)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@private
@sensitive_post_parameters()
def csrf_failure(request, reason=""):
    """Called by Django when a security token is missing or wrong. Saves nothing; the form keeps what was typed.

    Another form that keeps what was typed says how, as `without_token` of its view.
    """
    own = getattr(request.resolver_match and request.resolver_match.func, "without_token", None)
    if own:
        return own(request)
    if request.path != reverse("inquiries:request"):
        refuse = get_resolver().resolve_error_handler(403)
        return refuse(request, exception=PermissionDenied())
    form = _form(request, request.POST).as_typed()
    return _form_page(request, form, status=403, notice=SEND_AGAIN, is_refused=True)


def sent_token(public_id: uuid.UUID) -> str:
    """The last part of the confirmation's address: it names nobody and cannot be made by anybody else."""
    return _sent_tokens.sign(urlsafe_b64encode(public_id.bytes).decode().rstrip("="))


def _public_id_in(token):
    try:
        code = _sent_tokens.unsign(token, max_age=SENT_PAGE_LIVES)
        return uuid.UUID(bytes=urlsafe_b64decode(code + "=="))
    except (signing.BadSignature, ValueError):
        return None


def _form(request, data=None, asked_about=None):
    try:
        held = request.library = library.current()  # the rest of the page need not ask again
    except library.LibraryUnavailable:
        held = None
    # The page someone came from is chosen already. A slug that is not live chooses nothing.
    chosen = {
        kind: asked_about[kind]
        for kind in ("condition", "treatment")
        if asked_about and held and held.page(kind, asked_about.get(kind, ""))
    }
    return ConsultationForm(data, library=held, clinic=held.clinic if held else fallback_clinic(), initial=chosen)


def _form_page(request, form, *, status=200, **context):
    shown = {
        "form": form,
        "errors": form.errors_with_links() if form.is_bound else [],
        "clinic": form.clinic,
        "privacy": form.library and form.library.page("article", "privacy"),
    }
    return render(request, "inquiries/request.html", {**shown, **context}, status=status)


def _database_is_down(request, form):
    phone = form.clinic.phone
    notice = "We could not send your request. Nothing was saved. Press Send again in a minute" + (
        f", or call {phone}." if phone else "."
    )
    response = _form_page(request, form.as_typed(), status=503, notice=notice)
    response.headers["Retry-After"] = RETRY_AFTER
    return response
