"""An index to order recordings by their length."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0005_no_end_of_conference_recordings"),
        ("destinations", "0001_initial"),
        ("policies", "0002_what_sinch_says"),
        ("recordings", "0006_saved_searches"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                condition=models.Q(("duration__isnull", False)), fields=["-duration", "-id"], name="recording_longest"
            ),
        ),
    ]
