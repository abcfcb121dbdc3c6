"""The admin base of every app: hostile filters, searches and selections end in an answer, never in an error or a hang."""

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpResponseRedirect

from clinic.characters import CONTROL

LONGEST_SEARCH = 100
# What Django's own list filters ask of a field, by the end of the parameter's name.
FILTER_ENDINGS = ("", "__exact", "__isnull", "__isempty", "__gte", "__lt")
HIERARCHY_ENDINGS = ("__year", "__month", "__day", "__gte", "__lt")
# What a value that no filter offers may raise on its way into the database: not an error of ours.
BAD_VALUE = (ValueError, OverflowError, ValidationError, DataError)


class FencedChangeList(ChangeList):
    """A bad value sends the reader back to the whole list (`?e=1`)."""

    def get_filters(self, request):
        try:
            self.refuse_half_a_date()
            return super().get_filters(request)
        except BAD_VALUE as error:
            raise IncorrectLookupParameters(error) from error

    def refuse_half_a_date(self):
        """The date drill-down reads year, month and day as numbers once more when it draws itself."""
        if not self.date_hierarchy:
            return
        parts = [self.params.get(f"{self.date_hierarchy}__{part}") for part in ("year", "month", "day")]
        for part, wider in zip(parts[1:], parts[:-1], strict=True):
            if part is not None and wider is None:
                raise IncorrectLookupParameters("A day needs its month, a month its year.")
        if not all(part is None or (part.isascii() and part.isdigit() and len(part) <= 4) for part in parts):
            raise IncorrectLookupParameters("Not a date.")

    def get_queryset(self, request, **kwargs):
        try:
            return super().get_queryset(request, **kwargs)
        except BAD_VALUE as error:
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request):
        try:
            super().get_results(request)
            # Run the query here, where a value the database refuses can still be answered.
            self.result_list = list(self.result_list)
        except BAD_VALUE as error:
            raise IncorrectLookupParameters(error) from error


class FencedModelAdmin(admin.ModelAdmin):
    """Base of every admin of ours. Only declared filters work; searches are cut; lists cost the same for any size."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200

    def get_changelist(self, request, **kwargs):
        return FencedChangeList

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in self.declared_lookups(request)

    def declared_lookups(self, request):
        """The parameters a list page may be filtered by."""
        allowed = set()
        for item in self.get_list_filter(request):
            if isinstance(item, type) and issubclass(item, admin.SimpleListFilter):
                allowed.add(item.parameter_name)
            else:
                path = item[0] if isinstance(item, list | tuple) else item
                allowed.update(path + ending for ending in FILTER_ENDINGS)
                field = get_fields_from_path(self.model, path)[-1]
                if field.is_relation:
                    allowed.add(f"{path}__{field.target_field.name}__exact")
        if self.date_hierarchy:
            allowed.update(self.date_hierarchy + ending for ending in HIERARCHY_ENDINGS)
        return allowed

    def get_search_results(self, request, queryset, search_term):
        if CONTROL.search(search_term):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and not self.selection_is_sound(request):
            self.message_user(request, "Some of the selected rows do not exist. Nothing was done.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    def get_object(self, request, object_id, from_field=None):
        field = self.opts.get_field(from_field) if from_field else self.opts.pk
        return super().get_object(request, object_id, from_field) if could_be(field, object_id) else None

    def selection_is_sound(self, request):
        """Could every selected id be the id of a row?"""
        return all(could_be(self.opts.pk, value) for value in request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME))


def could_be(field, text):
    """Does the column of this field hold values like this one? Asked before the database is, which may refuse it."""
    while field.remote_field:  # a key that is another row's key: that one knows what it takes
        field = field.target_field
    try:
        field.run_validators(field.to_python(text))
    except BAD_VALUE:
        return False
    return True
