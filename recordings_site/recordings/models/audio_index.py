"""What the worker computed from a recording's audio, apart from the recording: lists never read it."""

from django.db import models

from recordings_site.recordings.models.recording import RecordingJob


class AudioIndex(models.Model):
    """The waveform of a recording, and where its seconds lie in the file. There is none until the file was examined."""

    recording = models.OneToOneField(
        RecordingJob, primary_key=True, on_delete=models.CASCADE, related_name="audio_index"
    )
    # recordings.audio.waveform: at most 4,000 points for each lane; b"" when nothing decodes the file.
    peaks = models.BinaryField(default=bytes)
    # recordings.audio.layout: where each second begins, in files in which that cannot be computed.
    seek_table = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"The audio index of {self.recording_id}"

    @classmethod
    def of(cls, recording: RecordingJob) -> "AudioIndex":
        """The index of this recording, an empty one while there is none."""
        found: AudioIndex | None = getattr(recording, "audio_index", None)
        return found or cls(recording=recording)
