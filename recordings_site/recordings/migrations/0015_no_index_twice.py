"""Without the indexes that others begin with: each was written with every recording, and every line that was said."""

from django.db import migrations, models
from django.db.models.deletion import CASCADE, PROTECT

from recordings_site.web.indexes import dropped


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("calls", "0006_no_index_twice"),
        ("recordings", "0014_search_tiers"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                dropped(
                    {
                        "recordings_recordingjob_call_id_636ce3cf": "recordings_recordingjob (call_id)",
                        "recordings_recordingjob_conference_session_id_b547b5e3": (
                            "recordings_recordingjob (conference_session_id)"
                        ),
                        "recordings_recordingjob_number_id_1854f9ac": "recordings_recordingjob (number_id)",
                        "recordings_recordingjob_destination_id_9f664721": "recordings_recordingjob (destination_id)",
                        "recordings_transcriptline_transcript_id_2cfe9568": "recordings_transcriptline (transcript_id)",
                    }
                ),
            ],
            [
                migrations.AlterField(
                    "recordingjob",
                    "call",
                    models.ForeignKey("calls.call", PROTECT, "recordings", null=True, db_index=False),
                ),
                migrations.AlterField(
                    "recordingjob",
                    "conference_session",
                    models.ForeignKey("calls.conferencesession", PROTECT, "recordings", null=True, db_index=False),
                ),
                migrations.AlterField(
                    "recordingjob",
                    "number",
                    models.ForeignKey("policies.phonenumber", PROTECT, "recordings", null=True, db_index=False),
                ),
                migrations.AlterField(
                    "recordingjob",
                    "destination",
                    models.ForeignKey("destinations.destination", PROTECT, "recordings", null=True, db_index=False),
                ),
                migrations.AlterField(
                    "transcriptline",
                    "transcript",
                    models.ForeignKey("recordings.transcript", CASCADE, "lines", db_index=False),
                ),
            ],
        ),
    ]
