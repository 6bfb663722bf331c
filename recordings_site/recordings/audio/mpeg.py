"""The header of one MPEG audio frame and the tags around frames (ISO 11172-3, 13818-3, id3.org): lengths and kinds."""

import re
from mmap import mmap
from typing import NamedTuple

Bytes = bytes | bytearray | mmap
"""What frames are read from."""

_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_SYNC = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]", re.DOTALL)
_SOMETHING = re.compile(rb"[^\0]")
_HEADER = 4
# A file made to look like nothing but starts of frames is not read further.
_TRIES = 1_000_000


class Kind(NamedTuple):
    """What all frames of one stream have in common: bits of the second, third and fourth byte of their headers."""

    version: int
    rate: int
    mono: bool

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return _RATES[self.version >> 3 & 3][self.rate >> 2]

    @property
    def samples(self) -> int:
        """Samples of one channel in a frame."""
        return 1152 if self.version >> 3 & 3 == 3 else 576

    @property
    def side_info(self) -> int:
        """Bytes of side information after the header."""
        if self.version >> 3 & 3 == 3:
            return 17 if self.mono else 32
        return 9 if self.mono else 17


def _table(second: int) -> bytes | tuple[int, ...]:
    version = second >> 3 & 3
    if second & 0xE0 != 0xE0 or version == 1 or second >> 1 & 3 != 1:
        return bytes(256)
    kbits, factor = (_KBITS_1, 144_000) if version == 3 else (_KBITS_2, 72_000)
    return tuple(
        factor * kbits[third >> 4] // _RATES[version][third >> 2 & 3] + (third >> 1 & 1)
        if third >> 2 & 3 < 3 and 0 < third >> 4 < 15
        else 0
        for third in range(256)
    )


LENGTHS = tuple(_table(second) for second in range(256))
"""The length of a layer III frame in bytes by the second and third byte of its header; 0 where it is none."""


def lengths_of(kind: Kind) -> tuple[int, ...]:
    """The length of a frame of this kind by its third byte; 0 where that says another sample rate."""
    of_all = LENGTHS[kind.version | 1]
    return tuple(of_all[third] if third & 0x0C == kind.rate else 0 for third in range(256))


def mean_length(header: Bytes) -> float:
    """The length of a frame with this header in bytes, were it not rounded: padding makes up for it."""
    version = header[1] >> 3 & 3
    kbits, factor = (_KBITS_1, 144_000) if version == 3 else (_KBITS_2, 72_000)
    return factor * kbits[header[2] >> 4] / _RATES[version][header[2] >> 2 & 3]


def kind_at(data: Bytes, at: int) -> Kind:
    """The kind of the frame whose header begins there."""
    return Kind(data[at + 1] & 0xFE, data[at + 2] & 0x0C, data[at + 3] >> 6 == 3)


def length_at(data: Bytes, at: int, stop: int) -> int:
    """The length of the layer III frame at an offset, 0 when there is none or not all of it before `stop`."""
    if at + _HEADER > stop or data[at] != 0xFF:
        return 0
    length = LENGTHS[data[at + 1]][data[at + 2]]
    return length if at + length <= stop else 0


def confirmed(data: Bytes, at: int, stop: int, *, frames: int) -> bool:
    """Whether so many frames of one kind follow each other from there, or fewer up to the very end."""
    kind = None
    for _ in range(frames):
        length = length_at(data, at, stop)
        if not length or kind not in (None, kind_at(data, at)):
            return False
        kind = kind or kind_at(data, at)
        at += length
        if at == stop:
            return True
    return True


class Search:
    """Looks for frames in the bytes before `stop`, with a bound on all false starts that it tries."""

    def __init__(self, data: Bytes, stop: int) -> None:
        self._data, self._stop = data, stop
        self._tries = _TRIES

    def next(self, at: int) -> int:
        """Where the next frame begins that another of its kind, or the end, follows; -1 without one. Skips tags."""
        data, stop = self._data, self._stop
        while self._tries:
            found = _SYNC.search(data, at, stop)
            if found is None:
                return -1
            tag = data.find(b"ID3", at, found.start())
            if tag >= 0 and (after := after_tag(data, tag, stop)) > found.start():
                at = after
                continue
            at = found.start()
            if confirmed(data, at, stop, frames=2):
                return at
            self._tries -= 1
            at += 1
        return -1


def after_tag(data: Bytes, at: int, stop: int) -> int:
    """The offset after the ID3v2 tag that begins there, 0 when none does or when its size leaves the file."""
    head = data[at : at + 10]
    if head[:3] != b"ID3" or len(head) < 10 or head[3] > 9 or any(byte & 0x80 for byte in head[6:10]):
        return 0
    after = at + 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
    # A size that leads to neither a frame, nor padding, nor another tag is not believed.
    return after if after == stop or (after < stop and data[after] in b"\xff\0I") else 0


def after_tags(data: Bytes, at: int, stop: int) -> int:
    """The offset after the ID3v2 tags that begin there: there may be several, with NULs between them."""
    while after := after_tag(data, at, stop):
        at = after
        if at < stop and not data[at] and (found := _SOMETHING.search(data, at, stop)):
            at = found.start()
    return at


def info_at(data: Bytes, at: int) -> int:
    """Where the Xing, Info or VBRI header in the frame at an offset begins: a frame of facts, not of sound. 0: none."""
    place = at + _HEADER + kind_at(data, at).side_info + (0 if data[at + 1] & 1 else 2)
    if data[place : place + 4] in (b"Xing", b"Info"):
        return place
    return at + 36 if data[at + 36 : at + 40] == b"VBRI" else 0


def is_free_format(data: Bytes, at: int, stop: int) -> bool:
    """Whether the frames at an offset tell no bit rate ("free format"), which no browser plays."""
    head = data[at : at + _HEADER]
    if len(head) < _HEADER or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] >> 3 & 3 == 1 or head[2] >> 4:
        return False
    mark = bytes([0xFF, head[1]])
    following = data.find(mark, at + 24, min(stop, at + 8192))
    while following >= 0:
        distance = following - at
        if all(data[at + n * distance : at + n * distance + 2] == mark for n in (2, 3)):
            return data[following + 2] >> 2 == head[2] >> 2
        following = data.find(mark, following + 1, min(stop, at + 8192))
    return False
