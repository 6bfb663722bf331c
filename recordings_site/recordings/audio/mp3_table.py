"""The seek table of an mp3: how far the one that it brings leads astray, and a silent first frame with a better one.

A player finds a second in an mp3 of variable bit rate only by the hundred positions of a "Xing" frame, each given in
256ths of the file. (The layout of that frame: LAME's VbrTag.c; what Chromium makes of it: FFmpeg's mp3dec.c.)
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.recordings.audio.layout import GRAIN
from recordings_site.recordings.audio.mp3 import Info, Stretch
from recordings_site.recordings.audio.mpeg import Bytes, lengths_of

_PLACES = 100
_HAS_FRAMES, _HAS_BYTES, _HAS_TOC = 1, 2, 4
# Claims may be off by this share: encoders count the first frame, the tags behind the last, or neither.
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Claims:
    """What a frame of facts says: numbers of frames and bytes, 0 where it is silent, and its table, if any."""

    frames: int
    size: int
    table: bytes

    def hold(self, stretch: Stretch, length: int) -> bool:
        """Whether frames and bytes are as counted; `length` is that of the frame of facts."""
        whole = stretch.size + length
        return (not self.frames or abs(self.frames - stretch.frames) <= 2 + stretch.frames * _TOLERANCE) and (
            not self.size or abs(self.size - whole) <= 2 * length + whole * _TOLERANCE
        )


def claims(data: Bytes, info: Info) -> Claims:
    """Read what a frame of facts says."""
    at = info.place
    if data[at : at + 4] == b"VBRI":  # its table is one that no browser reads
        return Claims(_number(data, at + 14), _number(data, at + 10), b"")
    flags, values = _number(data, at + 4), at + 8
    frames = size = 0
    if flags & _HAS_FRAMES:
        frames, values = _number(data, values), values + 4
    if flags & _HAS_BYTES:
        size, values = _number(data, values), values + 4
    table = bytes(data[values : values + _PLACES]) if flags & _HAS_TOC else b""
    return Claims(frames, size, table if len(table) == _PLACES and values + _PLACES <= info.stop else b"")


def error(stretch: Stretch, table: Sequence[int], size: int, length: int) -> float:
    """The most seconds by which a table leads astray.

    `size`: the bytes that it is in 256ths of, those of its own frame (`length`) included.
    """
    duration = stretch.duration
    return max(
        abs(_time(stretch, place * size / 256 - length) - duration * percent / _PLACES)
        for percent, place in enumerate(table)
    )


def error_of_head(stretch: Stretch, made: bytes) -> float:
    """The most seconds by which a head made by `head` leads astray."""
    at = 20 + stretch.kind.side_info
    return error(stretch, made[at : at + _PLACES], len(made) + stretch.size, len(made))


def head(stretch: Stretch) -> bytes:
    """Make the frame with a table that goes in front of a stretch."""
    kind = stretch.kind
    side = 4 + kind.side_info
    # The same kind of frame, of the lowest bit rate in which the table fits; no padding, no CRC.
    lengths = lengths_of(kind)
    third = next(third for third in range(0x10, 0xF0) if not third & 3 and lengths[third] >= side + 16 + _PLACES)
    length = lengths[third]
    made = bytearray(length)
    made[0:4] = bytes([0xFF, kind.version | 1, third, stretch.header[3]])
    made[side : side + 4] = b"Xing"
    made[side + 4 : side + 8] = (_HAS_FRAMES | _HAS_BYTES | _HAS_TOC).to_bytes(4, "big")
    made[side + 8 : side + 12] = stretch.frames.to_bytes(4, "big")
    made[side + 12 : side + 16] = min(length + stretch.size, 0xFFFFFFFF).to_bytes(4, "big")
    made[side + 16 : side + 16 + _PLACES] = places(stretch, length)
    return bytes(made)


def places(stretch: Stretch, length: int) -> bytes:
    """The table of a stretch behind a frame of this length, each place the nearest 256th."""
    size, second = stretch.size + length, stretch.duration / _PLACES
    found = [min(255, round((length + _offset(stretch, second * percent)) * 256 / size)) for percent in range(_PLACES)]
    found[0] = 0
    return bytes(found)


def _number(data: Bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _offset(stretch: Stretch, time: float) -> float:
    """The bytes of sound before a second."""
    points = stretch.points
    index = min(int(time / GRAIN), len(points) - 1)
    last = index + 1 == len(points)
    end, second = (stretch.size, stretch.duration - index * GRAIN) if last else (points[index + 1], GRAIN)
    share = min(1.0, (time - index * GRAIN) / second) if second > 0 else 0.0
    return points[index] + share * (end - points[index])


def _time(stretch: Stretch, offset: float) -> float:
    """The second after so many bytes of sound: the inverse of `_offset`."""
    points = stretch.points
    index = max(0, bisect_right(points, offset) - 1)
    last = index + 1 == len(points)
    end, second = (stretch.size, stretch.duration - index * GRAIN) if last else (points[index + 1], GRAIN)
    share = min(1.0, max(0.0, (offset - points[index]) / (end - points[index]))) if end > points[index] else 0.0
    return index * GRAIN + share * second
