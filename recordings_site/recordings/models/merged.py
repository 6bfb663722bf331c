"""The ids of recordings that turned out to be another one."""

from uuid import UUID

from django.db import models
from django.utils import timezone

from recordings_site.recordings.models.recording import RecordingJob


class MergedRecording(models.Model):
    """The id of a recording that was made for a report, before it was known which recording that was about."""

    id = models.UUIDField(primary_key=True, editable=False)
    recording = models.ForeignKey(RecordingJob, on_delete=models.CASCADE, related_name="merged")
    merged_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.id} is {self.recording_id}"

    @classmethod
    def current_id(cls, recording_id: UUID | str) -> UUID:
        """The id under which a recording is known now: its own, unless it was merged."""
        found = cls.objects.filter(pk=recording_id).values_list("recording", flat=True).first()
        return found or UUID(str(recording_id))
