import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("therapies", "0002_stages_reviews_and_guard")]

    operations = [
        migrations.AddField(
            model_name="pagefeedback",
            name="submission_key",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                help_text="Made with the form: pressed twice is one row.",
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="pagefeedback",
            name="path",
            field=models.CharField(help_text="/ for the site as a whole.", max_length=200),
        ),
    ]
