from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0003_standing_of_earlier_requests")]

    operations = [
        migrations.AddIndex(
            model_name="inquiry", index=models.Index(fields=["promised_at"], name="inquiry_by_promise")
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(
                condition=models.Q(("first_contact_at__isnull", False)),
                fields=["first_contact_at"],
                name="inquiry_by_first_contact",
            ),
        ),
        migrations.AddIndex(model_name="contactattempt", index=models.Index(fields=["at"], name="attempt_by_time")),
    ]
