import zoneinfo

from django.core.exceptions import ValidationError
from django.db import connection, models


def validate_time_zone(value):
    if value not in zoneinfo.available_timezones():
        raise ValidationError("Write a time zone like America/New_York or Europe/London.")


class ClinicProfile(models.Model):
    """The clinic itself, one row. Readers see it on every page, so a change is public at once."""

    name = models.CharField(max_length=80)
    tagline = models.CharField(
        max_length=80, blank=True, help_text="A few words under the name, such as: Pain and regenerative medicine"
    )
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True, help_text="A box that people read. Printed on the contact page.")
    address = models.TextField(blank=True, help_text="One line each, as on an envelope.")
    how_to_find_us = models.TextField(blank=True, help_text="Markdown. Buses, parking, which door.")
    building_access = models.TextField(
        blank=True, help_text="Markdown. Steps, lift, hearing loop, interpreters, chairs."
    )
    existing_patients = models.TextField(
        blank=True, help_text="Markdown. What someone who is already a patient should do instead."
    )
    country = models.CharField(
        max_length=2, default="US", help_text="Two letters (ISO 3166-1). Decides which approval status is shown."
    )
    time_zone = models.CharField(max_length=60, default="America/New_York", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default="USD")
    emergency_number = models.CharField(max_length=20, blank=True, help_text="What people dial for an ambulance.")
    crisis_line = models.CharField(
        max_length=80, blank=True, help_text="Whom to call in a mental health crisis, with the number."
    )
    cell_therapy_notice = models.TextField(
        blank=True,
        help_text="What the law where the clinic is wants said wherever a cell therapy without approval is described. "
        "Stands after our own notice that it is not approved.",
    )
    legal_texts_confirmed_on = models.DateField(
        null=True,
        blank=True,
        help_text="When counsel confirmed the privacy notice, the policies and the consent texts of the request form.",
    )
    is_demo = models.BooleanField(
        "demonstration site",
        default=True,
        help_text="Shows a banner, keeps search engines away, serves content no clinician has signed.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "clinic profile"
        constraints = [models.CheckConstraint(name="one_clinic_profile", condition=models.Q(pk=1))]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def is_demonstration(cls):
        """Is the clinic a demonstration? So it is until somebody says otherwise."""
        is_demo = cls._now("is_demo")
        return is_demo is None or bool(is_demo)

    @classmethod
    def zone(cls):
        """The clinic's time zone; UTC until it has one."""
        return zoneinfo.ZoneInfo(cls._now("time_zone") or "UTC")

    @classmethod
    def _now(cls, column):
        # A page of staff asks a dozen times: written by the ORM, each would take five times as long.
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM clinic_clinicprofile ORDER BY id LIMIT 1")  # noqa: S608 (our own names)
            row = cursor.fetchone()
        return row and row[0]


class Weekday(models.IntegerChoices):
    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class OpeningHours(models.Model):
    """One stretch of one weekday, in the clinic's time zone. Two rows make a lunch break."""

    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                name="opens_before_it_closes",
                condition=models.Q(opens__lt=models.F("closes")),
                violation_error_message="Closing time must be after opening time.",
            ),
            models.UniqueConstraint(fields=["weekday", "opens"], name="opens_once_at_a_time"),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M} to {self.closes:%H:%M}"


class Holiday(models.Model):
    """A day the clinic is closed."""

    date = models.DateField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["date"]

    def __str__(self):
        return f"{self.date:%d %B %Y}, {self.name}"


class Clinician(models.Model):
    """A real person who treats patients or approves pages. Never invented for a demonstration."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=120, blank=True, help_text="Such as: MD, FAAPMR")
    job_title = models.CharField(max_length=120, blank=True)
    registration_body = models.CharField(max_length=120, blank=True)
    registration_number = models.CharField(max_length=60, blank=True)
    credentials_checked_on = models.DateField(null=True, blank=True)
    bio = models.TextField(blank=True, help_text="Markdown.")
    competing_interests = models.TextField(
        blank=True, help_text="What this person is paid by or owns. Write None if there are none."
    )
    user = models.OneToOneField(
        "clinic.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="clinician"
    )
    is_active = models.BooleanField("shown on the site", default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration_body", "registration_number"],
                condition=~models.Q(registration_number=""),
                name="clinician_registered_once",
                violation_error_message="Another clinician has this registration number.",
            )
        ]

    def __str__(self):
        return self.name
