"""The request form. It knows HTML names and wording; `submission()` hands facts to services.intake.submit."""

import re
import uuid

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from inquiries import fields, questionnaire
from inquiries.questionnaire import CONSENTS, QUESTIONS, UNSURE

SEND_AGAIN = "For your security, press Send again. Nothing was lost."
SLUG = re.compile(r"[a-z0-9-]{1,80}")


class ConsultationForm(forms.Form):
    """One page. `pages` are the live pages by kind, None when no process ever saw them; `clinic` gives the name."""

    submission_key = forms.Field(required=False, widget=forms.HiddenInput)
    condition = fields.LivePage(QUESTIONS["condition"])
    treatment = fields.LivePage(QUESTIONS["treatment"])
    duration = fields.OneOf(QUESTIONS["duration"])
    pain_avg = fields.OneOf(QUESTIONS["pain_avg"])
    message = fields.Paragraphs(QUESTIONS["message"], widget=forms.Textarea(attrs={"rows": 5}))
    full_name = fields.Line(
        QUESTIONS["full_name"], widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"})
    )
    email = fields.EmailAddress(
        QUESTIONS["email"], widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
    )
    phone = fields.PhoneNumber(QUESTIONS["phone"], widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
    consent = forms.BooleanField(error_messages={"required": CONSENTS[0].missing})

    def __init__(self, data=None, *, library, clinic, initial=None):
        super().__init__(data, initial={"submission_key": uuid.uuid4(), **(initial or {})})
        self.use_required_attribute = False  # our own words are the ones to be read
        self.clinic = clinic
        self.library = library
        for kind in ("condition", "treatment"):
            self.fields[kind].choices = self._options(kind)
        self.fields["consent"].label = CONSENTS[0].wording(clinic.name)
        self.helper = _helper()

    def _options(self, kind):
        if self.library:
            pages = [(page.slug, page.title) for page in self.library.pages(kind)]
        else:
            # A process that never saw the pages cannot list them, but it keeps the choice someone made.
            kept = str(self.data.get(kind, "") if self.is_bound else self.initial.get(kind, ""))
            known = SLUG.fullmatch(kept) and kept != UNSURE[0]
            pages = [(kept, kept.replace("-", " ").capitalize())] if known else []
        return [("", "Choose one"), *pages, UNSURE]

    def clean_submission_key(self):
        key = _uuid(self.cleaned_data["submission_key"])
        if key is None:
            # Lost or tampered with: a new one, and one more press.
            self.data = {**self._typed(), "submission_key": str(uuid.uuid4())}
            raise ValidationError(SEND_AGAIN)
        return key

    def clean(self):
        cleaned = super().clean()
        if not {"email", "phone"} & set(self.errors) and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", questionnaire.NO_CONTACT)
        return cleaned

    def _typed(self):
        return {name: self.data.get(name, "") for name in self.fields if name in self.data}

    def as_typed(self):
        """The same form with everything in it, as if it had just been opened: no errors shown."""
        typed = self._typed()
        if not _uuid(typed.get("submission_key", "")):
            typed.pop("submission_key", None)
        return ConsultationForm(library=self.library, clinic=self.clinic, initial=typed)

    def errors_with_links(self):
        """(id of the first input, sentence) for each wrong answer, in the order of the page."""
        found = []
        for bound in self.visible_fields():
            first = bound.subwidgets[0].id_for_label if bound.use_fieldset else bound.id_for_label
            found += [(first, error) for error in bound.errors]
        return found

    def submission(self):
        """What services.intake.submit takes, from valid answers."""
        cleaned = self.cleaned_data
        condition, treatment = (self._page(kind) for kind in ("condition", "treatment"))
        return {
            "submission_key": cleaned["submission_key"],
            "full_name": cleaned["full_name"],
            "email": cleaned["email"],
            "phone": cleaned["phone"],
            "condition": condition.slug if condition else "",
            "treatment": treatment.slug if treatment else "",
            "region": condition.document["body_region"] if condition else "",
            "duration": cleaned["duration"],
            "answers": questionnaire.answers_document(
                cleaned, {kind: tuple(self.fields[kind].choices) for kind in ("condition", "treatment")}
            ),
            "consents": [(consent.purpose, consent.wording(self.clinic.name)) for consent in CONSENTS],
            "country": self.clinic.country,
        }

    def _page(self, kind):
        return self.library.page(kind, self.cleaned_data[kind]) if self.library else None


def _uuid(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _helper():
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # the page has it beside the form
    helper.layout = Layout(
        "submission_key",
        Fieldset(
            "Your pain",
            "condition",
            "treatment",
            "duration",
            Div(InlineRadios("pain_avg"), css_class="pain-scale"),
            HTML(
                '<p class="pain-ends" aria-hidden="true">'
                f"<span>{questionnaire.SCALE_ENDS[0]}</span><span>{questionnaire.SCALE_ENDS[1]}</span></p>"
            ),
            "message",
            css_class="form-section",
        ),
        Fieldset(
            "How to reach you",
            "full_name",
            HTML('<p class="section-intro">Give us an email address, a phone number, or both.</p>'),
            "email",
            "phone",
            "consent",
            css_class="form-section",
        ),
    )
    return helper
