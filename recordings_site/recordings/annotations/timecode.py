"""One moment of a recording: the line that is spoken there, what was made of it, and its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.recordings.annotations.forms import SelectedSpan
from recordings_site.recordings.models import LineCorrection, Transcript
from recordings_site.recordings.transcripts.lines import speaker_names

# Times in links are rounded to hundredths; the line that starts there is meant.
_ROUNDING = 0.01


@dataclass(frozen=True, slots=True)
class LineAtTime:
    """The line at a moment, as Sinch heard it and as it reads now."""

    position: int
    start: float
    speaker: str
    original: str
    text: str
    history: Sequence[LineCorrection]

    @property
    def is_corrected(self) -> bool:
        """Whether a correction is in force."""
        return bool(self.history) and not self.history[-1].reverts


def line_at(transcript: Transcript, selected: SelectedSpan) -> LineAtTime | None:
    """The line spoken at the moment: the last one that has begun; None before the first."""
    if selected.t is None:
        return None
    row = (
        transcript.lines.filter(timestamp__lte=selected.t - transcript.offset + _ROUNDING)
        .order_by("-timestamp", "-position")
        .first()
    )
    if row is None:
        return None
    history = list(
        LineCorrection.objects.filter(transcript=transcript, position=row.position)
        .select_related("author")
        .order_by("id")
    )
    corrected = bool(history) and not history[-1].reverts
    return LineAtTime(
        position=row.position,
        start=max(0.0, row.timestamp + transcript.offset),
        speaker=speaker_names(transcript.recording).get(row.speaker_label, row.speaker_label),
        original=row.text,
        text=history[-1].text if corrected else row.text,
        history=history,
    )
