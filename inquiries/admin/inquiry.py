from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from clinic.encryption import is_unreadable
from clinic.fenced import FencedModelAdmin
from inquiries import signing
from inquiries.admin.contact import AttemptForm, Contacting, attempts_of
from inquiries.admin.entry import Entry
from inquiries.admin.list import NOTHING, Listing
from inquiries.admin.presses import Presses, may, may_mark_seen
from inquiries.admin.privacy import Privacy
from inquiries.admin.rights import may_read_health, may_see_contact
from inquiries.models import Inquiry
from inquiries.services import triage
from inquiries.states import Right

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
CONTACT = ("full_name", "email_address", "phone_number")


@admin.register(Inquiry)
class InquiryAdmin(Listing, Presses, Privacy, Contacting, Entry, FencedModelAdmin):
    """Staff read what the patient wrote and never rewrite it. The status changes through services.triage alone."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="condition")
    def condition_title(self, inquiry):
        return inquiry.condition.title if inquiry.condition else NOTHING

    @admin.display(description="treatment")
    def treatment_title(self, inquiry):
        return inquiry.treatment.title if inquiry.treatment else NOTHING

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


def punycode(domain):
    """The domain as mail servers write it, or as it is if it has no such form."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _moment(at):
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
