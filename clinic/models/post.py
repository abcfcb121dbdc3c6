import uuid

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from clinic.encryption import EncryptedJSONField, EncryptedTextField


class OutboxEmailQuerySet(models.QuerySet):
    def waiting(self):
        """Owed and not yet sent, whether its time has come or not."""
        return self.filter(state=OutboxEmail.State.QUEUED)

    def due(self, *, now):
        """To be tried now: its time has come, or the lease of the worker that held it has run out."""
        return self.waiting().filter(send_after__lte=now).order_by("send_after", "pk")

    def waiting_since(self, *, now):
        """The moment since which the oldest message has been held up, or None."""
        held_up = self.waiting().filter(models.Q(send_after__lte=now) | models.Q(first_tried_at__isnull=False))
        return held_up.aggregate(oldest=models.Min(Coalesce("first_tried_at", "send_after")))["oldest"]

    def failed(self):
        """Given up: somebody must look."""
        return self.filter(state=OutboxEmail.State.FAILED)


class OutboxEmail(models.Model):
    """A message that is owed. Written in the transaction of what it reports, sent later by a worker.

    `kind` names a renderer an app registered; `about` says what it is about, without a foreign key, so that the
    post room knows no other app. While a worker holds the row, `send_after` is the end of its lease. Recipient and
    context are emptied some time after the message has left.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    about_app = models.CharField(max_length=40)
    about_id = models.UUIDField(db_index=True)
    dedupe_key = models.CharField(max_length=120, unique=True, help_text="The same message is never owed twice.")
    recipient = EncryptedTextField(blank=True)
    context = EncryptedJSONField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True, help_text="The kind of error, never its text.")
    send_after = models.DateTimeField(default=timezone.now)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True, help_text="When recipient and content were dropped.")

    objects = OutboxEmailQuerySet.as_manager()

    class Meta:
        verbose_name = "outgoing e-mail"
        permissions = [("retry_outboxemail", "Can queue a failed e-mail again")]
        indexes = [
            models.Index(fields=["send_after"], name="outbox_queued", condition=models.Q(state="queued")),
            models.Index(fields=["created_at"], name="outbox_failed", condition=models.Q(state="failed")),
        ]
        constraints = [
            models.CheckConstraint(
                name="outbox_sent_has_a_time",
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.public_id}"
