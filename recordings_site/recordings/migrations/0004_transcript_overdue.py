"""Transcripts that were asked for and did not come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when a transcript is late."""

    dependencies = [("recordings", "0003_search_index")]

    operations = [
        migrations.AddField(
            model_name="recordingjob",
            name="transcript_overdue_since",
            field=models.DateTimeField(null=True),
        ),
    ]
