"""The six pages of questions, and the advice somebody reads whose answers need care sooner than we can give it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.private_pages import DATABASE_IS_DOWN, RETRY_AFTER, is_stored
from inquiries import drafts, form_counts, path, questionnaire, safety
from inquiries.fields import AnyOf
from inquiries.forms import PageForm
from inquiries.promise import in_words, next_reading
from inquiries.questionnaire import PAGES
from inquiries.services import counters
from inquiries.views import floods, tries
from inquiries.views.private import (
    REMOVED,
    about_the_clinic,
    begin_again,
    clinic_of,
    go,
    go_on,
    keep,
    private,
    when_refused,
)
from inquiries.views.start import with_choice

CONTINUE_AGAIN = "For your security, press Continue again. Nothing was lost."
ASKED_AGAIN = "You changed an answer that these questions depend on, so please answer them again."
HOUR_IS_OVER = "We removed your earlier answers after 60 minutes to protect your privacy."


def _page_refused(request, key):
    # As typed, without asking the session: whose token is wrong may have lost it.
    return _show_page(request, _known(key), data=request.POST, notice=CONTINUE_AGAIN, is_refused=True, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@when_refused(_page_refused)
def page(request, key):
    """One page of questions. Answered, it leads to what comes next; opened too early, to the first one not answered."""
    wanted = _known(key)
    try:
        return _answer_page(request, wanted) if request.method == "POST" else _open_page(request, wanted)
    except DATABASE_IS_DOWN:
        request.session.modified = False
        return _without_database(request, wanted)


def _open_page(request, wanted):
    draft = drafts.read(request.session)
    if draft is None and wanted is not PAGES[0]:
        return begin_again(request)
    is_lost = draft.lost_earlier if draft else REMOVED in request.GET or drafts.is_over(request.session)
    draft = draft or drafts.begin()
    if not path.may_open(draft, wanted):
        return go_on(draft)
    tried = tries.tried_on(draft, wanted.key)
    form = None if tried is None else _form(request, wanted, draft, tried)
    notice = HOUR_IS_OVER if is_lost else ASKED_AGAIN if path.is_asked_again(draft, wanted) else ""
    return _show_page(request, wanted, draft, form=form, notice=notice)


def _answer_page(request, wanted):
    held = drafts.read(request.session)
    is_begun = wanted is not PAGES[0] or getattr(request, "has_lost_session", False)
    is_late = held is None and is_begun and not drafts.sent_token(request.session)
    notice = HOUR_IS_OVER if is_late or drafts.is_over(request.session) else ""
    draft = held or drafts.begin()
    started = [] if held else [form_counts.STARTED]
    form = _form(request, wanted, draft, request.POST)
    if not form.is_valid():
        typed = tries.typed_in(form, request.POST)
        # Who has no draft any more, or is too early for this page, would not get there again.
        if not notice and path.may_open(draft, wanted) and tries.is_kept(request, draft, wanted.key, typed):
            _count(form, *started, *form_counts.all_wrong(form.errors))
            return go("inquiries:page", key=wanted.key)
        return _show_page(request, wanted, draft, form=form, notice=notice)
    is_first = wanted.key not in draft.done
    draft = replace(path.answered(draft, wanted, form.given()), lost_earlier=is_late)
    if floods.is_flood(request) and path.level(draft) not in safety.ALERTING:
        wait = floods.notice("Continue", form.clinic)
        return floods.wait(_show_page(request, wanted, data=request.POST, notice=wait, status=429))
    if wanted is questionnaire.WHO:
        if draft.answers["age_band"] == questionnaire.UNDER_18:
            _forget_try(request, wanted)
            return go("inquiries:under_18")
        draft = with_choice(request, draft)
    if wanted is questionnaire.SAFETY:
        counters.count(*form_counts.of_signs(path.screening(draft), is_advised=bool(path.unread(draft))))
    keep(request, draft)
    _count(form, *started, *is_first * [form_counts.answered(wanted)])
    return go_on(draft)


def _count(form, *names):
    counters.count_if_possible(*names, zone=ZoneInfo(form.clinic.time_zone))


def _forget_try(request, wanted):
    """This page is answered, though its answer is not kept."""
    held = drafts.read(request.session)
    if held and wanted.key in held.tried:
        keep(request, path.without_tries(held, wanted.key))


def _advice_refused(request):
    draft = drafts.read(request.session)
    return _show_advice(request, draft, notice=CONTINUE_AGAIN, status=403) if draft else go_on(drafts.begin())


@require_http_methods(["GET", "HEAD", "POST"])
@private
@when_refused(_advice_refused)
def advice(request):
    """Get help now: what to do and why, in the person's own items. Going on is possible, and is written down."""
    try:
        draft = drafts.read(request.session)
        if draft is None:
            return begin_again(request)
        unread, now = path.unread(draft), timezone.now().isoformat()
        if request.method != "POST" and path.reasons(draft):  # read already, it can be read again
            if unread:
                draft = replace(draft, advice_shown_at=draft.advice_shown_at or now)
                is_stored(request, lambda: keep(request, draft))  # what to do now is shown in any case
            return _show_advice(request, draft)
        if unread:
            # What was shown while nothing could be written was shown: by now, at the latest.
            shown_at = draft.advice_shown_at or now
            draft = replace(draft, read=(*draft.read, *unread), advice_shown_at=shown_at, advice_read_at=now)
            counters.count("safety continued")
            keep(request, draft)
        return go_on(draft)
    except DATABASE_IS_DOWN:
        request.session.modified = False
        return _without_database(request, None)


def _known(key):
    found = questionnaire.page(key)
    if found is None:
        raise Http404
    return found


def _form(request, wanted, draft, data=None):
    held, clinic = clinic_of(request)
    return PageForm(wanted, data, answers=draft.answers, library=held, clinic=clinic)


def _show_page(request, wanted, draft=None, *, data=None, form=None, status=200, **context):
    if form is None:
        form = _form(request, wanted, draft or drafts.begin(), data)
        if data is not None:
            form.is_bound = False  # what was typed, shown as if it had just been opened
            form.initial = {
                name: data.getlist(name) if isinstance(field, AnyOf) else data[name]
                for name, field in form.fields.items()
                if name in data
            }
    shown = {
        "page": wanted,
        "form": form,
        "errors": form.errors_with_links() if form.is_bound else [],
        "number": PAGES.index(wanted) + 1,
        "count": len(PAGES),
        "back": path.page_before(wanted),
        **about_the_clinic(form.library, form.clinic),
    }
    return render(request, "inquiries/page.html", {**shown, **context}, status=status)


def _show_advice(request, draft, *, status=200, **context):
    held, clinic = clinic_of(request)
    screened, level = path.screening(draft), path.level(draft)
    shown = {
        "is_emergency": level == "emergency",
        "signs": safety.alerting_signs(screened.signs, level=level, emergency_number=clinic.emergency_number),
        "is_unsure": screened.is_unsure,
        "asked": safety.signs_for(questionnaire.region(draft.answers)) if screened.is_unsure else [],
        "words": draft.worrying_words,
        "pages_of_words": path.pages_of_words(draft),
        "next_reading": in_words(clinic, next_reading(clinic, timezone.now())),
        **about_the_clinic(held, clinic),
    }
    return render(request, "inquiries/advice.html", {**shown, **context}, status=status)


def _without_database(request, wanted):
    """What was typed on this page is still in it; a press in a minute goes on."""
    if wanted is None or request.method != "POST":
        held, clinic = clinic_of(request)
        response = render(request, "inquiries/unavailable.html", about_the_clinic(held, clinic), status=503)
    else:
        response = _show_page(request, wanted, data=request.POST, is_down=True, status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    return response
