from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from clinic.fenced import FencedModelAdmin
from therapies import claim_scan, claims, waivers
from therapies.claim_words import WORDS
from therapies.models import ClaimRule, ClaimWaiver

HOW_TO = (
    "Short words, no sentences. Capitals do not matter, a space also stands for a hyphen, “ .. ” for up to three other "
    "words in between and “ ... ” for up to six. heal\\w* finds heals and healing; (pain|arthritis) finds either; "
    "cures? finds cure and cures; {surgery} finds any word of that list; ^ is where a sentence begins."
)


class ClaimRuleForm(forms.ModelForm):
    def clean_pattern(self):
        pattern = self.cleaned_data["pattern"]
        try:
            claims.check_pattern(pattern)
        except claims.BadPattern as error:
            raise ValidationError(str(error)) from None
        return pattern


@admin.register(ClaimRule)
class ClaimRuleAdmin(FencedModelAdmin):
    """Words that may not stand on a page. A change holds from the next time a page is submitted or published."""

    form = ClaimRuleForm
    list_display = ["key", "category", "severity", "pattern", "suggestion", "is_active"]
    list_filter = ["severity", "category", "is_active"]
    search_fields = ["key", "pattern", "category", "message", "suggestion"]
    fieldsets = [
        (None, {"fields": ["key", "category", "severity", "is_active"]}),
        ("What it finds", {"fields": ["pattern", "lists"], "description": HOW_TO}),
        ("What the editor is told", {"fields": ["message", "suggestion", "basis"]}),
    ]

    def has_delete_permission(self, request, obj=None):
        # Waivers name a rule for ever. One that no longer holds is switched off.
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["key", "lists"] if obj else ["lists"]

    @admin.display(description="Lists of words")
    def lists(self, obj):
        return format_html_join("", "<p><strong>{{{}}}</strong> {}</p>", sorted(WORDS.items()))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.is_active:
            self.name_places(request, claim_scan.scan(only=obj))

    def name_places(self, request, found):
        """Say what on the site this rule meets now: it stays there until somebody changes it."""
        if not found:
            self.message_user(request, "This rule finds nothing on the site as it is.", messages.INFO)
            return
        places = format_html_join(", ", "{}", ((self.place(hits),) for hits in found))
        self.message_user(request, format_html("This rule now finds claims on the site: {}.", places), messages.WARNING)

    @staticmethod
    def place(hits):
        if hits.page is None:
            return hits.name
        kind = hits.name.partition(" ")[0]
        url = reverse(f"admin:therapies_{kind}_change", args=[hits.page])
        return format_html('<a href="{}">{}</a> ({})', url, hits.name, len(hits.gates))


class ClaimWaiverForm(forms.ModelForm):
    actor = None

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            given = {name: cleaned[name] for name in ("rule", "sentence", "reason")}
            if problem := waivers.refusal(**given, actor=self.actor):
                raise ValidationError(problem)
        return cleaned


@admin.register(ClaimWaiver)
class ClaimWaiverAdmin(FencedModelAdmin):
    """Claims that a clinician let stand, and why. Added by a clinician; never changed, never removed."""

    form = ClaimWaiverForm
    fields = ["page", "rule", "sentence", "reason"]
    list_display = ["page", "rule", "sentence", "reason", "clinician", "waived_at"]
    list_filter = ["rule__category"]
    list_select_related = ["page", "rule", "clinician"]
    search_fields = ["page__title", "rule__key", "sentence", "reason"]

    def get_fields(self, request, obj=None):
        return [*self.fields, "clinician", "waived_by", "waived_at"] if obj else self.fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"actor": request.user})

    def has_add_permission(self, request):
        return request.user.has_perm("therapies.approve_page")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        given = {name: form.cleaned_data[name] for name in ("page", "rule", "sentence", "reason")}
        obj.pk = waivers.waive(**given, actor=request.user).pk
