from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince

from clinic.encryption import is_unreadable
from clinic.fenced import CONTROL, FencedModelAdmin
from inquiries import search, signing
from inquiries.admin import search_box
from inquiries.admin.contact import AttemptForm, Contacting, attempts_of
from inquiries.admin.entry import Entry, may_enter
from inquiries.admin.filters import QueueFilter, SuspectFilter, UnseenFilter
from inquiries.admin.presses import Presses, may, may_mark_seen
from inquiries.admin.privacy import Privacy
from inquiries.models import Inquiry
from inquiries.services import triage
from inquiries.states import Right
from therapies import library

FACTS = (
    "reference",
    "status",
    "owner_name",
    "created_at",
    "closed_at",
    "source",
    "entered_by",
    "condition_title",
    "treatment_title",
    "region",
    "duration",
    "contact_method",
    "safety_level",
    "safety_advice_shown_at",
    "safety_advice_read_at",
    "promised_at",
    "late_notice",
    "first_contact_at",
    "next_step_due",
    "earlier",
)
SUSPICIONS = {
    "trap": "a field that people do not see was filled in",
    "too_fast": "the whole form took less than three seconds",
    "links": "the text holds several links",
    "many": "many requests came from the same connection",
}
NOTHING = "-"
CONTACT = ("full_name", "email_address", "phone_number")


@admin.register(Inquiry)
class InquiryAdmin(Presses, Privacy, Contacting, Entry, FencedModelAdmin):
    """Staff read what the patient wrote and never rewrite it. The status changes through services.triage alone."""

    actions = None
    list_filter = [
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

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # The list

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

    @admin.display(description="condition")
    def condition_title(self, inquiry):
        return inquiry.condition.title if inquiry.condition else NOTHING

    @admin.display(description="treatment")
    def treatment_title(self, inquiry):
        return inquiry.treatment.title if inquiry.treatment else NOTHING

    @admin.display(description="safety", ordering="safety_level")
    def safety(self, inquiry):
        return inquiry.get_safety_level_display() if inquiry.safety_level != "none" else NOTHING

    @admin.display(description="earlier request")
    def earlier(self, inquiry):
        if inquiry.previous is None:
            return NOTHING
        address = reverse("admin:inquiries_inquiry_change", args=[inquiry.previous.pk])
        return format_html('<a href="{}">{}</a>, {}', address, inquiry.previous, inquiry.previous.get_status_display())

    @admin.display(description="told that we are late")
    def late_notice(self, inquiry):
        if inquiry.late_told_at is None:
            return NOTHING
        return f"{_moment(inquiry.late_told_at)}; promised again for {_moment(inquiry.promised_again_at)}"

    @admin.display(description="next step")
    def next_step_due(self, inquiry):
        if not inquiry.next_step:
            return NOTHING
        return f"{inquiry.get_next_step_display()} ({date_format(inquiry.next_step_on)})"

    @admin.display(description="next step")
    def step(self, inquiry):
        return inquiry.get_next_step_display() or NOTHING

    @admin.display(description="from the patient")
    def news(self, inquiry):
        return "Not seen yet" if inquiry.has_unseen_update else NOTHING

    @admin.display(description="owner")
    def owner_name(self, inquiry):
        return (inquiry.owner.get_full_name() or inquiry.owner.get_username()) if inquiry.owner else NOTHING

    # One request

    def get_fieldsets(self, request, obj=None):
        contact = [("Who sent it", {"fields": CONTACT})] if may_see_contact(request) else []
        return [(None, {"fields": FACTS}), *contact]

    @admin.display(description="email")
    def email_address(self, inquiry):
        if is_unreadable(inquiry.email) or inquiry.email.isascii():
            return inquiry.email or NOTHING
        # Letters of other alphabets can look like Latin ones. The name the network uses shows which they are.
        user, _, domain = inquiry.email.rpartition("@")
        return f"{inquiry.email} (sent to {user}@{punycode(domain)})"

    @admin.display(description="phone")
    def phone_number(self, inquiry):
        return inquiry.phone or NOTHING

    def change_view(self, request, object_id, form_url="", extra_context=None):
        inquiry = self.get_object(request, unquote(object_id))
        context = {"title": str(inquiry), "subtitle": None}
        if inquiry is not None:
            context |= {
                **self.privacy_context(request, inquiry),
                "is_signed": signing.is_signed(),
                "attempts": attempts_of(request, inquiry),
                "reads_notes": may_read_health(request),
                "attempt_form": AttemptForm() if may(request, Right.MOVE) else None,
                "may_clear": inquiry.is_suspect and may(request, Right.DECIDE),
                "updates": inquiry.updates.select_related("seen_by") if may_read_health(request) else None,
                "may_mark_seen": may_mark_seen(request, inquiry),
                "moves": [move for move in triage.possible_moves(inquiry, request.user) if may(request, move.right)],
                "answers": inquiry.answers if may_read_health(request) else None,
                "answers_are_unreadable": is_unreadable(inquiry.answers),
                "reach": inquiry.how_to_reach if may_see_contact(request) else None,
                "reach_is_unreadable": is_unreadable(inquiry.how_to_reach),
                "suspicions": [SUSPICIONS.get(code, code) for code in inquiry.suspect_reasons if inquiry.is_suspect],
                "events": inquiry.events.select_related("actor"),
                "consents": inquiry.consents.select_related("text"),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_urls(self):
        return [*self.entry_urls(), *self.press_urls(), *self.privacy_urls(), *self.contact_urls(), *super().get_urls()]


def may_see_contact(request):
    """May this person know who sent a request?"""
    return request.user.has_perm("inquiries.view_contact")


def may_read_health(request):
    """May this person read what a patient wrote about their health?"""
    return request.user.has_perm("inquiries.view_health")


def punycode(domain):
    """The domain as mail servers write it, or as it is if it has no such form."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _moment(at):
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
