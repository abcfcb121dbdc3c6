"""Giving a request to a colleague, ranking it by hand, and writing a note."""

from django import forms
from django.contrib.admin.utils import unquote
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from inquiries.admin.move_form import DeskForm
from inquiries.admin.presses import may
from inquiries.models import Inquiry
from inquiries.services import notes, owning, ranking
from inquiries.states import Right

QUEUE = "queue"
NOT_ON_DUTY = "Choose somebody who is on duty and works on requests"
LONGEST_REASON = 1000


def _reason(label):
    return forms.CharField(
        label=label,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 50}),
        error_messages={"required": "Enter the reason", "max_length": "The reason must be 1,000 characters or fewer"},
    )


class AssignForm(DeskForm):
    """To whom, and why."""

    title, button = "give it to somebody", "Give it to them"

    to = forms.ChoiceField(label="Give it to", error_messages={"required": NOT_ON_DUTY, "invalid_choice": NOT_ON_DUTY})
    reason = _reason("Reason")

    def __init__(self, actor, inquiry, data=None):
        super().__init__(data, prefix_of_ids="assign")
        people = [person for person in owning.on_duty() if person.pk not in (inquiry.owner_id, actor.pk)]
        oneself = [] if inquiry.owner_id == actor.pk or not may_work(actor) else [(str(actor.pk), "Me: take it over")]
        queue = (
            [(QUEUE, "Nobody: back to the queue")] if inquiry.owner_id and inquiry.status != "awaiting_patient" else []
        )
        self.fields["to"].choices = [
            *oneself,
            *((str(person.pk), person.get_full_name() or person.get_username()) for person in people),
            *queue,
        ]
        self.people = {str(person.pk): person for person in [*people, actor]}

    @property
    def person(self):
        return self.people.get(self.cleaned_data["to"])


class OverrideForm(DeskForm):
    """Which priority, and why."""

    title, button = "set the priority", "Set the priority"

    level = forms.TypedChoiceField(label="Priority", choices=Inquiry.Priority.choices, coerce=int)
    reason = _reason("Reason, which stays visible")

    def __init__(self, data=None):
        super().__init__(data, prefix_of_ids="override")


class NoteForm(DeskForm):
    """What a colleague should know."""

    title, button = "a note", "Keep the note"

    body = forms.CharField(
        label="Note",
        max_length=notes.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={"required": "Write the note", "max_length": "The note must be 2,000 characters or fewer"},
    )
    is_pinned = forms.BooleanField(label="Keep it on top", required=False)

    def __init__(self, data=None):
        super().__init__(data, prefix_of_ids="note")


class Handing:
    """The forms of handing on, for the admin of requests."""

    def handing_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/assign/", wrap(self.assign_view), name="inquiries_inquiry_assign"),
            path("<path:object_id>/override/", wrap(self.override_view), name="inquiries_inquiry_override"),
            path("<path:object_id>/end-override/", wrap(self.end_override_view), name="inquiries_inquiry_end_override"),
            path("<path:object_id>/note/", wrap(self.note_view), name="inquiries_inquiry_note"),
        ]

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def assign_view(self, request, object_id):
        """To a colleague on duty, to oneself, or back to the queue."""
        inquiry = self.get_object(request, unquote(object_id))
        form = AssignForm(request.user, inquiry, request.POST) if inquiry else None
        return self.press(request, object_id, may_assign(request), self._assign, form=form)

    def _assign(self, form, request, inquiry, version):
        owning.assign(inquiry, to=form.person, actor=request.user, reason=form.cleaned_data["reason"], version=version)
        whose = form.person.get_full_name() or form.person.get_username() if form.person else ""
        return (
            f"{inquiry.reference} belongs to {whose} now." if whose else f"{inquiry.reference} is in the queue again."
        )

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def override_view(self, request, object_id):
        """A person ranks it otherwise than the rules."""
        return self.press(request, object_id, may_override(request), self._override, form=OverrideForm(request.POST))

    def _override(self, form, request, inquiry, version):
        ranking.override(inquiry, actor=request.user, version=version, **form.cleaned_data)
        level = Inquiry.Priority(form.cleaned_data["level"]).label
        return f"The priority of {inquiry.reference} is “{level}” now."

    @method_decorator(require_POST)
    def end_override_view(self, request, object_id):
        """The rules count again."""
        return self.press(request, object_id, may_override(request), self._end_override)

    def _end_override(self, request, inquiry, version):
        ranking.end_override(inquiry, actor=request.user, version=version)
        return f"The priority of {inquiry.reference} is that of the rules again."

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def note_view(self, request, object_id):
        """A word for colleagues. Only who may read about health reads it, so only they write it here."""
        return self.press(request, object_id, may_note(request), self._note, form=NoteForm(request.POST))

    def _note(self, form, request, inquiry, version):
        notes.add(inquiry, actor=request.user, version=version, **form.cleaned_data)
        return f"The note on {inquiry.reference} is kept."


def may_work(person):
    return person.has_perm(f"inquiries.{Right.MOVE.value}")


def may_assign(request):
    return request.user.has_perm("inquiries.assign_inquiry")


def may_override(request):
    return request.user.has_perm("inquiries.override_priority")


def may_note(request):
    return may(request, Right.MOVE) and request.user.has_perm("inquiries.view_health")
