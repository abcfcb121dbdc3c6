"""What readers leave behind or follow: old addresses, and what they say about a page."""

import uuid

from django.conf import settings
from django.db import models

from therapies.models.page import Page


class Redirect(models.Model):
    """An address a page once had. It points to the page, not to an address: so there are no chains and no loops."""

    old_path = models.CharField(max_length=200, unique=True)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="redirects")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["old_path"]
        constraints = [
            models.CheckConstraint(
                name="redirect_from_a_path_of_the_site",
                condition=models.Q(old_path__startswith="/", old_path__endswith="/"),
                violation_error_message="Write the old address from its first to its last slash.",
            )
        ]

    def __str__(self):
        return self.old_path


class PageFeedback(models.Model):
    """What a reader says about a page. Nobody is asked who they are."""

    submission_key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="Made with the form: pressed twice is one row."
    )
    path = models.CharField(max_length=200, help_text="/ for the site as a whole.")
    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.PROTECT, related_name="feedback")
    revision = models.PositiveIntegerField(null=True, blank=True, help_text="The number of the revision they read.")
    is_helpful = models.BooleanField(null=True, blank=True)
    comment = models.TextField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "page feedback"
        constraints = [
            models.CheckConstraint(
                name="feedback_says_something",
                condition=models.Q(is_helpful__isnull=False) | ~models.Q(comment=""),
                violation_error_message="Say whether it helped, or what is wrong.",
            ),
            models.CheckConstraint(
                name="feedback_handled_by_someone_at_a_time",
                condition=models.Q(handled_by__isnull=True, handled_at__isnull=True)
                | models.Q(handled_by__isnull=False, handled_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.path}, {self.created_at:%d %B %Y}"
