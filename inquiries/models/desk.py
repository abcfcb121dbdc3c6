"""What staff add to a request while they work on it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinic.encryption import EncryptedTextField
from inquiries.models.append_only import AppendOnlyModel
from inquiries.models.inquiry import Inquiry


class Note(models.Model):
    """What a colleague should know, in a person's own words. Added, never changed."""

    PERSONAL = frozenset()
    HEALTH = frozenset({"body"})
    OPERATIONAL = frozenset({"id", "inquiry", "author", "at", "is_pinned"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    body = EncryptedTextField(blank=True, default="")
    is_pinned = models.BooleanField(default=False)

    class Meta:
        default_permissions = ["view"]
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"Note {self.pk} of request {self.inquiry_id}"


class DuplicateDecision(models.Model):
    """A person looked at two requests that may be of one patient, and said."""

    class Decision(models.TextChoices):
        SAME = "same", "The same"
        DIFFERENT = "different", "Not the same"

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "inquiry", "other", "decision", "by", "at"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="duplicate_decisions")
    other = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=9, choices=Decision.choices)
    by = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ["view"]
        indexes = [models.Index(fields=["at"], name="duplicate_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "other"], name="duplicate_decided_once"),
            models.CheckConstraint(name="duplicate_of_another", condition=~Q(inquiry=F("other"))),
        ]

    def __str__(self):
        return f"{self.decision}: requests {self.inquiry_id} and {self.other_id}"


class SavedReply(models.Model):
    """A text that is often written, with places to fill in. Managers keep them; each is read again before it is sent."""

    PLACEHOLDERS = frozenset({"reference", "clinic_phone", "status_link", "reply_by"})

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "title", "body", "is_active"})

    title = models.CharField(max_length=80, unique=True)
    body = models.TextField(
        max_length=2000,
        help_text="May hold {reference}, {clinic_phone}, {status_link} and {reply_by}. Nothing about health.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "saved replies"
        ordering = ["title"]

    def __str__(self):
        return self.title


class Reply(models.Model):
    """What was offered and what was sent to one patient. Both texts are kept."""

    PERSONAL = frozenset()
    HEALTH = frozenset({"offered", "sent"})
    OPERATIONAL = frozenset({"id", "inquiry", "saved_reply", "by", "at"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="replies")
    saved_reply = models.ForeignKey(SavedReply, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    offered = EncryptedTextField(blank=True, default="")
    sent = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "replies"
        default_permissions = ["view"]
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="reply_by_time")]

    def __str__(self):
        return f"Reply {self.pk} of request {self.inquiry_id}"


class ReplyTarget(models.Model):
    """How soon a request of a priority is to be answered, in the clinic's open time."""

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "level", "minutes", "days"})

    level = models.PositiveSmallIntegerField(choices=Inquiry.Priority.choices, unique=True)
    minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Open minutes.")
    days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 is the close of the next day the clinic opens."
    )

    class Meta:
        ordering = ["level"]
        constraints = [
            models.CheckConstraint(
                name="reply_target_is_minutes_or_days",
                condition=Q(minutes__gte=1, days=None) | Q(minutes=None, days__gte=1),
                violation_error_message="Give minutes or days, and at least 1.",
            )
        ]

    def __str__(self):
        return f"{self.get_level_display()}: {self.minutes} minutes" if self.minutes else f"{self.get_level_display()}"


class AccessLog(AppendOnlyModel):
    """Who looked: at one request, at a list, with a search, on paper or in a file."""

    class Action(models.TextChoices):
        VIEW = "view", "Opened"
        SEARCH = "search", "Searched"
        PRINT = "print", "Printed"
        EXPORT = "export", "Exported"

    PERSONAL = frozenset()
    HEALTH = frozenset({"reason"})
    OPERATIONAL = frozenset({"id", "inquiry", "staff", "action", "at", "detail"})

    inquiry = models.ForeignKey(
        Inquiry, null=True, blank=True, on_delete=models.PROTECT, related_name="accesses", help_text="Empty: several."
    )
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=6, choices=Action.choices)
    at = models.DateTimeField(default=timezone.now)
    detail = models.CharField(max_length=40, blank=True, help_text="A code: how many rows, which kind of search.")
    reason = EncryptedTextField(blank=True, default="")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "access"
        verbose_name_plural = "access log"
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["inquiry", "-at"], name="access_by_request"),
            models.Index(fields=["staff", "-at"], name="access_by_staff"),
            models.Index(fields=["-at", "-id"], name="access_newest_first"),
        ]

    def __str__(self):
        return f"{self.action} by staff {self.staff_id}"


class Presence(models.Model):
    """Who has a request open now, so that two do not call the same patient."""

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "inquiry", "staff", "seen_at"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="present")
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["inquiry", "staff"], name="present_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_by_time")]

    def __str__(self):
        return f"Staff {self.staff_id} at request {self.inquiry_id}"


class DailyFigures(models.Model):
    """One number of the dashboard for one day, or for one group of a day. Names nobody."""

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "date", "name", "group", "count", "value"})

    COUNTED = "counted"  # its group is a new one with every count of a day

    date = models.DateField()
    name = models.CharField(max_length=40)
    group = models.CharField(max_length=60, blank=True)
    count = models.PositiveIntegerField(default=0, help_text="How many requests it is made of.")
    value = models.FloatField(null=True, blank=True, help_text="Open minutes, where it is a time.")

    class Meta:
        verbose_name_plural = "daily figures"
        default_permissions = ["view"]
        ordering = ["-date", "name", "group"]
        constraints = [models.UniqueConstraint(fields=["date", "name", "group"], name="figure_once_a_day")]

    def __str__(self):
        return f"{self.name} {self.group} on {self.date}"

    @classmethod
    def last_count(cls) -> str:
        """Which count wrote the newest numbers: another one after every count, "" before the first."""
        # By key: it stands among the last rows that were written. One count waits for another, so keys follow commits.
        return cls.objects.filter(name=cls.COUNTED).order_by("-pk").values_list("group", flat=True).first() or ""
