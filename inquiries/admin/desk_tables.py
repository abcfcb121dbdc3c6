"""What managers keep (saved replies, how soon things are answered), and the log of who looked."""

from django import forms
from django.contrib import admin

from clinic.fenced import FencedModelAdmin
from inquiries.models import AccessLog, ReplyTarget, SavedReply
from inquiries.services import replies


class SavedReplyForm(forms.ModelForm):
    """A text with places; others than those we can fill in are named."""

    class Meta:
        model = SavedReply
        fields = ["title", "body", "is_active"]

    def clean_body(self):
        body = self.cleaned_data["body"]
        unknown = replies.unknown_places(body)
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in sorted(SavedReply.PLACEHOLDERS))
            raise forms.ValidationError(f"We can fill in {known}. Not known: {', '.join(unknown)}.")
        return body


@admin.register(SavedReply)
class SavedReplyAdmin(FencedModelAdmin):
    """Kept by managers; switched off, not removed, since letters name the one they came from."""

    form = SavedReplyForm
    list_display = ["title", "is_active"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ReplyTarget)
class ReplyTargetAdmin(FencedModelAdmin):
    """One row a priority. A change counts for what comes in afterwards."""

    list_display = ["level", "minutes", "days"]
    list_display_links = ["level"]
    readonly_fields = ["level"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(AccessLog)
class AccessLogAdmin(FencedModelAdmin):
    """Read only. A patient's own record of accesses is on the page of their request."""

    list_display = ["at", "staff", "action", "inquiry", "detail", "why"]
    list_display_links = None
    list_filter = ["action", ("staff", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["staff", "inquiry"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    @admin.display(description="reason")
    def why(self, access):
        return access.reason or "-"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
