"""Who looked at what. Written with every look; never changed."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.models import Staff
from inquiries.models import AccessLog, Inquiry
from inquiries.services import presence

Action: Any = AccessLog.Action
CODE = re.compile(r"[a-z0-9_:.-]{0,40}")


def looked(
    staff: Staff, action: str, *, inquiry: Inquiry | None = None, detail: str = "", reason: str = ""
) -> AccessLog:
    """Write down that somebody opened, searched, printed or took out (`action` of AccessLog). `detail` is a code, never
    what was searched for; else ValueError. `reason` is what the person gave, where one is asked."""
    if not CODE.fullmatch(detail):
        raise ValueError("An access holds codes only.")
    return AccessLog.objects.create(staff=staff, action=action, inquiry=inquiry, detail=detail, reason=reason)


@transaction.atomic
def opened(staff: Staff, inquiry: Inquiry, now: datetime, *, detail: str = "", reason: str = "") -> None:
    """Somebody opened the page of a request: that they looked is kept, and colleagues see that they are there."""
    looked(staff, Action.VIEW, inquiry=inquiry, detail=detail, reason=reason)
    presence.seen(inquiry, staff, now)
