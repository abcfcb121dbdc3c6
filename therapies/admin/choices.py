"""Choices read once a request: a form with thirty rows costs as many queries as a form with one."""

from django.contrib.admin.widgets import AutocompleteSelectMultiple

from clinic.models import Clinician
from therapies.models import Source, Treatment

LABELS = {
    Clinician: lambda: [(row.pk, str(row)) for row in Clinician.objects.all()],
    Source: lambda: [(row.pk, f"{row.key}: {row.title}"[:90]) for row in Source.objects.all()],
    Treatment: lambda: [(row.pk, row.title) for row in Treatment.objects.all()],
}


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


class CheapChoices:
    """For an admin or inline: choices of sources, treatments and clinicians cost one query a request."""

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
