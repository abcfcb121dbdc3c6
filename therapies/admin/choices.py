"""Fields an editor can use, whose choices are read once a request: thirty rows cost as many queries as one."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

from clinic.models import Clinician
from therapies.admin.reading import ReadingForm
from therapies.document_words import FIELDS
from therapies.models import Condition, Source, Treatment

LABELS = {
    Clinician: lambda: [(row.pk, str(row)) for row in Clinician.objects.all()],
    Condition: lambda: list(Condition.objects.values_list("pk", "title")),
    Source: lambda: [(row.pk, str(row)[:90]) for row in Source.objects.all()],
    Treatment: lambda: list(Treatment.objects.values_list("pk", "title")),
}
LONGEST_NUMBER = 18  # digits of the number of a row
LONG = 120  # characters: such a line does not fit a short field


def labels(request, model):
    """[(primary key, label)] of all rows of a model in LABELS, read once a request."""
    read = request.__dict__.setdefault("_labels_read", {})
    if model not in read:
        read[model] = LABELS[model]()
    return read[model]


class QuickSelect(forms.Select):
    """The stock widget renders a template for each option: with 250 treatments in 12 rows that takes seconds."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, " selected" if str(key) in chosen else "", label) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})})), options
        )


class KnownLabels(AutocompleteSelectMultiple):
    """The stock widget asks the database for the labels of every row; this one has them."""

    def __init__(self, field, admin_site, known):
        super().__init__(field, admin_site)
        self.known = {str(pk): label for pk, label in known}

    @property
    def media(self):
        return super().media + forms.Media(js=["js/admin_select.js"])

    def build_attrs(self, base_attrs, extra_attrs=None):
        # The cross that empties the whole list stands inside it as no item of it; each item has a cross of its own.
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}

    def optgroups(self, name, value, attr=None):
        chosen = [pk for pk in map(str, value) if pk in self.known]
        return [(None, [self.create_option(name, pk, self.known[pk], True, n) for n, pk in enumerate(chosen)], 0)]


class KnownRow(forms.ModelChoiceField):
    """Refuses a number longer than any row has: a database that cannot hold it would not even look for it."""

    def clean(self, value):
        refuse_too_long([value])
        return super().clean(value)


class KnownRows(forms.ModelMultipleChoiceField):
    """The same for a choice of several."""

    def clean(self, value):
        refuse_too_long(value or ())
        return super().clean(value)


def refuse_too_long(numbers):
    if any(len(str(number)) > LONGEST_NUMBER for number in numbers):
        raise ValidationError("Choose from the list.")


class EditorFields:
    """For an admin or inline: long lines get room, and choices cost one query a request however many rows."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.CharField) and not db_field.choices and (db_field.max_length or 0) >= LONG:
            kwargs.setdefault("widget", AdminTextInputWidget(attrs={"class": "vLargeTextField"}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model in LABELS:
            kwargs.setdefault("widget", QuickSelect)
        field = super().formfield_for_foreignkey(db_field, request, **{"form_class": KnownRow, **kwargs})
        if field is not None and db_field.related_model in LABELS:
            field.choices = [("", "---------"), *labels(request, db_field.related_model)]
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.related_model is Source:
            kwargs["widget"] = KnownLabels(db_field, self.admin_site, labels(request, Source))
            kwargs["help_text"] = "Type a word of the title or the key."
        return super().formfield_for_manytomany(db_field, request, **{"form_class": KnownRows, **kwargs})


class PlainForms:
    """For an admin or inline of a page's rows: fields are called as in the differences between two of its texts, and
    beside each text stands how hard it is to read."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **{"labels": FIELDS, **kwargs})
        return type(form.__name__, (ReadingForm, form), {})

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **{"labels": FIELDS, **kwargs})
        formset.form = type(formset.form.__name__, (ReadingForm, formset.form), {})
        return formset
