"""Where a request stands at the desk: how urgent it is and why, by when it is answered, and how it ended."""

from django.db import models

from clinic.encryption import EncryptedJSONField, EncryptedTextField


class Standing(models.Model):
    """The columns of a request that staff's work changes. Written by `services` alone."""

    class Priority(models.IntegerChoices):
        EMERGENCY = 0, "Emergency sign"
        URGENT = 1, "Urgent"
        SOON = 2, "Soon"
        ROUTINE = 3, "Routine"

    class PatientTold(models.TextChoices):
        YES = "yes", "Yes, the patient knows"
        NOT_REACHED = "not_reached", "No: they could not be reached"
        NOT_NEEDED = "not_needed", "Not needed"

    PERSONAL: frozenset[str] = frozenset()
    HEALTH = frozenset({"priority_reasons", "override_reason"})
    OPERATIONAL = frozenset(
        {
            "priority_level",
            "priority_points",
            "ruleset",
            "override_level",
            "override_by",
            "override_at",
            "needs_call_first",
            "due_at",
            "minutes_left",
            "due_warned",
            "outcome",
            "patient_told",
            "appointment_on",
            "merged_into",
            "event_head",
        }
    )

    priority_level = models.PositiveSmallIntegerField("priority", choices=Priority.choices, default=Priority.ROUTINE)
    priority_points = models.PositiveIntegerField(default=0)
    ruleset = models.CharField(max_length=20, blank=True, help_text="Which version of the rules ranked it.")
    priority_reasons = EncryptedJSONField(null=True, help_text="Every rule that fired, with what it saw.")
    override_level = models.PositiveSmallIntegerField(
        choices=Priority.choices, null=True, blank=True, help_text="Set by a person; wins over the rules."
    )
    override_reason = EncryptedTextField(blank=True, default="")
    override_by = models.ForeignKey("clinic.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    override_at = models.DateTimeField(null=True, blank=True)
    needs_call_first = models.BooleanField(
        default=False, help_text="An emergency sign, and nobody has spoken with the patient yet."
    )

    due_at = models.DateTimeField(
        null=True, blank=True, help_text="By when we owe the next thing. Empty while we wait for the patient."
    )
    minutes_left = models.IntegerField(
        null=True, blank=True, help_text="Open minutes that were left when the clock was stopped."
    )
    due_warned = models.PositiveSmallIntegerField(default=0, help_text="0, 50 or 100 percent: what duty was told of.")

    outcome = models.CharField(max_length=30, blank=True)
    patient_told = models.CharField(max_length=11, choices=PatientTold.choices, blank=True)
    appointment_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_here")
    event_head = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Hash of the last event, and a keyed hash of it."
    )

    class Meta:
        abstract = True

    @property
    def level(self) -> int:
        """The priority that counts: a person's, or else the rules'."""
        return self.priority_level if self.override_level is None else self.override_level
