"""Form fields that take what people really type, and leave out what no one types: control and invisible characters.

Every limit is checked here and named in the error. None is an attribute of the input, where a browser would cut off
what someone pastes without a word.
"""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator

from clinic.characters import INVISIBLE, line, paragraphs, visible
from inquiries import questionnaire
from inquiries.questionnaire import Question

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
EXTENSION = re.compile(r"(?:x|ext\.?|extension|#)\s*(\d{1,7})$", re.IGNORECASE)
TELEPHONE = re.compile(r"\+?[\d\s()./\u2010-\u2015-]+")


class _Typed(forms.CharField):
    """Whether an answer is required the form decides, which knows the answers beside it."""

    def __init__(self, question: Question, *, widget=None):
        super().__init__(
            label=question.label,
            help_text=question.hint,
            required=False,
            validators=[MaxLengthValidator(question.limit, question.too_long)],
            widget=widget,
        )


class Line(_Typed):
    """One line of text. What came along from a table or another page, line ends and control characters, is left out."""

    def to_python(self, value):
        return line(super().to_python(value))


class Paragraphs(_Typed):
    """Text of several lines. Control characters are left out; a NUL is an error. A script counts what is left to type."""

    def __init__(self, question: Question, *, widget=None):
        super().__init__(question, widget=widget)
        self.widget.attrs["data-limit"] = question.limit

    def to_python(self, value):
        text = super().to_python(value)
        if "\0" in text:
            raise ValidationError("Your answer holds a character that cannot be stored. Delete it and type it again")
        return paragraphs(text)


class EmailAddress(Line):
    """An address mail can be sent to: no address of a machine (a@[127.0.0.1]), no localhost, nothing invisible."""

    valid = EmailValidator(message=questionnaire.WRONG_EMAIL, allowlist=[])

    def to_python(self, value):
        typed = forms.CharField.to_python(self, value)
        if not visible(typed):
            return ""
        if CONTROL.search(typed) or INVISIBLE.search(typed):
            raise ValidationError(questionnaire.WRONG_EMAIL, code="invalid")
        return super().to_python(value)

    def run_validators(self, value):
        super().run_validators(value)
        if value:
            self.valid(value)
            if '"' in value or value.endswith("]"):
                raise ValidationError(questionnaire.WRONG_EMAIL, code="invalid")


class PhoneNumber(Line):
    """A number in any spelling, kept as typed."""

    def run_validators(self, value):
        super().run_validators(value)
        if not value:
            return
        number = EXTENSION.sub("", value).strip()
        digits = sum(character.isdecimal() for character in number)
        if not TELEPHONE.fullmatch(number) or not 7 <= digits <= 15:
            raise ValidationError(questionnaire.WRONG_PHONE, code="invalid")


class OneOf(forms.ChoiceField):
    """One of the question's options, as radio buttons. What is none of them counts as not answered."""

    def __init__(self, question: Question):
        super().__init__(
            label=question.label,
            help_text=question.hint,
            required=False,
            choices=question.options,
            widget=forms.RadioSelect,
        )

    def to_python(self, value):
        value = super().to_python(value)
        return value if self.valid_value(value) else ""


class AnyOf(forms.MultipleChoiceField):
    """Any of the question's options, as boxes to tick. What is none of them counts as not ticked."""

    def __init__(self, question: Question):
        super().__init__(
            label=question.label,
            help_text=question.hint,
            required=False,
            choices=question.options,
            widget=forms.CheckboxSelectMultiple,
        )

    def to_python(self, value):
        ticked = {str(each) for each in value or []}
        return [code for code, _ in self.choices if str(code) in ticked]


class Confirmation(forms.BooleanField):
    """A box to tick."""

    def __init__(self, question: Question):
        super().__init__(label=question.label, help_text=question.hint, required=False)


class LivePage(forms.ChoiceField):
    """One of the pages that are live now, or nothing. A page that is not live chooses nothing."""

    def __init__(self, question: Question):
        super().__init__(label=question.label, help_text=question.hint, required=False)

    def to_python(self, value):
        value = super().to_python(value)
        return value if self.valid_value(value) else ""
