"""The lines of a transcript as they are shown: corrected, with the speakers' names, in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recordings_site.recordings.models import LineCorrection, Transcript
from recordings_site.recordings.transcripts.speakers import speakers_of

SHORTEST_CUE = 1.0


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it is shown. Times are seconds from the start of the recording, with the transcript's offset."""

    position: int
    start: float
    end: float
    speaker_label: str
    speaker: str
    # recordings.models.Side, "" while unknown.
    side: str
    colour: int
    text: str
    # Sinch's text; None where it was not corrected.
    original: str | None


def corrections_of(transcript: Transcript) -> dict[int, LineCorrection]:
    """Return the corrections in force by the line's position."""
    newest = {row.position: row for row in LineCorrection.objects.filter(transcript=transcript).order_by("id")}
    return {position: row for position, row in newest.items() if not row.reverts}


def corrected_texts(transcripts: Iterable[int]) -> dict[tuple[int, int], str]:
    """The corrections in force of several transcripts, by transcript and position, in one query."""
    found: dict[tuple[int, int], str] = {}
    rows = LineCorrection.objects.filter(transcript__in=set(transcripts)).order_by("id")
    for transcript, position, text, reverts in rows.values_list("transcript", "position", "text", "reverts"):
        if reverts:
            found.pop((transcript, position), None)
        else:
            found[transcript, position] = text
    return found


def shown_lines(transcript: Transcript) -> list[ShownLine]:
    """All lines of a transcript."""
    corrections = corrections_of(transcript)
    rows = sorted(
        transcript.lines.values_list("timestamp", "position", "speaker_label", "text"), key=lambda row: (row[0], row[1])
    )
    starts = [max(0.0, timestamp + transcript.offset) for timestamp, *_ in rows]
    ends = cue_ends(starts, transcript.recording.duration)
    speakers = speakers_of(transcript.recording, (label for _, _, label, _ in rows))
    lines = []
    for index, (_, position, label, text) in enumerate(rows):
        correction = corrections.get(position)
        lines.append(
            ShownLine(
                position=position,
                start=starts[index],
                end=ends[index],
                speaker_label=label,
                speaker=speakers[label].name,
                side=speakers[label].side,
                colour=speakers[label].colour,
                text=correction.text if correction else text,
                original=text if correction else None,
            )
        )
    return lines


def cue_ends(starts: Sequence[float], duration: float | None) -> list[float]:
    """Return where each line ends: at the next later start or the recording's end, but not before one second has
    passed.
    """
    ends: list[float] = []
    following = max(duration or 0.0, (starts[-1] if starts else 0.0) + SHORTEST_CUE)
    for index in range(len(starts) - 1, -1, -1):
        if index + 1 < len(starts) and starts[index + 1] > starts[index]:
            following = starts[index + 1]
        ends.append(max(following, starts[index] + SHORTEST_CUE))
    return ends[::-1]
