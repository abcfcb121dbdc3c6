"""The page of one request, in the order a nurse works: where it stands and why, the warning signs, their own words, how to
reach them, what can be done, what happened, privacy."""

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from clinic.encryption import is_unreadable
from inquiries import duplicates, priority, questionnaire, queues, signing
from inquiries.admin.contact import AttemptForm
from inquiries.admin.handing import AssignForm, NoteForm, OverrideForm, may_assign, may_note, may_override
from inquiries.admin.move_form import MoveForm
from inquiries.admin.presses import may, may_mark_seen
from inquiries.admin.replying import may_reply
from inquiries.admin.rights import may_read_health, may_see_contact
from inquiries.admin.timeline import name_of, pinned, timeline
from inquiries.promise import in_words
from inquiries.services import access, presence, triage, undo
from inquiries.states import Right, Status
from therapies import library

SUSPICIONS = {
    "trap": "a field that people do not see was filled in",
    "too_fast": "the whole form took less than three seconds",
    "links": "the text holds several links",
    "many": "many requests came from the same connection",
}
WORDS = ("goal", "message")  # what they said in their own words
READ_WITH_REASON = "inquiries.read_health_with_reason"
FEWEST_LETTERS = 10  # of a reason
KEYS = {Status.IN_REVIEW: "t"}  # access keys: the day goes without the mouse


class Page:
    """The page of a request, for the admin of requests."""

    def page_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("next/", wrap(self.next_view), name="inquiries_inquiry_next"),
            path("<path:object_id>/read/", wrap(self.read_view), name="inquiries_inquiry_read"),
        ]

    @method_decorator(require_GET)
    def next_view(self, request):
        """The request to answer next: the first of the queue that is nobody's, or mine."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = queues.QUEUES["needs-action"].rows(timezone.now(), request.user)
        first = rows.filter(Q(owner=None) | Q(owner=request.user)).values_list("pk", flat=True).first()
        if first is None:
            self.message_user(request, "Nothing waits for you. Well done.")
            return redirect("admin:inquiries_inquiry_changelist")
        return redirect("admin:inquiries_inquiry_change", first)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Everything this person may know of it. That they looked is written down. Nothing is saved here."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        inquiry = self._looked_at(request, object_id)
        if inquiry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        access.opened(request.user, inquiry, timezone.now())
        return self._page_of(request, inquiry, reads_health=may_read_health(request))

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def read_view(self, request, object_id):
        """What they told us about their health, once, for somebody who gives a reason; the reason is kept."""
        if not request.user.has_perm(READ_WITH_REASON):
            raise PermissionDenied
        inquiry = self._looked_at(request, object_id)
        if inquiry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        reason = request.POST.get("reason", "").strip()[:500]
        if len(reason) < FEWEST_LETTERS:
            return self._page_of(request, inquiry, reads_health=False, asks_reason_again=True, typed_reason=reason)
        access.opened(request.user, inquiry, timezone.now(), detail="health", reason=reason)
        return self._page_of(request, inquiry, reads_health=True)

    def _looked_at(self, request, object_id):
        inquiry = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, inquiry):
            raise PermissionDenied
        return inquiry

    def _page_of(self, request, inquiry, *, reads_health, **more):
        now, user = timezone.now(), request.user
        rows = timeline(inquiry, reads_health=reads_health)
        context = {
            **self.admin_site.each_context(request),
            **self.privacy_context(request, inquiry),
            **self.exporting_context(request, inquiry),
            **self._standing(request, inquiry, now, reads_health=reads_health),
            **self._doing(request, inquiry, now),
            "title": str(inquiry),
            "opts": self.opts,
            "original": inquiry,
            "facts": [(self._label(name), self._shown(name, inquiry)) for name in self.facts],
            "updates": inquiry.updates.select_related("seen_by") if reads_health else None,
            "answers": inquiry.answers if reads_health else None,
            "answers_are_unreadable": is_unreadable(inquiry.answers),
            "own_words": _own_words(inquiry) if reads_health else [],
            "peg": _peg(inquiry) if reads_health else None,
            "is_chronic": inquiry.duration in questionnaire.CHRONIC,
            "reach": inquiry.how_to_reach if may_see_contact(request) else None,
            "reach_is_unreadable": is_unreadable(inquiry.how_to_reach),
            "contact": self._contact(inquiry) if may_see_contact(request) else None,
            "call_rules": call_rules(inquiry) if may_see_contact(request) else [],
            "timeline": rows,
            "pinned": pinned(rows),
            "consents": inquiry.consents.select_related("text"),
            "may_read_with_reason": user.has_perm(READ_WITH_REASON) and not reads_health,
            "accesses": inquiry.accesses.select_related("staff")[:50]
            if user.has_perm("inquiries.view_accesslog")
            else None,
            **more,
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/page.html", context)

    def _standing(self, request, inquiry, now, *, reads_health):
        """Where it stands, why it stands there in the queue, and who else is here."""
        clinic = library.current().clinic
        reasons = (inquiry.priority_reasons or {}).get("reasons", []) if reads_health else []
        return {
            "now": now,
            "clinic": clinic,
            "is_signed": signing.is_signed(),
            "level": inquiry.Priority(inquiry.level).label,
            "reasons": reasons,
            "never_used": priority.NEVER_USED,
            "reads_health": reads_health,
            "is_late": inquiry.due_at is not None and inquiry.due_at < now,
            "due_words": in_words(clinic, inquiry.due_at),
            "promised_words": in_words(clinic, inquiry.promised_at),
            "others": [
                {"name": name_of(other.staff), "minutes": int((now - other.seen_at).total_seconds() // 60)}
                for other in presence.others(inquiry, request.user, now)
            ],
            "owner_name": self.owner_name(inquiry),
            "override_by": name_of(inquiry.override_by),
            "earlier": self.earlier(inquiry),
            "suspicions": [SUSPICIONS.get(code, code) for code in inquiry.suspect_reasons if inquiry.is_suspect],
            "candidates": duplicates.candidates(inquiry) if may(request, Right.DECIDE) else [],
        }

    def _doing(self, request, inquiry, now):
        """The buttons and forms of what this person may do."""
        user = request.user
        is_open = inquiry.closed_at is None and not inquiry.anonymised_at
        offers = [
            (offer, MoveForm(offer.move.to, offer.move))
            for offer in triage.offers(inquiry, user)
            if may(request, offer.move.right) and offer.move.to is not Status.MERGED
        ]
        return {
            "offers": [(offer, form, KEYS.get(offer.move.to, "")) for offer, form in offers if not offer.needs],
            "not_yet": [offer for offer, _ in offers if offer.needs],
            "undoable": undo.undoable(inquiry, user, now),
            "attempt_form": AttemptForm() if may(request, Right.MOVE) and not inquiry.anonymised_at else None,
            "note_form": NoteForm() if may_note(request) and not inquiry.anonymised_at else None,
            "assign_form": AssignForm(user, inquiry) if is_open and may_assign(request) else None,
            "override_form": OverrideForm() if is_open and may_override(request) else None,
            "may_reply": is_open and inquiry.has_email and not inquiry.is_suspect and may_reply(request),
            "may_clear": inquiry.is_suspect and may(request, Right.DECIDE),
            "may_suspect": is_open
            and not inquiry.is_suspect
            and inquiry.safety_level not in ("urgent", "emergency")
            and may(request, Right.MOVE),
            "may_mark_seen": may_mark_seen(request, inquiry),
            "may_merge": is_open and may(request, Right.DECIDE) and inquiry.status != "accepted",
        }


def call_rules(inquiry):
    """What to keep to when calling, in words, from what the patient said."""
    reach = inquiry.how_to_reach
    said = {
        key: questionnaire.answer_in(reach, key)
        for key in ("voicemail_ok", "name_clinic_ok", "best_time", "communication_needs")
    }
    rules = []
    if said["voicemail_ok"]:
        rules.append("You may leave a voicemail." if said["voicemail_ok"] == "yes" else "Do not leave a voicemail.")
    if said["name_clinic_ok"]:
        rules.append(
            "You may say the clinic's name to somebody else."
            if said["name_clinic_ok"] == "yes"
            else "Do not say the clinic's name to anybody else."
        )
    if said["best_time"] in ("morning", "afternoon"):
        rules.append(f"Best called in the {said['best_time']}.")
    if said["communication_needs"]:
        rules.append(f"They need: {said['communication_needs']}")
    return rules


def _own_words(inquiry):
    asked = (inquiry.answers or {}).get("asked", [])
    return [row for row in asked if row["key"] in WORDS and row["text"]]


def _peg(inquiry):
    return questionnaire.peg({key: questionnaire.answer_in(inquiry.answers, key) for key in questionnaire.PEG})
