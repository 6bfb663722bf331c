"""The late and missing recordings in the order of their lists: SQLite walked every recording to find that none is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recordings", "0009_search_steps")]

    operations = [
        migrations.RemoveIndex(model_name="recordingjob", name="recording_overdue"),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                fields=["-happened_at", "-id"],
                condition=models.Q(("overdue_since__isnull", False)),
                name="recording_overdue_newest",
            ),
        ),
    ]
