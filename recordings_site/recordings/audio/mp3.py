"""Reads the frames of an mp3: its duration, whether players can seek in it, and a seek table if it has none.

A player seeks in an mp3 of variable bit rate by a table of contents in a first, silent "Xing" frame. If there is none,
`virtual_head` makes such a frame, to be sent before the file's own frames.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import MADV_DONTNEED, PAGESIZE, mmap

_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_TOC = 100
_HAS_FRAMES, _HAS_BYTES, _HAS_TOC = 1, 2, 4
# What is looked through for a first frame, and for the next one after rubbish.
_SEARCH = 1 << 20
# After so many bytes of a mapped file those read are let go of: the memory held does not grow with the file.
_WINDOW = 4 << 20


class NoFrames(Exception):
    """There are no mp3 frames."""


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a file. Offsets are in bytes; `starts` has the offset of each frame of sound.

    `table`: the file has a table of contents; `header` are the four bytes of its first frame.
    """

    sample_rate: int
    channels: int
    samples_per_frame: int
    vbr: bool
    table: bool
    header: bytes
    starts: Sequence[int]
    end: int

    @property
    def duration(self) -> float:
        """Seconds of sound."""
        return len(self.starts) * self.samples_per_frame / self.sample_rate

    @property
    def kbits(self) -> float:
        """The mean bit rate in kbit/s."""
        return (self.end - self.starts[0]) * 8 / 1000 / self.duration

    @property
    def needs_table(self) -> bool:
        """Whether players would seek to wrong positions."""
        return self.vbr and not self.table


def read(data: bytes | mmap) -> Frames:
    """Walk the frames of a whole file. Raises NoFrames."""
    first = _first_frame(data)
    kind = data[first + 1]
    lengths = _lengths(kind, data[first + 2])
    sample_rate = _RATES[kind >> 3 & 3][data[first + 2] >> 2 & 3]
    info, table = _info_frame(data, first, kind)
    at = first + lengths[data[first + 2]] if info else first
    starts = array("Q")
    rates: set[int] = set()
    size, mask, release = len(data), kind & 0xFE, _WINDOW
    while at + 4 <= size:
        if at >= release:
            release = at + _WINDOW
            if isinstance(data, mmap):
                data.madvise(MADV_DONTNEED, 0, at // PAGESIZE * PAGESIZE)
        length = lengths[data[at + 2]] if data[at] == 0xFF and data[at + 1] & 0xFE == mask else 0
        if not length:
            at = _next_frame(data, at + 1, kind, lengths)
            if at < 0:
                break
            continue
        starts.append(at)
        rates.add(data[at + 2] >> 4)
        at += length
    if not starts:
        raise NoFrames
    return Frames(
        sample_rate=sample_rate,
        channels=1 if data[first + 3] >> 6 == 3 else 2,
        samples_per_frame=1152 if kind >> 3 & 3 == 3 else 576,
        vbr=len(rates) > 1,
        table=table,
        header=bytes(data[first : first + 4]),
        starts=starts,
        end=min(starts[-1] + lengths[data[starts[-1] + 2]], size),
    )


def virtual_head(frames: Frames) -> bytes:
    """Make the frame with a table of contents that goes in front of the bytes from `frames.starts[0]` on."""
    side = 4 + _side_info(frames.header[1], frames.header[3])
    need = side + 16 + _TOC
    lengths = _lengths(frames.header[1], frames.header[2])
    # The same kind of frame, of the lowest bit rate in which the table fits; no padding, no CRC.
    rate_bits = frames.header[2] & 0x0C
    second = next(bits << 4 | rate_bits for bits in range(1, 15) if lengths[bits << 4 | rate_bits] >= need)
    length = lengths[second]
    size = length + frames.end - frames.starts[0]
    head = bytearray(length)
    head[0:4] = bytes([0xFF, frames.header[1] | 1, second, frames.header[3]])
    head[side : side + 4] = b"Xing"
    head[side + 4 : side + 8] = (_HAS_FRAMES | _HAS_BYTES | _HAS_TOC).to_bytes(4, "big")
    head[side + 8 : side + 12] = len(frames.starts).to_bytes(4, "big")
    head[side + 12 : side + 16] = size.to_bytes(4, "big")
    for percent in range(_TOC):
        frame = frames.starts[len(frames.starts) * percent // _TOC]
        offset = length + frame - frames.starts[0] if percent else 0
        # To the nearest: a 256th of a file may be many seconds of its quieter parts.
        head[side + 16 + percent] = min(255, round(offset * 256 / size))
    return bytes(head)


def _first_frame(data: bytes | mmap) -> int:
    at = 0
    if data[:3] == b"ID3" and len(data) > 10:  # its size has seven bits a byte
        at = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9])
    stop = at + _SEARCH
    while 0 <= (at := data.find(b"\xff", at, stop)) < len(data) - 4:
        kind = data[at + 1]
        if _is_layer_3(kind) and (length := _lengths(kind, data[at + 2])[data[at + 2]]):
            after = at + length
            # One more frame of the same kind, or the end: two bytes alone may be anything.
            if after + 2 > len(data) or (data[after] == 0xFF and data[after + 1] & 0xFE == kind & 0xFE):
                return at
        at += 1
    raise NoFrames


def _next_frame(data: bytes | mmap, at: int, kind: int, lengths: Sequence[int]) -> int:
    stop = at + _SEARCH
    while 0 <= (at := data.find(b"\xff", at, stop)) < len(data) - 4:
        if data[at + 1] & 0xFE == kind & 0xFE and lengths[data[at + 2]]:
            return at
        at += 1
    return -1


def _is_layer_3(kind: int) -> bool:
    return kind & 0xE0 == 0xE0 and kind >> 3 & 3 != 1 and kind >> 1 & 3 == 1


def _lengths(kind: int, third: int) -> Sequence[int]:
    """The length of a frame by its third byte; 0 where that has another sample rate, or none that exists."""
    version, rate = kind >> 3 & 3, third >> 2 & 3
    if version == 1 or rate == 3:
        return bytes(256)
    kbits, factor = (_KBITS_1, 144_000) if version == 3 else (_KBITS_2, 72_000)
    lengths = [0] * 256
    for bits in range(1, 15):
        for rest in range(16):
            if rest >> 2 == rate:
                lengths[bits << 4 | rest] = factor * kbits[bits] // _RATES[version][rate] + (rest >> 1 & 1)
    return lengths


def _side_info(kind: int, fourth: int) -> int:
    mono = fourth >> 6 == 3
    return (17 if mono else 32) if kind >> 3 & 3 == 3 else (9 if mono else 17)


def _info_frame(data: bytes | mmap, first: int, kind: int) -> tuple[bool, bool]:
    """Return whether the first frame is silent and holds metadata, and whether that includes a table."""
    at = first + 4 + _side_info(kind, data[first + 3]) + (0 if kind & 1 else 2)
    if data[at : at + 4] in (b"Xing", b"Info"):
        return True, bool(data[at + 7] & _HAS_TOC)
    return data[first + 36 : first + 40] == b"VBRI", False
