"""The safety questions for the clinical lead: all of them on one page, and the signature."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from clinic.fenced import FencedModelAdmin
from inquiries import questionnaire, safety, signing
from inquiries.models import SafetySignOff
from inquiries.services import signing as signatures


@admin.register(SafetySignOff)
class SafetySignOffAdmin(FencedModelAdmin):
    """Signatures are made on the page of the questions alone, and never change."""

    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        sign = path("sign/", self.admin_site.admin_view(self.sign_view), name="inquiries_safetysignoff_sign")
        return [sign, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """Every sign by region, every word, and who signed them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Safety questions",
            "question": questionnaire.QUESTIONS["safety"],
            "exits": questionnaire.SAFETY_EXITS,
            "regions": [
                (name, safety.signs_for(questionnaire.region({"body_region": code})))
                for code, name in questionnaire.REGIONS
            ],
            "words": safety.DANGER_WORDS,
            "version": safety.VERSION,
            "sha256": signing.current_hash(),
            "signature": signing.signature(),
            "may_sign": may_sign(request),
            "earlier": SafetySignOff.objects.select_related("signed_by").order_by("-signed_at"),
        }
        return TemplateResponse(request, "admin/inquiries/safetysignoff/questions.html", context)

    @method_decorator(require_POST)
    def sign_view(self, request):
        """Signs what the page showed, if it still is what is asked."""
        if not may_sign(request):
            raise PermissionDenied
        try:
            signatures.sign(actor=request.user, sha256=request.POST.get("sha256", ""))
        except signatures.NotWhatWasRead as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, "The safety questions are signed.", messages.SUCCESS)
        return redirect("admin:inquiries_safetysignoff_changelist")


def may_sign(request):
    """Does this person answer for the safety questions?"""
    return request.user.has_perm("inquiries.sign_safety")
