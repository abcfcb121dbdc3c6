from django.contrib import admin, messages

from clinic import outbox
from clinic.fenced import FencedModelAdmin
from clinic.models import OutboxEmail


@admin.register(OutboxEmail)
class OutboxEmailAdmin(FencedModelAdmin):
    """What was owed and what became of it. Whom it went to and what it held is not shown."""

    list_display = ["kind", "state", "attempts", "last_error", "send_after", "sent_at", "created_at"]
    list_filter = ["state", "kind"]
    ordering = ["-created_at", "-pk"]
    fields = [
        "public_id",
        "kind",
        "about_app",
        "about_id",
        "state",
        "attempts",
        "last_error",
        "created_at",
        "first_tried_at",
        "send_after",
        "sent_at",
        "emptied_at",
    ]
    actions = ["retry"]

    def get_queryset(self, request):
        # Not loaded, so nothing here can show or decrypt them.
        return super().get_queryset(request).defer("recipient", "context")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_retry_permission(self, request):
        return request.user.has_perm("clinic.retry_outboxemail")

    @admin.action(description="Queue failed messages again", permissions=["retry"])
    def retry(self, request, queryset):
        count = outbox.retry(queryset)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, f"Messages queued again: {count}. Only failed ones can be.", level)
