"""The recording, from expected to deleted."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.timezone import localtime

from recordings_site.accounts.models import User
from recordings_site.base.formatting import day
from recordings_site.calls.models import Call, ConferenceSession, Decision, Direction, direction_choices
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application, PhoneNumber
from recordings_site.recordings.models.annotations import Listening
from recordings_site.recordings.models.recording_table import CONSTRAINTS, INDEXES
from recordings_site.recordings.models.states import (
    Origin,
    OverdueKind,
    Shown,
    State,
    origin_choices,
    shown_state,
    state_choices,
)
from recordings_site.recordings.models.transcript import Transcript
from recordings_site.sinch import ends


class RecordingJobQuerySet(models.QuerySet["RecordingJob"]):
    """Named reads of recordings."""

    def visible_to(self, user: User) -> "RecordingJobQuerySet":
        """Return the recordings visible to the user: those of their teams' numbers, or all."""
        return self if user.sees_all else self.filter(number__team__in=user.teams.all())

    def with_facts(self) -> "RecordingJobQuerySet":
        """Join what pages show of call, number and destination."""
        return self.select_related(
            "number__team", "call__application", "conference_session", "destination", "decision__policy_version__policy"
        )

    def with_destination(self) -> "RecordingJobQuerySet":
        """Join what playback needs. Nothing is deferred: that costs more than reading all columns."""
        return self.select_related("destination", "audio_index")

    def as_rows(self, columns: Collection[str], user: User) -> "RecordingJobQuerySet":
        """Return rows with what the list shows in these columns; `played_at` and `played_to` (seconds) are set on
        each, `has_transcript` with its column.
        """
        facts = [
            "direction", "caller", "caller_type", "happened_at", "duration", "state", "locale", "size", "problem_code",
            "problem_values", "is_short", "expected_seconds", "recorded_seconds",
            "overdue_kind", "overdue_code", "overdue_values", "transcription", "reported_destination",
            "transcript_overdue_since", "deleted_at",
            "number__label", "number__digits", "call__called", "call__called_type", "conference_session__conference_id",
        ]  # fmt: skip
        if "team" in columns:
            facts.append("number__team__name")
        if "policy" in columns:
            facts += ["decision__policy_version__number", "decision__policy_version__policy__name"]
        if "destination" in columns:
            facts.append("destination__name")
        joined = {fact.rpartition("__")[0] for fact in facts if "__" in fact}
        rows = self.select_related(*joined).only(*facts)
        if "transcript" in columns:
            written = Transcript.objects.filter(recording=models.OuterRef("pk"))
            rows = rows.annotate(has_transcript=models.Exists(written))
        # Not by joins: PostgreSQL takes three times as long to plan two more of them.
        mine = Listening.objects.filter(recording=models.OuterRef("pk"), user=user)
        return rows.annotate(
            played_at=models.Subquery(mine.values("played_at")[:1]),
            played_to=models.Subquery(mine.values("position")[:1]),
        )

    def as_hits(self) -> "RecordingJobQuerySet":
        """Return rows with what a search hit shows, and no more: twenty of them are read at once."""
        return self.select_related("number", "call", "indexed").only(
            "direction", "caller", "caller_type", "happened_at", "duration", "locale", "state", "conference_session",
            "number__label", "number__digits", "call__called", "call__called_type", "indexed__language",
            "indexed__transcript",
        )  # fmt: skip

    def happened_between(self, start: datetime, end: datetime | None) -> "RecordingJobQuerySet":
        """Those whose call began at `start` or later, and before `end`."""
        rows = self.filter(happened_at__gte=start)
        return rows if end is None else rows.filter(happened_at__lt=end)

    def overdue(self, kind: OverdueKind | None = None) -> "RecordingJobQuerySet":
        """Return late recordings, missing ones, or both."""
        # This condition is that of an index.
        rows = self.filter(overdue_since__isnull=False)
        return rows if kind is None else rows.filter(overdue_kind=kind)

    def newest_first(self) -> "RecordingJobQuerySet":
        """Order by the call's time, newest first."""
        return self.order_by("-happened_at", "-id")

    def available_in(self, destination: Destination) -> "RecordingJobQuerySet":
        """The recordings whose file is in a destination, the newest first."""
        return self.filter(destination=destination, state=State.AVAILABLE).newest_first()

    def of_application(self, application: Application) -> "RecordingJobQuerySet":
        """The recordings of an application's calls and conferences, the newest first."""
        of = models.Q(call__application=application) | models.Q(conference_session__application=application)
        return self.filter(of).newest_first()

    def running_on(self, call: Call) -> list["RecordingJob"]:
        """Return the recordings of a call that are in progress, as far as is known."""
        return list(self.filter(call=call, state=State.RECORDING))

    def of_call(self, call: Call) -> "RecordingJobQuerySet":
        """Return the recordings of a call, and that of its conference."""
        found = models.Q(call=call)
        if call.conference_session_id is not None:
            found |= models.Q(conference_session=call.conference_session_id)
        return self.filter(found).order_by("ordinal", "happened_at")

    def of_same_call(self, recording: "RecordingJob") -> "RecordingJobQuerySet":
        """Return all recordings of the same call or conference session, in time order."""
        if recording.call_id:
            return self.filter(call=recording.call_id).order_by("ordinal")
        if recording.conference_session_id:
            return self.filter(conference_session=recording.conference_session_id).order_by("ordinal")
        return self.filter(pk=recording.pk)


class RecordingJob(models.Model):
    """One recording from expected to deleted. One column per fact; the state follows from them."""

    Origin = Origin
    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Exactly one of them, or neither while unattributed. Theirs and others' indexes are those below.
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="recordings", db_index=False)
    conference_session = models.ForeignKey(
        ConferenceSession, null=True, on_delete=models.PROTECT, related_name="recordings", db_index=False
    )
    ordinal = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=11, choices=origin_choices)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL, related_name="recordings")

    # Copied from call or session, so that lists are read from one index.
    number = models.ForeignKey(
        PhoneNumber, null=True, on_delete=models.PROTECT, related_name="recordings", db_index=False
    )
    direction = models.CharField(max_length=8, choices=direction_choices, default=Direction.UNKNOWN)
    caller = models.CharField(max_length=128, blank=True)
    caller_type = models.CharField(max_length=32, blank=True)
    happened_at = models.DateTimeField()

    # The requested location; with an empty key Sinch makes the name, in the folder. None of it if not requested.
    asked_destination = models.ForeignKey(
        Destination, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_key = models.CharField(max_length=1024, blank=True)
    folder = models.CharField(max_length=1024, blank=True)
    # Where it is as far as is known, at first where it was requested; and what Sinch reported.
    destination = models.ForeignKey(
        Destination, null=True, on_delete=models.PROTECT, related_name="recordings", db_index=False
    )
    # The full key in the bucket; "" while Sinch's generated name is unknown.
    key = models.CharField(max_length=1024, blank=True)
    reported_destination = models.CharField(max_length=1024, blank=True)
    reported_transcript_destination = models.CharField(max_length=1024, blank=True)

    # What was requested.
    format = models.CharField(max_length=10, default="mp3")
    notification_events = models.BooleanField(default=True)
    transcription = models.BooleanField(default=False)
    locale = models.CharField(max_length=20, blank=True)

    # The facts, each the time at which it became known.
    expected_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    not_recorded_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Sinch reported it, at whatever place; and none of our destinations was found to hold it.
    reported_at = models.DateTimeField(null=True)
    elsewhere_at = models.DateTimeField(null=True)
    available_at = models.DateTimeField(null=True)
    transcript_available_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    # recordings.models.states.DeletedCode, with its values; so are the codes below.
    deleted_code = models.CharField(max_length=20, blank=True)
    deleted_values: Any = models.JSONField(default=dict)

    # What the worker found: the object in the store, and the audio in it.
    checked_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)
    etag = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=200, blank=True)
    modified_at = models.DateTimeField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    # Seconds, measured from the audio.
    duration = models.FloatField(null=True)
    # Seconds of all the call's parts together: from start to stop, and of audio (recordings.lifecycle.shortness).
    expected_seconds = models.FloatField(null=True)
    recorded_seconds = models.FloatField(null=True)
    is_short = models.BooleanField(default=False)
    audio: Any = models.JSONField(default=dict)
    problem_code = models.CharField(max_length=20, blank=True)
    problem_values: Any = models.JSONField(default=dict)

    # The start of the last reconciliation that found its object (recordings.reconcile.walk).
    listed_at = models.DateTimeField(null=True)

    # The file is overdue: since when, whether it is late or missing, and how that was found.
    overdue_since = models.DateTimeField(null=True)
    overdue_kind = models.CharField(max_length=10, blank=True)
    overdue_code = models.CharField(max_length=20, blank=True)
    overdue_values: Any = models.JSONField(default=dict)
    # A transcript was requested and is late: Sinch sends no event for a wrong locale or a failure.
    transcript_overdue_since = models.DateTimeField(null=True)
    # Derived from the facts by lifecycle.derive_state, stored to be filtered and indexed.
    state = models.CharField(max_length=12, choices=state_choices, default=State.EXPECTED)

    objects = RecordingJobQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-id")
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        what = "Conference opened by" if self.is_conference else f"{self.get_direction_display()} call from"
        return f"{what} {self.shown_caller or 'a private number'}, {day(localtime(self.happened_at))}"

    @property
    def shown_caller(self) -> str:
        """Who calls, for a page; "" for a withheld number."""
        return ends.shown(self.caller, self.caller_type)

    @property
    def shown_state(self) -> Shown:
        """The state as every page shows it (recordings.models.states)."""
        return shown_state(self)

    @property
    def is_running(self) -> bool:
        """Whether it has started and not ended, as far as is known."""
        return self.state == State.RECORDING

    @property
    def is_available(self) -> bool:
        """Whether its file is in the store, as far as is known."""
        return self.state == State.AVAILABLE

    @property
    def is_conference(self) -> bool:
        """Whether it is the recording of a conference, not of one call."""
        return self.conference_session_id is not None
