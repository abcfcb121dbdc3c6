from django.db import models
from django.db.models.functions import Lower

from therapies.document_links import cited_keys, links_of
from therapies.models.condition import Condition
from therapies.models.page import Page
from therapies.models.publishing import Revision
from therapies.models.treatment import Treatment


class Source(models.Model):
    """A publication. One row, cited from many places."""

    class Kind(models.TextChoices):
        GUIDELINE = "guideline", "Guideline"
        SYSTEMATIC_REVIEW = "systematic_review", "Systematic review"
        RCT = "rct", "Randomized trial"
        OBSERVATIONAL = "observational", "Observational study"
        REGISTRY = "registry", "Trial registry"
        CONSENSUS = "consensus", "Consensus of experts"
        REGULATOR = "regulator", "Regulator"
        COURT = "court", "Court"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"
        RETRACTED = "retracted", "Retracted"

    class Check(models.TextChoices):
        CHECKED = "checked", "Checked against the publication"
        ABSTRACT = "abstract", "Checked against the abstract"
        PARTLY = "partly", "Partly checked"
        TO_CONFIRM = "to_confirm", "To confirm: its figures are hidden"

    key = models.SlugField(max_length=60, unique=True, help_text="What [@key] in a text points to.")
    authors = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=400)
    publisher = models.CharField("journal or organisation", max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    doi = models.CharField("DOI", max_length=120, blank=True)
    url = models.URLField(max_length=400, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CURRENT)
    check_state = models.CharField("how far checked", max_length=12, choices=Check.choices, default=Check.TO_CONFIRM)
    note = models.TextField(blank=True, help_text="For staff only.")
    superseded_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supersedes",
        help_text="The newer source.",
    )
    next_check_due = models.DateField(
        null=True, blank=True, help_text="When somebody looks again whether it still stands."
    )
    link_status = models.PositiveSmallIntegerField(
        "last answer of its address", null=True, blank=True, editable=False, help_text="HTTP status; 0: no answer."
    )
    link_checked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                name="source_can_be_found",
                condition=~models.Q(doi="", url=""),
                violation_error_message="Give a DOI or an address.",
            ),
            models.UniqueConstraint(
                Lower("doi"),
                condition=~models.Q(doi=""),
                name="source_doi_once",
                violation_error_message="Another source has this DOI.",
            ),
        ]

    def __str__(self):
        return f"{self.key}: {self.title}"

    def uses(self):
        """Where this source is cited, in words. Empty: nothing would miss it."""
        return [
            *(f"evidence {key} of {title}" for key, title in self.evidence.values_list("key", "condition__title")),
            *(
                f"harm “{name}” of {title}"
                for name, title in self.adverse_outcomes.values_list("name", "treatment__title")
            ),
            *(f"answered claim of {title}" for (title,) in self.answered_claims.values_list("page__title")),
            *(f"approval status of {title}" for (title,) in self.regulatory_statuses.values_list("treatment__title")),
            *self._texts(),
            *self._live_pages(),
        ]

    def _texts(self):
        """The rows that cite this source in one of their texts, whichever text: every model of the library counts."""
        for model in self._meta.apps.get_app_config(self._meta.app_label).get_models():
            fields = model._meta.fields
            names = [field.name for field in fields if isinstance(field, models.CharField | models.TextField)]
            if model in (Source, Page) or not names:  # a page is looked through as the condition or treatment it is
                continue
            cites = models.Q(*((f"{name}__contains", f"@{self.key}") for name in names), _connector=models.Q.OR)
            named = [field.name for field in fields if field.name in {"page", "condition", "treatment"}]
            owner = named[0] if named else ""
            for row in model.objects.filter(cites).select_related(*named):
                if any(self.key in cited_keys(getattr(row, name)) for name in names):
                    whose = getattr(row, owner) if owner else None
                    yield f"{model._meta.verbose_name} “{row}”{f' of {whose}' if whose else ''}"

    def _live_pages(self):
        """Readers see frozen documents: what those cite must stay, also after the working copy has moved on."""
        for document in Revision.objects.live().values_list("document", flat=True):
            if ("source", self.key) in {(what, name) for what, name, _ in links_of(document)}:
                yield f"the live page {document['title']}"


class TreatmentOption(models.Model):
    """One condition x one treatment. Owned by the condition, with its evidence."""

    class Role(models.TextChoices):
        """In the order readers see them: what guidelines put first comes first, never what costs most."""

        USUAL_CARE = "usual_care", "Usual care"
        FIRST_LINE = "first_line", "Tried first"
        SECOND_LINE = "second_line", "Tried next"
        SPECIALIST = "specialist", "For some people, after a specialist's assessment"
        INVESTIGATIONAL = "investigational", "Still being studied"
        NOT_RECOMMENDED = "not_recommended", "Not recommended"

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="options")
    treatment = models.ForeignKey(
        Treatment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="options",
        help_text="Empty for usual care only.",
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    description = models.TextField(blank=True, help_text="What this means for this condition.")
    who_might_consider = models.TextField(blank=True)
    what_it_takes = models.CharField(max_length=200, blank=True, help_text="Visits, time, effort.")
    time_to_effect = models.CharField(max_length=120, blank=True)
    duration_of_effect = models.CharField(max_length=120, blank=True)
    main_harms = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "treatment"],
                name="option_once_a_treatment",
                violation_error_message="This treatment is already an option here.",
            ),
            models.UniqueConstraint(
                fields=["condition"],
                condition=models.Q(role="usual_care"),
                name="usual_care_once_a_condition",
                violation_error_message="Usual care is already there.",
            ),
            models.CheckConstraint(
                name="only_usual_care_has_no_treatment",
                condition=models.Q(role="usual_care", treatment__isnull=True)
                | (~models.Q(role="usual_care") & models.Q(treatment__isnull=False)),
                violation_error_message="Choose the treatment; only usual care has none.",
            ),
        ]

    def __str__(self):
        return self.treatment.title if self.treatment_id else "Usual care"


class OutcomeEvidence(models.Model):
    """What studies found for one outcome of one or more options of a condition."""

    class Direction(models.TextChoices):
        PROBABLY_IMPROVES = "probably_improves", "Better"
        PROBABLY_SLIGHTLY_IMPROVES = "probably_slightly_improves", "Slightly better (probably)"
        MAY_IMPROVE = "may_improve", "Better (may)"
        MAY_SLIGHTLY_IMPROVE = "may_slightly_improve", "Slightly better (may)"
        LITTLE_OR_NO_DIFFERENCE = "little_or_no_difference", "Little or no difference"
        MAY_WORSEN = "may_worsen", "Worse (may)"
        PROBABLY_WORSENS = "probably_worsens", "Worse (probably)"
        UNCERTAIN = "uncertain", "Uncertain"
        CONFLICTING = "conflicting", "Studies disagree"
        NOT_ESTABLISHED = "not_established", "Not established"
        NO_TRIALS_FOUND = "no_trials_found", "No trials found"
        HARMS_REPORTED = "harms_reported", "Harms reported, without a comparison"
        GUIDELINE_FOR = "guideline_for", "A guideline recommends it"
        GUIDELINE_AGAINST = "guideline_against", "A guideline recommends against it"
        SEE_SPECIFIC_CONDITION = "see_specific_condition", "See the specific condition (not shown as a result)"

    class Certainty(models.TextChoices):
        """GRADE, and two words for rows that carry no rating."""

        HIGH = "high", "High certainty"
        MODERATE = "moderate", "Moderate certainty"
        LOW = "low", "Low certainty"
        VERY_LOW = "very_low", "Very low certainty"
        NO_TRIALS = "no_trials", "No trials found"
        GUIDELINE = "guideline", "A guideline's statement"
        REVIEW = "review", "A review's statement"

    class Basis(models.TextChoices):
        SOURCE = "source", "Rated by the source"
        OUR_RATING = "our_rating", "Our rating"
        TO_CONFIRM = "to_confirm", "To confirm: figures are hidden"

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="evidence")
    key = models.SlugField(max_length=40, help_text="Stays the same for the life of this row.")
    options = models.ManyToManyField(
        TreatmentOption, related_name="evidence", help_text="Several only where a study took them together."
    )
    outcome = models.CharField(max_length=120, help_text="What was measured, such as: pain")
    population = models.CharField(max_length=200, blank=True)
    comparator = models.CharField(max_length=120, help_text="Compared with what, such as: a dummy injection")
    time_point = models.CharField(max_length=80, blank=True, help_text="When it was measured, such as: up to 6 months")
    direction = models.CharField(max_length=28, choices=Direction.choices)
    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    certainty_basis = models.CharField(max_length=10, choices=Basis.choices)
    trials = models.PositiveIntegerField("number of trials", null=True, blank=True)
    participants = models.PositiveIntegerField("number of people", null=True, blank=True)
    detail = models.TextField(blank=True, help_text="What this means in plain words, without figures.")
    figure = models.TextField(
        blank=True, help_text="The sentence with the figures. Hidden while anything about it is to confirm."
    )
    # For a plot: the mean difference on a 0 to 10 scale, positive is better. For responders: counts in each group.
    mean_difference = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    range_low = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    range_high = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    intervention_n = models.PositiveIntegerField(null=True, blank=True)
    intervention_total = models.PositiveIntegerField(null=True, blank=True)
    comparator_n = models.PositiveIntegerField(null=True, blank=True)
    comparator_total = models.PositiveIntegerField(null=True, blank=True)
    search_date = models.CharField("searched to", max_length=40, blank=True)
    sources = models.ManyToManyField(Source, related_name="evidence", blank=True)
    note = models.TextField(blank=True, help_text="For staff only.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "evidence row"
        constraints = [
            models.UniqueConstraint(fields=["condition", "key"], name="evidence_key_once_a_condition"),
            models.CheckConstraint(
                name="plot_has_mean_and_range",
                condition=models.Q(mean_difference__isnull=True, range_low__isnull=True, range_high__isnull=True)
                | models.Q(
                    mean_difference__isnull=False,
                    range_low__isnull=False,
                    range_high__isnull=False,
                    range_low__lte=models.F("mean_difference"),
                    range_high__gte=models.F("mean_difference"),
                ),
                violation_error_message="A plot needs the mean and both ends of its range.",
            ),
            models.CheckConstraint(
                name="responders_have_all_four_counts",
                condition=models.Q(
                    intervention_n__isnull=True,
                    intervention_total__isnull=True,
                    comparator_n__isnull=True,
                    comparator_total__isnull=True,
                )
                | models.Q(
                    intervention_n__isnull=False,
                    intervention_total__isnull=False,
                    comparator_n__isnull=False,
                    comparator_total__isnull=False,
                    intervention_n__lte=models.F("intervention_total"),
                    comparator_n__lte=models.F("comparator_total"),
                ),
                violation_error_message="Give all four counts, each part not larger than its whole.",
            ),
            models.CheckConstraint(
                name="no_trials_has_no_size",
                condition=~models.Q(direction="no_trials_found")
                | models.Q(trials__isnull=True, participants__isnull=True),
                violation_error_message="No trials were found, so there is nothing to count.",
            ),
        ]

    def __str__(self):
        return f"{self.key}: {self.outcome}"
