"""The start of the form, and the ways out of it."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.private_pages import DATABASE_IS_DOWN
from inquiries import drafts, path
from inquiries.promise import in_words, next_reading, promised_at
from inquiries.questionnaire import PAGES
from inquiries.services import counters
from inquiries.views.private import about_the_clinic, clinic_of, go, private, save


@require_safe
@private
def start(request):
    """What this is, when we answer, and whom to call instead. A choice in the address moves into the session."""
    held, clinic = clinic_of(request)
    if request.GET:
        # A slug that is not live chooses nothing. Without a database the choice can be made again further on.
        chosen = {
            kind: request.GET[kind]
            for kind in ("condition", "treatment")
            if held and held.page(kind, request.GET.get(kind, ""))
        }
        try:
            if chosen:
                drafts.remember_topic(request.session, chosen)
                save(request)
        except DATABASE_IS_DOWN:
            request.session.modified = False
        return redirect("inquiries:request")
    now = timezone.now()
    shown = {
        "promised": in_words(clinic, promised_at(clinic, now)),
        "next_reading": in_words(clinic, next_reading(clinic, now)),
        "first": PAGES[0].key,
    }
    return render(request, "inquiries/start.html", {**about_the_clinic(held, clinic), **shown})


def with_choice(request, draft):
    """The draft with what somebody asked about on the page they came from, unless they chose already."""
    chosen = drafts.take_topic(request.session)
    return path.with_answers(draft, {kind: slug for kind, slug in chosen.items() if not draft.answers.get(kind)})


@require_POST
@private
def leave(request):
    """Forget everything that was answered and go to the home page."""
    try:
        draft = drafts.read(request.session)
        if draft and path.unread(draft):
            counters.count("safety left")
        drafts.forget(request.session)
        save(request)
    except DATABASE_IS_DOWN:
        request.session.modified = False
    return go("clinic:home")


@require_safe
@private
def under_18(request):
    """We see adults; whom to ask instead."""
    return render(request, "inquiries/under_18.html", about_the_clinic(*clinic_of(request)))


@require_safe
@private
def help_by_phone(request):
    """For who would rather talk than fill in a form."""
    return render(request, "inquiries/help.html", about_the_clinic(*clinic_of(request)))
