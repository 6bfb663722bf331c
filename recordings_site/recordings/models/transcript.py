"""Transcripts: the file as Sinch wrote it, and its lines."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.recordings.models.states import LocaleSource
from recordings_site.sinch.transcript import Problem


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    """Named reads of transcripts."""

    def to_index(self, version: int, *, before: datetime | None = None) -> "TranscriptQuerySet":
        """Those that are not indexed or were by an older version; with `before` also what was indexed earlier."""
        behind = models.Q(indexed=None) | models.Q(indexed__version__lt=version)
        return self.filter(behind if before is None else behind | models.Q(indexed__indexed_at__lt=before))


class Transcript(models.Model):
    """A transcript; Sinch's raw JSON is kept unchanged, unless it was too large to be read (`problems`)."""

    recording = models.OneToOneField("recordings.RecordingJob", on_delete=models.CASCADE, related_name="transcript")
    raw = models.BinaryField()
    locale = models.CharField(max_length=20, blank=True)
    # recordings.models.states.LocaleSource, empty without a locale.
    locale_source = models.CharField(max_length=10, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    # Seconds to add to every timestamp: some transcripts run early or late.
    offset = models.FloatField(default=0)
    # {"code": sinch.transcript.Problem, …}, with the values of that code.
    problems: Any = models.JSONField(default=list)
    loaded_at = models.DateTimeField(default=timezone.now)

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(locale_source__in=["", *LocaleSource.values]), name="transcript_locale_source_known"
            ),
        )

    def __str__(self) -> str:
        return f"Transcript of {self.recording_id}"

    @property
    def language(self) -> str:
        """The locale for people: "sv-SE", "en (detected)"; "" when unknown."""
        if self.locale_source in ("", LocaleSource.REQUESTED):
            return self.locale
        return f"{self.locale} ({LocaleSource(self.locale_source).label})"

    @property
    def is_too_large(self) -> bool:
        """Whether the file was not read, and lies in the store alone."""
        return any(problem["code"] == Problem.TOO_LARGE for problem in self.problems)


class TranscriptLine(models.Model):
    """One line of a transcript. Its id is ordered by the call's time (line_ids), also for back-filled calls: newest
    first is the order of ids.
    """

    id = models.BigIntegerField(primary_key=True)
    # Its index is that of the constraint below.
    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    # Seconds from the start of the recording, as Sinch reports them.
    timestamp = models.FloatField()
    speaker_label = models.CharField(max_length=100, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ("transcript", "position")
        constraints = (models.UniqueConstraint(fields=("transcript", "position"), name="transcript_line_position"),)

    def __str__(self) -> str:
        return f"{self.timestamp:.1f} {self.speaker_label}: {self.text[:40]}"
