"""Without the indexes that others begin with, and those of a caller's digits, which no search can use.

Each was written with every call. State and tables change apart: an index is all that goes, and not a table copied.
"""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from recordings_site.web.indexes import dropped


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("calls", "0005_no_end_of_conference_recordings"),
        ("policies", "0002_what_sinch_says"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                dropped(
                    {
                        "calls_call_application_id_b688e3df": "calls_call (application_id)",
                        "calls_call_number_id_90b7656d": "calls_call (number_id)",
                        "calls_call_caller_digits_b3886c8e": "calls_call (caller_digits)",
                        "calls_call_caller_digits_b3886c8e_like": "calls_call (caller_digits)",
                        "calls_conferencesession_application_id_e80d2b0e": "calls_conferencesession (application_id)",
                        "calls_upstreamexchange_application_id_4824b74b": "calls_upstreamexchange (application_id)",
                    }
                ),
            ],
            [
                migrations.AlterField(
                    "call",
                    "application",
                    models.ForeignKey("policies.application", PROTECT, "calls", db_index=False),
                ),
                migrations.AlterField(
                    "call",
                    "number",
                    models.ForeignKey("policies.phonenumber", PROTECT, "calls", null=True, db_index=False),
                ),
                migrations.AlterField(
                    "call",
                    "caller_digits",
                    models.CharField(blank=True, max_length=32),
                ),
                migrations.AlterField(
                    "conferencesession",
                    "application",
                    models.ForeignKey("policies.application", PROTECT, "conference_sessions", db_index=False),
                ),
                migrations.AlterField(
                    "upstreamexchange",
                    "application",
                    models.ForeignKey("policies.application", PROTECT, "upstream_exchanges", db_index=False),
                ),
            ],
        ),
    ]
