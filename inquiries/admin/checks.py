"""The list of requests that break a rule: where the dashboard leads when somebody is about to be forgotten."""

from django.contrib import admin
from django.utils import timezone

from inquiries import forgotten
from inquiries.queues import CAP


class CheckFilter(admin.SimpleListFilter):
    """One rule of `forgotten`. It is offered by the dashboard and stands beside the list only while it is chosen."""

    title = "must not be"
    parameter_name = "check"

    def lookups(self, request, model_admin):
        chosen = forgotten.RULES.get(request.GET.get(self.parameter_name, ""))
        return [(chosen.name, chosen.words)] if chosen else []

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        # Looked up first: beside the order of the list a database would rather walk through all requests.
        found = forgotten.RULES[self.value()].broken_by(timezone.now()).values_list("pk", flat=True)
        return queryset.filter(pk__in=list(found.order_by()[: CAP + 1]))
