"""What was requested, apart from what was reported; and the ids of recordings that were merged into another."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("destinations", "0001_initial"), ("recordings", "0005_transcript_without_text")]

    operations = [
        migrations.AddField(
            "recordingjob",
            "asked_destination",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="destinations.destination",
            ),
        ),
        migrations.AddField(
            "recordingjob",
            "asked_key",
            models.CharField(blank=True, max_length=1024, default=""),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="MergedRecording",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merged",
                        to="recordings.recordingjob",
                    ),
                ),
            ],
        ),
    ]
