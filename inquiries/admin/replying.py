"""A letter to the patient: choose a saved reply, read and edit it, look at what leaves, send."""

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from inquiries.admin.move_form import DeskForm
from inquiries.admin.presses import may, version_in
from inquiries.models import SavedReply
from inquiries.services import replies
from inquiries.services.changing import MoveNotAllowed
from inquiries.states import Right


class ReplyForm(DeskForm):
    """The words that leave."""

    title, button = "a letter to the patient", "Send it"

    saved = forms.ModelChoiceField(
        SavedReply.objects.filter(is_active=True), required=False, widget=forms.HiddenInput, label=""
    )
    text = forms.CharField(
        label="Letter",
        max_length=replies.LONGEST,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 70}),
        help_text="Say nothing about health: mail is not private. The clinic's name and phone number are added.",
        error_messages={"required": "Write the letter", "max_length": "The letter must be 2,000 characters or fewer"},
    )

    def __init__(self, inquiry, data=None, initial=None):
        super().__init__(data, prefix_of_ids="reply")
        self.inquiry, self.initial = inquiry, initial or {}

    def clean_text(self):
        text = self.cleaned_data["text"]
        if replies.PLACE.search(text):
            raise forms.ValidationError("Fill in or remove what stands in braces")
        found = replies.health_words(text, self.inquiry)
        if found:
            words = ", ".join(f"“{word}”" for word in found)
            raise forms.ValidationError(f"{replies.NamesHealth(found)} They told us about: {words}")
        return text


class Replying:
    """Letters, for the admin of requests."""

    def replying_urls(self):
        view = self.admin_site.admin_view(self.reply_view)
        return [path("<path:object_id>/reply/", view, name="inquiries_inquiry_reply")]

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def reply_view(self, request, object_id):
        """GET: the letter to write, `?saved=` fills it in. POST: look at it once more, or send it."""
        if not may_reply(request) or not self.has_view_permission(request):
            raise PermissionDenied
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None:
            raise Http404
        if request.method != "POST":
            return self._show(request, inquiry, ReplyForm(inquiry, initial=self._offered(request, inquiry)))
        form = ReplyForm(inquiry, request.POST)
        if form.is_valid() and request.POST.get("step") == "preview" and inquiry.version == version_in(request.POST):
            return self._show(request, inquiry, form, preview=form.cleaned_data["text"])
        if not form.is_valid():
            return self._show(request, inquiry, form)
        return self.press(request, object_id, True, self._send, form=form)

    def _send(self, form, request, inquiry, version):
        saved = form.cleaned_data["saved"]
        offered = replies.filled(saved.body, inquiry, timezone.now()) if saved else ""
        try:
            replies.send(
                inquiry,
                actor=request.user,
                text=form.cleaned_data["text"],
                version=version,
                saved=saved,
                offered=offered,
            )
        except replies.NamesHealth as error:
            raise MoveNotAllowed(str(error)) from None
        return f"The letter to the patient of {inquiry.reference} is on its way."

    def _offered(self, request, inquiry):
        chosen = request.GET.get("saved", "")
        saved = SavedReply.objects.filter(is_active=True, pk=chosen).first() if chosen.isdecimal() else None
        return {"saved": saved, "text": replies.filled(saved.body, inquiry, timezone.now())} if saved else {}

    def _show(self, request, inquiry, form, preview=""):
        context = {
            **self.admin_site.each_context(request),
            "title": f"{inquiry.reference}: {form.title}",
            "opts": self.opts,
            "original": inquiry,
            "form": form,
            "preview": preview,
            "version": request.POST.get("version", inquiry.version),
            "saved_replies": SavedReply.objects.filter(is_active=True),
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/reply.html", context)


def may_reply(request):
    """Who works on requests and may read what must not stand in a mail."""
    return may(request, Right.MOVE) and request.user.has_perm("inquiries.view_health")
