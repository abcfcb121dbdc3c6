from django.db import models

from therapies.addresses import page_url
from therapies.models.page import Page


class BodyRegion(models.TextChoices):
    """The one list of regions: pages, body map, safety questions and requests all use it."""

    NECK = "neck", "Neck"
    SHOULDER = "shoulder", "Shoulder"
    ARM = "arm", "Elbow, wrist or hand"
    BACK = "back", "Back"
    HIP = "hip", "Hip"
    KNEE = "knee", "Knee"
    FOOT = "foot", "Ankle or foot"
    GENERAL = "general", "Several joints or whole body"


class Condition(Page):
    """A medical problem we explain."""

    body_region = models.CharField(max_length=10, choices=BodyRegion.choices)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="The wider condition this is one form of.",
    )
    when_chronic = models.TextField(blank=True, help_text="When this is called long-lasting.")
    natural_progression = models.TextField(blank=True, help_text="What usually happens without a procedure.")

    def save(self, *args, **kwargs):
        self.kind = "condition"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return page_url(self.kind, self.slug)


class CareAdvice(models.Model):
    """A care card: when to get help, and how fast. Its lines come from the table of red flags and from `items`."""

    class Level(models.TextChoices):
        EMERGENCY = "emergency", "Emergency"
        URGENT = "urgent", "Urgent, the same day"
        NON_URGENT = "non_urgent", "See a clinician"

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="care_advice")
    level = models.CharField(max_length=12, choices=Level.choices)
    action = models.CharField(
        max_length=200, help_text="Ends in “if:”. {emergency_number} becomes the clinic's emergency number."
    )
    red_flags = models.TextField(
        blank=True, help_text="Ids from the table of red flags, one per line. Their words come from there."
    )
    items = models.TextField(blank=True, help_text="Further signs, one per line.")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "care advice"
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "level"],
                name="care_card_once_a_level",
                violation_error_message="There is already a card of this level.",
            ),
            models.CheckConstraint(
                name="care_card_says_something",
                condition=~models.Q(red_flags="", items=""),
                violation_error_message="Name at least one sign.",
            ),
        ]

    def __str__(self):
        return self.get_level_display()
