"""The one door through which a stored request changes: under a version check, with an event that says what happened."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from clinic.models import Staff
from inquiries.models import Inquiry
from inquiries.services import events
from inquiries.states import Status


class StaleInquiry(Exception):
    """A colleague changed the request first. `at_version` is what somebody saw."""


class MoveNotAllowed(Exception):
    """There is no such move, or something it needs is missing. The text says which, in the words of staff."""


def at_version(inquiry: Inquiry, version: int) -> Inquiry:
    """The request as it is now. Raises StaleInquiry when that is not what somebody saw, MoveNotAllowed when nobody is
    in it any more."""
    inquiry = Inquiry.objects.select_related("owner").get(pk=inquiry.pk)
    if inquiry.version != version:
        raise StaleInquiry(_changed(inquiry))
    if inquiry.anonymised_at:
        raise MoveNotAllowed(f"The person was taken out of {inquiry.reference}: nothing more can be done with it.")
    return inquiry


@transaction.atomic
def change(
    inquiry: Inquiry,
    kind: str,
    *,
    actor: Staff | None,
    at: datetime,
    version: int,
    to: Status | None = None,
    detail: str = "",
    subject_id: int | None = None,
    is_undoable: bool = False,
    **fields: Any,
) -> Inquiry:
    """Write the fields and the event of one change of a request at `version`. Raises StaleInquiry.

    `is_undoable`: the event keeps what the fields held before. Only for fields that name nobody.
    """
    if to is not None:
        fields["status"] = to.value
    before = {name: _plain(getattr(inquiry, name)) for name in fields} if is_undoable else None
    written = events.draft(
        inquiry,
        kind,
        actor=actor,
        at=at,
        from_status=inquiry.status if to is not None else "",
        to_status=to.value if to is not None else "",
        subject_id=subject_id,
        detail=detail,
        before=before,
    )
    # The version in the filter is the lock: of two people who saw the same page, one gets here first.
    changed = Inquiry.objects.filter(pk=inquiry.pk, version=version).update(
        **fields, **written.fields, version=F("version") + 1
    )
    if not changed:
        raise StaleInquiry(_changed(inquiry))
    written.event.save(force_insert=True)
    inquiry.refresh_from_db()
    return inquiry


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _changed(inquiry: Inquiry) -> str:
    return f"{inquiry.reference} has changed since you opened it. Read it again before you decide."
