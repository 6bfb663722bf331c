"""Which bytes a player gets instead of the object's own: a head of ours, and the pieces of the object that sound.

A file is played in parts where it changes its sample rate or its channels, for no browser plays across that. Kept in
RecordingJob.audio["parts"], the seek table in RecordingJob.seek_table.
"""

import zlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, Self

GRAIN = 1.0
"""Seconds between two points of a part."""
# Times travel in milliseconds.
_ROUNDED = 0.0005
Piece = tuple[int, int]
"""[start, stop) in the object, in bytes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The bytes of a file as they are sent: `head`, then each piece of the object."""

    pieces: tuple[Piece, ...]
    head: bytes = b""

    @property
    def length(self) -> int:
        """How many bytes there are to send."""
        return len(self.head) + sum(stop - start for start, stop in self.pieces)

    def is_whole(self, size: int) -> bool:
        """Whether this is an object of `size` bytes as it is."""
        return not self.head and self.pieces == ((0, size),)

    @property
    def mark(self) -> str:
        """Eight characters that tell it from other layouts of the same object."""
        return f"{zlib.crc32(self.head + repr(self.pieces).encode()):08x}"

    def stretch(self, start: int, stop: int) -> tuple[bytes, list[Piece]]:
        """What makes up the bytes [start, stop): those of the head, and which of the object."""
        front, found, at = self.head[start:stop], [], len(self.head)
        for first, last in self.pieces:
            begin, end = max(start - at, 0) + first, min(stop - at, last - first) + first
            if begin < end:
                found.append((begin, end))
            at += last - first
        return front, found

    def after(self, offset: int) -> "Layout":
        """Without the first `offset` bytes, which hold the head."""
        return Layout(tuple(self.stretch(offset, self.length)[1]))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a recording: when it begins (seconds), how long it is, its bytes, and those before its first sound.

    `points` are the bytes of sound before each second of it, where the bit rate varies.
    """

    at: float
    duration: float
    layout: Layout
    lead: int = 0
    points: Sequence[int] = field(default=(), repr=False)

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON, without the points."""
        return {
            "at": round(self.at, 3),
            "duration": round(self.duration, 3),
            "lead": self.lead,
            "pieces": [list(piece) for piece in self.layout.pieces],
            **({"head": b64encode(self.layout.head).decode()} if self.layout.head else {}),
            **({"points": len(self.points)} if self.points else {}),
        }

    @classmethod
    def of(cls, kept: dict[str, Any], points: Sequence[int] = ()) -> Self:
        """What `kept` kept."""
        pieces = tuple((start, stop) for start, stop in kept["pieces"])
        layout = Layout(pieces, b64decode(kept.get("head", "")))
        return cls(kept["at"], kept["duration"], layout, kept["lead"], points)


def pack_points(parts: Iterable[Part]) -> bytes | None:
    """The points of all parts as one value to keep; None when there are none."""
    deltas = array("Q")
    for part in parts:
        if part.points:
            deltas.append(part.points[0])
            deltas.extend(after - before for before, after in pairwise(part.points))
    return zlib.compress(deltas.tobytes()) if deltas else None


def unpack_parts(kept: Iterable[dict[str, Any]], packed: bytes | memoryview | None) -> list[Part]:
    """The parts with their points; without any where none were kept."""
    deltas = array("Q", zlib.decompress(bytes(packed)) if packed else b"")
    parts, begun = [], 0
    for each in kept:
        count = each.get("points", 0) if deltas else 0
        parts.append(Part.of(each, tuple(accumulate(deltas[begun : begun + count]))))
        begun += count
    return parts


def landing(parts: Sequence[Part], start: float) -> Layout:
    """The bytes from the place before a second of the recording to the end of its part.

    The place is the part's beginning where a player finds its way by itself, else the point before that second: the
    first frame that begins at or after a whole second of the part.
    """
    index = max(0, bisect_right([part.at for part in parts], start + _ROUNDED) - 1)
    part = parts[index]
    second = min(int((start - part.at + _ROUNDED) / GRAIN), len(part.points) - 1)
    return part.layout.after(part.lead + part.points[second]) if second > 0 else part.layout
