from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from clinic.fenced import FencedModelAdmin
from therapies import feedback
from therapies.models import PageFeedback

FEEDBACK_STATES = [("waiting", "Waiting"), ("handled", "Handled")]


class Handled(admin.SimpleListFilter):
    title = "whether somebody has seen to it"
    parameter_name = "handled"

    def lookups(self, request, model_admin):
        return FEEDBACK_STATES

    def queryset(self, request, queryset):
        if self.value() in dict(FEEDBACK_STATES):
            return queryset.filter(handled_at__isnull=self.value() == "waiting")
        return queryset


@admin.register(PageFeedback)
class PageFeedbackAdmin(FencedModelAdmin):
    """What readers say, the unhandled first. It is read and marked as handled; nobody changes a word of it."""

    list_display = ["created_at", "about", "revision", "is_helpful", "beginning", "handled_at", "handled_by"]
    list_filter = [Handled, "is_helpful", "page__kind"]
    search_fields = ["comment", "path", "page__title"]
    search_help_text = "Searches comments, addresses and titles."
    ordering = [F("handled_at").desc(nulls_first=True), "-created_at", "-pk"]
    fields = [
        *("created_at", "about", "path", "read", "is_helpful", "comment"),
        *("handled_at", "handled_by"),
    ]
    readonly_fields = ["read"]
    actions = ["mark_handled"]
    change_form_template = "admin/therapies/pagefeedback/change_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/handled/", wrap(self.handled_view), name="therapies_pagefeedback_handled"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("page", "handled_by")

    @admin.display(description="page", ordering="page__title")
    def about(self, left):
        if left.page is None:
            return "The site as a whole"
        address = reverse(f"admin:therapies_{left.page.kind}_change", args=[left.page_id])
        return format_html('<a href="{}">{}</a>', address, left.page)

    @admin.display(description="comment", ordering="comment")
    def beginning(self, left):
        return Truncator(left.comment).chars(80) or "-"

    @admin.display(description="what they read")
    def read(self, left):
        return f"Revision {left.revision}" if left.revision else "-"

    def has_handle_permission(self, request):
        return request.user.has_perm("therapies.change_pagefeedback")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Mark as handled", permissions=["handle"])
    def mark_handled(self, request, queryset):
        done = feedback.mark_handled(queryset, actor=request.user, now=timezone.now())
        self.message_user(request, f"Marked as handled: {done}.", messages.SUCCESS if done else messages.INFO)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["may_handle"] = obj is not None and obj.handled_at is None and self.has_handle_permission(request)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(require_POST)
    def handled_view(self, request, pk):
        """The button on the page of one message."""
        if not self.has_handle_permission(request):
            raise PermissionDenied
        waited = feedback.mark_handled(PageFeedback.objects.filter(pk=pk), actor=request.user, now=timezone.now())
        left = get_object_or_404(self.get_queryset(request), pk=pk)
        if waited:
            self.message_user(request, "It is marked as handled.", messages.SUCCESS)
        else:
            self.message_user(request, f"It was handled already, by {left.handled_by}.", messages.INFO)
        response = HttpResponseRedirect(reverse("admin:therapies_pagefeedback_change", args=[pk]))
        response.status_code = 303
        return response
