from django.conf import settings
from django.db import models

from therapies.models.page import Page
from therapies.models.publishing import Revision


class ReviewEvent(models.Model):
    """A clinician looked at a page. Only a look at the whole page moves the date readers see."""

    class Kind(models.TextChoices):
        WHOLE_PAGE = "whole_page", "The whole page"
        EVIDENCE = "evidence", "The evidence"
        SPOT_CHECK = "spot_check", "A spot check"
        MINOR = "minor", "A minor correction"

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="review_events")
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="review_events"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    clinician = models.ForeignKey("clinic.Clinician", on_delete=models.PROTECT, related_name="review_events")
    reviewed_on = models.DateField()
    outcome = models.CharField(max_length=200, blank=True, help_text="What came of it, in one sentence.")
    next_due = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-reviewed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="whole_page_review_has_a_next_date",
                condition=~models.Q(kind="whole_page") | models.Q(next_due__gt=models.F("reviewed_on")),
                violation_error_message="Say when the next review is due.",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.reviewed_on}"
