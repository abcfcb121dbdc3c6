"""Urgent requests from before the triage desk were due by the promise of a routine one. They are due as urgent ones are."""

from datetime import timedelta

from django.db import migrations

OPEN_MINUTES = {0: 30, 1: 120}


def hasten(apps, schema_editor):
    """Of what nobody answered and no rule has ranked since: an hour in which the clinic was closed counts, as it is late
    in any case."""
    Inquiry = apps.get_model("inquiries", "Inquiry")
    for level, minutes in OPEN_MINUTES.items():
        rows = Inquiry.objects.filter(
            priority_level=level, ruleset="", closed_at=None, first_contact_at=None, due_at__isnull=False
        )
        for pk, created_at, due_at in rows.values_list("pk", "created_at", "due_at"):
            soon = min(due_at, created_at + timedelta(minutes=minutes))
            Inquiry.objects.filter(pk=pk, due_at=due_at).update(due_at=soon)


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0008_kinds_that_are_written")]

    operations = [migrations.RunPython(hasten, migrations.RunPython.noop)]
