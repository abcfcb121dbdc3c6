from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0006_not_told")]

    operations = [
        migrations.RemoveIndex(model_name="inquiry", name="inquiry_due"),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("due_at__isnull", False)),
                fields=["due_at", "id"],
                name="inquiry_due_time",
            ),
        ),
    ]
