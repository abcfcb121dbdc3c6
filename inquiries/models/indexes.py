"""By what the table of requests is read: lists, queues, checks, and the figures of a day."""

from django.db.models import Index, Q

from inquiries.states import Status

INDEXES = [
    Index(fields=["-created_at", "-id"], name="inquiry_newest_first"),
    Index(fields=["status", "created_at"], name="inquiry_by_status"),
    Index(fields=["owner", "status"], name="inquiry_by_owner"),
    # One for each work queue, in the queue's own order and of its own rows: a flood of suspects or of closed
    # ones does not make another queue slower. See inquiries/queues.py.
    Index(
        fields=["-needs_call_first", "due_at", "id"],
        name="inquiry_needs_action",
        condition=Q(closed_at=None, is_suspect=False, due_at__isnull=False),
    ),
    Index(
        fields=["-needs_call_first", "due_at", "id"],
        name="inquiry_unassigned",
        condition=Q(closed_at=None, is_suspect=False, owner=None),
    ),
    Index(
        fields=["due_at", "id"],
        name="inquiry_to_call_first",
        condition=Q(closed_at=None, needs_call_first=True),
    ),
    Index(fields=["due_at", "id"], name="inquiry_due_time", condition=Q(closed_at=None, due_at__isnull=False)),
    Index(fields=["owner", "due_at"], name="inquiry_of_owner", condition=Q(closed_at=None)),
    Index(fields=["next_step_on", "id"], name="inquiry_next_step", condition=Q(closed_at=None)),
    Index(fields=["next_step_on", "id"], name="inquiry_paused", condition=Q(closed_at=None, due_at=None)),
    # Empty while nothing is forgotten: see inquiries/forgotten.py. By the time that is missing, else SQLite prefers another.
    Index(
        fields=["due_at"],
        name="inquiry_without_clock",
        condition=Q(closed_at=None, due_at=None) & ~Q(status=Status.AWAITING_PATIENT.value),
    ),
    Index(
        fields=["created_at", "id"],
        name="inquiry_resembles",
        condition=Q(closed_at=None, previous__isnull=False),
    ),
    Index(fields=["-created_at", "-id"], name="inquiry_patient_wrote", condition=Q(has_unseen_update=True)),
    Index(fields=["-created_at", "-id"], name="inquiry_suspected", condition=Q(is_suspect=True, closed_at=None)),
    Index(fields=["-closed_at", "-id"], name="inquiry_closed_last", condition=Q(closed_at__isnull=False)),
    Index(
        fields=["status", "-closed_at"],
        name="inquiry_not_told",
        condition=Q(closed_at__isnull=False, patient_told=""),
    ),
    Index(fields=["condition", "-created_at"], name="inquiry_by_condition"),
    Index(
        fields=["promised_at"],
        name="inquiry_to_be_late",
        condition=Q(closed_at=None, first_contact_at=None, late_told_at=None),
    ),
    Index(fields=["promised_at"], name="inquiry_by_promise"),
    Index(
        fields=["first_contact_at"],
        name="inquiry_by_first_contact",
        condition=Q(first_contact_at__isnull=False),
    ),
    Index(fields=["closed_at"], name="inquiry_to_anonymise", condition=Q(anonymised_at=None, legal_hold=False)),
]
