from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Max

from clinic.fenced import FencedModelAdmin
from therapies import publishing
from therapies.admin.choices import EditorFields, PlainForms
from therapies.models import OutcomeEvidence, TreatmentOption


class EvidenceForm(forms.ModelForm):
    """A row without a position comes last among those of its condition."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False
            self.fields["position"].help_text = "Smaller numbers come first. Empty: last."
            if self.instance.pk is None:
                self.initial["position"] = None

    def clean(self):
        row = super().clean()
        condition = self.instance.condition if self.instance.pk else row.get("condition")
        if condition and any(option.condition_id != condition.pk for option in row.get("options", ())):
            self.add_error("options", "Choose options of this condition.")
        low, mean, high = (row.get(name) for name in ("range_low", "mean_difference", "range_high"))
        if None not in (low, mean, high) and not low <= mean <= high:
            self.add_error("mean_difference", "The mean must lie between the lower and the upper end of its range.")
        if condition and row.get("position") is None:
            last = condition.evidence.aggregate(last=Max("position"))["last"]
            row["position"] = 0 if last is None else last + 1
        return row


@admin.register(OutcomeEvidence)
class OutcomeEvidenceAdmin(PlainForms, EditorFields, FencedModelAdmin):
    """One row of evidence. Its sentence is computed from direction and certainty, never typed."""

    form = EvidenceForm
    list_display = ["key", "condition", "outcome", "direction", "certainty"]
    list_filter = ["certainty", "certainty_basis", "direction", "condition"]
    list_select_related = ["condition"]
    search_fields = ["key", "outcome", "population", "condition__title", "options__treatment__title", "sources__key"]
    search_help_text = "Searches keys, outcomes, conditions, treatments and source keys."
    ordering = ["condition__title", "position", "pk"]
    fieldsets = [
        (None, {"fields": ["condition", "key", "options", "position"]}),
        ("What was studied", {"fields": ["outcome", "population", "comparator", "time_point"]}),
        (
            "What was found",
            {
                "fields": ["direction", "certainty", "certainty_basis", "trials", "participants", "detail", "figure"],
                "description": "Readers see a sentence computed from direction and certainty.",
            },
        ),
        (
            "For a plot",
            {
                "fields": [
                    ("mean_difference", "range_low", "range_high"),
                    ("intervention_n", "intervention_total"),
                    ("comparator_n", "comparator_total"),
                ],
                "description": "Mean difference on a 0 to 10 scale, positive is better. Counts of people who got better.",
                "classes": ["collapse"],
            },
        ),
        ("Where it comes from", {"fields": ["sources", "search_date", "note"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["condition", "key"] if obj else []  # a row keeps both for life

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "options":
            options = TreatmentOption.objects.select_related("treatment", "condition")
            kwargs["queryset"] = options.order_by("condition__title", "position", "pk")
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "options" in form.base_fields:
            field, condition = form.base_fields["options"], self.condition_of(request, obj)
            if condition:
                field.queryset = field.queryset.filter(condition_id=condition)
            else:
                field.label_from_instance = lambda option: f"{option.condition.title}: {option}"
        return form

    def condition_of(self, request, obj):
        """The condition whose options may be chosen; None while it is still open."""
        asked = request.GET.get("condition", "")
        return obj.condition_id if obj else int(asked) if asked.isdecimal() and len(asked) < 12 else None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publishing.contributed(form.instance.condition, request.user)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        publishing.contributed(obj.condition, request.user)

    @transaction.atomic  # the action has no transaction of its own: rows and the name of who deleted them go together
    def delete_queryset(self, request, queryset):
        conditions = {row.condition for row in queryset}
        super().delete_queryset(request, queryset)
        for condition in conditions:
            publishing.contributed(condition, request.user)
