from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse

from clinic.admin.going_real import still_missing
from clinic.fenced import FencedModelAdmin
from clinic.live_facts import LiveFacts
from clinic.models import Clinician, ClinicProfile, Holiday, OpeningHours


class ClinicProfileForm(forms.ModelForm):
    class Meta:
        model = ClinicProfile
        fields = "__all__"  # noqa: DJ007 (the admin's fieldsets choose)
        widgets = {"address": forms.Textarea(attrs={"rows": 4})}

    def clean(self):
        cleaned = super().clean()
        ends = self.initial.get("is_demo", True) and cleaned.get("is_demo") is False
        # A clinic that is real already must always be able to change its number, whatever else is missing.
        if "is_demo" in self.fields and ends and not self.errors:
            missing = still_missing(self.Meta.model(**cleaned))
            if missing:
                self.add_error("is_demo", ["The demonstration cannot end yet. Missing:", *missing])
        return cleaned


@admin.register(ClinicProfile)
class ClinicProfileAdmin(LiveFacts, FencedModelAdmin):
    form = ClinicProfileForm
    change_form_template = "admin/clinic/clinicprofile/change_form.html"
    fieldsets = [
        (None, {"fields": ["name", "tagline"]}),
        ("How to reach us", {"fields": ["phone", "email", "address", "how_to_find_us", "building_access"]}),
        ("Patients", {"fields": ["existing_patients", "emergency_number", "crisis_line"]}),
        ("Country", {"fields": ["country", "time_zone", "currency", "cell_therapy_notice"]}),
        ("Going real", {"fields": ["legal_texts_confirmed_on", "is_demo"]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not ClinicProfile.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """There is one profile, so the list is its form."""
        profile = ClinicProfile.objects.first()
        if profile is None or not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:clinic_clinicprofile_change", args=[profile.pk]))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["missing"] = still_missing(obj) if obj else []
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


@admin.register(OpeningHours)
class OpeningHoursAdmin(LiveFacts, FencedModelAdmin):
    list_display = ["weekday", "opens", "closes"]
    list_display_links = ["weekday"]


@admin.register(Holiday)
class HolidayAdmin(LiveFacts, FencedModelAdmin):
    list_display = ["date", "name"]
    date_hierarchy = "date"
    search_fields = ["name"]


@admin.register(Clinician)
class ClinicianAdmin(LiveFacts, FencedModelAdmin):
    list_display = ["name", "credentials", "job_title", "registration_body", "credentials_checked_on", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "registration_number"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "credentials", "job_title", "is_active"]}),
        ("Registration", {"fields": ["registration_body", "registration_number", "credentials_checked_on"]}),
        ("For readers", {"fields": ["bio", "competing_interests"]}),
        ("Account", {"fields": ["user"], "description": "The person's own account, so that they can approve pages."}),
    ]

    def has_delete_permission(self, request, obj=None):
        # Approvals name a clinician for ever. One who left is no longer shown.
        return False
