"""“Was this page helpful? Report a mistake”: a form of its own, so that the pages themselves set no cookie."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from clinic.client_address import client_address
from clinic.daily_limit import DailyLimit
from clinic.private_pages import DATABASE_IS_DOWN, RETRY_AFTER, private, send_session_cookie
from therapies import feedback, feedback_tries, library
from therapies.forms import SEND_AGAIN, FeedbackForm
from therapies.old_addresses import moved_to

A_DAY = 20  # from one address on the network, which a family or a hospital may share
limit = DailyLimit(A_DAY)
A_DAY_OF_SECONDS = str(24 * 60 * 60)

NOT_NOW = "We could not keep what you wrote: our site is not working as it should. Press Send again in a minute."
TOO_MANY = (
    f"We could not keep what you wrote: {A_DAY} messages have come from your address today. Please try again tomorrow."
)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@sensitive_post_parameters()
def leave_feedback(request):
    """The form; what was said is stored and leads to a word of thanks. A page nobody knows gives the general form."""
    if request.method != "POST":
        about = _about(request, request.GET)
        return _form_page(request, FeedbackForm(feedback_tries.kept(request, about), about=about))
    form = FeedbackForm(request.POST, about=_about(request, request.POST))
    if not form.is_valid():
        if "submission_key" not in form.errors and feedback_tries.is_kept(request, form):
            response = _go("therapies:feedback", form.about)
            if request.has_new_session:
                send_session_cookie(request.session, response)
            return response
        return _form_page(request, form, notice=SEND_AGAIN if "submission_key" in form.errors else "")
    if not limit.allows(client_address(request), timezone.now().date()):
        response = _form_page(request, form.as_typed(), status=429, notice=TOO_MANY)
        response.headers["Retry-After"] = A_DAY_OF_SECONDS
        return response
    try:
        feedback.leave(**form.said())
    except DATABASE_IS_DOWN:
        response = _form_page(request, form.as_typed(), status=503, notice=NOT_NOW)
        response.headers["Retry-After"] = RETRY_AFTER
        return response
    feedback_tries.forget(request)
    return _go("therapies:feedback_thanks", form.about)


def _go(name, about):
    """303: going back sends nothing twice."""
    response = redirect(f"{reverse(name)}?{urlencode({'page': about.url})}" if about else name)
    response.status_code = 303
    return response


@require_safe
@private
def thanks(request):
    return render(request, "therapies/feedback_thanks.html", {"about": _about(request, request.GET)})


@private
@sensitive_post_parameters()
def without_token(request):
    """The security token is missing or wrong: nothing is stored, and what was typed stays in the form."""
    form = FeedbackForm(request.POST, about=_about(request, request.POST)).as_typed()
    return _form_page(request, form, status=403, notice=SEND_AGAIN, is_refused=True)


leave_feedback.without_token = without_token


def _about(request, asked):
    """The live page that is spoken of, by its address or one it once had."""
    try:
        held = request.library = library.current()  # the rest of the page need not ask again
    except library.LibraryUnavailable:
        return None
    path = asked.get("page", "")
    path = moved_to(path, held.redirects) or path
    return next((page for page in held.live_pages if page.url == path), None)


def _form_page(request, form, *, status=200, notice="", is_refused=False):
    context = {
        "form": form,
        "about": form.about,
        "errors": form.errors_with_links() if form.is_bound else [],
        "notice": notice,
        "is_refused": is_refused,
    }
    return render(request, "therapies/feedback.html", context, status=status)
