from django.db import models


class KeyCanary(models.Model):
    """Proof of a key: something only its holder can make or read. A wrong key is noticed at start, not by a patient."""

    name = models.CharField(max_length=80, unique=True, help_text="field:<key id> or search")
    proof = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "key canaries"

    def __str__(self):
        return self.name
