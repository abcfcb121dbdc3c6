from django.conf import settings
from django.db import models

from therapies.models.page import Page


class ClaimRule(models.Model):
    """Words a page may not say as they stand, why, and what to say instead."""

    class Severity(models.TextChoices):
        BLOCK = "block", "Stops publishing"
        NEEDS_SOURCE = "needs_source", "Needs a source"
        WARN = "warn", "Warns"

    key = models.SlugField(max_length=60, unique=True)
    pattern = models.CharField(
        max_length=400, help_text="A regular expression, matched without regard to capitals: short words, no sentences."
    )
    category = models.CharField(max_length=60)
    severity = models.CharField(max_length=12, choices=Severity.choices)
    message = models.CharField(max_length=300, help_text="Why not.")
    suggestion = models.CharField(max_length=300, blank=True, help_text="What to write instead.")
    basis = models.CharField(max_length=300, blank=True, help_text="The rule or guidance this rests on.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["category", "key"]

    def __str__(self):
        return self.key


class ClaimWaiver(models.Model):
    """A clinician lets one finding of the claim guard stand, and says why. Never changed, never removed."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="claim_waivers")
    rule = models.ForeignKey(ClaimRule, on_delete=models.PROTECT, related_name="waivers")
    sentence = models.TextField(help_text="The sentence it stands in: changed words need a new waiver.")
    reason = models.TextField()
    clinician = models.ForeignKey("clinic.Clinician", on_delete=models.PROTECT, related_name="claim_waivers")
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-waived_at"]

    def __str__(self):
        return f"{self.rule} on {self.page}"


class FactChange(models.Model):
    """One change of a live fact, which readers saw at once: who, when, before and after."""

    model = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    field = models.CharField(max_length=60)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.model} {self.key}: {self.field}"
