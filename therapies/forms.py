"""The form on which readers say whether a page helped. It asks nobody who they are."""

import re
import uuid

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from clinic.characters import paragraphs

LONGEST = 500
PATH = re.compile(r"(/[a-z0-9-]{1,80}){1,3}/")
SAY_SOMETHING = "Say whether it helped, or what is wrong"
TOO_LONG = f"Your comment must be {LONGEST} characters or fewer"
SEND_AGAIN = "For your security, press Send again. Nothing was lost."


class Comment(forms.CharField):
    """Text of several lines, without what nobody types on purpose."""

    def to_python(self, value):
        text = paragraphs(super().to_python(value))
        if len(text) > LONGEST:  # after the line ends: a browser counts each as two
            raise ValidationError(TOO_LONG, code="max_length")
        return text


class FeedbackForm(forms.Form):
    """About one page or, without `about`, the site as a whole."""

    submission_key = forms.Field(required=False, widget=forms.HiddenInput)
    page = forms.Field(required=False, widget=forms.HiddenInput)
    helpful = forms.ChoiceField(
        label="Was this page helpful? (optional)",
        required=False,
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose Yes or No, or leave it"},
    )
    comment = Comment(
        label="What is wrong, missing or hard to understand? (optional)",
        required=False,
        help_text=(
            f"Up to {LONGEST} characters. Please do not write about your own health or who you are: nobody can reply here."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data=None, *, about=None, initial=None):
        start = {"submission_key": uuid.uuid4(), "page": about.url if about else ""}
        super().__init__(data, initial={**start, **(initial or {})})
        self.use_required_attribute = False
        self.about = about
        if about is None:
            self.fields["helpful"].label = "Is this site helpful? (optional)"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the page has it beside the form
        self.helper.layout = Layout("submission_key", "page", InlineRadios("helpful"), "comment")

    def clean_submission_key(self):
        key = known_key(self.cleaned_data["submission_key"])
        if key is None:
            # Lost or tampered with: a new one, and one more press.
            self.data = {**self._typed(), "submission_key": str(uuid.uuid4())}
            raise ValidationError(SEND_AGAIN)
        return key

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned["helpful"] and not cleaned["comment"]:
            self.add_error("helpful", SAY_SOMETHING)
        return cleaned

    def as_typed(self):
        """The same form with everything in it, as if it had just been opened: no errors shown."""
        typed = self._typed()
        if known_key(typed.get("submission_key", "")) is None:
            typed.pop("submission_key", None)
        # Only what looks like a page of ours goes back into the form: a process without a library knows no more.
        page = self.about.url if self.about else typed.get("page", "")
        return FeedbackForm(about=self.about, initial={**typed, "page": page if PATH.fullmatch(page) else ""})

    def errors_with_links(self):
        """(id of the first input, sentence) for each wrong answer, in the order of the page."""
        found = []
        for bound in self.visible_fields():
            first = bound.subwidgets[0].id_for_label if bound.use_fieldset else bound.id_for_label
            found += [(first, error) for error in bound.errors]
        return found

    def said(self):
        """What therapies.feedback.leave takes, from valid answers."""
        cleaned = self.cleaned_data
        return {
            "submission_key": cleaned["submission_key"],
            "about": self.about,
            "is_helpful": {"yes": True, "no": False}.get(cleaned["helpful"]),
            "comment": cleaned["comment"],
        }

    def _typed(self):
        return {name: self.data.get(name, "") for name in self.fields if name in self.data}


def known_key(text):
    """The submission key in what the form sent back, or None."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
