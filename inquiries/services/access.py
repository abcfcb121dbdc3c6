"""Who looked at what. Written with every look; never changed."""

import re

from clinic.models import Staff
from inquiries.models import AccessLog, Inquiry

CODE = re.compile(r"[a-z0-9_:.-]{0,40}")


def looked(
    staff: Staff, action: str, *, inquiry: Inquiry | None = None, detail: str = "", reason: str = ""
) -> AccessLog:
    """Write down that somebody opened, searched, printed or took out (`action` of AccessLog). `detail` is a code, never
    what was searched for; else ValueError. `reason` is what the person gave, where one is asked."""
    if not CODE.fullmatch(detail):
        raise ValueError("An access holds codes only.")
    return AccessLog.objects.create(staff=staff, action=action, inquiry=inquiry, detail=detail, reason=reason)
