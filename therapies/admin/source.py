from django.contrib import admin
from django.db import models
from django.utils.html import format_html_join

from clinic.fenced import FencedModelAdmin
from therapies.models import Source


@admin.register(Source)
class SourceAdmin(FencedModelAdmin):
    """Publications. A change is public as soon as it is saved; what is in use cannot be deleted."""

    list_display = ["key", "title", "year", "kind", "status", "check_state"]
    list_filter = ["kind", "status", "check_state"]
    search_fields = ["key", "title", "authors", "publisher", "doi"]
    search_help_text = "Searches keys, titles, authors, publishers and DOIs."
    readonly_fields = ["used_by"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["key", "title", "authors", "publisher", "year", "kind"]}),
        ("Where to find it", {"fields": ["doi", "url"]}),
        ("How far it can be relied on", {"fields": ["status", "check_state", "note"]}),
        ("Use", {"fields": ["used_by"]}),
    ]

    @admin.display(description="cited by")
    def used_by(self, source):
        uses = self.uses(source)
        return format_html_join("", "<div>{}</div>", ((use,) for use in uses)) or "Nothing yet"

    def uses(self, source):
        if source is None or source.pk is None:
            return []
        if not hasattr(source, "found_uses"):
            source.found_uses = source.uses()
        return source.found_uses

    def get_readonly_fields(self, request, obj=None):
        # Texts cite the key, so it stays as long as one does.
        return [*self.readonly_fields, "key"] if self.uses(obj) else self.readonly_fields

    def get_deleted_objects(self, objs, request):
        to_delete, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, missing_rights, [*protected, *(use for source in objs for use in source.uses())]
