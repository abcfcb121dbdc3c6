"""What the person in charge of privacy does with a request: erase, keep for legal reasons, and print the receipt."""

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inquiries.admin.conflict import CONFLICT
from inquiries.services import privacy
from inquiries.services.triage import MoveNotAllowed
from therapies import library

ERASE, HOLD = "inquiries.erase_inquiry", "inquiries.hold_inquiry"


class HoldForm(forms.Form):
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class Privacy:
    """Buttons and pages of privacy, for the admin of requests."""

    def privacy_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/erase/", wrap(self.erase_view), name="inquiries_inquiry_erase"),
            path("<path:object_id>/receipt/", wrap(self.receipt_view), name="inquiries_inquiry_receipt"),
            path("<path:object_id>/hold/", wrap(self.hold_view), name="inquiries_inquiry_hold"),
            path("<path:object_id>/end-hold/", wrap(self.end_hold_view), name="inquiries_inquiry_end_hold"),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def erase_view(self, request, object_id):
        """GET says what will go and what stays; POST does it."""
        self._demand(request, ERASE)
        if request.method == "POST":
            pressed = self.press(request, object_id, True, self._erase)
            if pressed.status_code == CONFLICT:
                return pressed
            inquiry = self.get_object(request, unquote(object_id))
            place = "receipt" if inquiry and inquiry.anonymised_at else "change"
            return redirect(f"admin:inquiries_inquiry_{place}", object_id)
        return self._page(request, object_id, "erase", "Take the person out of a request")

    def _erase(self, request, inquiry, version):
        if inquiry.anonymised_at:
            return f"The person was taken out of {inquiry.reference} before."
        try:
            privacy.anonymise(inquiry, actor=request.user, version=version, with_receipt=True)
        except privacy.OnHold as error:
            raise MoveNotAllowed(str(error)) from None
        return f"The person was taken out of {inquiry.reference}."

    @method_decorator(require_GET)
    def receipt_view(self, request, object_id):
        """What was done and when, to print for somebody without an e-mail address."""
        self._demand(request, ERASE)
        return self._page(request, object_id, "receipt", "Receipt", clinic=library.current().clinic)

    @method_decorator(require_POST)
    def hold_view(self, request, object_id):
        """Keep it whatever its age, for a reason."""
        self._demand(request, HOLD)
        return self.press(request, object_id, True, self._hold)

    def _hold(self, request, inquiry, version):
        form = HoldForm(request.POST)
        if not form.is_valid():
            raise MoveNotAllowed("Say in at most 500 characters why it must be kept. Nothing was changed.")
        privacy.hold(inquiry, actor=request.user, reason=form.cleaned_data["reason"], version=version)
        return f"{inquiry.reference} is kept until you end the hold."

    @method_decorator(require_POST)
    def end_hold_view(self, request, object_id):
        """It need not be kept any more."""
        self._demand(request, HOLD)
        return self.press(request, object_id, True, self._end_hold)

    def _end_hold(self, request, inquiry, version):
        privacy.end_hold(inquiry, actor=request.user, version=version)
        return f"{inquiry.reference} is kept no longer than others."

    def privacy_context(self, request, inquiry):
        """What the page of a request says of privacy: what this person may do, and why it is kept."""
        can_hold = request.user.has_perm(HOLD)
        return {
            "may_erase": request.user.has_perm(ERASE) and not inquiry.anonymised_at,
            "may_hold": can_hold and not inquiry.anonymised_at,
            "hold_form": HoldForm(auto_id="hold-%s"),
            "hold_reason": inquiry.hold_reason if can_hold else "",
        }

    def _demand(self, request, right):
        if not self.has_view_permission(request) or not request.user.has_perm(right):
            raise PermissionDenied

    def _page(self, request, object_id, name, title, **context):
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None or (name == "receipt" and not inquiry.anonymised_at):
            raise Http404
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": inquiry,
            "title": f"{title}: {inquiry.reference}",
            "back": reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
            "has_email": inquiry.has_email,
        }
        return TemplateResponse(request, f"admin/inquiries/inquiry/{name}.html", {**shown, **context})
