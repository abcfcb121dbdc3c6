"""Two requests side by side: merge them, or say that they are of two people."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_POST

from inquiries import search
from inquiries.admin.conflict import conflict_page
from inquiries.admin.presses import may, version_in
from inquiries.admin.rights import may_read_health, may_see_contact
from inquiries.models import Inquiry
from inquiries.services import merging
from inquiries.services.changing import MoveNotAllowed, StaleInquiry
from inquiries.states import Right


class Merging:
    """Comparing and merging, for the admin of requests."""

    def merging_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/compare/", wrap(self.compare_view), name="inquiries_inquiry_compare"),
            path("<path:object_id>/merge/<int:other_id>/", wrap(self.merge_view), name="inquiries_inquiry_merge"),
            path(
                "<path:object_id>/different/<int:other_id>/", wrap(self.different_view), name="inquiries_inquiry_apart"
            ),
        ]

    @method_decorator(require_GET)
    def compare_view(self, request, object_id):
        """Both requests, line by line: `?with=RM-XXXX-XXXX`."""
        inquiry = self._one(request, object_id)
        reference = search.reference_in(request.GET.get("with", ""))
        other = Inquiry.objects.filter(reference=reference).exclude(pk=inquiry.pk).first() if reference else None
        if other is None:
            self.message_user(
                request, "Enter the reference of another request. It looks like RM-XXXX-XXXX.", messages.ERROR
            )
            return redirect("admin:inquiries_inquiry_change", inquiry.pk)
        pair = [self.get_object(request, str(each.pk)) for each in (inquiry, other)]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{inquiry.reference} and {other.reference}",
            "opts": self.opts,
            "original": inquiry,
            "pair": pair,
            "rows": list(self._rows(request, *pair)),
            "ways": [
                (source, target)
                for source, target in (pair, pair[::-1])
                if target.closed_at is None and source.status in ("new", "in_review", "awaiting_patient")
            ],
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/compare.html", context)

    @method_decorator(require_POST)
    def merge_view(self, request, object_id, other_id):
        """This one is closed as the same as the other, which goes on."""
        source, target = self._one(request, object_id), self._one(request, str(other_id))
        version = version_in(request.POST)
        into_version = version_in({"version": request.POST.get("into_version", "")})
        try:
            merging.merge(source, into=target, actor=request.user, version=version, into_version=into_version)
        except StaleInquiry:
            source.refresh_from_db()
            stale, seen = (source, version) if source.version != version else (target, into_version)
            return conflict_page(self, request, stale, seen)
        except MoveNotAllowed as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:inquiries_inquiry_change", source.pk)
        self.message_user(request, f"{source.reference} is merged into {target.reference}.", messages.SUCCESS)
        return redirect("admin:inquiries_inquiry_change", target.pk)

    @method_decorator(require_POST)
    def different_view(self, request, object_id, other_id):
        """They are of two people: not suggested again."""
        other = self._one(request, str(other_id))
        return self.press(request, object_id, may(request, Right.DECIDE), lambda *what: self._apart(other, *what))

    def _apart(self, other, request, inquiry, version):
        merging.decide(inquiry, other, decision="different", actor=request.user, version=version)
        return f"{inquiry.reference} and {other.reference} are of two people."

    def _one(self, request, object_id):
        if not self.has_view_permission(request) or not may(request, Right.DECIDE):
            raise PermissionDenied
        inquiry = self.get_object(request, unquote(object_id))
        if inquiry is None:
            raise Http404
        return inquiry

    def _rows(self, request, one, two):
        """(what, of the one, of the other), as far as this person may read it."""
        yield "Received", one.created_at, two.created_at
        yield "Status", one.get_status_display(), two.get_status_display()
        yield "Owner", self.owner_name(one), self.owner_name(two)
        yield "Priority", one.get_priority_level_display(), two.get_priority_level_display()
        yield "Safety", one.get_safety_level_display(), two.get_safety_level_display()
        yield "Condition", self.condition_title(one), self.condition_title(two)
        if may_see_contact(request):
            yield "Name", one.full_name, two.full_name
            yield "Email", one.email, two.email
            yield "Phone", one.phone, two.phone
        if may_read_health(request):
            asked = [_by_question(each.answers) for each in (one, two)]
            for question in dict.fromkeys([*asked[0], *asked[1]]):
                yield question, asked[0].get(question, ""), asked[1].get(question, "")


def _by_question(answers):
    return {row["question"]: row["text"] for row in (answers or {}).get("asked", [])}
