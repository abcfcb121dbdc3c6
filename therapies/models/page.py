from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from therapies import codes
from therapies.addresses import page_url


class Kind(models.TextChoices):
    CONDITION = "condition", "Condition"
    TREATMENT = "treatment", "Treatment"
    ARTICLE = "article", "Article"


class Page(models.Model):
    """What condition, treatment and article pages share. Rows are the working copy: readers see a Revision of them."""

    kind = models.CharField(max_length=10, choices=Kind.choices, editable=False)
    slug = models.SlugField(max_length=80, help_text="The last part of the address. Small letters, digits and hyphens.")
    title = models.CharField(max_length=120, help_text="The plain name people use.")
    medical_name = models.CharField(max_length=160, blank=True, help_text="The medical name, shown second.")
    summary = models.CharField(
        max_length=300, help_text="One or two plain sentences under the title, also shown by search engines."
    )
    key_facts = models.TextField(blank=True, help_text="At most six, one per line, as Label: one or two sentences.")
    owner = models.ForeignKey(
        "clinic.Staff",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_pages",
        help_text="Who keeps this page up to date.",
    )
    review_interval_months = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    next_review_due = models.DateField(
        null=True, blank=True, help_text="Set when a clinician has reviewed the whole page."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title"]
        permissions = [
            ("review_page", "Can pass pages in editorial review"),
            ("approve_page", "Can approve pages as a clinician"),
            ("publish_page", "Can publish pages"),
            ("withdraw_page", "Can withdraw pages"),
        ]
        constraints = [
            models.UniqueConstraint(
                "kind",
                Lower("slug"),
                name="page_slug_once_a_kind",
                violation_error_message="Another page of this kind has this address.",
            ),
            models.CheckConstraint(
                name="review_interval_1_to_36_months",
                condition=models.Q(review_interval_months__gte=1, review_interval_months__lte=36),
                violation_error_message="A page is reviewed at least every 36 months.",
            ),
        ]

    def __str__(self):
        return self.title


class Article(Page):
    """A page that is neither condition nor treatment: policies, method, about us."""

    class Category(models.TextChoices):
        POLICY = "policy", "Policy"
        METHOD = "method", "Method"
        ABOUT = "about", "About"

    category = models.CharField(max_length=8, choices=Category.choices)

    def save(self, *args, **kwargs):
        self.kind = "article"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return page_url(self.kind, self.slug)


class Section(models.Model):
    """One headed part of a page's text, in Markdown. `[@source-key]` cites a source."""

    class Aspect(models.TextChoices):
        OVERVIEW = "overview", "What it is"
        SYMPTOMS = "symptoms", "Symptoms"
        CAUSES = "causes", "Causes and risk factors"
        DIAGNOSIS = "diagnosis", "How it is diagnosed"
        PROGNOSIS = "prognosis", "What usually happens"
        SELF_CARE = "self_care", "What you can do yourself"
        KNOWN_UNKNOWN = "known_unknown", "What is known and not known about regenerative options"
        HOW_IT_WORKS = "how_it_works", "How it is thought to work"
        LIMITS = "limits", "What it might not do"
        SUITABILITY = "suitability", "Who might consider it"
        BEFORE = "before", "Before"
        DURING = "during", "On the day"
        AFTER = "after", "Afterwards"
        COST = "cost", "Cost"
        WHEN_TO_CALL = "when_to_call", "When to call"
        TEXT = "text", "Text"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="sections")
    aspect = models.CharField(max_length=20, choices=Aspect.choices)
    heading = models.CharField(max_length=120)
    body = models.TextField(help_text="Markdown: paragraphs, lists, **bold**, links. Cite with [@source-key].")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "aspect"],
                condition=~models.Q(aspect="text"),
                name="section_once_an_aspect",
                violation_error_message="This page already has a section of this kind.",
            )
        ]

    def __str__(self):
        return self.heading


class Synonym(models.Model):
    """Another name people use or type for a page."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="synonyms")
    text = models.CharField(max_length=120)
    is_misspelling = models.BooleanField(default=False, help_text="Found by search, never shown.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "page", Lower("text"), name="synonym_once_a_page", violation_error_message="This name is already there."
            )
        ]

    def __str__(self):
        return self.text


class MedicalCode(models.Model):
    """A code from a classification. Shown to readers only once a named person has checked it."""

    class System(models.TextChoices):
        ICD10 = "ICD-10", "ICD-10 (WHO)"
        ICD10CM = "ICD-10-CM", "ICD-10-CM (United States)"
        SNOMED = "SNOMED CT", "SNOMED CT"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="codes")
    system = models.CharField(max_length=12, choices=System.choices)
    code = models.CharField(max_length=20)
    display = models.CharField(max_length=160)
    edition = models.CharField(max_length=40, blank=True)
    verified_by = models.ForeignKey(
        "clinic.Clinician", null=True, blank=True, on_delete=models.PROTECT, related_name="verified_codes"
    )
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["system", "code"]
        constraints = [
            models.UniqueConstraint(fields=["page", "system", "code"], name="code_once_a_page"),
            models.CheckConstraint(
                name="code_verified_by_someone_on_a_day",
                condition=models.Q(verified_by__isnull=True, verified_on__isnull=True)
                | models.Q(verified_by__isnull=False, verified_on__isnull=False),
                violation_error_message="Say both who verified the code and when.",
            ),
        ]

    def __str__(self):
        return f"{self.system} {self.code}"

    def clean(self):
        if problem := codes.problem(self.system, self.code):
            raise ValidationError({"code": problem})


class AnsweredClaim(models.Model):
    """A promise readers may have met elsewhere, quoted, with our answer beside it."""

    class Verdict(models.TextChoices):
        SUPPORTED = "supported", "Supported"
        PARTLY = "partly", "Partly true"
        UNSUPPORTED = "unsupported", "Not supported"
        MISLEADING = "misleading", "Misleading"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="answered_claims")
    claim = models.CharField(max_length=300, help_text="What people are told, in one sentence.")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    answer = models.TextField(help_text="What can honestly be said instead.")
    sources = models.ManyToManyField("therapies.Source", blank=True, related_name="answered_claims")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.claim


class QuestionToAsk(models.Model):
    """A question worth asking any clinic, and why. A live fact: shown as soon as it is saved."""

    key = models.SlugField(max_length=20, unique=True)
    treatment = models.ForeignKey(
        "therapies.Treatment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
        help_text="Empty: for every treatment.",
    )
    text = models.CharField(max_length=200)
    why = models.TextField()
    kind = models.CharField(
        max_length=24, choices=[("ask_clinic", "To ask a clinic"), ("faq", "Readers ask us")], default="ask_clinic"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "questions to ask"

    def __str__(self):
        return self.text


class GlossaryTerm(models.Model):
    """A word explained. A live fact."""

    term = models.CharField(max_length=80)
    definition = models.TextField()

    class Meta:
        ordering = [Lower("term")]
        constraints = [
            models.UniqueConstraint(
                Lower("term"), name="glossary_term_once", violation_error_message="This word is already explained."
            )
        ]

    def __str__(self):
        return self.term
