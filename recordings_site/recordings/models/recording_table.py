"""What the database itself insists on for recordings, and the indexes that lists and lookups read."""

from django.db import models

from recordings_site.recordings.models.states import (
    AWAITED,
    DeletedCode,
    Origin,
    OverdueCode,
    OverdueKind,
    Problem,
    State,
)

CONSTRAINTS = (
    models.CheckConstraint(
        condition=~models.Q(call__isnull=False, conference_session__isnull=False),
        name="recording_of_call_or_conference",
    ),
    models.CheckConstraint(condition=models.Q(state__in=State.values), name="recording_state_known"),
    models.CheckConstraint(condition=models.Q(origin__in=Origin.values), name="recording_origin_known"),
    models.CheckConstraint(
        condition=models.Q(overdue_since=None, overdue_kind="", overdue_code="")
        | models.Q(
            overdue_since__isnull=False,
            overdue_kind__in=OverdueKind.values,
            overdue_code__in=OverdueCode.values,
            state__in=AWAITED,
        ),
        name="recording_overdue_whole",
    ),
    models.CheckConstraint(condition=models.Q(problem_code__in=["", *Problem.values]), name="recording_problem_known"),
    models.CheckConstraint(
        condition=models.Q(deleted_at=None, deleted_code="")
        | models.Q(deleted_at__isnull=False, deleted_code__in=DeletedCode.values),
        name="recording_deleted_whole",
    ),
    models.UniqueConstraint(fields=("destination", "key"), condition=~models.Q(key=""), name="recording_object_unique"),
    models.UniqueConstraint(
        fields=("call", "ordinal"), condition=models.Q(call__isnull=False), name="recording_call_ordinal"
    ),
    models.UniqueConstraint(
        fields=("conference_session", "ordinal"),
        condition=models.Q(conference_session__isnull=False),
        name="recording_session_ordinal",
    ),
)

INDEXES = (
    models.Index(fields=("-happened_at", "-id"), name="recording_newest"),
    models.Index(fields=("number", "-happened_at", "-id"), name="recording_by_number"),
    models.Index(fields=("state", "-happened_at", "-id"), name="recording_by_state"),
    models.Index(fields=("-duration", "-id"), condition=models.Q(duration__isnull=False), name="recording_longest"),
    models.Index(
        fields=("number", "-duration", "-id"),
        condition=models.Q(duration__isnull=False),
        name="recording_longest_by_number",
    ),
    models.Index(fields=("destination", "-happened_at", "-id"), name="recording_by_destination"),
    models.Index(
        fields=("-happened_at", "-id"),
        condition=models.Q(overdue_since__isnull=False),
        name="recording_overdue_newest",
    ),
    models.Index(fields=("-happened_at", "-id"), condition=models.Q(is_short=True), name="recording_short_newest"),
    models.Index(
        fields=("-happened_at", "-id"),
        condition=models.Q(transcript_overdue_since__isnull=False),
        name="recording_transcript_overdue",
    ),
)
