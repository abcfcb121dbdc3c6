"""A request by phone or at the desk, typed in by staff: the same questions, in the same order, with the same screening.

Nothing is stored before Send. Each page carries all answers before it, sealed, so two calls can be typed in at once and
nobody else reads them. Who typed them in sees what they typed; what they may read afterwards their role decides.
"""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path as address
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from inquiries import drafts, form_counts, path, questionnaire
from inquiries.forms import CheckForm, PageForm
from inquiries.models import Inquiry
from inquiries.promise import in_words, next_reading, promised_at
from inquiries.questionnaire import PAGES, UNDER_18
from inquiries.services import counters, intake
from inquiries.views.check import parts_of, submission
from therapies import library

SOURCES = (("phone", "A phone call"), ("walk_in", "At the desk"))
SOURCE = "source"  # among the answers of the draft: how the request came
LEAVE = "leave"
TOO_OLD = "The answers were kept for two hours, to protect the patient, and are gone. Please begin again."


class Entry:
    """The pages of staff entry, for the admin of requests."""

    def entry_urls(self):
        return [address("enter/", self.admin_site.admin_view(self.enter_view), name="inquiries_inquiry_enter")]

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def enter_view(self, request):
        """The start, and after each POST the page that comes next."""
        if not may_enter(request):
            raise PermissionDenied
        return _Entering(self, request).answer()


class _Entering:
    """One POST of somebody who types in a request."""

    def __init__(self, model_admin, request):
        self.admin, self.request = model_admin, request
        self.library = library.current()
        self.clinic = self.library.clinic

    def answer(self):
        posted = self.request.POST
        if self.request.method != "POST":
            return self.show("start", sources=SOURCES)
        if posted.get("page") == "start":
            return self.begin(posted.get(SOURCE, ""))
        draft = drafts.unseal(posted.get("sealed", ""))
        if draft is None:
            self.admin.message_user(self.request, TOO_OLD, messages.WARNING)
            return redirect("admin:inquiries_inquiry_enter")
        wanted = questionnaire.page(posted.get("go", ""))
        if wanted:
            return self.show_page(draft, wanted) if path.may_open(draft, wanted) else self.go_on(draft)
        if posted.get("page") == path.ADVICE:
            return self.read_out(draft)
        if posted.get("page") == path.CHECK:
            return self.send(draft)
        if posted.get("page") == LEAVE:
            return self.leave(draft)
        page = questionnaire.page(posted.get("page", ""))
        if page is None:
            raise BadRequest("There is no such page.")
        return self.answer_page(draft, page) if path.may_open(draft, page) else self.go_on(draft)

    def begin(self, source):
        if source not in dict(SOURCES):
            return self.show("start", sources=SOURCES, error="Select how the request came")
        return self.go_on(path.with_answers(drafts.begin(), {SOURCE: source}))

    def answer_page(self, draft, page):
        form = self.form_of(draft, page, self.request.POST)
        if not form.is_valid():
            return self.show_page(draft, page, form)
        draft = path.answered(draft, page, form.given())
        if page is questionnaire.SAFETY:
            counters.count(*form_counts.of_signs(path.screening(draft), is_advised=bool(path.unread(draft))))
        if draft.answers.get("age_band") == UNDER_18:
            return self.show("under_18")
        return self.go_on(draft)

    def read_out(self, draft):
        """The advice was read out to the person, who goes on."""
        if path.unread(draft):
            counters.count("safety continued")
        read = (*draft.read, *path.unread(draft))
        return self.go_on(replace(draft, read=read, advice_read_at=timezone.now().isoformat()))

    def leave(self, draft):
        """They would rather get help now than go on."""
        if path.unread(draft):
            counters.count("safety left")
        return redirect("admin:inquiries_inquiry_changelist")

    def send(self, draft):
        if path.next_stop(draft) != path.CHECK:
            return self.go_on(draft)
        form = self.consents(self.request.POST)
        if not form.is_valid():
            return self.show_check(draft, form)
        given = submission(draft, self.library, self.clinic)
        inquiry = intake.submit(**given, source=draft.answers[SOURCE], entered_by=self.request.user)
        self.admin.message_user(
            self.request, f"Sent. Tell them their reference: {inquiry.reference}.", messages.SUCCESS
        )
        return redirect("admin:inquiries_inquiry_change", inquiry.pk)

    def go_on(self, draft):
        stop = path.next_stop(draft)
        if stop == path.ADVICE:
            return self.show_advice(draft)
        return self.show_check(draft) if stop == path.CHECK else self.show_page(draft, questionnaire.page(stop))

    def show_page(self, draft, page, form=None):
        form = form or self.form_of(draft, page)
        number = PAGES.index(page) + 1
        errors = form.errors_with_links() if form.is_bound else []
        return self.show("page", draft, page=page, form=form, errors=errors, number=number, back=path.page_before(page))

    def show_advice(self, draft):
        draft = replace(draft, advice_shown_at=draft.advice_shown_at or timezone.now().isoformat())
        screened = path.screening(draft)
        return self.show(
            "advice",
            draft,
            is_emergency=path.level(draft) == "emergency",
            signs=[sign for sign in screened.signs if sign.level != "non_urgent"],
            is_unsure=screened.is_unsure,
            words=draft.worrying_words,
            next_reading=in_words(self.clinic, next_reading(self.clinic, timezone.now())),
        )

    def show_check(self, draft, form=None):
        form = form or self.consents()
        promised = in_words(self.clinic, promised_at(self.clinic, timezone.now()))
        source = dict(SOURCES)[draft.answers[SOURCE]]
        return self.show(
            "check",
            draft,
            parts=parts_of(draft, self.library),
            calm_signs=path.calm_signs(draft),
            source=source,
            promised=promised,
            boxes=[form[consent.purpose] for consent in questionnaire.CONSENTS],
            errors=form.errors_with_links() if form.is_bound else [],
        )

    def form_of(self, draft, page, data=None):
        return PageForm(page, data, answers=draft.answers, library=self.library, clinic=self.clinic)

    def consents(self, data=None):
        return CheckForm(data, clinic=self.clinic, privacy=self.library.page("article", "privacy"))

    def show(self, part, draft=None, **shown):
        context = {
            **self.admin.admin_site.each_context(self.request),
            "title": "Type in a request",
            "opts": Inquiry._meta,
            "part": part,
            "count": len(PAGES),
            "clinic": self.clinic,
            "sealed": drafts.seal(draft) if draft else "",
            **shown,
        }
        return TemplateResponse(self.request, f"admin/inquiries/inquiry/enter_{part}.html", context)


def may_enter(request):
    """May this person type in requests?"""
    return request.user.has_perm("inquiries.enter_inquiry")
