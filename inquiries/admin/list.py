"""The list of requests: its columns, filters and search."""

from django.contrib import admin
from django.utils.timesince import timesince

from clinic.encryption import is_unreadable
from clinic.fenced import CONTROL
from inquiries import search
from inquiries.admin import search_box
from inquiries.admin.checks import CheckFilter
from inquiries.admin.entry import may_enter
from inquiries.admin.filters import QueueFilter, SuspectFilter, UnseenFilter
from inquiries.admin.rights import may_see_contact
from therapies import library

NOTHING = "-"


class Listing:
    """How requests are listed, for the admin of requests."""

    actions = None
    list_filter = [
        CheckFilter,
        QueueFilter,
        UnseenFilter,
        "safety_level",
        SuspectFilter,
        "status",
        "source",
        ("condition", admin.RelatedOnlyFieldListFilter),
        "created_at",
    ]
    search_fields = ["reference"]
    search_help_text = "Reference, phone number in any form, e-mail address, or a whole word of the name."
    ordering = ["-created_at", "-pk"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("condition", "treatment", "owner", "previous", "entered_by")
        on_a_list = request.resolver_match.url_name.endswith("_changelist")
        return (
            rows.defer("answers", "how_to_reach", "email", "phone") if on_a_list else rows
        )  # what is not shown is not decrypted

    def get_list_display(self, request):
        who = ["initials"] if may_see_contact(request) else []
        return [
            "reference",
            "safety",
            "status",
            "age",
            *who,
            "condition_title",
            "owner_name",
            "has_phone",
            "has_email",
            "news",
            "step",
        ]

    def get_changelist(self, request, **kwargs):
        return search_box.RequestList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and search_box.FIELD in request.POST and self.has_view_permission(request):
            return search_box.sealed_address(request)
        return super().changelist_view(request, {"may_enter": may_enter(request), **(extra_context or {})})

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        term = search_box.unseal(search_term)
        if not term or CONTROL.search(term):
            return queryset.none(), False
        country = library.current().clinic.country
        return search.find(term, country=country, by_person=may_see_contact(request), among=queryset), False

    @admin.display(description="received", ordering="created_at")
    def age(self, inquiry):
        return f"{timesince(inquiry.created_at, depth=1)} ago"

    @admin.display(description="who")
    def initials(self, inquiry):
        if is_unreadable(inquiry.full_name):
            return "?"
        words = inquiry.full_name.split()
        if not words:
            return NOTHING  # the person was taken out of it
        return " ".join(f"{word[0]}." for word in (words[0], *words[1:][-1:]))

    @admin.display(description="safety", ordering="safety_level")
    def safety(self, inquiry):
        return inquiry.get_safety_level_display() if inquiry.safety_level != "none" else NOTHING

    @admin.display(description="next step")
    def step(self, inquiry):
        return inquiry.get_next_step_display() or NOTHING

    @admin.display(description="from the patient")
    def news(self, inquiry):
        return "Not seen yet" if inquiry.has_unseen_update else NOTHING
