from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from clinic.fenced import FencedModelAdmin
from clinic.live_facts import LiveFacts
from clinic.models import ClinicProfile
from therapies import citations
from therapies.admin.choices import EditorFields
from therapies.identifiers import bare_doi, bare_url, doi_problem, url_problem
from therapies.models import Page, Source
from therapies.sources import broken_links, to_check

CURRENT = Source.Status.CURRENT
FIRST_YEAR = 1800  # as in a content file


class Upkeep(admin.SimpleListFilter):
    title = "what is to do"
    parameter_name = "upkeep"

    def lookups(self, request, model_admin):
        return [("check", "To check"), ("broken", "Link does not open"), ("not_current", "Retracted or superseded")]

    def queryset(self, request, queryset):
        if self.value() == "check":
            found = to_check(timezone.localdate(timezone=ClinicProfile.zone()))
        elif self.value() == "broken":
            found = broken_links()
        elif self.value() == "not_current":
            found = citations.no_longer_current()
        else:
            return queryset
        return queryset.filter(pk__in=found.values("pk"))


class SourceForm(forms.ModelForm):
    """A DOI is kept bare and an address at PubMed in one form, whatever was pasted with them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.changed_words = {}

    class Meta:
        labels = {"publisher": "Journal or organization", "url": "Web address"}
        help_texts = {"url": "Where it can be read. On PubMed: https://pubmed.ncbi.nlm.nih.gov/ and its number."}

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year is not None and not FIRST_YEAR <= year <= timezone.now().year + 1:  # journals date ahead
            raise ValidationError("Write the year with four digits, such as 2021.")
        return year

    def clean_doi(self):
        doi = self.kept("DOI", self.cleaned_data["doi"], bare_doi)
        if problem := doi_problem(doi):
            raise ValidationError(f"{problem[0].upper()}{problem[1:]}.")
        return doi

    def clean_url(self):
        url = self.kept("address", self.cleaned_data["url"], bare_url)
        if problem := url_problem(url):
            raise ValidationError(f"{problem[0].upper()}{problem[1:]}.")
        return url

    def kept(self, what, typed, bare):
        """What is kept of what was typed; where that is another text, it is said once it is saved."""
        if (text := bare(typed)) != typed:
            self.changed_words[what] = text
        return text

    def clean(self):
        cleaned = super().clean()
        newer = cleaned.get("superseded_by")
        if newer and cleaned.get("status") == CURRENT:
            self.add_error("superseded_by", "A source with a newer one is superseded or retracted, not current.")
        seen = {self.instance.pk}
        while newer:
            if newer.pk in seen:
                self.add_error("superseded_by", "That would go round in a circle: choose the newest source.")
                break
            seen.add(newer.pk)
            newer = newer.superseded_by
        return cleaned


@admin.register(Source)
class SourceAdmin(EditorFields, LiveFacts, FencedModelAdmin):
    """Publications. A change is public as soon as it is saved; what is in use cannot be deleted."""

    form = SourceForm
    list_display = ["key", "title", "year", "kind", "status", "check_state", "next_check_due", "link"]
    list_filter = [Upkeep, "kind", "status", "check_state"]
    search_fields = ["key", "title", "authors", "publisher", "doi"]
    search_help_text = "Searches keys, titles, authors, publishers and DOIs."
    readonly_fields = ["used_by", "link"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["key", "title", "authors", "publisher", "year", "kind"]}),
        ("Where to find it", {"fields": ["doi", "url", "link"]}),
        (
            "How far it can be relied on",
            {
                "fields": ["status", "superseded_by", "check_state", "next_check_due", "note"],
                "description": "A retracted source stops every page that cites it at the next step of publishing.",
            },
        ),
        ("Use", {"fields": ["used_by"]}),
    ]

    @admin.display(description="cited by")
    def used_by(self, source):
        uses = self.uses(source)
        return format_html_join("", "<div>{}</div>", ((use,) for use in uses)) or "Nothing yet"

    @admin.display(description="last answer of its address", ordering="link_status")
    def link(self, source):
        if source.link_checked_at is None:
            return "Not tried yet"
        said = f"Answered {source.link_status}" if source.link_status else "No answer"
        return f"{said}, {timezone.localtime(source.link_checked_at):%d %B %Y}"

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

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for what, text in form.changed_words.items():
            self.message_user(request, f"The {what} was kept as {text}.", messages.INFO)
        if obj.status != CURRENT and "status" in form.changed_data:
            self.name_pages(request, obj)

    def name_pages(self, request, source):
        """Say which pages rest on a source that has just lost its standing."""
        pages = Page.objects.filter(pk__in=citations.pages_citing({source.key})).order_by("title")
        if not pages:
            self.message_user(request, f"No page cites source {source.key}.", messages.INFO)
            return
        links = format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            ((reverse(f"admin:therapies_{page.kind}_change", args=[page.pk]), page.title) for page in pages),
        )
        what = f"Source {source.key} is {source.get_status_display().lower()}. These pages cite it"
        self.message_user(request, format_html("{}: {}.", what, links), messages.WARNING)
