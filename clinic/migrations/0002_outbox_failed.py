from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="outboxemail",
            index=models.Index(condition=models.Q(("state", "failed")), fields=["created_at"], name="outbox_failed"),
        ),
    ]
