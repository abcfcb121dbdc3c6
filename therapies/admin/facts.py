from django.contrib import admin

from clinic.fenced import FencedModelAdmin
from clinic.live_facts import LiveFacts
from therapies.admin.choices import EditorFields
from therapies.models import FactChange, GlossaryTerm, QuestionToAsk


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(LiveFacts, FencedModelAdmin):
    """Words explained. A change is public as soon as it is saved."""

    list_display = ["term", "definition"]
    search_fields = ["term", "definition"]


@admin.register(QuestionToAsk)
class QuestionToAskAdmin(LiveFacts, EditorFields, FencedModelAdmin):
    """Questions worth asking. A change is public as soon as it is saved."""

    list_display = ["text", "treatment", "kind", "position"]
    list_filter = ["kind", "treatment"]
    list_select_related = ["treatment"]
    search_fields = ["text", "why"]


@admin.register(FactChange)
class FactChangeAdmin(FencedModelAdmin):
    """What was changed of facts that readers see at once. Only read."""

    list_display = ["at", "model", "key", "field", "before", "after", "staff"]
    list_filter = ["model"]
    list_select_related = ["staff"]
    date_hierarchy = "at"
    search_fields = ["key", "before", "after"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
