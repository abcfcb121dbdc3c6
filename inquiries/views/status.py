"""The page of one request, for who has its link: where it stands and what can be said. Nothing about health.

Every action is a page that asks and a POST that does; opening an address changes nothing.
"""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.private_pages import is_stored
from inquiries import drafts, links, safety, search
from inquiries.models import ConsentText
from inquiries.promise import in_words
from inquiries.services import contact_mails, patient
from inquiries.states import Status
from inquiries.status_forms import ContactForm, FindForm, InformationForm, WorseForm
from inquiries.views import floods, tries
from inquiries.views.private import about_the_clinic, answer, clinic_of, go, private, save, unknown, when_refused
from inquiries.views.told import DONE as TOLD
from inquiries.views.told import tell

FIND = "find"  # where its form stands
PRESS_AGAIN = "For your security, press the button again. Nothing was lost."
# What a patient reads of where a request stands: never why.
STAGES = {
    Status.NEW: "We have your request. Nobody has read it yet.",
    Status.IN_REVIEW: "A member of our team is reading it.",
    Status.AWAITING_PATIENT: "We tried to reach you and wait to hear from you.",
    Status.ACCEPTED: "We have read it and will contact you.",
}
CLOSED_STAGE = "It is closed. Call us if you have a question about it."
DONE = {
    "sent": TOLD,
    "contact": "We have changed how we reach you. Your earlier links no longer work.",
    "withdraw": "We have withdrawn your request.",
    "erase": "We have noted that you want us to erase what we hold. We will tell you when it is done.",
    "consent": "We have noted that you withdraw your consent.",
}


@require_safe
@private
def status(request, token):
    """Where the request stands, the promise, the phone, and what can be done."""
    return answer(request, lambda: _show_status(request, token))


def _show_status(request, token):
    inquiry = links.inquiry_of(token)
    if inquiry is None:
        return unknown(request)
    held, clinic = clinic_of(request)
    stage = Status(inquiry.status)
    given = inquiry.consents.filter(given=True, withdrawn_at=None).select_related("text")
    shown = {
        "token": token,
        "reference": inquiry.reference,
        "stage": STAGES.get(stage, CLOSED_STAGE),
        "promised": in_words(clinic, _promised(inquiry)) if stage in STAGES else "",
        "is_open": stage in STAGES,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "consents": [record.text for record in given],
        "erasure_asked": inquiry.erasure_asked_at is not None,
        # Only to the browser that said so: the address alone tells nothing about health.
        "advice": inquiry.safety_level if drafts.report_of(request.session, token) is not None else "",
        **about_the_clinic(held, clinic),
    }
    return render(request, "inquiries/status.html", shown)


def _promised(inquiry):
    """By when the patient was last told we make contact. None once we did: nobody waits for it any more."""
    return None if inquiry.first_contact_at else inquiry.promised_again_at or inquiry.promised_at


def _action_refused(request, token, action):
    inquiry = links.inquiry_of(token)
    if inquiry is None or action not in ACTIONS:
        return unknown(request)
    return _show_action(
        request, token, action, ACTIONS[action].form(inquiry, request.POST), notice=PRESS_AGAIN, status=403
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@when_refused(_action_refused)
def act(request, token, action):
    """One thing a patient can do: the page asks, the POST does it once."""
    if action not in ACTIONS:
        raise Http404
    return answer(request, lambda: _act(request, token, action))


def _act(request, token, action):
    inquiry = links.inquiry_of(token)
    if inquiry is None:
        return unknown(request)
    wanted, place = ACTIONS[action], f"{inquiry.public_id.hex} {action}"
    if request.method != "POST":
        form = wanted.form(inquiry, tries.tried_beside(request, place))
        return _show_action(request, token, action, form)
    form = wanted.form(inquiry, request.POST)
    if form is not None and not form.is_valid():
        if tries.is_kept_beside(request, place, tries.typed_in(form, request.POST)):
            return go("inquiries:act", token=token, action=action)
        return _show_action(request, token, action, form)
    if floods.is_flood(request) and not _is_worrying(inquiry, action, form):
        _, clinic = clinic_of(request)
        notice = floods.notice("the button", clinic)
        return floods.wait(_show_action(request, token, action, form, notice=notice, status=429))
    try:
        changed = wanted.do(request, inquiry, form)
    except patient.NotPossible as error:
        return _show_action(request, token, action, form, notice=str(error), status=409)
    tries.forget_beside(request, place)
    new = links.token_of(changed)
    if drafts.follow(request.session, token, new):
        is_stored(request, lambda: save(request))
    words = safety.danger_words(form.cleaned_data.get("text", "") if form else "")
    is_worse = action == "worse"
    if is_worse or words:
        screened = form.screened if is_worse else safety.screening("", [])
        return tell(request, new, region=inquiry.region, screened=screened, words=words, is_worse=is_worse)
    response = go("inquiries:status", token=new)
    response["Location"] += f"?done={action if action in DONE else 'sent'}"
    return response


def _is_worrying(inquiry, action, form):
    """What nobody has to wait with: that it is worse, a request with a warning sign, and words that worry us."""
    if action == "worse" or inquiry.safety_level in safety.ALERTING:
        return True
    return bool(form and safety.danger_words(form.cleaned_data.get("text", "")))


def _show_action(request, token, action, form, *, status=200, **context):
    held, clinic = clinic_of(request)
    wanted = ACTIONS[action]
    shown = {
        "token": token,
        "action": action,
        "heading": wanted.heading,
        "lede": wanted.lede,
        "button": wanted.button,
        "form": form,
        "errors": form.errors_with_links() if form and form.is_bound and form.errors else [],
        "purpose": request.POST.get("purpose", request.GET.get("purpose", "")),
        **about_the_clinic(held, clinic),
    }
    return render(request, "inquiries/status_action.html", {**shown, **context}, status=status)


class Action:
    """One thing a patient can do: its words, its form, and the service that does it."""

    def __init__(self, heading, lede, button, do, form=lambda inquiry, data: None):
        self.heading, self.lede, self.button, self.do, self.form = heading, lede, button, do, form


def _worse(request, inquiry, form):
    return patient.report_worse(inquiry, **form.report())


def _information(request, inquiry, form):
    return patient.add_information(inquiry, text=form.cleaned_data["text"])


def _contact(request, inquiry, form):
    _, clinic = clinic_of(request)
    given = form.cleaned_data
    return patient.change_contact(inquiry, email=given["email"], phone=given["phone"], country=clinic.country)


def _consent(request, inquiry, form):
    purpose = request.POST.get("purpose", "")
    if purpose not in ConsentText.Purpose.values:
        raise patient.NotPossible("Go back, and choose there which consent you withdraw.")
    return patient.withdraw_consent(inquiry, purpose)


ACTIONS = {
    "worse": Action(
        "It has got worse",
        "We ask about the warning signs again, and tell the people on duty at once.",
        "Tell the clinic",
        _worse,
        lambda inquiry, data: WorseForm(data, region=inquiry.region),
    ),
    "information": Action(
        "Add information",
        "What you write here is read with your request.",
        "Add it",
        _information,
        lambda inquiry, data: InformationForm(data),
    ),
    "contact": Action(
        "Change how we reach you",
        "What you enter here takes the place of what you gave before.",
        "Change it",
        _contact,
        lambda inquiry, data: ContactForm(data, inquiry=inquiry),
    ),
    "withdraw": Action(
        "Withdraw your request",
        "We will not contact you about it any more. You can send a new request at any time.",
        "Withdraw my request",
        lambda request, inquiry, form: patient.withdraw(inquiry),
    ),
    "erase": Action(
        "Ask us to erase what we hold",
        "A person checks that the law does not make us keep it, erases it, and tells you.",
        "Ask for erasure",
        lambda request, inquiry, form: patient.ask_erasure(inquiry),
    ),
    "consent": Action(
        "Withdraw your consent",
        "From now on we may no longer rely on what you agreed to. We may then not be able to help with this request.",
        "Withdraw my consent",
        _consent,
    ),
}


def _find_refused(request):
    return _show_find(request, FindForm(request.POST), notice=PRESS_AGAIN, is_refused=True, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@when_refused(_find_refused)
def find(request):
    """Mails the link to the address on file. Whatever was typed, the answer is the same."""
    return answer(request, lambda: _find(request))


def _find(request):
    held, clinic = clinic_of(request)
    if request.method != "POST":
        if "done" in request.GET:
            return render(request, "inquiries/find_done.html", about_the_clinic(held, clinic))
        return _show_find(request, FindForm(tries.tried_beside(request, FIND)))
    form = FindForm(request.POST)
    if not form.is_valid():
        is_kept = tries.is_kept_beside(request, FIND, tries.typed_in(form, request.POST))
        return go("inquiries:find") if is_kept else _show_find(request, form)
    if floods.is_flood(request, of_finds=True):
        notice = floods.notice("the button", clinic)
        return floods.wait(_show_find(request, form, notice=notice, status=429))
    reference = search.reference_in(form.cleaned_data["reference"])
    known = search.reached_by(form.cleaned_data["proof"], country=clinic.country)
    inquiry = known.filter(reference=reference, has_email=True).first() if reference else None
    if inquiry is not None:
        contact_mails.send_link_again(inquiry)
    tries.forget_beside(request, FIND)
    response = go("inquiries:find")
    response["Location"] += "?done"
    return response


def _show_find(request, form, *, status=200, **context):
    held, clinic = clinic_of(request)
    errors = form.errors_with_links() if form.is_bound and form.errors else []
    shown = {"form": form, "errors": errors, **about_the_clinic(held, clinic)}
    return render(request, "inquiries/find.html", {**shown, **context}, status=status)
