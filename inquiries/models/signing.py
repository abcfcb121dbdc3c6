from django.db import models
from django.utils import timezone

from inquiries.models.append_only import AppendOnlyModel


class SafetySignOff(AppendOnlyModel):
    """A clinical lead answers for the warning signs and danger words as they are: the text they read, by its hash.

    Another wording is another hash, so it is unsigned until somebody signs it again.
    """

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "sha256", "version", "signed_by", "signed_at"})

    sha256 = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=60)
    signed_by = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "signature on the safety questions"
        verbose_name_plural = "signatures on the safety questions"
        default_permissions = ["view"]
        permissions = [("sign_safety", "Can sign the safety questions as clinical lead")]

    def __str__(self):
        return f"Safety questions {self.version}"
