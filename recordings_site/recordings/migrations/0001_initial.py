import django.db.models.deletion
import django.utils.timezone
import recordings_site.calls.models
import recordings_site.recordings.models
import recordings_site.recordings.models.saved
import recordings_site.recordings.models.states
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("calls", "0001_initial"),
        ("destinations", "0001_initial"),
        ("policies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexedLanguage",
            fields=[
                ("code", models.CharField(blank=True, max_length=8, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="RecordingJob",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("ordinal", models.PositiveIntegerField(default=1)),
                ("origin", models.CharField(choices=recordings_site.recordings.models.origin_choices, max_length=11)),
                (
                    "direction",
                    models.CharField(
                        choices=recordings_site.calls.models.direction_choices, default="unknown", max_length=8
                    ),
                ),
                ("caller", models.CharField(blank=True, max_length=128)),
                ("caller_type", models.CharField(blank=True, max_length=32)),
                ("happened_at", models.DateTimeField()),
                ("key", models.CharField(blank=True, max_length=1024)),
                ("folder", models.CharField(blank=True, max_length=1024)),
                ("reported_destination", models.CharField(blank=True, max_length=1024)),
                ("reported_transcript_destination", models.CharField(blank=True, max_length=1024)),
                ("format", models.CharField(default="mp3", max_length=10)),
                ("notification_events", models.BooleanField(default=True)),
                ("transcription", models.BooleanField(default=False)),
                ("locale", models.CharField(blank=True, max_length=20)),
                ("expected_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("not_recorded_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("available_at", models.DateTimeField(null=True)),
                ("transcript_available_at", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("deleted_code", models.CharField(blank=True, max_length=20)),
                ("deleted_values", models.JSONField(default=dict)),
                ("checked_at", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(null=True)),
                ("etag", models.CharField(blank=True, max_length=200)),
                ("version", models.CharField(blank=True, max_length=200)),
                ("modified_at", models.DateTimeField(null=True)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("duration", models.FloatField(null=True)),
                ("expected_seconds", models.FloatField(null=True)),
                ("recorded_seconds", models.FloatField(null=True)),
                ("is_short", models.BooleanField(default=False)),
                ("audio", models.JSONField(default=dict)),
                ("peaks", models.BinaryField(null=True)),
                ("seek_table", models.BinaryField(null=True)),
                ("problem_code", models.CharField(blank=True, max_length=20)),
                ("problem_values", models.JSONField(default=dict)),
                ("listed_at", models.DateTimeField(null=True)),
                ("overdue_since", models.DateTimeField(null=True)),
                ("overdue_kind", models.CharField(blank=True, max_length=10)),
                ("overdue_code", models.CharField(blank=True, max_length=20)),
                ("overdue_values", models.JSONField(default=dict)),
                ("transcript_overdue_since", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=recordings_site.recordings.models.states.state_choices,
                        default="expected",
                        max_length=12,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recordings",
                        to="calls.call",
                    ),
                ),
                (
                    "conference_session",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recordings",
                        to="calls.conferencesession",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recordings",
                        to="calls.decision",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recordings",
                        to="destinations.destination",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recordings",
                        to="policies.phonenumber",
                    ),
                ),
            ],
            options={
                "ordering": ("-happened_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Listening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.FloatField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("played_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listenings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listenings",
                        to="recordings.recordingjob",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.FloatField()),
                ("end", models.FloatField(null=True)),
                ("text", models.TextField()),
                ("notified_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mentions",
                    models.ManyToManyField(blank=True, related_name="mentioned_in", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="recordings.recordingjob",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "page",
                    models.CharField(choices=recordings_site.recordings.models.saved.saved_page_choices, max_length=10),
                ),
                ("query", models.TextField()),
                ("alert", models.BooleanField(default=False)),
                ("alert_by_email", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="saved_searches",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="SavedMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("matched_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_matches",
                        to="recordings.recordingjob",
                    ),
                ),
                (
                    "saved",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="matches", to="recordings.savedsearch"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="SpeakerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("speaker_label", models.CharField(max_length=100)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speaker_names",
                        to="policies.phonenumber",
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speaker_names",
                        to="recordings.recordingjob",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="IndexedWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(db_index=True, max_length=64)),
                ("backwards", models.CharField(db_index=True, max_length=64)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("token", models.CharField(max_length=64)),
                ("transcripts", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("word", "language"), name="indexed_word_once")],
            },
        ),
        migrations.CreateModel(
            name="RecordingTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taggings",
                        to="recordings.recordingjob",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="taggings", to="recordings.tag"
                    ),
                ),
            ],
            options={
                "ordering": ("tag__name",),
            },
        ),
        migrations.CreateModel(
            name="Transcript",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("raw", models.BinaryField()),
                ("locale", models.CharField(blank=True, max_length=20)),
                ("text", models.TextField(blank=True)),
                ("line_count", models.PositiveIntegerField(default=0)),
                ("offset", models.FloatField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("loaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transcript",
                        to="recordings.recordingjob",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LineCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("original", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("reverts", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "transcript",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="recordings.transcript",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="IndexedRecording",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("scope", models.BigIntegerField(default=0)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("line_count", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveSmallIntegerField()),
                ("indexed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indexed",
                        to="recordings.recordingjob",
                    ),
                ),
                (
                    "transcript",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="indexed", to="recordings.transcript"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TranscriptLine",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("timestamp", models.FloatField()),
                ("speaker_label", models.CharField(blank=True, max_length=100)),
                ("text", models.TextField()),
                (
                    "transcript",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="recordings.transcript",
                    ),
                ),
            ],
            options={
                "ordering": ("transcript", "position"),
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(null=True)),
                ("gone_is_deleted", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("token", models.TextField(blank=True)),
                ("waiting", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("listed_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="destinations.destination",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None)), fields=("destination",), name="reconciliation_one_open"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(fields=["-happened_at", "-id"], name="recording_newest"),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(fields=["number", "-happened_at", "-id"], name="recording_by_number"),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(fields=["state", "-happened_at", "-id"], name="recording_by_state"),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                condition=models.Q(("duration__isnull", False)), fields=["-duration", "-id"], name="recording_longest"
            ),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                condition=models.Q(("duration__isnull", False)),
                fields=["number", "-duration", "-id"],
                name="recording_longest_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(fields=["destination", "-happened_at", "-id"], name="recording_by_destination"),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                condition=models.Q(("overdue_since__isnull", False)),
                fields=["-happened_at", "-id"],
                name="recording_overdue_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="recordingjob",
            index=models.Index(
                condition=models.Q(("is_short", True)),
                fields=["-happened_at", "-id"],
                name="recording_short_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("call__isnull", False), ("conference_session__isnull", False), _negated=True),
                name="recording_of_call_or_conference",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["expected", "not_recorded", "recording", "finished", "available", "deleted"])
                ),
                name="recording_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["flag", "instruction", "live", "upstream", "adopted"])),
                name="recording_origin_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("overdue_code", ""), ("overdue_kind", ""), ("overdue_since", None)),
                    models.Q(
                        ("overdue_code__in", ["not_written", "not_listed"]),
                        ("overdue_kind__in", ["late", "missing"]),
                        ("overdue_since__isnull", False),
                        ("state__in", ("expected", "recording", "finished")),
                    ),
                    _connector="OR",
                ),
                name="recording_overdue_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "problem_code__in",
                        [
                            "",
                            "not_audio",
                            "mp3_without_sound",
                            "wav_unreadable",
                            "wav_without_sound",
                            "undecodable",
                            "unplayable",
                            "empty",
                            "too_large",
                            "replaced",
                            "gone",
                        ],
                    )
                ),
                name="recording_problem_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_at", None), ("deleted_code", "")),
                    models.Q(("deleted_at__isnull", False), ("deleted_code__in", ["gone"])),
                    _connector="OR",
                ),
                name="recording_deleted_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("destination", "key"),
                name="recording_object_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("call__isnull", False)), fields=("call", "ordinal"), name="recording_call_ordinal"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("conference_session__isnull", False)),
                fields=("conference_session", "ordinal"),
                name="recording_session_ordinal",
            ),
        ),
        migrations.AddConstraint(
            model_name="listening",
            constraint=models.UniqueConstraint(fields=("user", "recording"), name="listening_once"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(condition=models.Q(("at__gte", 0)), name="comment_not_before_the_start"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__isnull", True), ("end__gt", models.F("at")), _connector="OR"),
                name="comment_span_has_a_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.CheckConstraint(
                condition=models.Q(("page__in", ["search", "recordings"])), name="saved_search_page_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="saved_search_name_once"),
        ),
        migrations.AddIndex(
            model_name="savedmatch",
            index=models.Index(
                condition=models.Q(("seen_at", None)), fields=["saved", "-id"], name="saved_match_unseen"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmatch",
            constraint=models.UniqueConstraint(fields=("saved", "recording"), name="saved_match_once"),
        ),
        migrations.AddConstraint(
            model_name="speakername",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number__isnull", False), ("recording__isnull", True)),
                    models.Q(("number__isnull", True), ("recording__isnull", False)),
                    _connector="OR",
                ),
                name="speaker_name_of_recording_or_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordingtag",
            constraint=models.UniqueConstraint(fields=("recording", "tag"), name="recording_tag_once"),
        ),
        migrations.AddIndex(
            model_name="linecorrection",
            index=models.Index(fields=["transcript", "position", "id"], name="correction_of_line"),
        ),
        migrations.AddIndex(
            model_name="indexedrecording",
            index=models.Index(fields=["version", "id"], name="indexed_by_version"),
        ),
        migrations.AddConstraint(
            model_name="transcriptline",
            constraint=models.UniqueConstraint(fields=("transcript", "position"), name="transcript_line_position"),
        ),
        migrations.CreateModel(
            name="NumberDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("recorded", models.PositiveIntegerField(default=0)),
                ("late", models.PositiveIntegerField(default=0)),
                ("missing", models.PositiveIntegerField(default=0)),
                ("short", models.PositiveIntegerField(default=0)),
                ("elsewhere", models.PositiveIntegerField(default=0)),
                ("pending", models.PositiveIntegerField(default=0)),
                ("counted_at", models.DateTimeField()),
                ("alerted", models.BooleanField(default=False)),
                (
                    "number",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="policies.phonenumber",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day", "number"], name="number_day_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("number", "day"),
                        name="number_day_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", None)), fields=("day",), name="number_day_of_none_unique"
                    ),
                ],
            },
        ),
    ]
