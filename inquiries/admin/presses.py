"""The buttons on the page of a request. Each is a POST with the version of the page it was pressed on."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from inquiries.services import triage
from inquiries.states import Right, Status, move_between


class Presses:
    """What the buttons do, for the admin of requests."""

    def press_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/move/", wrap(self.move_view), name="inquiries_inquiry_move"),
            path("<path:object_id>/seen/", wrap(self.seen_view), name="inquiries_inquiry_seen"),
            path("<path:object_id>/not-spam/", wrap(self.not_spam_view), name="inquiries_inquiry_not_spam"),
        ]

    @method_decorator(require_POST)
    def move_view(self, request, object_id):
        """A move of the table of statuses."""
        return self.press(request, object_id, any(may(request, right) for right in Right), self._move)

    def _move(self, request, inquiry, version):
        to = _status(request.POST)
        wanted = move_between(Status(inquiry.status), to)
        if wanted and inquiry.version == version and not may(request, wanted.right):
            raise PermissionDenied
        inquiry = triage.move(inquiry, to, actor=request.user, version=version)
        return f"{inquiry.reference} is now “{to.label}”."

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

    def press(self, request, object_id, is_allowed, do):
        """Do it and say so, or say why not; then back to the page of the request."""
        if not is_allowed or not self.has_view_permission(request):
            raise PermissionDenied
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        try:
            said = do(request, inquiry, _version(request.POST))
        except (triage.StaleInquiry, triage.MoveNotAllowed) as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:inquiries_inquiry_change", inquiry.pk)


def may(request, right):
    """May this person make moves of this kind?"""
    return request.user.has_perm(f"inquiries.{right.value}")


def may_mark_seen(request, inquiry):
    """Only who could read what the patient wrote can say that it was read."""
    if not inquiry.has_unseen_update or not may(request, Right.MOVE):
        return False
    return request.user.has_perm("inquiries.view_health") or not inquiry.updates.filter(seen_at=None).exists()


def _status(data):
    try:
        return Status(data.get("to", ""))
    except ValueError:
        raise BadRequest("There is no such status.") from None


def _version(data):
    version = data.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest("The version is not a number.")
    return int(version)
