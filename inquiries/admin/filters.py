"""What narrows the list of requests beside its queues. No choice of a filter is looked up in the table of requests."""

from django.contrib import admin
from django.db.models import Q

from clinic.models import Staff
from inquiries.admin.request_list import QUEUE
from inquiries.models import Inquiry
from inquiries.queues import QUEUES
from inquiries.states import OUTCOME_WORDS
from therapies.models import Condition

NOBODY = "nobody"


class QueueFilter(admin.SimpleListFilter):
    """Declares the parameter. RequestList reads it, since a queue is an order too; the links stand above the list."""

    title = "queue"
    parameter_name = QUEUE

    def lookups(self, request, model_admin):
        return [(name, queue.words) for name, queue in QUEUES.items()]

    def queryset(self, request, queryset):
        return queryset


class ChosenFilter(admin.SimpleListFilter):
    """One of some values, by a condition of its own."""

    def condition(self, value):
        raise NotImplementedError

    def queryset(self, request, queryset):
        known = {str(code) for code, _ in self.lookup_choices}
        return queryset.filter(self.condition(self.value())) if self.value() in known else queryset


class PriorityFilter(ChosenFilter):
    """The priority that counts: a person's, or else the rules'."""

    title = parameter_name = "priority"

    def lookups(self, request, model_admin):
        return [(str(level), words) for level, words in Inquiry.Priority.choices]

    def condition(self, value):
        return Q(override_level=value) | Q(override_level=None, priority_level=value)


class OwnerFilter(ChosenFilter):
    """Whose: of those who can have any."""

    title = parameter_name = "owner"

    def lookups(self, request, model_admin):
        works_here = Q(on_duty=True) | Q(groups__permissions__codename="move_inquiry")
        people = Staff.objects.filter(works_here, is_active=True).distinct().order_by("username")
        named = ((str(person.pk), person.get_full_name() or person.get_username()) for person in people)
        return [(NOBODY, "Nobody"), *named]

    def condition(self, value):
        return Q(owner=None if value == NOBODY else value)


class ConditionFilter(ChosenFilter):
    """What they asked about."""

    title = parameter_name = "condition"

    def lookups(self, request, model_admin):
        titles = Condition.objects.order_by("title").values_list("pk", "title")
        return [("none", "Not said"), *((str(pk), title) for pk, title in titles)]

    def condition(self, value):
        return Q(condition=None if value == "none" else value)


class OutcomeFilter(ChosenFilter):
    """How it ended."""

    title = parameter_name = "outcome"

    def lookups(self, request, model_admin):
        return list(OUTCOME_WORDS.items())

    def condition(self, value):
        return Q(outcome=value)
