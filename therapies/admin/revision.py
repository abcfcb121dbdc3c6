from django.contrib import admin
from django.utils.html import format_html, format_html_join

from clinic.fenced import FencedModelAdmin
from therapies import documents
from therapies.admin.scheduled import ScheduledPages
from therapies.models import Revision


@admin.register(Revision)
class RevisionAdmin(ScheduledPages, FencedModelAdmin):
    """What the public saw, and when. Frozen: nobody adds, changes or deletes one here."""

    list_display = ["page", "kind", "number", "state", "is_demonstration", "published_at", "ended_at", "approved_by"]
    change_list_template = "admin/therapies/revision_list.html"
    list_filter = ["state", "is_demonstration", "page__kind"]
    search_fields = ["page__title", "page__slug", "change_note"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    fields = [
        *("page", "number", "state", "is_demonstration", "change_note", "who", "approved_by", "approved_at"),
        *("published_at", "ended_at", "content_hash", "said"),
    ]

    def get_urls(self):
        return [*self.scheduled_urls(), *super().get_urls()]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("page", "approved_by")
        return rows.defer("document") if request.resolver_match.url_name.endswith("_changelist") else rows

    @admin.display(description="kind", ordering="page__kind")
    def kind(self, revision):
        return revision.page.get_kind_display()

    @admin.display(description="people")
    def who(self, revision):
        people = revision.people.select_related("staff")
        return format_html_join("", "<div>{}: {}</div>", ((p.get_part_display(), p.staff) for p in people)) or "-"

    @admin.display(description="what it says")
    def said(self, revision):
        if not revision.document:
            return "A draft has no text of its own yet."
        return format_html("<pre>{}</pre>", documents.to_yaml(revision.document))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
