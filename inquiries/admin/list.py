"""The list of requests: its columns, filters and search."""

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince

from clinic.characters import CONTROL
from clinic.encryption import is_unreadable
from inquiries import due, search, spread
from inquiries.admin import search_box
from inquiries.admin.checks import CheckFilter
from inquiries.admin.entry import may_enter
from inquiries.admin.filters import ConditionFilter, OutcomeFilter, OwnerFilter, PriorityFilter, QueueFilter
from inquiries.admin.request_list import CappedPaginator, RequestList
from inquiries.admin.rights import may_read_health, may_see_contact
from inquiries.models import AccessLog
from inquiries.services import access
from therapies import library

NOTHING = "-"
PER_PAGE = 50
# What a row shows: nothing else is read, and what is encrypted is read by who may see it alone.
IN_CLEAR = (
    *("reference", "public_id", "status", "priority_level", "override_level", "needs_call_first", "safety_level"),
    *("region", "created_at", "closed_at", "due_at", "minutes_left", "next_step", "next_step_on", "previous"),
    *("has_unseen_update", "is_suspect", "legal_hold", "erasure_asked_at", "has_phone"),
    *("condition__title", "owner__username", "owner__first_name", "owner__last_name"),
)


class Listing:
    """How requests are listed, for the admin of requests."""

    actions = None
    list_filter = [
        QueueFilter,
        CheckFilter,
        PriorityFilter,
        "safety_level",
        "status",
        OwnerFilter,
        "region",
        ConditionFilter,
        "source",
        "created_at",
        OutcomeFilter,
    ]
    list_display_links = ["reference"]
    list_per_page = list_max_show_all = PER_PAGE
    paginator = CappedPaginator
    sortable_by = ()
    search_fields = ["reference"]
    search_help_text = "Reference, phone number in any form, e-mail address, or a whole word of the name."
    ordering = ["-created_at", "-pk"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if not request.resolver_match.url_name.endswith("_changelist"):
            return rows.select_related("condition", "treatment", "owner", "entered_by")
        who = ("full_name", "how_to_reach") if may_see_contact(request) else ()
        why = ("priority_reasons",) if may_read_health(request) else ()
        return rows.select_related("condition", "owner").only(*IN_CLEAR, *who, *why)

    def get_list_display(self, request):
        who = ["initials"] if may_see_contact(request) else []
        return [
            *("priority", "safety", "reference", *who, "about", "age", "reply_due"),
            *("status", "whose", "tries", "step", "flags"),
        ]

    def get_changelist(self, request, **kwargs):
        return RequestList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and search_box.FIELD in request.POST and self.has_view_permission(request):
            kind = search.kind_of(request.POST[search_box.FIELD])
            access.looked(request.user, AccessLog.Action.SEARCH, detail=kind)
            return search_box.sealed_address(request)
        # The table needs the width that the list of all tables would take.
        context = {"may_enter": may_enter(request), "is_nav_sidebar_enabled": False}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        term = search_box.unseal(search_term)
        if not term or CONTROL.search(term):
            return queryset.none(), False
        country = library.current().clinic.country
        return search.find(term, country=country, by_person=may_see_contact(request), among=queryset), False

    @admin.display(description="priority")
    def priority(self, inquiry):
        words = inquiry.Priority(inquiry.level).label
        if not inquiry.top_reason:
            return format_html('<span class="level level--{}">{}</span>', inquiry.level, words)
        return format_html(
            '<span class="level level--{}" title="{}">{}</span>', inquiry.level, inquiry.top_reason, words
        )

    @admin.display(description="safety")
    def safety(self, inquiry):
        return inquiry.get_safety_level_display() if inquiry.safety_level != "none" else NOTHING

    @admin.display(description="who")
    def initials(self, inquiry):
        if is_unreadable(inquiry.full_name):
            return "?"
        words = inquiry.full_name.split()
        if not words:
            return NOTHING  # the person was taken out of it
        return " ".join(f"{word[0]}." for word in (words[0], *words[1:][-1:]))

    @admin.display(description="about")
    def about(self, inquiry):
        return inquiry.condition.title if inquiry.condition else inquiry.get_region_display() or NOTHING

    @admin.display(description="received")
    def age(self, inquiry):
        return f"{timesince(inquiry.created_at, inquiry.seen_at, depth=1)} ago"

    @admin.display(description="reply due")
    def reply_due(self, inquiry):
        if inquiry.closed_at:
            return NOTHING
        if inquiry.due_at is None:
            return f"waits, {spread.in_words(max(inquiry.minutes_left or 0, 0))} left"
        words = due.in_words(inquiry.hours, inquiry.due_at, inquiry.seen_at)
        late = inquiry.due_at < inquiry.seen_at
        return format_html('<span class="due{}">{}</span>', " due--late" if late else "", words)

    @admin.display(description="owner")
    def whose(self, inquiry):
        owner = _name(inquiry.owner) if inquiry.owner else NOTHING
        others = [_name(person) for person in inquiry.beside.open_with]
        return format_html('{} <span class="tag">open: {}</span>', owner, ", ".join(others)) if others else owner

    @admin.display(description="tries")
    def tries(self, inquiry):
        return inquiry.beside.tries or NOTHING

    @admin.display(description="next step")
    def step(self, inquiry):
        if not inquiry.next_step:
            return NOTHING
        return f"{inquiry.get_next_step_display()}, {date_format(inquiry.next_step_on, 'j M')}"

    @admin.display(description="flags")
    def flags(self, inquiry):
        is_open = inquiry.closed_at is None
        resembles = inquiry.previous_id and is_open and not inquiry.beside.duplicate_decided
        flags = [
            ("call first", inquiry.needs_call_first and is_open),
            ("patient wrote", inquiry.has_unseen_update),
            ("repeat", inquiry.previous_id),
            ("duplicate?", resembles),
            ("mail failed", inquiry.beside.mail_failed),
            ("no voicemail", inquiry.takes_no_voicemail),
            ("spam?", inquiry.is_suspect and is_open),
            ("asks to be erased", inquiry.erasure_asked_at),
            ("kept", inquiry.legal_hold),
        ]
        shown = [(words,) for words, is_so in flags if is_so]
        return format_html_join(" ", '<span class="tag">{}</span>', shown) if shown else NOTHING


def _name(person):
    return person.get_full_name() or person.get_username()
