from django.conf import settings
from django.db import models
from django.utils import timezone

from therapies.models.page import Page


class RevisionQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state=Revision.State.LIVE)


class Revision(models.Model):
    """A page's document, frozen. Readers see the live one; it never changes after submission.

    A draft has no document yet (the working copy is the rows): it only collects who changed the page.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        EDITORIAL_REVIEW = "editorial_review", "Editorial review"
        CLINICAL_REVIEW = "clinical_review", "Clinical review"
        APPROVED = "approved", "Approved"
        LIVE = "live", "Live"
        SUPERSEDED = "superseded", "Superseded"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    document = models.JSONField(default=dict, blank=True, help_text="The page document: what the public sees.")
    content_hash = models.CharField(max_length=64, blank=True)
    change_note = models.CharField(
        max_length=300, blank=True, help_text="One plain sentence for readers: what changed."
    )
    is_demonstration = models.BooleanField(
        default=False, help_text="Live without a clinician's approval; never served by a real clinic."
    )
    approved_by = models.ForeignKey(
        "clinic.Clinician", null=True, blank=True, on_delete=models.PROTECT, related_name="approved_revisions"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    needs_clinician = models.BooleanField(
        default=True, editable=False, help_text="Health content. A policy goes live on an editor's word alone."
    )
    corrects = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrections",
        help_text="A minor correction of this revision, whose approver and review date it carries.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    go_live_at = models.DateTimeField(null=True, blank=True, help_text="Goes live by itself then, once approved.")
    expire_at = models.DateTimeField(null=True, blank=True, help_text="Comes down by itself then.")
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="revision_number_once_a_page"),
            models.UniqueConstraint(fields=["page"], condition=models.Q(state="live"), name="one_live_revision_a_page"),
            models.UniqueConstraint(fields=["page"], condition=models.Q(state="draft"), name="one_open_draft_a_page"),
            models.CheckConstraint(
                name="only_a_draft_has_no_document", condition=models.Q(state="draft") | ~models.Q(content_hash="")
            ),
            models.CheckConstraint(
                name="demonstration_has_no_approver",
                condition=models.Q(is_demonstration=False) | models.Q(approved_by__isnull=True),
            ),
            models.CheckConstraint(
                name="approved_by_someone_at_a_time",
                condition=models.Q(approved_by__isnull=True, approved_at__isnull=True)
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="live_has_a_publication_time",
                condition=~models.Q(state="live") | models.Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="live_has_an_approver_or_needs_none",
                condition=~models.Q(state="live")
                | models.Q(is_demonstration=True)
                | models.Q(needs_clinician=False)
                | models.Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="expires_after_it_goes_live",
                condition=models.Q(go_live_at__isnull=True)
                | models.Q(expire_at__isnull=True)
                | models.Q(expire_at__gt=models.F("go_live_at")),
                violation_error_message="It would come down before it goes live.",
            ),
        ]

    def __str__(self):
        return f"Revision {self.number} ({self.get_state_display()})"


class RevisionPerson(models.Model):
    """Who had which part in a revision. One part each: nobody approves what they helped to write."""

    class Part(models.TextChoices):
        CONTRIBUTOR = "contributor", "Contributor"
        EDITOR = "editor", "Editor"
        CLINICAL_APPROVER = "clinical_approver", "Clinical approver"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="people")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="revision_parts")
    part = models.CharField(max_length=20, choices=Part.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "staff"], name="one_part_a_person")]

    def __str__(self):
        return self.get_part_display()


class RevisionEvent(models.Model):
    """A move of a revision: what, who, when and why. The history of a page; never changed."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16, choices=Revision.State.choices, blank=True)
    to_state = models.CharField(max_length=16, choices=Revision.State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, help_text="For staff: why.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.move}: {self.get_to_state_display()}"


class LoadedContent(models.Model):
    """The hash of what load_content last wrote for a page, so that an editor's change is never overwritten."""

    kind = models.CharField(max_length=10)
    slug = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="loaded_once_a_page")]

    def __str__(self):
        return f"{self.kind} {self.slug}"


class LibraryState(models.Model):
    """One row: a random token, replaced in the transaction of everything that changes what readers see.

    Never a counter: a rollback or a restored backup could repeat a number, and old bytes would be served.
    """

    version = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(name="one_library_state", condition=models.Q(pk=1))]

    def __str__(self):
        return self.version
