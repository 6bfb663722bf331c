"""The side of a call on which a speaker is."""

import recordings_site.recordings.models.annotations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("recordings", "0011_locale_source_known"),)

    operations = (
        migrations.AddField(
            model_name="speakername",
            name="side",
            field=models.CharField(
                blank=True,
                choices=recordings_site.recordings.models.annotations.side_choices,
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="speakername",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["", "agent", "customer"])), name="speaker_side_known"
            ),
        ),
    )
