from django.contrib.auth.models import AbstractUser
from django.db import models

from clinic.encryption import EncryptedTextField


class Staff(AbstractUser):
    """A person with an account. Rights come from groups; a person may hold several."""

    on_duty = models.BooleanField(default=False, help_text="May be given requests, and sees them on the dashboard.")
    receives_alerts = models.BooleanField(
        default=False, help_text="Gets the mail that says a request needs someone now. At least two people should."
    )
    is_demo = models.BooleanField(
        default=False, editable=False, help_text="Made by demo_staff; cannot sign in once the clinic is real."
    )

    two_step_key = models.CharField(
        max_length=32,
        blank=True,
        editable=False,
        help_text="Random, new with each authenticator. A session that passed the second step holds it, so a reset "
        "authenticator ends every such session.",
    )

    class Meta(AbstractUser.Meta):
        verbose_name = "member of staff"
        verbose_name_plural = "staff"
        permissions = [("set_duty", "Can set who is on duty and who gets alerts")]


class Authenticator(models.Model):
    """The authenticator app of one member of staff (TOTP, RFC 6238)."""

    staff = models.OneToOneField(Staff, on_delete=models.PROTECT, related_name="authenticator")
    secret = EncryptedTextField(help_text="Base32, encrypted.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=-1, help_text="The last 30-second step used: a code works once.")
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"Authenticator of staff {self.staff_id}"


class RecoveryCode(models.Model):
    """A one-time code for the day the telephone is lost. Only its keyed hash is kept."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="recovery_codes")
    code_hash = models.CharField(max_length=32)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "code_hash"], name="recovery_code_once_a_person")]

    def __str__(self):
        return f"Recovery code of staff {self.staff_id}"
