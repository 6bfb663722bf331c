"""When Sinch reported a recording, and when none of the destinations was found to hold it."""

from django.db import migrations, models

STATES = ("expected", "not_recorded", "recording", "finished", "elsewhere", "available", "deleted")


class Migration(migrations.Migration):
    dependencies = [("recordings", "0003_audio_index")]

    operations = [
        migrations.AddField("recordingjob", "reported_at", models.DateTimeField(null=True)),
        migrations.AddField("recordingjob", "elsewhere_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("recordingjob", "recording_state_known"),
        migrations.AddConstraint(
            "recordingjob",
            models.CheckConstraint(condition=models.Q(("state__in", STATES)), name="recording_state_known"),
        ),
    ]
