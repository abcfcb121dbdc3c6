from django.db import models

from inquiries.models.inquiry import Inquiry


class SearchKey(models.Model):
    """A keyed hash by which a request is found again: of one word of the name, the e-mail address or the number."""

    class Kind(models.TextChoices):
        NAME = "name", "Word of the name"
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"

    PERSONAL = frozenset({"key"})
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "inquiry", "kind"})

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="search_keys")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    key = models.CharField(max_length=32)

    class Meta:
        default_permissions = []
        indexes = [models.Index(fields=["key", "kind"], name="search_key")]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "kind", "key"], name="search_key_once_an_inquiry"),
        ]

    def __str__(self):
        return f"{self.kind} key of request {self.inquiry_id}"
