from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from clinic.encryption import is_unreadable
from clinic.fenced import CONTROL, FencedModelAdmin
from inquiries import search
from inquiries.admin import search_box
from inquiries.admin.filters import QueueFilter
from inquiries.models import Inquiry
from inquiries.services import triage
from inquiries.states import Right, Status, move_between
from therapies import library

FACTS = (
    "reference",
    "status",
    "owner_name",
    "created_at",
    "closed_at",
    "source",
    "condition_title",
    "treatment_title",
    "region",
    "duration",
    "contact_method",
    "safety_level",
    "safety_advice_shown_at",
    "safety_advice_read_at",
    "promised_at",
    "earlier",
)
SUSPICIONS = {
    "trap": "a field that people do not see was filled in",
    "too_fast": "the whole form took less than three seconds",
    "links": "the text holds several links",
}
NOTHING = "-"
CONTACT = ("full_name", "email_address", "phone_number")


@admin.register(Inquiry)
class InquiryAdmin(FencedModelAdmin):
    """Staff read what the patient wrote and never rewrite it. The status changes through services.triage alone."""

    actions = None
    list_filter = [
        QueueFilter,
        "safety_level",
        "is_suspect",
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
        rows = super().get_queryset(request).select_related("condition", "treatment", "owner", "previous")
        on_a_list = request.resolver_match.url_name.endswith("_changelist")
        return (
            rows.defer("answers", "how_to_reach", "email", "phone") if on_a_list else rows
        )  # what is not shown is not decrypted

    def get_list_display(self, request):
        who = ["initials"] if may_see_contact(request) else []
        return ["reference", "safety", "status", "age", *who, "condition_title", "owner_name", "has_phone", "has_email"]

    def get_changelist(self, request, **kwargs):
        return search_box.RequestList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and search_box.FIELD in request.POST and self.has_view_permission(request):
            return search_box.sealed_address(request)
        return super().changelist_view(request, extra_context)

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
                "moves": [move for move in triage.possible_moves(inquiry, request.user) if may(request, move.right)],
                "answers": inquiry.answers if request.user.has_perm("inquiries.view_health") else None,
                "answers_are_unreadable": is_unreadable(inquiry.answers),
                "reach": inquiry.how_to_reach if may_see_contact(request) else None,
                "reach_is_unreadable": is_unreadable(inquiry.how_to_reach),
                "suspicions": [SUSPICIONS.get(code, code) for code in inquiry.suspect_reasons if inquiry.is_suspect],
                "events": inquiry.events.select_related("actor"),
                "consents": inquiry.consents.select_related("text"),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_urls(self):
        move = path("<path:object_id>/move/", self.admin_site.admin_view(self.move_view), name="inquiries_inquiry_move")
        return [move, *super().get_urls()]

    @method_decorator(require_POST)
    def move_view(self, request, object_id):
        """A button was pressed on the page of a request that stood at `version`."""
        if not self.has_view_permission(request) or not any(may(request, right) for right in Right):
            raise PermissionDenied
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        to, version = _pressed(request.POST)
        wanted = move_between(Status(inquiry.status), to)
        if wanted and inquiry.version == version and not may(request, wanted.right):
            raise PermissionDenied
        try:
            inquiry = triage.move(inquiry, to, actor=request.user, version=version)
        except (triage.StaleInquiry, triage.MoveNotAllowed) as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{inquiry.reference} is now “{to.label}”.", messages.SUCCESS)
        return redirect("admin:inquiries_inquiry_change", inquiry.pk)


def may(request, right):
    """May this person make moves of this kind?"""
    return request.user.has_perm(f"inquiries.{right.value}")


def may_see_contact(request):
    """May this person know who sent a request?"""
    return request.user.has_perm("inquiries.view_contact")


def punycode(domain):
    """The domain as mail servers write it, or as it is if it has no such form."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _pressed(data):
    version = data.get("version", "")
    try:
        to = Status(data.get("to", ""))
    except ValueError:
        raise BadRequest("There is no such status.") from None
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise BadRequest("The version is not a number.")
    return to, int(version)
