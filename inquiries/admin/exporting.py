"""What leaves the desk: the list as a table, one request as a file, one request on paper. Each is written down."""

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.encryption import is_unreadable
from inquiries import records
from inquiries.admin.rights import may_read_health, may_see_contact
from inquiries.admin.timeline import name_of, timeline
from inquiries.models import AccessLog
from inquiries.services import access, exporting
from therapies import library


class ReasonForm(forms.Form):
    """Why something leaves the system."""

    reason = forms.CharField(
        label="Why you take it out of the system",
        help_text="Kept in the access log. Write no name here.",
        min_length=exporting.FEWEST_LETTERS,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Say why you take it out.",
            "min_length": f"Say it in at least {exporting.FEWEST_LETTERS} letters.",
        },
    )


class TableForm(ReasonForm):
    """Which columns of the list are taken out. Names are offered to who may know who sent a request."""

    columns = forms.MultipleChoiceField(
        label="Columns", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose a column."}
    )

    def __init__(self, *args, with_names, **kwargs):
        super().__init__(*args, **kwargs)
        offered = exporting.LABELS if with_names else exporting.OPERATIONAL
        self.fields["columns"].choices = list(offered.items())
        self.fields["columns"].initial = list(exporting.OPERATIONAL)


class Exporting:
    """Export and print, for the admin of requests."""

    def exporting_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("export/", wrap(self.table_view), name="inquiries_inquiry_table"),
            path("<path:object_id>/export/", wrap(self.export_view), name="inquiries_inquiry_export"),
            path("<path:object_id>/print/", wrap(self.print_view), name="inquiries_inquiry_print"),
        ]

    def exporting_context(self, request, inquiry):
        """What the page of a request says of it."""
        is_somebodys = not inquiry.anonymised_at and inquiry.status not in records.SPAM
        may = is_somebodys and exporting.may_export(request.user)
        return {"export_form": ReasonForm(auto_id="export-%s") if may else None}

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def table_view(self, request):
        """The list as it is filtered in the address: GET asks for columns and a reason, POST sends the CSV."""
        if not self.has_view_permission(request) or not request.user.has_perm(exporting.RIGHT):
            raise PermissionDenied
        try:
            listed = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect("admin:inquiries_inquiry_changelist")
        keys = list(listed.values_list("pk", flat=True)[: exporting.CAP + 1])
        form = TableForm(request.POST or None, with_names=may_see_contact(request))
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            lines = exporting.table(keys, given["columns"], staff=request.user, reason=given["reason"])
            response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
            return _as_file(response, f"requests-{timezone.localdate():%Y-%m-%d}.csv")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Export the list",
            "form": form,
            "count": min(len(keys), exporting.CAP),
            "is_capped": len(keys) > exporting.CAP,
            "query": request.GET.urlencode(),
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/export.html", context)

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def export_view(self, request, object_id):
        """One request as a FHIR Bundle, for a reason."""
        if not self.has_view_permission(request) or not exporting.may_export(request.user):
            raise PermissionDenied
        inquiry = self._asked_for(request, object_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            self.message_user(request, f"Not exported. {form.errors['reason'][0]}", messages.ERROR)
            return redirect("admin:inquiries_inquiry_change", inquiry.pk)
        try:
            document = exporting.one(inquiry, staff=request.user, reason=form.cleaned_data["reason"])
        except exporting.NotExported as error:
            problem = str(error)
        except records.CannotRead:
            problem = f"{inquiry.reference} cannot be decrypted, so it was not exported."
        else:
            response = HttpResponse(document, content_type="application/fhir+json")
            return _as_file(response, f"{inquiry.reference}.json")
        self.message_user(request, problem, messages.ERROR)
        return redirect("admin:inquiries_inquiry_change", inquiry.pk)

    @method_decorator(require_GET)
    def print_view(self, request, object_id):
        """One request for the paper file: all that this person may read, and who printed it when."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        inquiry = self._asked_for(request, object_id)
        reads_health, sees_contact = may_read_health(request), may_see_contact(request)
        access.looked(request.user, AccessLog.Action.PRINT, inquiry=inquiry)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": inquiry,
            "title": f"Request {inquiry.reference}",
            "clinic": library.current().clinic,
            "level": inquiry.Priority(inquiry.level).label,
            "facts": [(self._label(name), self._shown(name, inquiry)) for name in self.facts],
            "contact": self._contact(inquiry) if sees_contact else None,
            "reach": inquiry.how_to_reach if sees_contact else None,
            "reach_is_unreadable": is_unreadable(inquiry.how_to_reach),
            "answers": inquiry.answers if reads_health else None,
            "answers_are_unreadable": is_unreadable(inquiry.answers),
            "updates": inquiry.updates.select_related("seen_by") if reads_health else None,
            "timeline": timeline(inquiry, reads_health=reads_health),
            "consents": inquiry.consents.select_related("text"),
            "printed_by": name_of(request.user),
            "printed_at": timezone.now(),
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/print.html", context)

    def _asked_for(self, request, object_id):
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None:
            raise Http404
        return inquiry


def _as_file(response, name):
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
