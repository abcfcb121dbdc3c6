from django.contrib import admin

from clinic.fenced import FencedModelAdmin
from therapies.admin.choices import EditorFields
from therapies.models import GlossaryTerm, QuestionToAsk


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(FencedModelAdmin):
    """Words explained. A change is public as soon as it is saved."""

    list_display = ["term", "definition"]
    search_fields = ["term", "definition"]


@admin.register(QuestionToAsk)
class QuestionToAskAdmin(EditorFields, FencedModelAdmin):
    """Questions worth asking. A change is public as soon as it is saved."""

    list_display = ["text", "treatment", "kind", "position"]
    list_filter = ["kind", "treatment"]
    list_select_related = ["treatment"]
    search_fields = ["text", "why"]
