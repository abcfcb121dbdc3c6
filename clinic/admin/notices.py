"""What the admin home says before anything else."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clinic.admin.going_real import still_missing
from clinic.health import LATE
from clinic.mail_route import FILES, NOWHERE, mail_route
from clinic.models import ClinicProfile, OutboxEmail
from inquiries import signing


@dataclass(frozen=True)
class Notice:
    """A sentence and where to act on it. `level` is warning or info, as in Django's message list."""

    level: str
    text: str
    url: str = ""
    link: str = ""


def notices_for(request):
    """What this person can do something about."""
    found = []
    user = request.user
    if not user.two_step_key:
        found.append(
            Notice(
                "info",
                "Your account is protected by a password alone.",
                reverse("admin:two_step_enrol"),
                "Set up the second step",
            )
        )
    if user.has_perm("clinic.view_clinicprofile"):
        found += _about_profile()
    if user.has_perm("clinic.view_outboxemail"):
        found += _about_mail()
    if user.has_perm("inquiries.view_safetysignoff") and not signing.is_signed():
        address = reverse("admin:inquiries_safetysignoff_changelist")
        text = "No clinical lead has signed the safety questions in this wording."
        link = "Read and sign them" if user.has_perm("inquiries.sign_safety") else "Read them"
        found.append(Notice("warning", text, address, link))
    return found


def _about_profile():
    profile = ClinicProfile.objects.first()
    if profile is None:
        address = reverse("admin:clinic_clinicprofile_add")
        return [Notice("warning", "The clinic has no name, number or address yet.", address, "Fill in the profile")]
    address = reverse("admin:clinic_clinicprofile_change", args=[profile.pk])
    missing = len(still_missing(profile))
    if profile.is_demo:
        text = "This is a demonstration: a banner on every page, no search engines."
        return [Notice("info", text, address, f"{missing} things are missing before it can be real" if missing else "")]
    if missing:
        return [Notice("warning", "The clinic's profile is not complete.", address, f"{missing} things are missing")]
    return []


def _about_mail():
    found = []
    address = reverse("admin:clinic_outboxemail_changelist")
    waiting = OutboxEmail.objects.waiting().count()
    route = mail_route()
    since = OutboxEmail.objects.waiting_since(now=timezone.now())
    if route == NOWHERE:
        text = f"No mail server is set (EMAIL_HOST). Nothing is sent; {waiting} messages stay queued."
        found.append(Notice("warning", text, address, "See them"))
    elif since and timezone.now() - since > LATE:
        text = f"Mail is delayed: {waiting} messages wait, the oldest since {date_format(timezone.localtime(since), 'j F, H:i')}."
        found.append(Notice("warning", text, address, "See them"))
    if route == FILES:
        found.append(Notice("info", "Mail is not sent in the demonstration: it is written to files under var/mail."))
    if failed := OutboxEmail.objects.failed().count():
        text = f"{failed} messages could not be delivered. Somebody should call instead."
        found.append(Notice("warning", text, f"{address}?state__exact=failed", "See them"))
    return found
