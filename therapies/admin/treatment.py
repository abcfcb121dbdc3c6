from django import forms
from django.contrib import admin

from therapies.admin.inlines import (
    TABULAR,
    AnsweredClaimInline,
    MedicalCodeInline,
    PageInline,
    SectionInline,
    SynonymInline,
)
from therapies.admin.page import HEAD, UPKEEP, PageAdmin
from therapies.admin.states import Stands
from therapies.document_shapes import TREATMENT_ASPECTS
from therapies.models import AdverseOutcome, Contraindication, RegulatoryStatus, Treatment


class TreatmentSections(SectionInline):
    aspects = TREATMENT_ASPECTS


class ContraindicationInline(PageInline, admin.TabularInline):
    template = TABULAR
    model = Contraindication

    @staticmethod
    def once(row):
        return row.get("name")


class AdverseOutcomeInline(PageInline):
    model = AdverseOutcome
    fields = [
        ("name", "serious", "position"),
        ("frequency_n", "frequency_denominator", "frequency_words"),
        "sources",
    ]

    @staticmethod
    def once(row):
        return row.get("name")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("sources")


class RegulatoryStatusForm(forms.ModelForm):
    """A row keeps its country: the days it was checked belong to it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "jurisdiction" in self.fields:
            self.fields["jurisdiction"].disabled = True


class RegulatoryStatusInline(PageInline):
    model = RegulatoryStatus
    form = RegulatoryStatusForm
    max_num = 3
    fields = [("jurisdiction", "status"), "public_statement", "source", ("checked_on", "recheck_due")]

    @staticmethod
    def once(row):
        return row.get("jurisdiction")

    # The days of a check are public as soon as they are saved, and gone with their row.
    def get_readonly_fields(self, request, obj=None):
        return [] if request.user.has_perm("therapies.publish_page") else ["checked_on", "recheck_due"]

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and request.user.has_perm("therapies.publish_page")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("source")


HELP = {"alternatives": "One per line. The address of a treatment, such as prp-injection, becomes a link."}


@admin.register(Treatment)
class TreatmentAdmin(PageAdmin):
    list_display = ["title", "category", "offered_here", "state", "last_change"]
    list_filter = ["category", "is_regenerative", "offered_here", Stands]
    live_facts = [*PageAdmin.live_facts, "price_low", "price_high", "price_includes", "price_on_request_reason"]
    fieldsets = [
        (None, {"fields": HEAD}),
        (
            "Kind",
            {"fields": [("category", "is_regenerative"), ("procedure", "cell_source"), "recovery", "alternatives"]},
        ),
        (
            "Price",
            {
                "fields": [
                    "offered_here",
                    ("price_low", "price_high"),
                    "price_includes",
                    "price_on_request_reason",
                ],
                "description": "Prices are public as soon as they are saved. “We offer this” waits for publication.",
            },
        ),
        UPKEEP,
    ]
    inlines = [
        TreatmentSections,
        ContraindicationInline,
        AdverseOutcomeInline,
        RegulatoryStatusInline,
        SynonymInline,
        MedicalCodeInline,
        AnsweredClaimInline,
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **{"help_texts": HELP, **kwargs})

    def what_readers_see(self, request):
        if not self.has_publish_permission(request):
            return super().what_readers_see(request)
        return (
            "Prices and the days an approval was checked are public at once. Readers see the rest when it is published."
        )
