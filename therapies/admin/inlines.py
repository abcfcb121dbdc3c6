"""The rows every kind of page has, and what their formsets check before the database would refuse."""

import re

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.forms import BaseInlineFormSet
from django.utils.functional import cached_property

from therapies.admin.choices import EditorFields, PlainForms
from therapies.models import AnsweredClaim, MedicalCode, Section, Synonym

TABULAR = "admin/therapies/tabular.html"
MOST_ROWS = 300  # of one kind on one page; a form of as many is larger than we take


class SentFormSet(BaseInlineFormSet):
    """Makes no rows beyond the last that was sent, whatever number a form says it has: each takes a while."""

    def total_form_count(self):
        total = super().total_form_count()
        return min(total, self._sent) if self.is_bound else total

    @cached_property
    def _sent(self):
        numbered = re.compile(rf"{re.escape(self.prefix)}-(\d{{1,9}})-")
        return max((int(found[1]) + 1 for found in map(numbered.match, self.data) if found), default=0)


class OnceFormSet(SentFormSet):
    """Refuses the same thing twice in one form: the database knows only the rows that are there already.

    A row without a position comes last.
    """

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "position" in form.fields:
            form.fields["position"].required = False
            form.fields["position"].help_text = "Smaller numbers come first. Empty: last."
            if form.instance.pk is None:
                form.initial["position"] = None

    def clean(self):
        seen = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", None)
            if not row or row.get("DELETE"):
                continue
            key = self.once(row)
            if key is not None and key in seen:
                form.add_error(None, "This stands here twice.")
            seen.add(key)
        self.give_positions()
        super().clean()

    def give_positions(self):
        rows = [form for form in self.forms if "position" in (getattr(form, "cleaned_data", None) or {})]
        last = max((form.cleaned_data["position"] or 0 for form in rows), default=0)
        for form in rows:
            if form.cleaned_data["position"] is None:
                last += 1
                form.instance.position = last


class PageInline(PlainForms, EditorFields, admin.StackedInline):
    """Rows of a page. `once` says what may stand there only once; None for what may repeat."""

    extra = 0
    max_num = MOST_ROWS
    classes = ["collapse"]  # a page with its evidence is long; what has an error opens by itself
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})}}

    @staticmethod
    def once(row):
        return None

    def get_formset(self, request, obj=None, **kwargs):
        formset = type("FormSet", (OnceFormSet,), {"once": staticmethod(self.once)})
        return super().get_formset(request, obj, **{"formset": formset, "absolute_max": MOST_ROWS, **kwargs})


class SectionInline(PageInline):
    model = Section
    fields = [("aspect", "position"), "heading", "body"]
    formfield_overrides = {}
    aspects = ()

    @staticmethod
    def once(row):
        return None if row.get("aspect") == "text" else row.get("aspect")

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "aspect":
            named = dict(db_field.choices)
            kwargs["choices"] = [("", "---------"), *((aspect, named[aspect]) for aspect in self.aspects)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class SynonymInline(PageInline, admin.TabularInline):
    template = TABULAR
    model = Synonym

    @staticmethod
    def once(row):
        return row.get("text", "").casefold()


class MedicalCodeInline(PageInline, admin.TabularInline):
    template = TABULAR
    model = MedicalCode
    fields = ["system", "code", "display", "edition", "verified_by", "verified_on"]

    @staticmethod
    def once(row):
        return row.get("system"), row.get("code")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("verified_by")


class AnsweredClaimInline(PageInline):
    model = AnsweredClaim
    fields = ["claim", ("verdict", "position"), "answer", "sources"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("sources")
