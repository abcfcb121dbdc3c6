"""Writing down a try to reach the patient."""

from django import forms
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clinic.models import ClinicProfile
from inquiries import fields
from inquiries.admin.move_form import DeskForm
from inquiries.admin.presses import may
from inquiries.models import ContactAttempt
from inquiries.questionnaire import Kind, Question
from inquiries.services import contact
from inquiries.states import Right

NOTE = Question(
    "note",
    Kind.PARAGRAPHS,
    "Note (optional)",
    hint="Read by who may read about health.",
    limit=1000,
    too_long="The note must be 1,000 characters or fewer",
)


class AttemptForm(DeskForm):
    """How it was tried, what came of it, and when to try again."""

    title, button = "a try to reach the patient", "Write it down"

    channel = forms.ChoiceField(
        label="How",
        choices=[("", "Choose one"), *ContactAttempt.Channel.choices],
        error_messages={"required": "Select how you tried"},
    )
    result = forms.ChoiceField(
        label="What came of it",
        choices=[("", "Choose one"), *ContactAttempt.Result.choices],
        error_messages={"required": "Select what came of it"},
    )
    next_try_on = forms.DateField(
        label="Try again on (optional)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data=None):
        super().__init__(data, prefix_of_ids="attempt")
        self.fields["note"] = fields.Paragraphs(NOTE, widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))

    def clean_next_try_on(self):
        day = self.cleaned_data["next_try_on"]
        if day and day < timezone.localdate(timezone=ClinicProfile.zone()):
            raise forms.ValidationError("Choose today or a later day")
        return day


class Contacting:
    """The form of a try, for the admin of requests."""

    def contact_urls(self):
        view = self.admin_site.admin_view(self.contact_view)
        return [path("<path:object_id>/contact/", view, name="inquiries_inquiry_contact")]

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def contact_view(self, request, object_id):
        """The form of the request's page was sent."""
        return self.press(request, object_id, may(request, Right.MOVE), self._record, form=AttemptForm(request.POST))

    def _record(self, form, request, inquiry, version):
        contact.record(inquiry, actor=request.user, version=version, **form.cleaned_data)
        return f"The try to reach the patient of {inquiry.reference} is written down."


def attempts_of(request, inquiry):
    """What was tried so far; the notes only for who may read about health."""
    rows = inquiry.attempts.select_related("by")
    return rows if request.user.has_perm("inquiries.view_health") else rows.defer("note")
