from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from clinic.fenced import FencedModelAdmin
from clinic.models import ClinicProfile
from therapies import to_do
from therapies.models import Page


class ToDo(admin.SimpleListFilter):
    title = "what is to do"
    parameter_name = "to_do"

    def lookups(self, request, model_admin):
        return [(name, words) for name, (words, _) in to_do.PAGES.items()]

    def queryset(self, request, queryset):
        if self.value() not in to_do.PAGES:
            return queryset
        today = timezone.localdate(timezone=ClinicProfile.zone())
        found = to_do.PAGES[self.value()][1](request.user, today)
        return queryset.filter(pk__in=found.order_by().values("pk"))


@admin.register(Page)
class AllPagesAdmin(FencedModelAdmin):
    """Every page, whatever its kind, the one whose review is due first on top. Edited in the admin of its kind."""

    list_display = ["name", "kind", "next_review_due", "owner", "updated_at"]
    list_display_links = None
    list_filter = [ToDo, "kind"]
    list_select_related = ["owner"]
    search_fields = ["title", "medical_name", "slug"]
    ordering = [F("next_review_due").asc(nulls_last=True), "title"]

    @admin.display(description="page", ordering="title")
    def name(self, page):
        address = reverse(f"admin:therapies_{page.kind}_publishing", args=[page.pk])
        return format_html('<a href="{}">{}</a>', address, page.title)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
