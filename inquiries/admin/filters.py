from django.contrib import admin


class QueueFilter(admin.SimpleListFilter):
    """The questions staff ask of the list."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return [("open", "Open"), ("unassigned", "Nobody has taken it"), ("mine", "Mine"), ("closed", "Closed")]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.open()
        if self.value() == "unassigned":
            return queryset.unassigned()
        if self.value() == "mine":
            return queryset.open().filter(owner=request.user)
        if self.value() == "closed":
            return queryset.closed()
        return queryset
