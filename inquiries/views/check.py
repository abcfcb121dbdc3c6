"""The check page: every answer with a way to change it, the consents, and Send."""

import datetime
import time
import uuid
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.private_pages import DATABASE_IS_DOWN, RETRY_AFTER
from inquiries import drafts, form_counts, links, path, questionnaire, safety, spread
from inquiries.forms import CheckForm, safety_options
from inquiries.promise import promised_at
from inquiries.questionnaire import CONSENTS, PAGES
from inquiries.services import counters, intake
from inquiries.spam import signs_of_spam
from inquiries.views import floods, tries
from inquiries.views.private import (
    about_the_clinic,
    begin_again,
    clinic_of,
    go,
    go_on,
    private,
    save,
    when_refused,
)

SEND_AGAIN = "For your security, press Send again. Nothing was lost."
CHECK_AGAIN = "This page was open for a long time. Check your answers as they are now, and press Send again."


def _check_refused(request):
    draft = drafts.unseal(request.POST.get("sealed", ""))
    if draft is None:
        return go_on(drafts.begin())
    return _show(request, draft, data=request.POST, notice=SEND_AGAIN, is_refused=True, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@when_refused(_check_refused)
def check(request):
    """The page holds the answers, sealed: so Send works when the session is gone, and sends what was checked."""
    draft = checked = drafts.unseal(request.POST.get("sealed", "")) if request.method == "POST" else None
    try:
        draft = checked or drafts.read(request.session)
        if draft is None or not draft.done:
            token = drafts.sent_token(request.session)
            return _sent_already(request, token) if token else begin_again(request)
        if path.next_stop(draft) != path.CHECK:
            return go_on(draft)
        if request.method != "POST":
            return _open(request, draft)
        # What another tab has changed meanwhile was not what this page showed.
        return _send(request, draft) if checked else _show(request, draft, notice=CHECK_AGAIN)
    except DATABASE_IS_DOWN:
        request.session.modified = False
        return _not_sent(request, draft)


def _open(request, draft):
    tried = tries.tried_on(draft, path.CHECK, sealed=drafts.seal(draft))
    if tried is None:
        return _show(request, draft)
    return _show(request, draft, form=_form(*clinic_of(request), tried))


def _send(request, draft):
    held, clinic = clinic_of(request)
    if held is None:
        return _not_sent(request, draft)
    form = _form(held, clinic, request.POST)
    if not form.is_valid():
        if not _is_kept(request, draft, form):
            return _show(request, draft, form=form)
        counters.count_if_possible(*form_counts.all_wrong(form.errors), zone=ZoneInfo(clinic.time_zone))
        return go("inquiries:check")
    if floods.is_flood(request) and path.level(draft) not in safety.ALERTING:
        notice = floods.notice("Send", clinic)
        return floods.wait(_show(request, draft, data=request.POST, notice=notice, status=429))
    begun = timezone.now()
    intake.submit(
        **submission(draft, held, clinic),
        filled_in_within=spread.form_step_of((time.time() - draft.begun_at) / 60),
        suspect_reasons=(
            *signs_of_spam(draft, trap=form.cleaned_data["website"], now=time.time()),
            *floods.sent_too_much(request, draft.submission_key),
        ),
        in_the_same_transaction=lambda stored: _finish(request, stored, draft, begun),
    )
    return go("inquiries:sent", token=drafts.sent_token(request.session))


def _is_kept(request, draft, form):
    """Keep what was ticked, where the session still holds the very answers that were checked."""
    try:
        held = drafts.read(request.session)
    except DATABASE_IS_DOWN:
        return False
    if held is None or path.without_tries(held) != draft:
        return False
    return tries.is_kept(request, held, path.CHECK, tries.typed_in(form, request.POST, but=["sealed"]))


def _finish(request, inquiry, draft, begun):
    """The draft goes in the transaction that stores the request: one commit, and never one without the other."""
    # The same form sent twice is confirmed twice; another form with the same words is told that we have them.
    is_again = inquiry.created_at < begun and str(inquiry.submission_key) != draft.submission_key
    drafts.finish(request.session, links.token_of(inquiry), form=draft.submission_key, is_again=is_again)
    save(request)


def submission(draft, held, clinic):
    """What services.intake.submit takes, from a whole draft."""
    answers = draft.answers
    about = {kind: held.page(kind, answers.get(kind, "")) for kind in ("condition", "treatment")}
    return {
        "submission_key": uuid.UUID(draft.submission_key),
        **{key: answers.get(key, "") for key in ("full_name", "email", "phone", "helper_name", "contact_method")},
        **{kind: found.slug if found else "" for kind, found in about.items()},
        "region": questionnaire.region(answers),
        "duration": answers["duration"],
        "answers": {
            **questionnaire.answers_document(answers, _offered(answers, held), crisis_line=clinic.crisis_line),
            "signs": safety.asked_document(questionnaire.region(answers), answers["safety"]),
            "words": [word.shown for word in draft.worrying_words],
        },
        "how_to_reach": questionnaire.reach_document(answers),
        "safety_level": path.level(draft),
        "advice_shown_at": _moment(draft.advice_shown_at),
        "advice_read_at": _moment(draft.advice_read_at),
        "promised_at": promised_at(clinic, timezone.now()),
        "consents": [(consent.purpose, consent.wording(clinic.name)) for consent in CONSENTS],
        "country": clinic.country,
        "held": held,
    }


def _moment(text):
    return datetime.datetime.fromisoformat(text) if text else None


def _form(held, clinic, data=None, sealed=""):
    return CheckForm(data, clinic=clinic, privacy=held and held.page("article", "privacy"), sealed=sealed)


def _show(request, draft, *, data=None, form=None, status=200, **context):
    held, clinic = clinic_of(request)
    if form is None:
        form = _form(held, clinic, sealed=drafts.seal(draft))
        if data is not None:  # what was ticked stays ticked
            form.initial |= {consent.purpose: consent.purpose in data for consent in CONSENTS}
    shown = {
        "form": form,
        "errors": form.errors_with_links() if form.is_bound else [],
        "parts": parts_of(draft, held),
        "calm_signs": path.calm_signs(draft),
        "way": draft.answers.get("contact_method", ""),
        "detail": draft.answers.get(
            questionnaire.REQUIRED_CONTACT.get(draft.answers.get("contact_method", ""), ""), ""
        ),
        **about_the_clinic(held, clinic),
    }
    return render(request, "inquiries/check.html", {**shown, **context}, status=status)


def _offered(answers, held):
    """The options of the questions whose options are not in the questionnaire, as far as they were chosen."""
    about = [held and held.page(kind, answers.get(kind, "")) for kind in ("condition", "treatment")]
    pages = tuple((found.slug, found.title) for found in about if found)
    unsure = questionnaire.UNSURE
    return {"safety": tuple(safety_options(answers)), "condition": (*pages, unsure), "treatment": (*pages, unsure)}


def parts_of(draft, held):
    """[(page, [(question, answer in words)])] for what was asked."""
    offered, answers = _offered(draft.answers, held), draft.answers
    parts = []
    for page in PAGES:
        asked = [question for question in page.questions if question.is_asked(answers)]
        words = [questionnaire.in_words(each, answers.get(each.key, ""), offered.get(each.key, ())) for each in asked]
        parts.append((page, list(zip(asked, words, strict=True))))
    return parts


def _sent_already(request, token):
    inquiry = links.inquiry_of(token)
    shown = {"token": token, "reference": inquiry.reference if inquiry else "", **about_the_clinic(*clinic_of(request))}
    return render(request, "inquiries/sent_already.html", shown)


def _not_sent(request, draft):
    """Nothing was saved; the page holds everything, and one more press in a minute sends it."""
    held, clinic = clinic_of(request)
    if draft is None:
        response = render(request, "inquiries/unavailable.html", about_the_clinic(held, clinic), status=503)
    else:
        phone = f", or call {clinic.phone}" if clinic.phone else ""
        notice = f"We could not send your request. Nothing was saved. Press Send again in a minute{phone}."
        response = _show(request, draft, data=request.POST, notice=notice, status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    return response
