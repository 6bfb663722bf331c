"""An index of each number's recordings by their length: who sees few numbers had all others' walked through for theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recordings", "0015_no_index_twice")]

    operations = [
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                fields=["number", "-duration", "-id"],
                condition=models.Q(("duration__isnull", False)),
                name="recording_longest_by_number",
            ),
        ),
    ]
