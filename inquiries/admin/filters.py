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


class SuspectFilter(admin.SimpleListFilter):
    """What looks like spam and waits for a person to look."""

    title = "spam"
    parameter_name = "spam"

    def lookups(self, request, model_admin):
        return [("suspected", "Suspected spam")]

    def queryset(self, request, queryset):
        return queryset.open().filter(is_suspect=True) if self.value() == "suspected" else queryset


class UnseenFilter(admin.SimpleListFilter):
    """Where the patient wrote or changed something that nobody has marked as seen."""

    title = "from the patient"
    parameter_name = "unseen"

    def lookups(self, request, model_admin):
        return [("yes", "Not seen yet")]

    def queryset(self, request, queryset):
        return queryset.filter(has_unseen_update=True) if self.value() == "yes" else queryset
