"""What is asked of who makes a move."""

from django import forms
from django.utils import timezone

from clinic.models import ClinicProfile
from inquiries import search
from inquiries.models import Inquiry
from inquiries.services.triage import Given
from inquiries.states import OUTCOMES

LONGEST_REASON = 1000
TYPED = ("reason", "body", "text", "note")


class DeskForm(forms.Form):
    """A form on the page of a request: `title` says what for, `button` what sends it."""

    title = button = ""

    def __init__(self, data=None, *, prefix_of_ids):
        super().__init__(data, auto_id=f"{prefix_of_ids}-%s")
        self.use_required_attribute = False

    @property
    def has_typed(self):
        """Did somebody write words that would be lost?"""
        return any(isinstance(self.cleaned_data.get(name), str) and self.cleaned_data[name] for name in TYPED)


class MoveForm(DeskForm):
    """The fields that a move asks for. A reason is always welcome: it becomes a note."""

    reason = forms.CharField(
        label="Note (optional)",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 50}),
        error_messages={"max_length": "The note must be 1,000 characters or fewer"},
    )

    to = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, to, move, data=None):
        super().__init__(data, prefix_of_ids=to.value)
        self.move, self.fields["to"].initial = move, to.value
        if move is None:  # no such move from here: the service says so
            return
        self.title = self.button = move.button
        outcomes = OUTCOMES.get(move.to, {})
        if "outcome" in move.asks:
            self.fields["outcome"] = _choice("How it ends", list(outcomes.items()), "Select how it ends")
        if "patient_told" in move.asks:
            told = list(Inquiry.PatientTold.choices)
            self.fields["patient_told"] = _choice("Does the patient know?", told, "Select whether the patient knows")
        if "appointment_on" in move.asks:
            self.fields["appointment_on"] = _day("Day of the consultation", "Enter the day of the consultation")
        if "next_step_on" in move.asks:
            self.fields["next_step_on"] = _day("Look at it again on", "Enter the day to look at it again")
        if "reason" in move.asks:
            self.fields["reason"].label = "Reason"
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = "Enter the reason"
        self.order_fields(["outcome", "patient_told", "appointment_on", "next_step_on", "reason"])

    def _of_today_or_later(self, name):
        day = self.cleaned_data[name]
        if day < timezone.localdate(timezone=ClinicProfile.zone()):
            raise forms.ValidationError("Choose today or a later day")
        return day

    def clean_next_step_on(self):
        return self._of_today_or_later("next_step_on")

    def clean_appointment_on(self):
        return self._of_today_or_later("appointment_on")

    @property
    def given(self):
        """What was said, for services.triage.move."""
        return Given(**{name: self.cleaned_data[name] for name in self.fields if name != "to"})


class MergeForm(DeskForm):
    """Which other request it is the same as."""

    reference = forms.CharField(label="Reference of the other request", max_length=20)

    def clean_reference(self):
        reference = search.reference_in(self.cleaned_data["reference"])
        other = Inquiry.objects.filter(reference=reference).first() if reference else None
        if other is None:
            raise forms.ValidationError("There is no request with this reference. It looks like RM-XXXX-XXXX")
        return other


def _choice(label, choices, missing):
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": missing}
    )


def _day(label, missing):
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing, "invalid": "Enter a day like 2026-03-31"},
    )
