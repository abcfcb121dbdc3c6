import hashlib

from django.db import models
from django.utils import timezone

from inquiries.models.append_only import AppendOnlyModel
from inquiries.models.inquiry import Inquiry


class ConsentText(AppendOnlyModel):
    """A sentence people agreed to, exactly as they read it. Another wording is another row."""

    class Purpose(models.TextChoices):
        HEALTH_DATA = "health_data", "Use of health information"
        NOT_EMERGENCY = "not_emergency", "Not advice, not an emergency service"
        PRIVACY_NOTICE = "privacy_notice", "Privacy notice"

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "purpose", "language", "body", "sha256", "published_at"})

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    language = models.CharField(max_length=10, default="en")
    body = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnlyModel.Meta):
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.purpose} {self.sha256[:12]}"

    @staticmethod
    def digest(purpose: str, language: str, body: str) -> str:
        """The version of a text: a hash of all that makes it what it is."""
        return hashlib.sha256(f"{purpose}\0{language}\0{body}".encode()).hexdigest()


class ConsentRecord(models.Model):
    """What one person agreed to in one request, when, and since when no longer."""

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "inquiry", "text", "given", "at", "withdrawn_at"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["inquiry", "text"], name="consent_once_an_inquiry")]

    def __str__(self):
        return f"Consent {self.text_id} of request {self.inquiry_id}"
