"""The publishing page of a page of content: where it stands, what may be done now and what is open, and its history."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from clinic.models import ClinicProfile
from therapies import documents, gates, publishing, snapshots, stages, waivers
from therapies.admin.cards import cards_of, moved_meanwhile, pressed, why_wait
from therapies.admin.moves import ACTS, DONE, HAPPENED, TIMES, Mover, ReviewForm
from therapies.admin.places import Places, titles
from therapies.admin.reading import readings
from therapies.document_words import place_in_words
from therapies.models import ClaimRule, RevisionEvent
from therapies.page_states import states_of
from therapies.publishing.records import lock

NO_TIME = "Say when it goes live or comes down."
SHOWN = 100  # revisions and events: what is older stands in the list of revisions


class PublishingPages:
    """Mixed into the admin of a kind of page."""

    def publishing_urls(self):
        wrap, name = self.admin_site.admin_view, f"therapies_{self.opts.model_name}"
        return [
            path("<int:pk>/publishing/", wrap(self.publishing_view), name=f"{name}_publishing"),
            path("<int:pk>/publishing/waive/", wrap(self.waive_view), name=f"{name}_waive"),
            path("<int:pk>/publishing/review/", wrap(self.review_view), name=f"{name}_review"),
            path("<int:pk>/publishing/<slug:move>/", wrap(self.move_view), name=f"{name}_move"),
        ]

    @method_decorator(require_safe)
    def publishing_view(self, request, pk):
        return self.publishing_page(request, self.page_or_404(request, pk))

    @method_decorator(require_POST)
    def move_view(self, request, pk, move):
        """A button of the publishing page was pressed."""
        page = self.page_or_404(request, pk)
        if move not in ACTS:
            raise Http404
        move, mover = stages.MOVES[move], Mover(request.user, page)
        revision = pressed(page, request.POST)
        if not mover.may(revision, move):
            raise PermissionDenied
        form = mover.form(revision, move, request.POST)
        try:
            form.is_valid()
            said = self.make(page, revision, move, form, request.user)
        except publishing.PublishingRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return self.publishing_page(request, page, bound=form)
        if said:
            self.message_user(request, said, messages.WARNING)
        elif form.is_valid():
            said = f"Revision {revision.number} {DONE[move.name]}."
            self.log_change(request, page, said)
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, "Nothing was done. See what is missing below.", messages.ERROR)
            return self.publishing_page(request, page, bound=form)
        return self.to_publishing(page)

    @transaction.atomic  # two presses of one button wait for each other, and the second sees what the first has done
    def make(self, page, revision, move, form, actor):
        """Make the move, unless the revision no longer stands where the button was shown: then say so."""
        lock(page)
        if said := moved_meanwhile(page, revision, move):
            return said
        if not form.is_valid():
            return ""
        now = form.arguments()
        if move.name == "schedule" and all(now[name] == getattr(revision, name) for name in TIMES):
            said = "It is scheduled like this already." if any(now[name] for name in TIMES) else NO_TIME
            return f"{said} Nothing was done."
        ACTS[move.name](revision, actor=actor, **now)
        return ""

    @method_decorator(require_POST)
    def review_view(self, request, pk):
        """A clinician has looked at the live page, without a new revision."""
        page = self.page_or_404(request, pk)
        if not request.user.has_perm(stages.APPROVE):
            raise PermissionDenied
        form = ReviewForm(request.POST)
        try:
            event = publishing.record_review(page, actor=request.user, **form.cleaned_data) if form.is_valid() else None
        except publishing.PublishingRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            event = None
        if event is None:
            return self.publishing_page(request, page, review=form)
        said = f"A review was recorded: {event.get_kind_display().lower()}."
        self.log_change(request, page, said)
        self.message_user(request, said, messages.SUCCESS)
        return self.to_publishing(page)

    @method_decorator(require_POST)
    def waive_view(self, request, pk):
        """A clinician lets one finding of the claim guard stand, with a reason."""
        page = self.page_or_404(request, pk)
        if not request.user.has_perm(stages.APPROVE):
            raise PermissionDenied
        said = {name: request.POST.get(name, "") for name in ("rule", "sentence", "reason")}
        rule = ClaimRule.objects.filter(key=said["rule"]).first()
        if rule is None:
            raise Http404
        before = waivers.standing(page, rule, said["sentence"])
        try:
            waivers.waive(page, rule, said["sentence"], actor=request.user, reason=said["reason"])
        except waivers.WaiverRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return self.publishing_page(request, page, waiver=said)
        if before:
            self.message_user(request, f"This sentence may stand already, for the reason given by {before.clinician}.")
        else:
            self.log_change(request, page, f"Let “{rule.key}” stand in: {said['sentence']}")
            self.message_user(request, "The sentence may stand. The reason is kept with the page.", messages.SUCCESS)
        return self.to_publishing(page)

    def publishing_page(self, request, page, bound=None, review=None, waiver=None):
        """The page; `bound`, `review` and `waiver` were refused and are shown again as they were typed."""
        raw = snapshots.document_of(page)
        problem, mend = problem_of(page, raw)
        is_demo = ClinicProfile.is_demonstration()
        facts = gates.Facts.read()
        open_now = gates.open_gates(page, raw, is_demo=is_demo, facts=facts)
        places = Places(page, raw)
        revisions = list(page.revisions.defer("document")[:SHOWN])
        in_all, texts = readings(raw)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{page.title}: publishing",
            "opts": self.opts,
            "original": page,
            "state": states_of([page])[page.pk],
            "cards": cards_of(
                Mover(request.user, page),
                raw,
                revisions,
                hindrance=why_wait(problem, open_now),
                bound=bound,
                is_demo=is_demo,
                facts=facts,
            ),
            "problem": problem,
            "mend": mend,
            "gates": [(gate, places.of_words(gate.where)) for gate in open_now],
            "may_waive": waivers.may_waive(request.user),
            "refused_waiver": waiver,
            "waivers": page.claim_waivers.select_related("rule", "clinician")[:SHOWN],
            "in_all": in_all,
            "texts": [(text, places.of_words(text.where)) for text in texts],
            "blocking": len(gates.blocking(open_now)),
            "may_change": self.has_change_permission(request, page),
            "revisions": with_older([row for row in revisions if row.state != stages.Stage.DRAFT]),
            "events": what_happened(page),
            "review": self.review_form(request, page, revisions, review),
            "reviews": page.review_events.select_related("clinician")[:SHOWN],
        }
        return TemplateResponse(request, "admin/therapies/publishing.html", context)

    def review_form(self, request, page, revisions, refused):
        """For clinicians, while there is an approved text that readers see."""
        live = any(row.state == stages.Stage.LIVE and not row.is_demonstration for row in revisions)
        return (refused or ReviewForm()) if live and request.user.has_perm(stages.APPROVE) else None


def with_older(revisions):
    """(revision, number of the one before it) of frozen revisions, newest first; None for the first."""
    return list(zip(revisions, [*(row.number for row in revisions[1:]), None], strict=False))


def what_happened(page):
    """(event, what it was in words), newest first."""
    events = RevisionEvent.objects.filter(revision__page=page.pk).select_related("actor", "revision")
    return [(event, HAPPENED.get(event.move, event.get_to_state_display().lower())) for event in events[:SHOWN]]


def problem_of(page, raw):
    """What keeps the working copy from being a document at all: in words, and where to mend it."""
    try:
        documents.validated(raw, where="")
    except documents.DocumentError as error:
        where = place_in_words(raw, error.place, titles())
        return f"{where}: {error.problem}." if where else f"{error.problem}.", Places(page, raw).of_place(error.place)
    return "", ""
