import django.db.models.deletion
import django.utils.timezone
import recordings_site.calls.models
import recordings_site.calls.models.replay
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("policies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("call_id", models.CharField(max_length=200)),
                (
                    "direction",
                    models.CharField(
                        choices=recordings_site.calls.models.direction_choices, default="unknown", max_length=8
                    ),
                ),
                ("caller", models.CharField(blank=True, max_length=128)),
                ("caller_type", models.CharField(blank=True, max_length=32)),
                ("caller_digits", models.CharField(blank=True, max_length=32)),
                ("called", models.CharField(blank=True, max_length=128)),
                ("called_type", models.CharField(blank=True, max_length=32)),
                ("forwarded_from", models.CharField(blank=True, max_length=128)),
                ("domain", models.CharField(blank=True, max_length=32)),
                ("origination_type", models.CharField(blank=True, max_length=32)),
                ("custom", models.TextField(blank=True)),
                ("call_resource_url", models.CharField(blank=True, max_length=500)),
                ("started_at", models.DateTimeField(db_index=True)),
                ("ice_at", models.DateTimeField(null=True)),
                ("ice_received_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("ace_received_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("dice_received_at", models.DateTimeField(null=True)),
                ("dice_reason", models.CharField(blank=True, max_length=40)),
                ("dice_result", models.CharField(blank=True, max_length=40)),
                ("duration", models.FloatField(null=True)),
                ("recording_finished_at", models.DateTimeField(null=True)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("error_message", models.CharField(blank=True, max_length=500)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="policies.application",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="policies.phonenumber",
                    ),
                ),
            ],
            options={
                "ordering": ("-started_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="CallbackDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "verdict",
                    models.CharField(
                        choices=recordings_site.calls.models.verdict_choices, default="accepted", max_length=10
                    ),
                ),
                ("signature_digest", models.BinaryField(max_length=32)),
                ("x_timestamp", models.CharField(blank=True, max_length=64)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("body", models.BinaryField()),
                ("event", models.CharField(max_length=40)),
                ("notify_type", models.CharField(blank=True, max_length=60)),
                ("reported_call_id", models.CharField(blank=True, max_length=200)),
                ("conference_id", models.CharField(blank=True, max_length=200)),
                ("recording_id", models.UUIDField(db_index=True, null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("result_code", models.CharField(blank=True, max_length=30)),
                ("result_values", models.JSONField(default=dict)),
                ("answer_ms", models.FloatField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="policies.application",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="calls.call",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ConferenceSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conference_id", models.CharField(max_length=200)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conference_sessions",
                        to="policies.application",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.phonenumber",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="call",
            name="conference_session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="calls.conferencesession",
            ),
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(choices=recordings_site.calls.models.outcome_choices, max_length=15)),
                ("rule", models.PositiveIntegerField(null=True)),
                ("reason", models.CharField(max_length=60)),
                ("draw", models.FloatField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("ice_svaml", models.JSONField(null=True)),
                ("ace_svaml", models.JSONField(null=True)),
                ("pie_svaml", models.JSONField(null=True)),
                ("latency_ms", models.FloatField(null=True)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decision", to="calls.call"
                    ),
                ),
                (
                    "policy_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="policies.policyversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.JSONField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("since", models.DateTimeField(default=recordings_site.calls.models.replay.month_ago)),
                ("until", models.DateTimeField(default=django.utils.timezone.now)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                ("outcome", models.JSONField(default=dict)),
                ("finished_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replays", to="policies.policy"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="UpstreamExchange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=recordings_site.calls.models.upstream_outcome_choices, default="waiting", max_length=12
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("ms", models.FloatField(null=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="upstream_exchanges",
                        to="policies.application",
                    ),
                ),
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="upstream",
                        to="calls.callbackdelivery",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="callbackdelivery",
            index=models.Index(fields=["application", "id"], name="delivery_by_application"),
        ),
        migrations.AddIndex(
            model_name="callbackdelivery",
            index=models.Index(fields=["signature_digest"], name="delivery_by_signature"),
        ),
        migrations.AddIndex(
            model_name="callbackdelivery",
            index=models.Index(fields=["reported_call_id", "id"], name="delivery_by_call_id"),
        ),
        migrations.AddIndex(
            model_name="callbackdelivery",
            index=models.Index(fields=["conference_id", "id"], name="delivery_by_conference"),
        ),
        migrations.AddIndex(
            model_name="callbackdelivery",
            index=models.Index(
                condition=models.Q(("applied_at", None)), fields=["received_at"], name="delivery_unapplied"
            ),
        ),
        migrations.AddConstraint(
            model_name="callbackdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["accepted", "repeated", "stale", "replayed"])),
                name="delivery_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="callbackdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "result_code__in",
                        [
                            "",
                            "answered",
                            "suspect",
                            "call_ended",
                            "calling_error",
                            "recording_finished",
                            "conference_recording_finished",
                            "recording_available",
                            "transcript_available",
                            "of_nothing",
                            "unknown",
                        ],
                    )
                ),
                name="delivery_result_known",
            ),
        ),
        migrations.AddIndex(
            model_name="conferencesession",
            index=models.Index(fields=["application", "conference_id", "-opened_at"], name="conference_latest"),
        ),
        migrations.AddConstraint(
            model_name="conferencesession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("application", "conference_id"),
                name="conference_session_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["call_id"], name="call_by_call_id"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["number", "-started_at"], name="call_by_number"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("dice_received_at", None)), fields=["ice_received_at"], name="call_in_progress"
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("application", "call_id"), name="call_unique"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["inbound", "outbound", "callout", "unknown"])),
                name="call_direction_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["record", "do_not_record", "impossible"])),
                name="decision_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "rule_records",
                            "otherwise_records",
                            "rule_excludes",
                            "sampled_out",
                            "no_rule_matches",
                            "no_policy",
                            "unknown_number",
                            "not_a_number",
                            "undialable",
                            "route_hangs_up",
                            "no_destination",
                            "destination_unavailable",
                            "credentials_unusable",
                            "stale_clock",
                            "replayed",
                            "database_down",
                            "fault",
                            "wrong_answer",
                            "wrong_recording",
                            "fallback",
                            "ace_without_ice",
                            "upstream_records",
                        ],
                    )
                ),
                name="decision_reason_known",
            ),
        ),
        migrations.AddIndex(
            model_name="replay",
            index=models.Index(fields=["policy", "-id"], name="replay_latest"),
        ),
        migrations.AddIndex(
            model_name="upstreamexchange",
            index=models.Index(
                condition=models.Q(("outcome", "waiting")), fields=["application", "delivery"], name="upstream_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="upstreamexchange",
            index=models.Index(fields=["application", "-id"], name="upstream_latest"),
        ),
        migrations.AddConstraint(
            model_name="upstreamexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        ["waiting", "answered", "refused", "failed", "slow", "unreachable", "invalid", "given_up"],
                    )
                ),
                name="upstream_outcome_known",
            ),
        ),
    ]
