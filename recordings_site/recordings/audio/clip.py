"""Cuts a span out of an mp3 or WAV file without decoding it: at frames, or at samples of all channels.

What is cut is a layout: pieces of the file behind a head of ours. Only the bytes around an mp3's two cuts are read.
"""

from base64 import b64decode
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from recordings_site.recordings.audio import mp3_table, mpeg, wav
from recordings_site.recordings.audio.layout import GRAIN, Layout, Part
from recordings_site.recordings.audio.mp3 import Stretch

Read = Callable[[int, int], bytes]
"""The bytes [start, stop) of what a part's layout sends."""

# A frame may begin to sound with bytes of the frames before it: at most so many (ISO 11172-3, 13818-3).
_RESERVOIR_1, _RESERVOIR_2 = 511, 255
_LONGEST_FRAME = 1441
# Bytes of more than a second at the highest bit rate, read to find the frame at which to cut.
_WINDOW = 48 * 1024
_ROUNDED = 0.0005


class CannotCut(Exception):
    """The span cannot be cut; `code` is one of the constants below."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


FORMAT, EMPTY, ACROSS = "format", "empty", "across"
"""A format that is not cut; no sound in the span; a span across a change of format in the file."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip: its bytes, and the seconds [start, end) of the recording that they hold."""

    layout: Layout
    start: float
    end: float


def part_at(parts: Sequence[Part], start: float, end: float) -> Part:
    """The part in which a span lies. Raises CannotCut."""
    if not parts:
        raise CannotCut(FORMAT)
    index = max(0, bisect_right([part.at for part in parts], start + _ROUNDED) - 1)
    part = parts[index]
    if start >= part.at + part.duration or end <= start:
        raise CannotCut(EMPTY)
    if end > part.at + part.duration and index + 1 < len(parts):
        raise CannotCut(ACROSS)
    return part


def cut(facts: dict[str, Any], part: Part, read: Read, start: float, end: float) -> Clip:
    """The clip of a part that holds the span, in seconds of the recording. `facts`: RecordingJob.audio.

    It begins with the frame that sounds at `start`, or a few before. Raises CannotCut, and what `read` raises.
    """
    first, last = start - part.at, min(end - part.at, part.duration)
    match facts.get("format"):
        case "wav":
            found = _wav(b64decode(facts["fmt"]), part, first, last)
        case "mp3":
            found = _mp3(part, read, first, last)
        case _:
            raise CannotCut(FORMAT)
    return Clip(found.layout, found.start + part.at, found.end + part.at)


def _wav(form: bytes, part: Part, start: float, end: float) -> Clip:
    rate, align = int.from_bytes(form[4:8], "little"), int.from_bytes(form[12:14], "little")
    samples = (part.layout.length - part.lead) // align
    first, last = int(start * rate), min(ceil(end * rate), samples)
    if first >= last:
        raise CannotCut(EMPTY)
    _, pieces = part.layout.stretch(part.lead + first * align, part.lead + last * align)
    return Clip(Layout(tuple(pieces), wav.header(form, (last - first) * align)), first / rate, last / rate)


def _mp3(part: Part, read: Read, start: float, end: float) -> Clip:
    header = read(part.lead, part.lead + 4)
    if len(header) < 4 or not mpeg.LENGTHS[header[1]][header[2]]:
        raise CannotCut(FORMAT)
    kind = mpeg.kind_at(header, 0)
    cutter = _Frames(part, header, read)
    reservoir = _RESERVOIR_1 if kind.version >> 3 & 3 == 3 else _RESERVOIR_2
    before = ceil(reservoir / cutter.average) * cutter.seconds
    first, begin = cutter.at(max(0.0, start - before))
    last, stop = cutter.at(end, after=True)
    if begin >= stop:
        raise CannotCut(EMPTY)
    _, pieces = part.layout.stretch(part.lead + begin, part.lead + stop)
    head = b""
    if part.points:
        head = mp3_table.head(
            Stretch(kind, header, [list(each) for each in pieces], cutter.points(first, last, begin), last - first)
        )
    return Clip(Layout(tuple(pieces), head), first * cutter.seconds, last * cutter.seconds)


class _Frames:
    """Where the frames of a part begin: by its points, one for each second, or by its constant bit rate."""

    def __init__(self, part: Part, header: bytes, read: Read) -> None:
        self._part, self._read, self._kind = part, read, mpeg.kind_at(header, 0)
        kind = self._kind
        self.seconds = kind.samples / kind.sample_rate
        self._size = part.layout.length - part.lead
        self._count = round(part.duration / self.seconds)
        self.average = self._size / max(1, self._count) if part.points else mpeg.mean_length(header)

    def at(self, time: float, *, after: bool = False) -> tuple[int, int]:
        """The frame that sounds at a time, or the first that begins then or `after`: its number, and its place.

        Places are bytes of sound before the frame.
        """
        wanted = ceil(time / self.seconds - 1e-6) if after else int(time / self.seconds + 1e-6)
        if wanted >= self._count:
            return self._count, self._size
        if not self._part.points:
            return wanted, self._near(round(wanted * self.average))
        second = min(int(wanted * self.seconds / GRAIN), len(self._part.points) - 1)
        number, place = ceil(second * GRAIN / self.seconds - 1e-6), self._part.points[second]
        while number > wanted and second:  # the point is that of a frame after the one that is wanted
            second -= 1
            number, place = ceil(second * GRAIN / self.seconds - 1e-6), self._part.points[second]
        return self._walk(number, place, wanted)

    def points(self, first: int, last: int, begin: int) -> list[int]:
        """The points of a clip of these frames, between those of the part in proportion."""
        known = self._part.points
        found = []
        for index in range(max(1, ceil((last - first) * self.seconds / GRAIN))):
            second, share = divmod(first * self.seconds / GRAIN + index, 1)
            at = min(int(second), len(known) - 1)
            following = known[at + 1] if at + 1 < len(known) else self._size
            found.append(max(0, round(known[at] + share * (following - known[at])) - begin))
        return found

    def _window(self, place: int) -> bytes:
        return self._read(self._part.lead + place, self._part.lead + min(self._size, place + _WINDOW))

    def _walk(self, number: int, place: int, wanted: int) -> tuple[int, int]:
        data, at = self._window(place), 0
        while number < wanted and (length := mpeg.length_at(data, at, len(data))):
            at += length
            number += 1
        return number, place + at

    def _near(self, place: int) -> int:
        """Where the frame nearest to a place begins: padding moves them by a byte."""
        begin = max(0, place - _LONGEST_FRAME)
        data = self._read(self._part.lead + begin, self._part.lead + min(self._size, place + 3 * _LONGEST_FRAME))
        search = mpeg.Search(data, len(data))
        at, best = search.next(0), place - begin
        while at >= 0 and begin + at <= place + self.average / 2:
            if mpeg.kind_at(data, at) == self._kind:
                best = at
            length = mpeg.length_at(data, at, len(data))
            at = at + length if mpeg.length_at(data, at + length, len(data)) else search.next(at + 1)
        return begin + best
