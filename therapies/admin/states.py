"""The list of pages says where each of them stands, and can be filtered by it."""

from django.contrib import admin
from django.db.models import Q

from clinic.fenced import FencedChangeList
from therapies.models import Revision
from therapies.page_states import states_of

# value in the address -> (words, revisions that put a page there)
STANDS = {
    "live": ("Live", Q(state="live", is_demonstration=False)),
    "demonstration": ("Live as demonstration", Q(state="live", is_demonstration=True)),
    "editorial_review": ("In editorial review", Q(state="editorial_review")),
    "clinical_review": ("Waiting for a clinician", Q(state="clinical_review")),
    "approved": ("Approved, not live yet", Q(state="approved", go_live_at__isnull=True)),
    "scheduled": ("Scheduled", Q(state="approved", go_live_at__isnull=False)),
    "edited": ("Being edited", Q(state="draft")),
}


class Stands(admin.SimpleListFilter):
    title = "where it stands"
    parameter_name = "stands"

    def lookups(self, request, model_admin):
        return [*((value, words) for value, (words, _) in STANDS.items()), ("not_live", "Not live")]

    def queryset(self, request, queryset):
        if self.value() == "not_live":
            return queryset.exclude(pk__in=Revision.objects.live().values("page_id"))
        if self.value() in STANDS:
            there = Revision.objects.filter(STANDS[self.value()][1])
            return queryset.filter(pk__in=there.values("page_id"))
        return queryset


class PageChangeList(FencedChangeList):
    """Finds the state of all rows at once."""

    def get_results(self, request):
        super().get_results(request)
        states = states_of(self.result_list)
        for page in self.result_list:
            page.found_state = states[page.pk]
