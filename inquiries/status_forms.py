"""What a patient can say and change on the page of a request."""

import unicodedata

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from clinic.daily_limit import DailyLimit
from inquiries import fields, questionnaire, safety
from inquiries.forms import errors_with_links
from inquiries.questionnaire import Kind, Question

_TEXT = Question(
    "text",
    Kind.PARAGRAPHS,
    "What has changed? (optional)",
    hint="Please do not include ID, card or insurance numbers. Up to 1,000 characters.",
    limit=1000,
    too_long="Your answer must be 1,000 characters or fewer",
)
_MORE = Question(
    "text",
    Kind.PARAGRAPHS,
    "What would you like to add?",
    hint="Please do not include ID, card or insurance numbers. Up to 1,000 characters.",
    missing="Write what you would like to add",
    limit=1000,
    too_long="Your answer must be 1,000 characters or fewer",
)
_PROOF = Question(
    "proof",
    Kind.LINE,
    "The last 4 digits of the phone number you gave, or the email address you gave",
    hint="So that nobody else can change how we reach you.",
    missing="Enter the last 4 digits of the phone number you gave, or the email address you gave",
    limit=254,
    too_long="Your answer must be 254 characters or fewer",
)
_REFERENCE = Question(
    "reference",
    Kind.LINE,
    "Your reference",
    hint="It looks like RM-ABCD-2345.",
    missing="Enter your reference",
    limit=40,
    too_long="Your reference must be 40 characters or fewer",
)
WRONG_PROOF = "This is not what you gave with the request. Check it, or call us"
TRIED_TOO_OFTEN = "You have tried several times today. Please call us, and we change it for you"
PROOFS_A_DAY = 5  # four digits are soon guessed by who may try for ever
proofs = DailyLimit(PROOFS_A_DAY)


class StatusForm(forms.Form):
    """What the forms of this room share: our own words for what is missing, and the summary."""

    asked: tuple[Question, ...] = ()

    def __init__(self, data=None, **rest):
        super().__init__(data, **rest)
        self.use_required_attribute = False
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True

    def clean(self):
        given = super().clean()
        for question in self.asked:
            if question.missing and question.key not in self.errors and not given.get(question.key):
                self.add_error(question.key, question.missing)
        return given

    def errors_with_links(self):
        return errors_with_links(self)


class WorseForm(StatusForm):
    """The safety list again, and what has changed."""

    asked = (questionnaire.QUESTIONS["safety"],)

    def __init__(self, data=None, *, region):
        super().__init__(data)
        self.region = region
        self.fields["safety"] = fields.AnyOf(questionnaire.QUESTIONS["safety"])
        signs = [(sign.id, sign.question) for sign in safety.signs_for(region or "general")]
        self.fields["safety"].choices = [*signs, *questionnaire.SAFETY_EXITS]
        self.fields["text"] = fields.Paragraphs(_TEXT, widget=forms.Textarea(attrs={"rows": 5}))

    def clean(self):
        given = super().clean()
        ticked = given.get("safety", [])
        if questionnaire.NONE in ticked and len(ticked) > 1:
            self.add_error("safety", questionnaire.SAFETY_BOTH)
        return given

    @property
    def screened(self):
        """What the ticked signs mean."""
        ticked = self.cleaned_data["safety"]
        return safety.screening(self.region, self._signs(), is_unsure=questionnaire.NOT_SURE in ticked)

    def report(self):
        """What services.patient.report_worse takes."""
        text = self.cleaned_data["text"]
        words = [word.level for word in safety.danger_words(text)]
        asked = safety.asked_document(self.region or "general", self._signs())
        return {"text": text, "signs": asked, "level": safety.worst([self.screened.level, *words])}

    def _signs(self):
        return [code for code in self.cleaned_data["safety"] if code not in dict(questionnaire.SAFETY_EXITS)]


class InformationForm(StatusForm):
    asked = (_MORE,)

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["text"] = fields.Paragraphs(_MORE, widget=forms.Textarea(attrs={"rows": 5}))


class ContactForm(StatusForm):
    """New details. Who changes them knows the old ones."""

    asked = (_PROOF,)

    def __init__(self, data=None, *, inquiry):
        super().__init__(data)
        self.inquiry = inquiry
        self.fields["proof"] = fields.Line(_PROOF)
        for key in ("phone", "email"):
            question = questionnaire.QUESTIONS[key]
            kind = fields.PhoneNumber if key == "phone" else fields.EmailAddress
            self.fields[key] = kind(
                question, widget=forms.TextInput(attrs={"autocomplete": "tel" if key == "phone" else "email"})
            )
            self.fields[key].label = f"New {question.label[0].lower()}{question.label[1:]}"

    def clean(self):
        given = super().clean()
        if given.get("proof"):
            self._check_proof(given["proof"])
        if not {"email", "phone"} & set(self.errors) and not given.get("email") and not given.get("phone"):
            self.add_error("phone", questionnaire.NO_CONTACT)
        return given

    def _check_proof(self, typed):
        # Of one request, from wherever it is tried; the same one tried again is counted once. Told before it is compared.
        if not proofs.allows(self.inquiry.public_id.hex, timezone.now().date(), once_for=typed):
            self.add_error("proof", TRIED_TOO_OFTEN)
        elif not self._proves(typed):
            self.add_error("proof", WRONG_PROOF)

    def _proves(self, typed):
        if "@" in typed:
            return bool(self.inquiry.email) and typed.casefold() == self.inquiry.email.casefold()
        digits, phone = _digits(typed), str(self.inquiry.phone)
        # With an extension, its last digits are meant or those of the number before it.
        known = [_digits(number) for number in (phone, fields.EXTENSION.sub("", phone))]
        return len(digits) >= 4 and any(len(each) >= 4 and each.endswith(digits) for each in known)


class FindForm(StatusForm):
    """Reference and one way we can reach the person: the link goes to the address on file."""

    asked = (_REFERENCE, _PROOF)

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["reference"] = fields.Line(_REFERENCE)
        self.fields["proof"] = fields.Line(_PROOF)
        self.fields["proof"].label = "The phone number or the email address you gave"
        self.fields["proof"].help_text = ""
        self.asked = (_REFERENCE,)

    def clean(self):
        given = super().clean()
        if "proof" not in self.errors and not given.get("proof"):
            self.add_error("proof", "Enter the phone number or the email address you gave")
        return given


def _digits(text):
    return "".join(str(unicodedata.decimal(each)) for each in str(text) if each.isdecimal())
