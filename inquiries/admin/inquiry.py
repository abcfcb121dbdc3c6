from datetime import datetime

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from clinic.encryption import is_unreadable
from clinic.fenced import FencedModelAdmin
from inquiries.admin.contact import Contacting
from inquiries.admin.entry import Entry
from inquiries.admin.exporting import Exporting
from inquiries.admin.handing import Handing
from inquiries.admin.list import NOTHING, Listing
from inquiries.admin.merging import Merging
from inquiries.admin.page import Page
from inquiries.admin.presses import Presses
from inquiries.admin.privacy import Privacy
from inquiries.admin.replying import Replying
from inquiries.models import Inquiry
from inquiries.states import OUTCOME_WORDS

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
    "outcome_words",
    "patient_told",
    "appointment_on",
    "merged_link",
    "earlier",
)


@admin.register(Inquiry)
class InquiryAdmin(
    Listing, Page, Presses, Handing, Merging, Replying, Privacy, Exporting, Contacting, Entry, FencedModelAdmin
):
    """Staff read what the patient wrote and never rewrite it. The status changes through services.triage alone."""

    facts = FACTS

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
        if inquiry.previous_id is None:
            return NOTHING
        previous = Inquiry.objects.only("reference", "status").get(pk=inquiry.previous_id)
        address = reverse("admin:inquiries_inquiry_change", args=[previous.pk])
        return format_html('<a href="{}">{}</a>, {}', address, previous, previous.get_status_display())

    @admin.display(description="outcome")
    def outcome_words(self, inquiry):
        return OUTCOME_WORDS.get(inquiry.outcome, NOTHING)

    @admin.display(description="merged into")
    def merged_link(self, inquiry):
        if inquiry.merged_into_id is None:
            return NOTHING
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:inquiries_inquiry_change", args=[inquiry.merged_into_id]),
            inquiry.merged_into,
        )

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

    def _label(self, name):
        return label_for_field(name, self.model, self)

    def _shown(self, name, inquiry):
        own = getattr(self, name, None)
        if own is not None:
            return own(inquiry)
        value = getattr(inquiry, f"get_{name}_display", lambda: getattr(inquiry, name))()
        return _moment(value) if isinstance(value, datetime) else (NOTHING if value in (None, "") else value)

    def _contact(self, inquiry):
        return [
            ("Name", inquiry.full_name or NOTHING),
            ("Email", self.email_address(inquiry)),
            ("Phone", self.phone_number(inquiry)),
            ("Wants to be reached by", inquiry.get_contact_method_display() or NOTHING),
        ]

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

    def get_urls(self):
        own = (self.entry_urls, self.press_urls, self.privacy_urls, self.contact_urls, self.handing_urls)
        more = (self.merging_urls, self.replying_urls, self.exporting_urls, self.page_urls)
        return [*(url for urls in (*own, *more) for url in urls()), *super().get_urls()]


def punycode(domain):
    """The domain as mail servers write it, or as it is if it has no such form."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _moment(at):
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
