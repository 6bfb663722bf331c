"""Reads the frames of an mp3 as they are, whatever its headers claim: what sounds, for how long, and where it lies."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from mmap import MADV_DONTNEED, PAGESIZE, mmap

from recordings_site.recordings.audio.layout import GRAIN
from recordings_site.recordings.audio.mpeg import (
    Bytes,
    Kind,
    Search,
    after_tags,
    confirmed,
    info_at,
    kind_at,
    lengths_of,
)

# A file with more holes, or more changes of kind, is played with some of its rubbish.
_MOST_PIECES = 200
_MOST_STRETCHES = 50
# Frames of a new kind that must follow each other before it is believed.
_CONFIRMED = 4
# After so many bytes of a mapped file those read are let go of: the memory held does not grow with the file.
_WINDOW = 4 << 20


class NoFrames(Exception):
    """There are no mp3 frames."""


@dataclass(slots=True)
class Stretch:
    """Frames of one kind, with what lies between them left out.

    `pieces` are the [start, stop) in the file that hold them; `points` the bytes of sound before the first frame that
    begins at or after each GRAIN; `header` the first frame's four bytes; `rates` the bit rates met, as in headers.
    """

    kind: Kind
    header: bytes
    pieces: list[list[int]] = field(default_factory=list)
    points: Sequence[int] = ()
    frames: int = 0
    rates: set[int] = field(default_factory=set)

    def close(self, start: int, stop: int) -> None:
        """A piece ends here."""
        if start < stop:
            self.pieces.append([start, stop])

    def reopen(self, at: int) -> tuple[int, int]:
        """A piece begins here: where it begins, and how many bytes of sound come before it."""
        last = self.pieces.pop() if len(self.pieces) >= _MOST_PIECES else None
        return last[0] if last else at, self.size

    @property
    def size(self) -> int:
        """Bytes of sound."""
        return sum(stop - start for start, stop in self.pieces)

    @property
    def duration(self) -> float:
        """Seconds of sound."""
        return self.frames * self.kind.samples / self.kind.sample_rate

    @property
    def vbr(self) -> bool:
        """Whether the bit rate varies."""
        return len(self.rates) > 1


@dataclass(frozen=True, slots=True)
class Info:
    """A frame of facts, at [start, stop); `place` is where its Xing, Info or VBRI header begins."""

    start: int
    stop: int
    place: int


@dataclass(slots=True)
class Frames:
    """What `read` finds. `info` is the frame of facts before the first sound; `infos` counts those in the file."""

    stretches: list[Stretch] = field(default_factory=list)
    info: Info | None = None
    infos: int = 0

    @property
    def duration(self) -> float:
        """Seconds of sound."""
        return sum(stretch.duration for stretch in self.stretches)

    @property
    def size(self) -> int:
        """Bytes of sound."""
        return sum(stretch.size for stretch in self.stretches)

    @property
    def end(self) -> int:
        """Where the last frame ends."""
        return self.stretches[-1].pieces[-1][1]


def read(data: Bytes, start: int = 0, stop: int | None = None) -> Frames:
    """Walk all frames in [start, stop), in a time that is bounded by its length. Raises NoFrames."""
    return _Reader(data, start, len(data) if stop is None else stop).read()


class _Reader:
    def __init__(self, data: Bytes, start: int, stop: int) -> None:
        self._data, self._start, self._stop = data, start, stop
        self._search = Search(data, stop)
        self._found = Frames()

    def read(self) -> Frames:
        at = self._search.next(after_tags(self._data, self._start, self._stop))
        while at >= 0:
            at = self._stretch(at)
        sounding = [stretch for stretch in self._found.stretches if stretch.frames]
        # A few bytes of rubbish look like frames of a kind of their own.
        longer = [stretch for stretch in sounding if stretch.frames >= _CONFIRMED]
        self._found.stretches = longer or sounding
        if not sounding:
            raise NoFrames
        return self._found

    def _stretch(self, at: int) -> int:
        """Read the frames of one kind from `at`; returns where those of another kind begin, -1 at the end."""
        data, stop, kind = self._data, self._stop, kind_at(self._data, at)
        stretch = Stretch(kind, bytes(data[at : at + 4]))
        self._found.stretches.append(stretch)
        lengths, facts, points, rates = lengths_of(kind), 4 + kind.side_info, array("Q"), stretch.rates
        begun, before, frames, due, release = at, 0, 0, 0.0, at + _WINDOW
        while True:
            length = 0
            if at + 4 <= stop and data[at] == 0xFF and data[at + 1] & 0xFE == kind.version:
                length = lengths[data[at + 2]] if (data[at + 3] >> 6 == 3) == kind.mono else 0
            if not length or at + length > stop:
                stretch.close(begun, at)
                at = self._resume(at, stretch)
                if at < 0 or kind_at(data, at) != kind:
                    break
                begun, before = stretch.reopen(at)
            elif (
                length > 40
                and (data[at + facts] in b"XI" or data[at + facts + 2] in b"XI" or data[at + 36] == 0x56)
                and self._is_info(at, length, frames)
            ):
                stretch.close(begun, at)
                at += length
                begun, before = stretch.reopen(at)
            else:
                if frames >= due:
                    points.append(before + at - begun)
                    due = len(points) * GRAIN * kind.sample_rate / kind.samples
                rates.add(data[at + 2] >> 4)
                frames += 1
                at += length
                if at >= release:
                    release = at + _WINDOW
                    if isinstance(data, mmap):
                        data.madvise(MADV_DONTNEED, 0, at // PAGESIZE * PAGESIZE)
        stretch.points, stretch.frames = points, frames
        return at

    def _resume(self, at: int, stretch: Stretch) -> int:
        """Where frames go on after rubbish; those of another kind must be several, for rubbish may look like two."""
        while (at := self._search.next(at)) >= 0:
            if kind_at(self._data, at) == stretch.kind:
                return at
            new = confirmed(self._data, at, self._stop, frames=_CONFIRMED)
            if new and len(self._found.stretches) < _MOST_STRETCHES:
                return at
            at += 1
        return -1

    def _is_info(self, at: int, length: int, frames: int) -> bool:
        place = info_at(self._data, at)
        if place:
            self._found.infos += 1
            if self._found.info is None and not frames and len(self._found.stretches) == 1:
                self._found.info = Info(at, at + length, place)
        return place > 0
