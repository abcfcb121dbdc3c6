from django.contrib import admin

from clinic.fenced import FencedModelAdmin
from therapies.models import Redirect


@admin.register(Redirect)
class RedirectAdmin(FencedModelAdmin):
    """Addresses that pages once had. Publishing makes them; here they are only read."""

    list_display = ["old_path", "page", "kind", "created_at"]
    list_filter = ["page__kind"]
    search_fields = ["old_path", "page__title", "page__slug"]
    fields = ["old_path", "page", "created_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("page")

    @admin.display(description="kind", ordering="page__kind")
    def kind(self, redirect):
        return redirect.page.get_kind_display()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
