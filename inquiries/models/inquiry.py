import secrets
import uuid

from django.db import models
from django.utils import timezone

from clinic.encryption import EncryptedJSONField, EncryptedTextField
from inquiries import questionnaire
from inquiries.models.indexes import INDEXES
from inquiries.models.rules import CLOSED_CODES, RULES
from inquiries.models.standing import Standing
from inquiries.states import Status
from therapies.models import BodyRegion

# No letter or digit that is mistaken for another when read out: I, O, Q, Z, 0, 1.
REFERENCE_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXY23456789"
STATUSES = [(status.value, status.label) for status in Status]


def new_reference() -> str:
    """A code that can be read out over the telephone and not be guessed: RM-XXXX-XXXX."""
    number, code = secrets.randbelow(len(REFERENCE_ALPHABET) ** 8), ""
    for _ in range(8):
        number, letter = divmod(number, len(REFERENCE_ALPHABET))
        code += REFERENCE_ALPHABET[letter]
    return f"RM-{code[:4]}-{code[4:]}"


class InquiryQuerySet(models.QuerySet):
    def open(self):
        """Still to be worked on."""
        return self.exclude(status__in=CLOSED_CODES)

    def closed(self):
        return self.filter(status__in=CLOSED_CODES)

    def unassigned(self):
        """In the queue: open, and nobody has taken it."""
        return self.open().filter(owner=None)

    def found_by(self, kind, key):
        """Those that carry this search key."""
        return self.filter(search_keys__kind=kind, search_keys__key=key)


class Inquiry(Standing):
    """A request for a consultation, once sent. Never removed: when its time is over the person is taken out of it.

    Written only by `services`. In clear is what staff sort and filter by and what names nobody; who it is and every
    other answer about health are encrypted.
    """

    class Source(models.TextChoices):
        WEB = "web", "The site"
        PHONE = "phone", "Phone"
        WALK_IN = "walk_in", "At the desk"
        REFERRAL = "referral", "Referral"

    class ContactMethod(models.TextChoices):
        PHONE = "phone", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"

    class SafetyLevel(models.TextChoices):
        NONE = "none", "None"
        NON_URGENT = "non_urgent", "Talk to a doctor"
        URGENT = "urgent", "Urgent"
        EMERGENCY = "emergency", "Emergency"

    class NextStep(models.TextChoices):
        CALL_ABOUT_DELAY = "call_about_delay", "Call: tell the patient that we are late"
        CALL_INSTEAD = "call_instead", "Call: an e-mail could not be delivered"
        REPLY = "reply", "Make first contact"
        TRY_AGAIN = "try_again", "Try again to reach the patient"
        HEAR_BACK = "hear_back", "See whether the patient has answered"
        DECIDE = "decide", "Decide what comes next"
        BOOK = "book", "Book the consultation"

    PERSONAL = frozenset({"full_name", "email", "phone", "how_to_reach"})
    HEALTH = Standing.HEALTH | {"answers", "hold_reason"}
    OPERATIONAL = Standing.OPERATIONAL | frozenset(
        {
            "id",
            "public_id",
            "reference",
            "submission_key",
            "status",
            "owner",
            "version",
            "event_count",
            "source",
            "condition",
            "treatment",
            "region",
            "duration",
            "has_email",
            "has_phone",
            "contact_method",
            "safety_level",
            "safety_advice_shown_at",
            "safety_advice_read_at",
            "previous",
            "content_hash",
            "link_version",
            "has_unseen_update",
            "erasure_asked_at",
            "anonymised_at",
            "is_suspect",
            "suspect_reasons",
            "questionnaire_version",
            "promised_at",
            "late_told_at",
            "promised_again_at",
            "first_contact_at",
            "next_step",
            "next_step_on",
            "entered_by",
            "filled_in_within",
            "legal_hold",
            "held_by",
            "held_at",
            "created_at",
            "closed_at",
        }
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    submission_key = models.UUIDField(
        unique=True, editable=False, help_text="Made with the form: the same form sent twice is one request."
    )
    status = models.CharField(max_length=20, choices=STATUSES, default=Status.NEW.value)
    owner = models.ForeignKey(
        "clinic.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="owned_inquiries"
    )
    version = models.PositiveIntegerField(default=1, help_text="Grows with every change; an old page cannot overwrite.")
    event_count = models.PositiveIntegerField(default=0)

    source = models.CharField(max_length=10, choices=Source.choices, default=Source.WEB)
    entered_by = models.ForeignKey(
        "clinic.Staff",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who typed in a request made by phone or at the desk.",
    )
    # No PositiveSmallIntegerField: to add its CHECK a database would read every row there is.
    filled_in_within = models.SmallIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Minutes from the first press of Continue to Send, as the end of a step. Empty: not known.",
    )
    condition = models.ForeignKey(
        "therapies.Condition", null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries"
    )
    treatment = models.ForeignKey(
        "therapies.Treatment", null=True, blank=True, on_delete=models.PROTECT, related_name="inquiries"
    )
    region = models.CharField(max_length=10, choices=BodyRegion.choices, blank=True)
    duration = models.CharField(max_length=10, choices=list(questionnaire.DURATIONS), blank=True)

    full_name = EncryptedTextField()
    email = EncryptedTextField(blank=True, default="")
    phone = EncryptedTextField(blank=True, default="", help_text="As typed.")
    has_email = models.BooleanField("e-mail", default=False)
    has_phone = models.BooleanField("phone", default=False)

    how_to_reach = EncryptedJSONField(
        null=True, help_text="Who sent it and how to reach the person, as asked and answered."
    )
    contact_method = models.CharField(max_length=5, choices=ContactMethod.choices, blank=True)

    safety_level = models.CharField(max_length=10, choices=SafetyLevel.choices, default=SafetyLevel.NONE)
    safety_advice_shown_at = models.DateTimeField(null=True, blank=True)
    safety_advice_read_at = models.DateTimeField(
        null=True, blank=True, help_text="When they said they had read the advice and went on."
    )

    previous = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repeats",
        help_text="An earlier request of the same person within 30 days.",
    )
    content_hash = models.CharField(
        max_length=32, blank=True, editable=False, help_text="Keyed hash of all it says, to know the same words again."
    )
    link_version = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="A newer one ends older links."
    )
    has_unseen_update = models.BooleanField("the patient wrote", default=False)
    erasure_asked_at = models.DateTimeField(null=True, blank=True, help_text="When the patient asked to be erased.")
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_suspect = models.BooleanField(
        default=False, help_text="Looks like spam. A person decides; nothing is sent until then."
    )
    suspect_reasons = models.JSONField(default=list, blank=True, help_text="Codes.")

    answers = EncryptedJSONField(help_text="What was asked about the pain, word for word, and what was answered.")
    questionnaire_version = models.CharField(max_length=20)

    promised_at = models.DateTimeField(
        null=True, blank=True, help_text="By when the patient was told we make contact. Never moves silently."
    )
    late_told_at = models.DateTimeField(
        null=True, blank=True, help_text="When the patient was told, or a call was asked for, that we are late."
    )
    promised_again_at = models.DateTimeField(null=True, blank=True, help_text="The new time the late notice names.")
    first_contact_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person of the clinic first reached, or left word for, the patient."
    )
    next_step = models.CharField(max_length=20, choices=NextStep.choices, blank=True)
    next_step_on = models.DateField(null=True, blank=True)

    legal_hold = models.BooleanField(default=False, help_text="Kept whatever its age: a dispute or an authority.")
    hold_reason = EncryptedTextField(blank=True, default="")
    held_by = models.ForeignKey("clinic.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField("received", default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "consultation request"
        ordering = ["-created_at", "-pk"]
        default_permissions = ["view"]
        permissions = [
            ("view_contact", "Can see who sent a request and how to reach them"),
            ("view_health", "Can read what a patient wrote about their health"),
            ("move_inquiry", "Can take a request, wait for the patient and book"),
            ("decide_inquiry", "Can accept, decline, send elsewhere, merge and mark as spam"),
            ("reopen_inquiry", "Can reopen a closed request"),
            ("enter_inquiry", "Can type in a request made by phone or at the desk"),
            ("erase_inquiry", "Can take the person out of a request"),
            ("hold_inquiry", "Can keep a request whatever its age, and end that"),
            ("decide_flagged", "Can decide about a request with a warning sign"),
            ("assign_inquiry", "Can give a request to a colleague"),
            ("override_priority", "Can set the priority by hand"),
            ("read_health_with_reason", "Can read about health after giving a reason"),
            ("export_inquiry", "Can take requests out of the system"),
            ("view_figures", "Can see the figures of the desk"),
        ]
        indexes = INDEXES
        constraints = RULES

    def __str__(self):
        return self.reference
