"""What a call was in one glance, as lists show it: how the talk divided, and the first words of the other side."""

from typing import Any

from django.db import models

LONGEST_EXCERPT = 200  # characters


class CallSummary(models.Model):
    """Derived from the transcript and the waveform by the worker, so that a list reads 50 small rows."""

    recording = models.OneToOneField(
        "recordings.RecordingJob", on_delete=models.CASCADE, primary_key=True, related_name="summary"
    )
    # [[speaker label, share in percent], …] in the order of first appearance, and the share of silence. What is left of
    # 100 is other sound.
    talk: Any = models.JSONField(default=list)
    silence = models.PositiveSmallIntegerField(default=0)
    # The line with which the call comes to its matter.
    excerpt = models.CharField(max_length=LONGEST_EXCERPT, blank=True)

    def __str__(self) -> str:
        return self.excerpt
