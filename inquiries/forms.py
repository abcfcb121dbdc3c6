"""The forms of the request: one for each page of the questionnaire, and the check page with its consents."""

import re

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html

from inquiries import fields, questionnaire, safety
from inquiries.questionnaire import CONSENTS, Kind, Page

SLUG = re.compile(r"[a-z0-9-]{1,80}")
# Domains people often mistype; a known one in a single edit's reach is asked about, never refused.
MAIL_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net")
THEIR_NEIGHBOURS = ("mail.com", "ymail.com", "email.com")  # real ones that look like a slip
_WIDGETS = {
    "full_name": forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    "helper_name": forms.TextInput(attrs={"spellcheck": "false"}),
    "email": forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
}
_LINES = {Kind.LINE: fields.Line, Kind.EMAIL: fields.EmailAddress, Kind.PHONE: fields.PhoneNumber}
_CHOICES = {
    Kind.ONE: fields.OneOf,
    Kind.SCALE: fields.OneOf,
    Kind.MANY: fields.AnyOf,
    Kind.CONFIRM: fields.Confirmation,
}


class PageForm(forms.Form):
    """One page of the questionnaire. Every rule about what must be answered is in `clean`, from the questions.

    `answers` are those of the pages before, `library` is None when no process ever saw the pages.
    """

    def __init__(self, page: Page, data=None, *, answers, library, clinic):
        super().__init__(data, initial=answers)
        self.use_required_attribute = False  # our own words are the ones to be read
        self.page, self.answers, self.library, self.clinic = page, answers, library, clinic
        for question in page.questions:
            field = self.fields[question.key] = _field(question)
            field.help_text = questionnaire.hint(question, clinic.crisis_line)
            if question.kind is Kind.PAGE:
                field.choices = self._live_pages(question.key)
        self.is_of_another_region = False
        if page is questionnaire.SAFETY:
            self._ask_of(questionnaire.region(answers))
        if page is questionnaire.CONTACT:
            self.fields["email_looked_at"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.doubt = ""
        self.helper = _helper(page)

    def _ask_of(self, region):
        """The signs of this region. The page says whose it showed: "None of these" is an answer to those alone.

        Where the region is not known any more, what the page showed is shown again.
        """
        shown = self.data.get("asked_of", "") if self.is_bound else ""
        region = region or (shown if safety.signs_for(shown) else "general")
        self.fields["safety"].choices = safety_options({"body_region": region})
        self.fields["asked_of"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=region)
        if self.is_bound:
            self.data = self.data.copy()
            self.data["asked_of"] = region
        if shown and shown != region:
            self.is_of_another_region = True
            ticked = [code for code in self.data.getlist("safety") if code != questionnaire.NONE]
            self.data.setlist("safety", ticked)

    def _live_pages(self, kind):
        if self.library:
            pages = [(page.slug, page.title) for page in self.library.pages(kind)]
        else:
            # A process that never saw the pages cannot list them, but it keeps the choice someone made.
            kept = str((self.data if self.is_bound else self.initial).get(kind, ""))
            known = SLUG.fullmatch(kept) and kept != questionnaire.UNSURE[0]
            pages = [(kept, kept.replace("-", " ").capitalize())] if known else []
        return [("", "Choose one"), *pages, questionnaire.UNSURE]

    def clean(self):
        given = super().clean()
        for question in self.page.questions:
            if not question.is_asked(given):
                given[question.key] = "" if question.kind is not Kind.MANY else []
                self.errors.pop(question.key, None)
            elif question.missing and question.key not in self.errors and not given.get(question.key):
                self.add_error(question.key, question.missing)
        ticked = given.get("safety", [])
        if self.is_of_another_region:
            self.errors.pop("safety", None)
            self.add_error("safety", questionnaire.SAFETY_OTHERS)
        elif questionnaire.NONE in ticked and len(ticked) > 1:
            self.add_error("safety", questionnaire.SAFETY_BOTH)
        if self.page is questionnaire.CONTACT:
            self._clean_contact(given)
        return given

    def _clean_contact(self, given):
        needed = questionnaire.REQUIRED_CONTACT.get(given.get("contact_method", ""))
        if needed and needed not in self.errors and not given.get(needed):
            self.add_error(needed, questionnaire.CONTACT_MISSING[needed])
        email = given.get("email", "")
        meant = likely_meant(email)
        if meant and given.get("email_looked_at") != email and not self.errors:
            self.doubt = meant
            self.data = {**self.data.dict(), "email_looked_at": email}  # once asked, Continue takes it as it is
            self.add_error("email", f"Did you mean {meant}? If {email} is right, press Continue again")

    def given(self):
        """The answers of this page, from a valid form."""
        return {question.key: self.cleaned_data.get(question.key, "") for question in self.page.questions}

    def errors_with_links(self):
        """(id of the first input, sentence) for each wrong answer, in the order of the page."""
        return errors_with_links(self)


class CheckForm(forms.Form):
    """The check page: the sealed answers, the consents, and a field that only a machine fills in."""

    sealed = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data=None, *, clinic, privacy, sealed=""):
        super().__init__(data, initial={"sealed": sealed})
        self.use_required_attribute = False
        for consent in CONSENTS:
            box = forms.BooleanField(error_messages={"required": consent.missing}, label=consent.wording(clinic.name))
            self.fields[consent.purpose] = box
        if privacy:
            self.fields["privacy_notice"].help_text = format_html(
                '<a href="{}">How we use your information</a>', privacy.url
            )

    @cached_property
    def helper(self):
        """How crispy-forms lays it out. Send shows no form, so it makes none."""
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        helper.layout = Layout(
            "sealed", *(consent.purpose for consent in CONSENTS), Div(Field("website"), css_class="not-for-people")
        )
        return helper

    def errors_with_links(self):
        return errors_with_links(self)


def safety_options(answers):
    """What the safety page offers for the region somebody chose: its warning signs, and the two ways past them."""
    signs = safety.signs_for(questionnaire.region(answers))
    return [*((sign.id, sign.question) for sign in signs), *questionnaire.SAFETY_EXITS]


def errors_with_links(form):
    """(id of the first input, sentence) for each wrong answer of a form, in the order of its fields."""
    found = []
    for bound in form.visible_fields():
        first = bound.subwidgets[0].id_for_label if bound.use_fieldset else bound.id_for_label
        found += [(first, error) for error in bound.errors]
    return found


def likely_meant(email: str) -> str:
    """The address somebody may have meant, when its domain is one slip away from a well-known one, else ""."""
    name, _, domain = email.rpartition("@")
    domain = domain.casefold()
    if not name or domain in MAIL_DOMAINS or domain in THEIR_NEIGHBOURS:
        return ""
    near = next((known for known in MAIL_DOMAINS if _one_slip(domain, known)), "")
    return f"{name}@{near}" if near else ""


def _one_slip(typed: str, known: str) -> bool:
    """Is `typed` `known` with one letter left out, added, changed, or two neighbours swapped?"""
    if abs(len(typed) - len(known)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(typed, known, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return typed != known
    rests = {(1, 1), (1, 0), (0, 1)} if len(typed) != len(known) else {(1, 1)}
    swapped = typed[start : start + 2] == known[start : start + 2][::-1] and typed[start + 2 :] == known[start + 2 :]
    return swapped or any(typed[start + left :] == known[start + right :] for left, right in rests)


def _field(question):
    if question.kind is Kind.PAGE:
        return fields.LivePage(question)
    if question.kind is Kind.PARAGRAPHS:
        return fields.Paragraphs(question, widget=forms.Textarea(attrs={"rows": 5}))
    if question.kind in _LINES:
        return _LINES[question.kind](question, widget=_WIDGETS.get(question.key))
    return _CHOICES[question.kind](question)


def _helper(page):
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # the page has it beside the form
    shown = []
    for question in page.questions:
        shown.append(_scale(question) if question.kind is Kind.SCALE else question.key)
    if page is questionnaire.CONTACT:
        shown.append("email_looked_at")
    if page is questionnaire.SAFETY:
        shown.append("asked_of")
    helper.layout = Layout(*shown)
    return helper


def _scale(question):
    ends = format_html('<p class="pain-ends" aria-hidden="true"><span>{}</span><span>{}</span></p>', *question.ends)
    return Div(Div(InlineRadios(question.key), css_class="pain-scale"), HTML(ends))
