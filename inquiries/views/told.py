"""What to do now, and why, for who has just written that it is worse, or words that worry us.

It stands in the person's own items, so only the browser that sent them is shown it, and for an hour.
"""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.private_pages import is_stored
from inquiries import drafts, links, safety
from inquiries.promise import in_words, next_reading
from inquiries.views.private import about_the_clinic, answer, clinic_of, go, private, save, unknown

DONE = "We have what you sent, and tell the people who need to know."


def tell(request, token, *, region, screened, words, is_worse):
    """Lead to the page of what to do; show it directly when it cannot be remembered who may see it."""
    said = {
        "region": region or "general",
        "signs": [sign.id for sign in screened.signs],
        "is_unsure": screened.is_unsure,
        "words": [word.shown for word in words],
        "is_worse": is_worse,
    }
    drafts.remember_report(request.session, token, said)
    if is_stored(request, lambda: save(request)):
        return go("inquiries:told", token=token)
    return _show(request, token, said)


@require_safe
@private
def told(request, token):
    """What to do now. For another browser, and after the hour, it is the page of the request."""
    return answer(request, lambda: _told(request, token))


def _told(request, token):
    if links.inquiry_of(token) is None:
        return unknown(request)
    said = drafts.report_of(request.session, token)
    return go("inquiries:status", token=token) if said is None else _show(request, token, said)


def _show(request, token, said):
    held, clinic = clinic_of(request)
    screened = safety.screening(said["region"], said["signs"], is_unsure=said["is_unsure"])
    words = [word for word in safety.DANGER_WORDS if word.shown in said["words"]]
    level = safety.worst([screened.level, *(word.level for word in words)])
    shown = {
        "token": token,
        "done": DONE,
        "is_emergency": level == "emergency",
        "is_worse": said["is_worse"],
        "signs": safety.alerting_signs(screened.signs, level=level, emergency_number=clinic.emergency_number),
        "is_unsure": screened.is_unsure,
        "asked": safety.signs_for(said["region"]) if screened.is_unsure else [],
        "words": words,
        "next_reading": in_words(clinic, next_reading(clinic, timezone.now())),
        **about_the_clinic(held, clinic),
    }
    return render(request, "inquiries/told.html", shown)
