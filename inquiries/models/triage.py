from django.db import models
from django.utils import timezone

from clinic.encryption import EncryptedJSONField, EncryptedTextField
from inquiries.models.append_only import AppendOnlyModel
from inquiries.models.inquiry import STATUSES, Inquiry

# What the table takes. "planned" was never written and is no kind any more; the table takes it as before, since taking it out
# would write all events anew.
EVENT_KINDS = [
    *("submitted", "moved", "worse", "informed", "contact_changed", "withdrew_consent", "asked_erasure", "seen"),
    *("contacted", "told_late", "not_suspect", "held", "hold_ended", "anonymised"),
    *("given", "undone", "ranked", "overridden", "noted", "replied", "planned", "call_asked", "suspected"),
    *("merged_here", "duplicate_decided", "returned"),
]


class InquiryEvent(AppendOnlyModel):
    """Something that happened to a request: who, when, from which status to which. Codes only, never text."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "Sent by the patient"
        MOVED = "moved", "Moved"
        WORSE = "worse", "The patient says it is worse"
        INFORMED = "informed", "The patient added something"
        CONTACT_CHANGED = "contact_changed", "The patient changed how to reach them"
        WITHDREW_CONSENT = "withdrew_consent", "The patient withdrew a consent"
        ASKED_ERASURE = "asked_erasure", "The patient asked to be erased"
        SEEN = "seen", "What the patient wrote was read"
        CONTACTED = "contacted", "Contact was tried"
        TOLD_LATE = "told_late", "The patient was told that we are late"
        NOT_SUSPECT = "not_suspect", "Looked at: not spam"
        HELD = "held", "Kept for legal reasons"
        HOLD_ENDED = "hold_ended", "No longer kept for legal reasons"
        ANONYMISED = "anonymised", "The person was taken out of it"
        GIVEN = "given", "Given to a colleague"
        UNDONE = "undone", "A move was taken back"
        RANKED = "ranked", "The priority was reckoned again"
        OVERRIDDEN = "overridden", "The priority was set by hand"
        NOTED = "noted", "A note was added"
        REPLIED = "replied", "A reply was sent"
        CALL_ASKED = "call_asked", "A call was asked for in place of mail"
        SUSPECTED = "suspected", "Marked as suspected spam"
        MERGED_HERE = "merged_here", "Another request was merged into it"
        DUPLICATE_DECIDED = "duplicate_decided", "Compared with another request"
        RETURNED = "returned", "Back in the queue: its owner has left"

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset(
        {
            *("id", "inquiry", "seq", "kind", "from_status", "to_status", "actor", "at"),
            *("detail", "subject", "before", "prev_hash", "hash"),
        }
    )

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
    detail = models.CharField(max_length=40, blank=True, help_text="A code: the outcome, the channel and result.")
    subject = models.ForeignKey(
        "clinic.Staff",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose it became, where that changed.",
    )
    before = models.JSONField(null=True, blank=True, help_text="What a move changed, as it was: what undoing restores.")
    prev_hash = models.CharField(max_length=64, blank=True, help_text="The hash of the event before it.")
    hash = models.CharField(max_length=64, blank=True, help_text="Over this event and the hash before it.")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "event of a request"
        verbose_name_plural = "events of requests"
        ordering = ["inquiry", "seq"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "seq"], name="event_once_a_place"),
            models.CheckConstraint(
                name="event_has_codes_only",
                condition=models.Q(kind__in=EVENT_KINDS)
                & models.Q(from_status__in=["", *dict(STATUSES)])
                & models.Q(to_status__in=["", *dict(STATUSES)]),
                violation_error_message="An event holds codes only.",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.seq} of request {self.inquiry_id}"


class PatientUpdate(models.Model):
    """What a patient wrote after Send, from the page of their request."""

    class Kind(models.TextChoices):
        WORSE = "worse", "It is worse"
        INFORMATION = "information", "More information"

    PERSONAL = frozenset()
    HEALTH = frozenset({"text", "signs"})
    OPERATIONAL = frozenset({"id", "inquiry", "kind", "safety_level", "at", "seen_by", "seen_at"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = EncryptedTextField(blank=True, default="")
    signs = EncryptedJSONField(null=True, help_text="The warning signs as asked and answered, when it is worse.")
    safety_level = models.CharField(max_length=10, choices=Inquiry.SafetyLevel.choices, default="none")
    at = models.DateTimeField(default=timezone.now)
    seen_by = models.ForeignKey("clinic.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ["view"]
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["seen_at"], name="update_by_seen", condition=models.Q(seen_at__isnull=False)),
        ]

    def __str__(self):
        return f"{self.kind} of request {self.inquiry_id}"


class ContactAttempt(models.Model):
    """Somebody of the clinic tried to reach the patient: how, and what came of it. Added, never changed."""

    class Channel(models.TextChoices):
        PHONE = "phone", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"
        IN_PERSON = "in_person", "In person"

    class Result(models.TextChoices):
        REACHED = "reached", "Reached"
        VOICEMAIL = "voicemail", "Left a voicemail"
        SENT = "sent", "Message sent"
        NO_ANSWER = "no_answer", "No answer"
        WRONG_NUMBER = "wrong_number", "Wrong number or address"

    COUNTS_AS_CONTACT = frozenset({Result.REACHED, Result.VOICEMAIL, Result.SENT})  # the patient has had word of us

    PERSONAL = frozenset()
    HEALTH = frozenset({"note"})
    OPERATIONAL = frozenset({"id", "inquiry", "by", "at", "channel", "result", "next_try_on"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="attempts")
    by = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    result = models.CharField(max_length=12, choices=Result.choices)
    note = EncryptedTextField(blank=True, default="")
    next_try_on = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ["view"]
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="attempt_by_time")]

    def __str__(self):
        return f"{self.channel} attempt for request {self.inquiry_id}"
