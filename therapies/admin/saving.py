"""Two people at one form: the second to save is told who saved meanwhile, and keeps what they typed."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from therapies.models import Page

OPENED = "_opened"
ANYWAY = "_save_anyway"


class RefusedForm:
    """Mixed into the form of a request that the database has just refused."""

    def clean(self):
        super().clean()
        raise ValidationError(
            "Nothing was saved: two rows would be the same for a moment. Save again, one row at a time."
        )


class StampedForm:
    """Mixed into the form of a page that others may have saved since it was opened."""

    request = None

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and (names := saved_meanwhile(self.request, self.instance)):
            self.request.saved_meanwhile = names
            raise ValidationError(
                f"{names} saved this page after you had opened it. What you typed is still here. “Save anyway” writes "
                "your text over theirs; to see theirs first, open the page in another tab."
            )
        return cleaned


class ConflictPages:
    """Mixed into the admin of a kind of page."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {"opened": opened(request), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except IntegrityError:
            # What no form can see: somebody else adds the same row in this moment, or two rows change places.
            # The form is shown again with everything typed into it, refused this time before it reaches the database.
            request.is_refused = True
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        bases = (RefusedForm, StampedForm, form) if getattr(request, "is_refused", False) else (StampedForm, form)
        return type(form.__name__, bases, {"request": request})

    def render_change_form(self, request, context, *args, **kwargs):
        context["saved_meanwhile"] = getattr(request, "saved_meanwhile", "")
        return super().render_change_form(request, context, *args, **kwargs)


def opened(request):
    """When this form was opened: what it said itself, if it comes back."""
    return request.POST.get(OPENED) or timezone.now().isoformat()


def saved_meanwhile(request, page):
    """Who else has saved the page since this form was opened, "" for nobody or who was told and saves anyway."""
    try:
        since = parse_datetime(request.POST.get(OPENED, ""))
    except ValueError:
        since = None
    if request.method != "POST" or ANYWAY in request.POST or since is None or timezone.is_naive(since):
        return ""
    # Waits for a colleague who is saving in this moment, so that one of the two is told.
    there = Page.objects.select_for_update().filter(pk=page.pk, updated_at__gt=since)
    if not there.exists():
        return ""
    saves = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(page),
        object_id=str(page.pk),
        action_time__gt=since,
        change_message__startswith="[",  # a saved form; moves are written in words
    )
    names = saves.exclude(user=request.user).order_by("action_time").values_list("user__username", flat=True)
    return " and ".join(dict.fromkeys(names))
