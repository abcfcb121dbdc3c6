"""What must be real before the demonstration may end. Each line is a sentence for whoever fills in the profile."""

import re

from django.conf import settings

from clinic.mail_route import SERVER, mail_route
from clinic.models import OpeningHours, Staff
from therapies.models import Article, Revision

INVENTED_PHONE = re.compile(r"555\D?01\d\d")
INVENTED_MAIL = re.compile(r"[@.](example|invalid|test|localhost|example\.(com|net|org))$")
INVENTED_PLACE = re.compile(r"\bexample", re.IGNORECASE)


def still_missing(profile):
    """The sentences that are left. Empty when the clinic is real."""
    return [*_facts(profile), *_machine(), *_texts(profile), *_people()]


def _facts(profile):
    if not profile.phone or INVENTED_PHONE.search(profile.phone):
        yield "A telephone number that is answered (555-01xx numbers are invented ones)."
    if not profile.email or INVENTED_MAIL.search(profile.email):
        yield "An e-mail address that is read."
    if not profile.address or INVENTED_PLACE.search(profile.address):
        yield "The address."
    if not profile.emergency_number:
        yield "The emergency number."
    if not OpeningHours.objects.exists():
        yield "Opening hours."


def _machine():
    if not settings.HTTPS:
        yield "A public https address (SITE_URL in the environment)."
    if mail_route() != SERVER:
        yield "A mail server (EMAIL_HOST in the environment)."
    if not settings.FALLBACK_PHONE or not settings.FALLBACK_EMERGENCY_NUMBER:
        yield "FALLBACK_PHONE and FALLBACK_EMERGENCY_NUMBER in the environment: error pages show them."


def _texts(profile):
    approved = Revision.objects.live().filter(is_demonstration=False).values("page")
    policies = Article.objects.filter(category=Article.Category.POLICY)
    open_policies = list(policies.exclude(pk__in=approved).values_list("title", flat=True))
    if open_policies:
        yield f"Approved policies. Still demonstration texts: {', '.join(open_policies)}."
    elif not policies.exists():
        yield "Policies: there are none yet."
    if profile.legal_texts_confirmed_on is None:
        yield "The day counsel confirmed the legal texts."


def _people():
    real = Staff.objects.filter(is_active=True, is_staff=True, is_demo=False)
    if not real.filter(is_superuser=True).exclude(two_step_key="").exists():
        yield "A real administrator: a superuser account with the second step set up."
    may_move = real.filter(is_superuser=False, groups__permissions__codename="move_inquiry")
    if not may_move.exists():
        yield "A real colleague who answers requests: front desk, triage nurse or clinician."
