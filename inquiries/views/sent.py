"""The confirmation."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clinic.private_pages import DATABASE_IS_DOWN, RETRY_AFTER
from inquiries import drafts, links
from inquiries.promise import in_words
from inquiries.views.private import about_the_clinic, clinic_of, private
from therapies.red_flags import RED_FLAGS

SENT_PAGE_LIVES = timedelta(days=7)


@require_safe
@private
def sent(request, token):
    """The reference and the promise; after a week the page of the request. Any other token gives the same neutral page.

    What to watch for in this part of the body is said only to the browser that sent the request: an address that was
    passed on tells nothing about health.
    """
    # No form is on this page: it hides its address from every page, whatever the browser.
    held, clinic = clinic_of(request)
    shown = about_the_clinic(held, clinic)
    try:
        inquiry = links.inquiry_of(token, max_age=SENT_PAGE_LIVES)
        is_over = inquiry is None and links.inquiry_of(token) is not None
        # Two tokens of one request differ by the second they were made in: what they stand for is the first part.
        is_sender = drafts.sent_token(request.session).partition(".")[0] == token.partition(".")[0]
    except DATABASE_IS_DOWN:
        request.session.modified = False
        response = render(request, "inquiries/sent_without_database.html", shown, status=503)
        response.headers["Retry-After"] = RETRY_AFTER
    else:
        if is_over:
            response = redirect("inquiries:status", token=token)
        elif inquiry is None:
            response = render(request, "inquiries/sent_unknown.html", shown, status=404)
        else:
            response = render(
                request,
                "inquiries/sent.html",
                {
                    **shown,
                    "token": token,
                    "is_again": is_sender and drafts.was_sent_again(request.session),
                    **_confirmation(inquiry, clinic, is_sender),
                },
            )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _confirmation(inquiry, clinic, is_sender):
    signs = [flag.sign for flag in RED_FLAGS.values() if flag.level == "emergency" and inquiry.region in flag.regions]
    return {
        "reference": inquiry.reference,
        "promised": in_words(clinic, inquiry.promised_at),
        "method": inquiry.contact_method,
        "has_email": inquiry.has_email,
        "is_flagged": is_sender and inquiry.safety_level == "emergency",
        "signs": signs if is_sender else [],
    }
