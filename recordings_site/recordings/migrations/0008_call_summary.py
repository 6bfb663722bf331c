from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recordings", "0007_transcript_overdue_index")]

    operations = [
        migrations.CreateModel(
            name="CallSummary",
            fields=[
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary",
                        serialize=False,
                        to="recordings.recordingjob",
                    ),
                ),
                ("talk", models.JSONField(default=list)),
                ("silence", models.PositiveSmallIntegerField(default=0)),
                ("excerpt", models.CharField(blank=True, max_length=200)),
            ],
        ),
    ]
