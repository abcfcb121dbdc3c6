"""The buttons on the page of a request. Each is a POST under a version check; nothing is changed by a link."""

from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from clinic.encryption import keyed_hash
from inquiries.admin.conflict import conflict_page
from inquiries.admin.move_form import MoveForm
from inquiries.services import triage, undo
from inquiries.services.changing import MoveNotAllowed, StaleInquiry
from inquiries.states import Right, Status, move_between

LAST_PRESS = "inquiries_last_press"
TOKEN = {"csrfmiddlewaretoken"}


class Presses:
    """What the buttons do, for the admin of requests."""

    def press_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/move/", wrap(self.move_view), name="inquiries_inquiry_move"),
            path("<path:object_id>/undo/", wrap(self.undo_view), name="inquiries_inquiry_undo"),
            path("<path:object_id>/seen/", wrap(self.seen_view), name="inquiries_inquiry_seen"),
            path("<path:object_id>/not-spam/", wrap(self.not_spam_view), name="inquiries_inquiry_not_spam"),
            path("<path:object_id>/suspect/", wrap(self.suspect_view), name="inquiries_inquiry_suspect"),
        ]

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_http_methods(["POST"]))
    def move_view(self, request, object_id):
        """A move of the table of statuses. With a mistake in its form, it comes back with what was typed."""
        if not any(may(request, right) for right in Right) or not self.has_view_permission(request):
            raise PermissionDenied
        to = _status(request.POST)
        inquiry = self.get_object(request, unquote(object_id))
        wanted = move_between(Status(inquiry.status), to) if inquiry is not None else None
        if wanted and not may(request, wanted.right):
            raise PermissionDenied
        return self.press(request, object_id, True, partial(self._move, to), form=MoveForm(to, wanted, request.POST))

    def _move(self, to, form, request, inquiry, version):
        inquiry = triage.move(inquiry, to, actor=request.user, version=version, given=form.given)
        return f"{inquiry.reference} is now “{to.label}”."

    @method_decorator(require_POST)
    def undo_view(self, request, object_id):
        """Who made the last move takes it back."""
        is_allowed = any(may(request, right) for right in Right) or request.user.has_perm("inquiries.assign_inquiry")
        return self.press(request, object_id, is_allowed, self._undo)

    def _undo(self, request, inquiry, version):
        undo.undo(inquiry, actor=request.user, version=version)
        return f"{inquiry.reference} is where it was before."

    @method_decorator(require_POST)
    def seen_view(self, request, object_id):
        """All that the patient wrote or changed was read."""
        return self.press(request, object_id, may(request, Right.MOVE), self._see)

    def _see(self, request, inquiry, version):
        if inquiry.has_unseen_update and not may_mark_seen(request, inquiry):
            raise PermissionDenied
        triage.mark_seen(inquiry, actor=request.user, version=version)
        return f"What the patient wrote in {inquiry.reference} is marked as seen."

    @method_decorator(require_POST)
    def not_spam_view(self, request, object_id):
        """Somebody looked at a suspect: it is a person."""
        return self.press(request, object_id, may(request, Right.DECIDE), self._clear)

    def _clear(self, request, inquiry, version):
        triage.clear_suspicion(inquiry, actor=request.user, version=version)
        return f"{inquiry.reference} is not spam. What was held back is sent now."

    @method_decorator(require_POST)
    def suspect_view(self, request, object_id):
        """Somebody thinks that it is no person."""
        return self.press(request, object_id, may(request, Right.MOVE), self._suspect)

    def _suspect(self, request, inquiry, version):
        triage.suspect(inquiry, actor=request.user, version=version)
        return f"{inquiry.reference} waits among the suspects for a nurse or clinician to decide."

    def press(self, request, object_id, is_allowed, do, form=None):
        """Do it and say so, or say why not; then back to the page of the request.

        With `form` (bound), `do` is given it once it is valid; with a mistake in it, or when the move is not allowed, it
        comes back with what was typed. Changed by somebody else meanwhile: what they did, and what this person wanted,
        on a page of its own.
        """
        if not is_allowed or not self.has_view_permission(request):
            raise PermissionDenied
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        version = version_in(request.POST)
        mark = _mark_of(request)
        if inquiry.version != version and request.session.get(LAST_PRESS) == mark:
            self.message_user(request, f"You pressed twice. It was done once: {inquiry.reference} is as you see it.")
            return redirect("admin:inquiries_inquiry_change", inquiry.pk)
        if inquiry.version != version:
            return conflict_page(self, request, inquiry, version)
        if form is not None and not form.is_valid():
            return self._ask_again(request, inquiry, form, version)
        try:
            said = do(request, inquiry, version) if form is None else do(form, request, inquiry, version)
        except StaleInquiry:
            return conflict_page(self, request, inquiry, version)
        except MoveNotAllowed as error:
            if form is not None and form.has_typed:
                form.add_error(None, str(error))
                return self._ask_again(request, inquiry, form, version)
            self.message_user(request, str(error), messages.ERROR)
        else:
            request.session[LAST_PRESS] = mark
            self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:inquiries_inquiry_change", inquiry.pk)

    def _ask_again(self, request, inquiry, form, version):
        context = {
            **self.admin_site.each_context(request),
            "title": f"{inquiry.reference}: {form.title}",
            "opts": self.opts,
            "original": inquiry,
            "form": form,
            "version": version,
            "action": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/again.html", context)


def _mark_of(request):
    """Tells whether a press is the one before it once more, without keeping what was typed."""
    said = [request.path, *sorted((name, *request.POST.getlist(name)) for name in request.POST if name not in TOKEN)]
    return keyed_hash(repr(said), purpose="inquiries.press")


def may(request, right):
    """May this person make moves of this kind?"""
    return request.user.has_perm(f"inquiries.{right.value}")


def may_mark_seen(request, inquiry):
    """Only who could read what the patient wrote can say that it was read."""
    if not inquiry.has_unseen_update or not may(request, Right.MOVE):
        return False
    return request.user.has_perm("inquiries.view_health") or not inquiry.updates.filter(seen_at=None).exists()


def version_in(data):
    """The version of the request that a posted form saw. Raises BadRequest."""
    version = data.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest("The version is not a number.")
    return int(version)


def _status(data):
    try:
        return Status(data.get("to", ""))
    except ValueError:
        raise BadRequest("There is no such status.") from None
