"""What a player gets of an mp3: in which parts, and with whose seek table in front of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.recordings.audio import mp3, mp3_table
from recordings_site.recordings.audio.layout import Layout, Part
from recordings_site.recordings.audio.mp3 import Frames, Stretch
from recordings_site.recordings.audio.mpeg import Bytes, after_tag

# Bytes before and after the frames that a player reads without harm: a tag of its own kind.
_TAG = 64 * 1024
# Seconds by which the file's own table may lead astray before it gives way to ours.
_ALLOWED = 2.0


@dataclass(frozen=True, slots=True)
class Mp3:
    """The parts of an mp3, one for each stretch. `table`: whether the file's own is used; `skipped`: bytes inside it
    that are no sound; `astray`: the most seconds by which a player misses a place that it seeks by itself.
    """

    parts: Sequence[Part]
    stretches: Sequence[Stretch]
    table: bool
    skipped: int
    astray: float


def read(data: Bytes, start: int = 0, stop: int | None = None) -> Mp3:
    """Read the mp3 in [start, stop) of a file. Raises NoFrames."""
    frames = mp3.read(data, start, stop)
    first = frames.stretches[0]
    own = _own(data, frames)
    if own is not None and _plain(data, frames, start, len(data) if stop is None else stop):
        lead = first.pieces[0][0]
        part = Part(0.0, first.duration, Layout(((0, len(data)),)), lead, first.points if first.vbr else ())
        return Mp3((part,), (first,), own.table, 0, own.astray)
    parts, at, astray = [], 0.0, 0.0
    for stretch in frames.stretches:
        head = mp3_table.head(stretch) if stretch.vbr else b""
        if head:
            astray = max(astray, mp3_table.error_of_head(stretch, head))
        pieces = tuple((begin, end) for begin, end in stretch.pieces)
        points = stretch.points if stretch.vbr else ()
        parts.append(Part(at, stretch.duration, Layout(pieces, head), len(head), points))
        at += stretch.duration
    skipped = frames.end - frames.stretches[0].pieces[0][0] - frames.size
    return Mp3(parts, frames.stretches, False, skipped, astray)


@dataclass(frozen=True, slots=True)
class _Own:
    table: bool
    astray: float


def _own(data: Bytes, frames: Frames) -> _Own | None:
    """What the file brings by itself to find places with; None where that leads astray."""
    stretch, info = frames.stretches[0], frames.info
    if info is None:
        return None if stretch.vbr else _Own(False, 0.0)
    claims, length = mp3_table.claims(data, info), info.stop - info.start
    if not claims.hold(stretch, length) or (stretch.vbr and not claims.table):
        return None
    if not claims.table:
        return _Own(False, 0.0)
    astray = mp3_table.error(stretch, claims.table, claims.size or length + stretch.size, length)
    best = mp3_table.error_of_head(stretch, mp3_table.head(stretch))
    if astray > max(_ALLOWED, 2 * best):
        return None
    return _Own(True, astray if stretch.vbr else 0.0)  # players find places in a constant bit rate by dividing


def _plain(data: Bytes, frames: Frames, start: int, stop: int) -> bool:
    """Whether the file holds one run of frames, with no more around it than a player expects."""
    pieces = frames.stretches[0].pieces
    if len(frames.stretches) > 1 or len(pieces) > 1 or (start, stop) != (0, len(data)) or frames.infos > 1:
        return False
    lead = frames.info.start if frames.info else pieces[0][0]
    if frames.info and frames.info.stop != pieces[0][0]:
        return False
    return lead in (0, after_tag(data, 0, stop)) and lead <= _TAG and stop - pieces[0][1] <= _TAG
