from django.db import models

from therapies.addresses import page_url
from therapies.models.page import Page


class Treatment(Page):
    """Something that can be done."""

    class Category(models.TextChoices):
        EXERCISE = "exercise", "Exercise and physiotherapy"
        MEDICINE = "medicine", "Medicine"
        INJECTION = "injection", "Injections"
        REGENERATIVE_INJECTION = "regenerative_injection", "Blood products (PRP)"
        CELL_THERAPY = "cell_therapy", "Cell therapy"
        SURGERY = "surgery", "Surgery"
        SAFETY = "safety", "Sold but unproven: safety information"

    class Procedure(models.TextChoices):
        NONE = "none", "No procedure"
        INJECTION = "injection", "An injection"
        HARVEST = "harvest", "Tissue is taken, then injected"
        SURGERY = "surgery", "An operation"

    class CellSource(models.TextChoices):
        NONE = "none", "No cells"
        AUTOLOGOUS = "autologous", "Your own"
        ALLOGENEIC = "allogeneic", "From a donor"
        EITHER = "either", "Your own or a donor's"

    category = models.CharField(max_length=24, choices=Category.choices)
    is_regenerative = models.BooleanField(default=False)
    procedure = models.CharField(max_length=12, choices=Procedure.choices)
    cell_source = models.CharField(max_length=12, choices=CellSource.choices, default=CellSource.NONE)
    recovery = models.TextField(blank=True, help_text="How long until usual activity.")
    alternatives = models.TextField(blank=True, help_text="One per line. The slug of a treatment becomes a link.")
    offered_here = models.BooleanField(
        "we offer this", default=False, help_text="Readers are told that we could be paid for it."
    )
    # Prices are live facts: they change without a clinician's approval.
    price_low = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    price_high = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    price_includes = models.CharField(max_length=200, blank=True)
    price_on_request_reason = models.CharField(
        max_length=200, blank=True, help_text="If no price is given: why, and when the patient gets it in writing."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="price_low_to_high",
                condition=models.Q(price_low__isnull=True, price_high__isnull=True)
                | models.Q(
                    price_low__isnull=False,
                    price_low__gte=0,
                    price_high__isnull=False,
                    price_low__lte=models.F("price_high"),
                ),
                violation_error_message="Give both prices, the lower one first.",
            ),
            models.CheckConstraint(
                name="regenerative_names_its_cells_or_blood",
                condition=~models.Q(category="cell_therapy", cell_source="none"),
                violation_error_message="Say where the cells come from.",
            ),
        ]

    def save(self, *args, **kwargs):
        self.kind = "treatment"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return page_url(self.kind, self.slug)


class Contraindication(models.Model):
    """A reason not to have a treatment."""

    class Degree(models.TextChoices):
        ABSOLUTE = "absolute", "Should not have it"
        RELATIVE = "relative", "Needs a doctor's judgement first"

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="contraindications")
    name = models.CharField(max_length=200)
    degree = models.CharField(max_length=10, choices=Degree.choices)
    explanation = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["treatment", "name"], name="contraindication_once")]

    def __str__(self):
        return self.name


class AdverseOutcome(models.Model):
    """A harm, with how often it happens where that is known."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="adverse_outcomes")
    name = models.CharField(max_length=200)
    serious = models.BooleanField(default=False)
    frequency_n = models.PositiveIntegerField("happens to", null=True, blank=True)
    frequency_denominator = models.PositiveIntegerField(
        "of", null=True, blank=True, choices=[(100, "100 people"), (1000, "1,000 people"), (10000, "10,000 people")]
    )
    frequency_words = models.CharField(
        max_length=120, blank=True, help_text="If there is no figure: how often, in words."
    )
    sources = models.ManyToManyField("therapies.Source", blank=True, related_name="adverse_outcomes")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "name"], name="adverse_outcome_once"),
            models.CheckConstraint(
                name="frequency_is_n_of_denominator",
                condition=models.Q(frequency_n__isnull=True, frequency_denominator__isnull=True)
                | models.Q(
                    frequency_n__isnull=False,
                    frequency_denominator__isnull=False,
                    frequency_denominator__in=[100, 1000, 10000],
                    frequency_n__lte=models.F("frequency_denominator"),
                ),
                violation_error_message="Give both numbers, the first not larger than the second.",
            ),
        ]

    def __str__(self):
        return self.name


class RegulatoryStatus(models.Model):
    """Whether a treatment is approved in a country, and when that was last checked."""

    class Status(models.TextChoices):
        APPROVED = "approved", "Approved for this use"
        CLEARED_OTHER = "cleared_other_use", "Device cleared for another use"
        OFF_LABEL = "off_label", "Approved medicine, used outside its license"
        INVESTIGATIONAL = "investigational", "Only in clinical trials"
        NOT_APPROVED = "not_approved", "Not approved"
        EXEMPT = "exempt", "Needs no approval"
        UNCLEAR = "unclear", "Unclear: ask"

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="regulatory_statuses")
    jurisdiction = models.CharField(
        max_length=2, choices=[("US", "United States"), ("EU", "European Union"), ("GB", "United Kingdom")]
    )
    status = models.CharField(max_length=20, choices=Status.choices)
    public_statement = models.TextField()
    source = models.ForeignKey(
        "therapies.Source", null=True, blank=True, on_delete=models.PROTECT, related_name="regulatory_statuses"
    )
    checked_on = models.DateField(
        null=True,
        blank=True,
        help_text="When someone last looked at the regulator's own page. Empty reads “not yet checked”.",
    )
    recheck_due = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["jurisdiction"]
        verbose_name_plural = "regulatory statuses"
        constraints = [
            models.UniqueConstraint(fields=["treatment", "jurisdiction"], name="status_once_a_jurisdiction"),
            models.CheckConstraint(
                name="recheck_after_check",
                condition=models.Q(recheck_due__isnull=True)
                | models.Q(checked_on__isnull=False, checked_on__lt=models.F("recheck_due")),
                violation_error_message="The next check comes after the last one.",
            ),
        ]

    def __str__(self):
        return f"{self.jurisdiction}: {self.get_status_display()}"
