from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or remove what is only ever added."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **fields):
        raise AppendOnly(f"{self.model._meta.label} rows are never changed.")

    def delete(self):
        raise AppendOnly(f"{self.model._meta.label} rows are never removed.")


class AppendOnlyModel(models.Model):
    """Rows that can be added and read, and nothing else."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        # Also what Django itself uses to delete and update goes through the queryset that refuses.
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly(f"{self._meta.label} rows are never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly(f"{self._meta.label} rows are never removed.")
