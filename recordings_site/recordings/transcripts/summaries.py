"""Writes what lists show of a transcript: how the talk divided, and the line at which the call comes to its matter."""

from collections.abc import Sequence

from recordings_site.recordings.audio.waveform import unpack
from recordings_site.recordings.models import AudioIndex, CallSummary, Side, Transcript
from recordings_site.recordings.models.summary import LONGEST_EXCERPT
from recordings_site.recordings.transcripts.lines import ShownLine, shown_lines
from recordings_site.recordings.transcripts.talk import talk_of

# A line with fewer words is a greeting.
FEWEST_WORDS = 5
# Lines in which the matter is looked for.
FIRST_LINES = 12


def summarize(transcript: Transcript) -> CallSummary:
    """Store the summary of a transcript in its current form."""
    recording = transcript.recording
    lines = shown_lines(transcript)
    talk = talk_of(lines, unpack(AudioIndex.of(recording).peaks), recording.duration or 0)
    found, _ = CallSummary.objects.update_or_create(
        recording=recording,
        defaults={
            "talk": [[each.label, each.share] for each in talk.speakers],
            "silence": talk.silence,
            "excerpt": excerpt_of(lines),
        },
    )
    return found


def excerpt_of(lines: Sequence[ShownLine]) -> str:
    """The customer's first line of substance, of whoever speaks second while the customer is unknown; else the first
    line of substance; else the first.
    """
    if not lines:
        return ""
    first = lines[:FIRST_LINES]
    substantial = [line for line in first if len(line.text.split()) >= FEWEST_WORDS]
    sides_known = any(line.side == Side.CUSTOMER for line in first)
    answers = [
        line
        for line in substantial
        if (line.side == Side.CUSTOMER if sides_known else line.speaker_label != lines[0].speaker_label)
    ]
    text = (answers or substantial or first)[0].text
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"
