"""A patient who fills in the form, for tests."""

import re
from unittest import mock

from django.urls import reverse

from inquiries import spam
from inquiries.links import token_of

ANSWERS = {
    "who": {"for_whom": "me", "age_band": "55_69"},
    "where": {"body_region": "knee"},
    "safety": {"safety": ["none"]},
    "pain": {"duration": "1_5y", "trend": "same", "pain_avg": "6"},
    "more": {"message": ""},
    "contact": {
        "full_name": "Ana Example",
        "contact_method": "phone",
        "phone": "(202) 555-0123",
        "email": "ana@example.org",
        "voicemail_ok": "yes",
        "name_clinic_ok": "no",
    },
}
CONSENTS = {"health_data": "on", "not_emergency": "on", "privacy_notice": "on"}


__all__ = ["ANSWERS", "CONSENTS", "address", "fill", "sealed_in", "send", "token_of"]


def address(key):
    return reverse("inquiries:page", args=[key])


def fill(client, *, until="check", **changes):
    """Answer page after page up to `until`, which is not answered; `changes` by page replace answers."""
    response = None
    for key, answers in ANSWERS.items():
        if key == until:
            return response
        response = client.post(address(key), {**answers, **changes.get(key, {})})
        if response.status_code == 303 and response["Location"] == reverse("inquiries:advice"):
            if until == "advice":
                return response
            client.get(reverse("inquiries:advice"))
            response = client.post(reverse("inquiries:advice"))
    return response


def sealed_in(response):
    return re.search(r'name="sealed" value="([^"]+)"', response.content.decode())[1]


def send(client, sealed=None, *, is_a_machine=False, **changes):
    """Press Send on the check page. Nobody fills in the form in less than three seconds, but a test does."""
    if sealed is None:
        sealed = sealed_in(client.get(reverse("inquiries:check")))
    given = {"sealed": sealed, **CONSENTS, **changes}
    with mock.patch("inquiries.spam.FASTEST_SECONDS", spam.FASTEST_SECONDS if is_a_machine else 0):
        return client.post(reverse("inquiries:check"), given)
