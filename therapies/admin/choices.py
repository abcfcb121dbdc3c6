"""Fields an editor can use, whose choices are read once a request: thirty rows cost as many queries as one."""

from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelectMultiple
from django.db import models

from clinic.models import Clinician
from therapies.document_words import FIELDS
from therapies.models import Source, Treatment

LABELS = {
    Clinician: lambda: [(row.pk, str(row)) for row in Clinician.objects.all()],
    Source: lambda: [(row.pk, str(row)[:90]) for row in Source.objects.all()],
    Treatment: lambda: [(row.pk, row.title) for row in Treatment.objects.all()],
}
LONG = 120  # characters: such a line does not fit a short field


def labels(request, model):
    """[(primary key, label)] of all rows of a model in LABELS, read once a request."""
    read = request.__dict__.setdefault("_labels_read", {})
    if model not in read:
        read[model] = LABELS[model]()
    return read[model]


class KnownLabels(AutocompleteSelectMultiple):
    """The stock widget asks the database for the labels of every row; this one has them."""

    def __init__(self, field, admin_site, known):
        super().__init__(field, admin_site)
        self.known = {str(pk): label for pk, label in known}

    def optgroups(self, name, value, attr=None):
        chosen = [pk for pk in map(str, value) if pk in self.known]
        return [(None, [self.create_option(name, pk, self.known[pk], True, n) for n, pk in enumerate(chosen)], 0)]


class EditorFields:
    """For an admin or inline: long lines get room, and choices cost one query a request however many rows."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.CharField) and not db_field.choices and (db_field.max_length or 0) >= LONG:
            kwargs.setdefault("widget", AdminTextInputWidget(attrs={"class": "vLargeTextField"}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model in LABELS:
            field.choices = [("", "---------"), *labels(request, db_field.related_model)]
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.related_model is Source:
            kwargs["widget"] = KnownLabels(db_field, self.admin_site, labels(request, Source))
            kwargs["help_text"] = "Type a word of the title or the key."
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PlainLabels:
    """For an admin or inline of a page's rows: fields are called as in the differences between two of its texts."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **{"labels": FIELDS, **kwargs})

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"labels": FIELDS, **kwargs})
