"""Twelve requests of all kinds on one morning, sent through the service, for a site that is running. Prints their references
and the addresses of the patients' own pages as JSON. Run as a script with the environment of that site."""

import json
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from clinic.models import Staff  # noqa: E402
from inquiries import links  # noqa: E402
from inquiries.models import Inquiry  # noqa: E402
from tests import factories  # noqa: E402

NAMES = "Abel Bea Cleo Dora Ezra Fay Gil Hana Ivo June".split()  # noqa: SIM905


def main() -> None:
    now = timezone.now()
    flagged = {"safety_level": "emergency", "advice_shown_at": now, "advice_read_at": now}
    more = {"Abel": flagged, "Cleo": {"suspect_reasons": ["trap"]}, "Dora": {"suspect_reasons": ["links"]}}
    sent = {}
    for number, name in enumerate(NAMES):
        person = {
            "full_name": f"{name} Demo",
            "email": f"{name.lower()}@example.com",
            "phone": f"(202) 555-01{number:02}",
        }
        sent[name] = factories.inquiry(**person, message="Hard to kneel", **more.get(name, {}))
    again = {"full_name": "Bea Demo", "email": "bea@example.com", "phone": ""}
    sent["Bea again"] = factories.inquiry(**again, message="Nobody called")
    sent["June twice"] = factories.inquiry(full_name="June Demo", email="", phone="+1 202 555 0109", message="By phone")
    late = Inquiry.objects.filter(pk=sent["Ezra"].pk)
    late.update(
        created_at=now - timedelta(days=6), due_at=now - timedelta(days=2), next_step_on=now - timedelta(days=2)
    )
    Staff.objects.filter(username__in=["nurse", "clinician", "frontdesk"]).update(on_duty=True, receives_alerts=True)
    second, _ = Staff.objects.get_or_create(
        username="nurse2", defaults={"is_staff": True, "is_demo": True, "on_duty": True}
    )
    second.set_password("second-nurse-of-the-day")
    second.save()
    second.groups.set([Group.objects.get(name="Triage nurse")])
    told = {
        name: {
            "reference": inquiry.reference,
            "page": reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
            "own": reverse("inquiries:status", args=[links.token_of(inquiry)]),
        }
        for name, inquiry in sent.items()
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
