from django.db import models


class DailyCounter(models.Model):
    """How often something happened on a day. No identities: a number cannot be traced to anybody."""

    PERSONAL = frozenset()
    HEALTH = frozenset()
    OPERATIONAL = frozenset({"id", "date", "name", "value"})

    date = models.DateField()
    name = models.CharField(max_length=40)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ["view"]
        ordering = ["-date", "name"]
        constraints = [models.UniqueConstraint(fields=["date", "name"], name="counter_once_a_day")]

    def __str__(self):
        return f"{self.name} on {self.date}"
