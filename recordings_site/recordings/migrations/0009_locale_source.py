"""Where the language of a transcript is known from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recordings", "0008_call_summary")]

    operations = [
        migrations.AddField(
            model_name="transcript", name="locale_source", field=models.CharField(blank=True, max_length=10)
        )
    ]
