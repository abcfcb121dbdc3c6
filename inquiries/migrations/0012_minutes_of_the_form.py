from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0011_figures_of_the_desk")]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="filled_in_within",
            field=models.SmallIntegerField(
                blank=True,
                editable=False,
                help_text="Minutes from the first press of Continue to Send, as the end of a step. Empty: not known.",
                null=True,
            ),
        ),
    ]
