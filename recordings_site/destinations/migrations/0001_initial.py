import django.utils.timezone
import recordings_site.destinations.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("kind", models.CharField(choices=recordings_site.destinations.models.kind_choices, max_length=5)),
                ("account", models.CharField(blank=True, max_length=100)),
                ("bucket", models.CharField(max_length=255)),
                ("prefix", models.CharField(blank=True, max_length=500)),
                ("region", models.CharField(blank=True, max_length=60)),
                ("endpoint", models.URLField(blank=True, max_length=300)),
                (
                    "addressing",
                    models.CharField(
                        blank=True, choices=recordings_site.destinations.models.addressing_choices, max_length=10
                    ),
                ),
                (
                    "key_template",
                    models.CharField(default="{date}/{number}/{call_id}-{recording}.{format}", max_length=300),
                ),
                ("write_credentials", models.TextField(blank=True)),
                ("write_fingerprint", models.CharField(blank=True, max_length=20)),
                ("write_tail", models.CharField(blank=True, max_length=20)),
                (
                    "read_mode",
                    models.CharField(
                        choices=recordings_site.destinations.models.read_mode_choices, default="keys", max_length=20
                    ),
                ),
                ("read_credentials", models.TextField(blank=True)),
                ("read_fingerprint", models.CharField(blank=True, max_length=20)),
                ("read_tail", models.CharField(blank=True, max_length=20)),
                ("checked_at", models.DateTimeField(null=True)),
                ("check_result", models.JSONField(default=list)),
                ("learnt", models.JSONField(default=dict)),
                ("failing_since", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["s3", "azure", "gs", "local"])), name="destination_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("read_mode__in", ["keys", "ambient", "sas", "service_account", "interoperability"])
                        ),
                        name="destination_read_mode_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("addressing__in", ["", "path", "virtual"])),
                        name="destination_addressing_known",
                    ),
                ],
            },
        ),
    ]
