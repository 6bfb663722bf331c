"""Corrected lines of a transcript: correcting and reverting one, and the history that its page shows.

Sinch's text is kept and stays searchable. Rows are only added: the newest one of a line is in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.forms import SelectedSpan
from recordings_site.recordings.models import LineCorrection, Transcript
from recordings_site.recordings.transcripts.speakers import speakers_of
from recordings_site.tasks.registry import enqueue

# Times in links are rounded to hundredths; the line that starts there is meant.
_ROUNDING = 0.01


@dataclass(frozen=True, slots=True)
class LineAtTime:
    """The line at the selected time: Sinch's text, the text in force and its history."""

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
    """Return the line spoken at the selected time: the last one that has begun; None before the first."""
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
    labels = transcript.lines.order_by("timestamp", "position").values_list("speaker_label", flat=True)
    return LineAtTime(
        position=row.position,
        start=max(0.0, row.timestamp + transcript.offset),
        speaker=speakers_of(transcript.recording, labels)[row.speaker_label].name,
        original=row.text,
        text=history[-1].text if corrected else row.text,
        history=history,
    )


@transaction.atomic
def correct_line(*, by: User, transcript: Transcript, position: int, text: str) -> LineCorrection:
    """Correct the text of a line. Sinch's own text is kept, shown beside it and still found by search."""
    original = transcript.lines.get(position=position).text
    row = LineCorrection.objects.create(
        transcript=transcript, position=position, original=original, text=text, author=by
    )
    data = {"line": position, "from": original, "to": text}
    audit.record(by=by, action="transcript.corrected", subject=transcript.recording, data=data)
    enqueue("transcript.index", transcript.recording_id)
    return row


@transaction.atomic
def revert_line(*, by: User, transcript: Transcript, position: int) -> LineCorrection:
    """Restore Sinch's text of a line; its corrections stay in the history."""
    original = transcript.lines.get(position=position).text
    row = LineCorrection.objects.create(
        transcript=transcript, position=position, original=original, text=original, reverts=True, author=by
    )
    audit.record(by=by, action="transcript.reverted", subject=transcript.recording, data={"line": position})
    enqueue("transcript.index", transcript.recording_id)
    return row
