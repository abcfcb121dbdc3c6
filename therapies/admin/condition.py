from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from therapies.admin.choices import PlainForms
from therapies.admin.inlines import (
    TABULAR,
    AnsweredClaimInline,
    MedicalCodeInline,
    OnceFormSet,
    PageInline,
    SectionInline,
    SentFormSet,
    SynonymInline,
)
from therapies.admin.page import HEAD, UPKEEP, PageAdmin
from therapies.admin.states import Stands
from therapies.document_shapes import CONDITION_ASPECTS
from therapies.models import CareAdvice, Condition, OutcomeEvidence, TreatmentOption
from therapies.red_flags import LEVELS, RED_FLAGS


class ConditionSections(SectionInline):
    aspects = CONDITION_ASPECTS


def red_flag_choices(levels):
    """The table of red flags at these levels, in the words readers see."""
    named = dict(CareAdvice.Level.choices)
    return [
        (named[level], [(flag.id, flag.sign) for flag in RED_FLAGS.values() if flag.level == level]) for level in levels
    ]


class CareAdviceForm(forms.ModelForm):
    """The lines of the table are ticked, not typed."""

    red_flags = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick signs of this card's own level. Their words come from the table of red flags.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["red_flags"] = self.instance.red_flags.split()
        self.fields["red_flags"].choices = red_flag_choices(LEVELS)
        if self.instance.pk:  # its own signs are enough to look through
            self.fields["red_flags"].widget.choices = red_flag_choices([self.instance.level])

    def clean_red_flags(self):
        ticked = self.cleaned_data["red_flags"]
        before = [flag for flag in self.instance.red_flags.split() if flag in ticked]
        return "\n".join([*before, *(flag for flag in ticked if flag not in before)])

    def clean(self):
        row = super().clean()
        level = row.get("level")
        for flag in row.get("red_flags", "").split():
            if level and RED_FLAGS[flag].level != level:
                self.add_error(
                    "red_flags", f"“{RED_FLAGS[flag].sign}” belongs to another card: {RED_FLAGS[flag].level}."
                )
        if not row.get("action", "if:").endswith("if:"):
            self.add_error("action", "The action ends in “if:”.")
        return row


class CareAdviceInline(PageInline):
    model = CareAdvice
    form = CareAdviceForm
    max_num = 3
    fields = ["level", "action", "red_flags", "items"]

    @staticmethod
    def once(row):
        return row.get("level")


class OptionFormSet(OnceFormSet):
    @staticmethod
    def once(row):
        return row.get("treatment") or row.get("role")

    def clean(self):
        super().clean()
        going = [form.instance.pk for form in self.deleted_forms if form.instance.pk]
        used = OutcomeEvidence.objects.filter(options__in=going).distinct() if going else ()
        if keys := ", ".join(row.key for row in used):
            raise ValidationError(f"Evidence is about an option you are deleting: {keys}. Change or delete it first.")


class OptionInline(PageInline):
    model = TreatmentOption
    fields = [
        ("treatment", "role", "position"),
        "description",
        "who_might_consider",
        "what_it_takes",
        ("time_to_effect", "duration_of_effect"),
        "main_harms",
    ]

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, formset=OptionFormSet, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("treatment")


class EvidenceInline(PlainForms, admin.TabularInline):
    """An overview; each row is edited on a page of its own."""

    template = TABULAR
    model = OutcomeEvidence
    fields = readonly_fields = ["key", "about", "outcome", "comparator", "direction", "certainty", "certainty_basis"]
    formset = SentFormSet
    extra = max_num = 0
    can_delete = False
    show_change_link = True
    classes = ["collapse"]

    @admin.display(description="about")
    def about(self, row):
        return ", ".join(str(option) for option in row.options.all())

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("options__treatment")


@admin.register(Condition)
class ConditionAdmin(PageAdmin):
    list_display = ["title", "body_region", "state", "last_change"]
    list_filter = ["body_region", Stands]
    readonly_fields = [*PageAdmin.readonly_fields, "add_evidence"]
    fieldsets = [
        (None, {"fields": [*HEAD, ("body_region", "parent")]}),
        ("Course", {"fields": ["when_chronic", "natural_progression"]}),
        UPKEEP,
        ("Add evidence", {"fields": ["add_evidence"]}),
    ]
    inlines = [
        ConditionSections,
        CareAdviceInline,
        OptionInline,
        EvidenceInline,
        SynonymInline,
        MedicalCodeInline,
        AnsweredClaimInline,
    ]

    @admin.display(description="new row")
    def add_evidence(self, condition):
        if condition.pk is None:
            return "Save the page and its options first."
        address = reverse("admin:therapies_outcomeevidence_add")
        return format_html('<a href="{}?condition={}">Add evidence about an option</a>', address, condition.pk)
