"""The buttons of the publishing page: which moves this person may make now, why not the others, and their forms."""

from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.conf import settings

from therapies import publishing, stages
from therapies.models import ReviewEvent, Revision, RevisionPerson

WHO = {
    stages.CHANGE: "An author or editor does this.",
    stages.REVIEW: "An editor does this.",
    stages.APPROVE: "A clinician does this.",
    stages.PUBLISH: "An editor does this.",
    stages.WITHDRAW: "An editor or a clinician does this.",
}
NOTE_ROWS = 2
WHEN = {"required": False, "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}


class MoveForm(forms.Form):
    """A note for colleagues, and what the one move needs besides. Says where the revision stood when it was shown."""

    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=Revision.State.choices, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note for colleagues", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": NOTE_ROWS})
    )

    def __init__(self, *args, move, revision, **kwargs):
        super().__init__(*args, auto_id=f"{move.name}-{revision.number}-%s", **kwargs)
        self.named = (move.name, revision.number)
        # Whether a reason is needed says the service, in words: a browser's own bubble would not be read by everyone.
        self.use_required_attribute = False
        if move.needs_note:
            self.fields["note"].label = "Note for colleagues: why (needed)"

    def arguments(self):
        """What the service takes beside revision and actor."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"number", "state"}}


class SubmitForm(MoveForm):
    change_note = forms.CharField(
        label="What changed, in one sentence for readers",
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )
    is_minor_correction = forms.BooleanField(
        label="A minor correction: spelling, punctuation or a link. No clinician is needed.", required=False
    )
    field_order = ["number", "state", "change_note", "is_minor_correction", "note"]


class ApproveForm(MoveForm):
    whole_page = forms.BooleanField(label="I reviewed the whole page, not only what changed", required=False)
    field_order = ["number", "state", "whole_page", "note"]


class ScheduleForm(MoveForm):
    go_live_at = forms.DateTimeField(label="Goes live", **WHEN)
    expire_at = forms.DateTimeField(label="Comes down", **WHEN)
    field_order = ["number", "state", "go_live_at", "expire_at", "note"]


class ExpiryForm(MoveForm):
    expire_at = forms.DateTimeField(label="Comes down (empty: it stays)", **WHEN)
    field_order = ["number", "state", "expire_at", "note"]


class ReviewForm(forms.Form):
    """A clinician looked at the live page and nothing in it had to change."""

    kind = forms.ChoiceField(
        label="I looked at", choices=[row for row in ReviewEvent.Kind.choices if row[0] != ReviewEvent.Kind.MINOR]
    )
    outcome = forms.CharField(
        label="What came of it",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="review-%s", **kwargs)


FORMS = {"submit": SubmitForm, "approve": ApproveForm, "schedule": ScheduleForm, "set_expiry": ExpiryForm}
TIMES = ("go_live_at", "expire_at")
LEADS_ON = {"submit", "approve", "publish"}
PART = ("revision__number", "part")

ACTS = {
    "submit": lambda revision, **said: publishing.submit(revision.page, **said),
    "pass_review": publishing.pass_review,
    "approve": publishing.approve,
    "reject": publishing.reject,
    "schedule": publishing.schedule,
    "set_expiry": publishing.set_expiry,
    "publish": publishing.publish_approved,
    "withdraw": lambda revision, **said: publishing.withdraw(revision.page, **said),
}
DONE = {
    "submit": "was submitted for review",
    "pass_review": "passed editorial review",
    "approve": "was approved",
    "reject": "was sent back",
    "schedule": "was scheduled",
    "set_expiry": "has a new date to come down",
    "publish": "is on the site now",
    "withdraw": "is off the site",
}
# What history calls them, and what happens by itself.
HAPPENED = {
    **DONE,
    "publish": "went live",
    "withdraw": "was withdrawn",
    "set_expiry": "got another date to come down",
    "supersede": "was replaced by a newer one",
    "expire": "came down: its time was over",
}


@dataclass(frozen=True)
class Button:
    """A move of one revision: its form, or the reason why this person cannot make it now."""

    move: stages.Move
    form: MoveForm | None
    why_not: str

    @property
    def look(self):
        """What leads on is the first thing to press, what takes away looks like it."""
        return {"withdraw": "takes-down", "reject": "", "schedule": "", "set_expiry": ""}.get(self.move.name, "default")


class Mover:
    """What one person may do with the revisions of one page. Asks the database once for each question."""

    def __init__(self, user, page):
        self.page, self.user = page, user

    def buttons(self, revision, *, hindrance="", bound=None):
        """The moves that start where this revision stands. `hindrance`: why what leads on must wait, such as gates.

        `bound` is a form that was refused: it stands in its place again, with everything typed.
        """
        found = []
        for move in stages.allowed(revision.state):
            if not move.label:
                continue
            why_not = self.why_not(revision, move) or (hindrance if move.name in LEADS_ON else "")
            if bound and bound.named == (move.name, revision.number):
                found.append(Button(move, bound, ""))
            else:
                found.append(Button(move, None if why_not else self.form(revision, move), why_not))
        return found

    def form(self, revision, move, data=None):
        """The form of a move, empty or with what was sent."""
        start = {"number": revision.number, "state": revision.state}
        start |= {name: getattr(revision, name) for name in TIMES}
        form = FORMS.get(move.name, MoveForm)(data, move=move, revision=revision, initial=start)
        if move.name == "submit" and not self.has_approved_text:
            del form.fields["is_minor_correction"]
        return form

    def may(self, revision, move):
        """Has this person the right to make such a move at all?"""
        return self.user.has_perm(stages.right_for(move, state=revision.state, kind=self.page.kind))

    def why_not(self, revision, move):
        """Why this person cannot make this move, "" if they can. The services decide; this only says it before."""
        if not self.may(revision, move):
            return who_does(move, revision.state)
        part = self.parts.get(revision.number, "")
        if why_not := stages.why_not_own_work(move.name, part, author_may_edit=settings.AUTHOR_MAY_EDIT):
            return why_not
        if move.name == "approve" and not self.is_clinician:
            return "Your account is not linked to an active clinician. The clinic's administrator can link it."
        return ""

    @cached_property
    def parts(self):
        """The part this person has in each revision of the page."""
        return dict(RevisionPerson.objects.filter(revision__page=self.page.pk, staff=self.user).values_list(*PART))

    @cached_property
    def is_clinician(self):
        """May this person give a clinician's word? A demonstration account may, on a demonstration site."""
        return publishing.approves_as_demonstration(self.user) or publishing.clinician_behind(self.user) is not None

    @cached_property
    def has_approved_text(self):
        """Is there something on the site that a minor correction could correct?"""
        return self.page.revisions.live().filter(is_demonstration=False).exists()


def who_does(move, state):
    right = stages.right_for(move, state=state, kind="{kind}")
    return WHO.get(right, "Someone else does this.")
