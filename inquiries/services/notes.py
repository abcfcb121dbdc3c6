"""What a colleague should know. Added, never changed."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.models import Staff
from inquiries.models import Inquiry, InquiryEvent, Note
from inquiries.services.changing import at_version, change

Kind: Any = InquiryEvent.Kind
LONGEST = 2000


@transaction.atomic
def add(inquiry: Inquiry, *, actor: Staff, body: str, version: int, is_pinned: bool = False) -> Note:
    """Write a note of at most LONGEST characters on a request at `version`. Raises ValueError for an empty or longer
    one, StaleInquiry."""
    body = body.strip()
    if not body or len(body) > LONGEST:
        raise ValueError(f"A note has 1 to {LONGEST} characters.")
    inquiry = at_version(inquiry, version)
    now = timezone.now()
    change(inquiry, Kind.NOTED, actor=actor, at=now, version=version)
    return Note.objects.create(inquiry=inquiry, author=actor, at=now, body=body, is_pinned=is_pinned)
