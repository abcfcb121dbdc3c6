from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0005_queues_in_their_order")]

    operations = [
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("patient_told", "")),
                fields=["status", "-closed_at"],
                name="inquiry_not_told",
            ),
        ),
    ]
