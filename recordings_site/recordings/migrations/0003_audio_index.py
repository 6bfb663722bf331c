from django.db import migrations, models

COPY = """
INSERT INTO recordings_audioindex (recording_id, peaks, seek_table)
SELECT id, peaks, seek_table FROM recordings_recordingjob WHERE peaks IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("recordings", "0002_search_index")]

    operations = [
        migrations.CreateModel(
            name="AudioIndex",
            fields=[
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="audio_index",
                        serialize=False,
                        to="recordings.recordingjob",
                    ),
                ),
                ("peaks", models.BinaryField(default=bytes)),
                ("seek_table", models.BinaryField(null=True)),
            ],
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RemoveField("recordingjob", "peaks"),
        migrations.RemoveField("recordingjob", "seek_table"),
    ]
