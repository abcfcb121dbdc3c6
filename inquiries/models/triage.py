from django.db import models
from django.utils import timezone

from inquiries.models.append_only import AppendOnlyModel
from inquiries.models.inquiry import STATUSES, Inquiry


class InquiryEvent(AppendOnlyModel):
    """Something that happened to a request: who, when, from which status to which. Codes only, never text."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "Sent by the patient"
        MOVED = "moved", "Moved"

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "inquiry", "seq", "kind", "from_status", "to_status", "actor", "at"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField(help_text="1, 2, 3 … within the request.")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    from_status = models.CharField(max_length=20, choices=STATUSES, blank=True)
    to_status = models.CharField(max_length=20, choices=STATUSES, blank=True)
    actor = models.ForeignKey(
        "clinic.Staff",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the patient, or the site itself.",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "event of a request"
        verbose_name_plural = "events of requests"
        ordering = ["inquiry", "seq"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "seq"], name="event_once_a_place"),
            models.CheckConstraint(
                name="event_has_codes_only",
                condition=models.Q(kind__in=["submitted", "moved"])
                & models.Q(from_status__in=["", *dict(STATUSES)])
                & models.Q(to_status__in=["", *dict(STATUSES)]),
                violation_error_message="An event holds codes only.",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.seq} of request {self.inquiry_id}"
