"""Two people at once: the second is told who changed what, keeps what they typed, and may apply it to the request as it
is now."""

from django.template.response import TemplateResponse
from django.urls import reverse

from inquiries.admin.timeline import actor_of, name_of, said
from inquiries.models import Inquiry

NOT_REPEATED = {"csrfmiddlewaretoken", "version"}
# What was typed is shown again as text; the rest of a form is codes that go along unseen.
TYPED = {"reason", "note", "body", "text"}
CONFLICT = 409


def conflict_page(model_admin, request, inquiry, seen_version):
    """What changed since `seen_version`, what this person wanted, and one press to do it all the same."""
    inquiry = Inquiry.objects.select_related("owner").get(pk=inquiry.pk)
    missed = max(inquiry.version - seen_version, 0)
    changes = inquiry.events.select_related("actor", "subject").order_by("-seq")[:missed]
    posted = [
        (name, value) for name in request.POST if name not in NOT_REPEATED for value in request.POST.getlist(name)
    ]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{inquiry.reference} was changed while you had it open",
        "opts": model_admin.opts,
        "original": inquiry,
        "changes": [{"who": actor_of(event), "at": event.at, "what": said(event)} for event in changes],
        "owner": name_of(inquiry.owner),
        "posted": posted,
        "typed": [value for name, value in posted if name in TYPED and value.strip()],
        "action": request.get_full_path(),
        "back": reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
    }
    return TemplateResponse(request, "admin/inquiries/inquiry/conflict.html", context, status=CONFLICT)
