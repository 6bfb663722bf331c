"""Chapters of a long call: it is divided where nobody speaks, and each part is called by the words it begins with."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from recordings_site.recordings.audio.waveform import QUIET
from recordings_site.recordings.transcripts.lines import ShownLine

# Seconds. A shorter call is seen at a glance, a shorter pause is a breath, and a shorter chapter is an aside.
LONG_CALL = 300.0
PAUSE = 2.5
SHORTEST = 45.0
MOST = 20
# A line may be said to start before its first sound.
EARLY = 1.0
# A line with fewer words is an answer, not a subject.
FEWEST_WORDS = 4
# Lines of a chapter in which its words are looked for.
FIRST_LINES = 4


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a call: the second at which it begins, and the first line of substance in it."""

    start: float
    line: ShownLine


def chapters_of(lines: Sequence[ShownLine], waveform: Sequence[bytes], duration: float) -> list[Chapter]:
    """Return the chapters of a call, none for a short one or one without a pause. Pure."""
    if duration < LONG_CALL or not lines:
        return []
    breaks = [0.0]
    longest = sorted(_pauses(waveform, duration), key=lambda pause: pause[0] - pause[1])
    starts = [line.start for line in lines]
    for _, end in longest:
        place = bisect_left(starts, end - EARLY)
        if place == len(lines) or len(breaks) == MOST:
            continue
        following = starts[place]
        if all(abs(following - each) >= SHORTEST for each in [*breaks, duration]):
            breaks.append(following)
    if len(breaks) == 1:
        return []
    breaks.sort()
    parts = zip(breaks, [*breaks[1:], duration], strict=True)
    within = [lines[bisect_left(starts, start) : bisect_left(starts, end)] for start, end in parts]
    return [Chapter(own[0].start, _subject(own)) for own in within if own]


def _subject(lines: Sequence[ShownLine]) -> ShownLine:
    first = lines[:FIRST_LINES]
    return next((line for line in first if len(line.text.split()) >= FEWEST_WORDS), lines[0])


def _pauses(waveform: Sequence[bytes], duration: float) -> Iterator[tuple[float, float]]:
    """Yield start and end of each stretch of silence that is a pause, in seconds."""
    points = min((len(lane) for lane in waveform), default=0)
    at = 0
    for quiet, stretch in groupby(max(point) <= QUIET for point in zip(*waveform, strict=True)):
        length = sum(1 for _ in stretch)
        if quiet and length * duration / points >= PAUSE:
            yield at * duration / points, (at + length) * duration / points
        at += length
