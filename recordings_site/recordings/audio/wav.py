"""Reads the header of a WAV file, whose sizes may be wrong, and writes a right one.

The chunks are those of Microsoft's RIFF and of RF64 (EBU Tech 3306); who records while it writes leaves sizes of 0 or
FFFFFFFF behind when it is cut off. What counts is where samples begin and where the file ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from recordings_site.recordings.audio.mpeg import Bytes

PCM, FLOAT, A_LAW, MU_LAW, MP3, EXTENSIBLE = 1, 3, 6, 7, 0x55, 0xFFFE
_UNKNOWN = 0xFFFFFFFF
_MOST_CHUNKS = 1000
# A header may stand behind other chunks, but not behind more than this.
_SEARCH = 1 << 20
_LONGEST_FORMAT = 64
_RATES = range(1000, 768_001)


class Unreadable(Exception):
    """There is no usable header."""


@dataclass(frozen=True, slots=True)
class Wav:
    """What a WAV file is. `start` and `stop`: the bytes of its samples; `format`: its fmt chunk, put right.

    `codec` is one of the format tags above, or that of a codec that browsers do not know. `right`: whether the file's
    own header says all this.
    """

    codec: int
    channels: int
    sample_rate: int
    align: int
    bits: int
    start: int
    stop: int
    format: bytes
    right: bool

    @property
    def plays(self) -> bool:
        """Whether browsers know the codec; none plays 64-bit floating point."""
        return self.codec in (PCM, FLOAT, A_LAW, MU_LAW) and self.bits in (8, 16, 24, 32)

    @property
    def duration(self) -> float:
        """Seconds of sound, for the codecs that play."""
        return (self.stop - self.start) // self.align / self.sample_rate


def read(data: Bytes, *, whole: bool = True) -> Wav:
    """Read the header of a file; of its first bytes alone the samples may be missing. Raises Unreadable."""
    size = len(data)
    form = fields = None
    wide: int | None = None  # RF64 keeps the size of its data in a chunk of its own
    for name, start, claimed in _chunks(data):
        if name == b"ds64":
            wide = int.from_bytes(data[start + 8 : start + 16], "little")
        elif name == b"fmt " and form is None:
            form = bytes(data[start : start + min(claimed, _LONGEST_FORMAT)])
            fields = _fields(form)
        elif name == b"data" and form is not None and fields is not None:
            known = wide if wide is not None and claimed == _UNKNOWN else claimed
            return _wav(data, form, fields, start, known, size)
    if whole or form is None or fields is None:
        raise Unreadable
    return _wav(data, form, fields, size, 0, size)


def header(format: bytes, size: int) -> bytes:
    """The bytes in front of `size` bytes of samples in this format (a fmt chunk's content)."""
    rest = size + (size & 1)
    body = b"WAVE" + _chunk(b"fmt ", format) + b"data" + min(size, _UNKNOWN).to_bytes(4, "little")
    return b"RIFF" + min(len(body) + rest, _UNKNOWN).to_bytes(4, "little") + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) & 1)


def _chunks(data: Bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, the offset of its content, and the size that it claims, as far as the header goes.

    Sizes that lead nowhere end the walk; then what is looked for is found by its name.
    """
    at = 12
    seen = set()
    for _ in range(_MOST_CHUNKS):
        name, claimed = bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8], "little")
        if len(name) < 4 or at + 8 > len(data) or at > _SEARCH:
            break
        seen.add(name)
        yield name, at + 8, claimed
        following = at + 8 + claimed + (claimed & 1)
        # Some writers leave out the byte that makes a chunk even.
        at = following - 1 if claimed & 1 and data[following - 1 : following + 3] in (b"fmt ", b"data") else following
    for name in (b"fmt ", b"data"):
        if name not in seen and (at := data.find(name, 12, _SEARCH)) >= 0:
            yield name, at + 8, int.from_bytes(data[at + 4 : at + 8], "little")


def _fields(form: bytes) -> tuple[int, int, int, int, int] | None:
    """Codec, channels, sample rate, bytes a sample of all channels, bits; None for what no file can mean."""
    if len(form) < 14:
        return None
    codec, channels = int.from_bytes(form[0:2], "little"), int.from_bytes(form[2:4], "little")
    rate, align = int.from_bytes(form[4:8], "little"), int.from_bytes(form[12:14], "little")
    bits = int.from_bytes(form[14:16], "little")
    if codec == EXTENSIBLE and len(form) >= 26:
        codec = int.from_bytes(form[24:26], "little")
    if rate not in _RATES or not 0 < channels <= 64:
        return None
    if codec in (A_LAW, MU_LAW):
        bits, align = 8, channels
    elif codec in (PCM, FLOAT):
        each, odd = divmod(align, channels)
        if odd or each * 8 < bits or each not in (1, 2, 3, 4, 8):
            each = (bits or 16) + 7 >> 3
        bits, align = each * 8, each * channels
    return codec, channels, rate, align, bits


def _wav(data: Bytes, form: bytes, fields: tuple[int, int, int, int, int], start: int, claimed: int, size: int) -> Wav:
    codec, channels, rate, align, bits = fields
    believed = 0 < claimed < _UNKNOWN and start + claimed <= size
    stop = start + claimed if believed else max(start, size)
    if codec in (PCM, FLOAT, A_LAW, MU_LAW):
        stop -= (stop - start) % align
        right_form = _format(codec, channels, rate, align, bits)
    else:
        right_form = form
    riff = int.from_bytes(data[4:8], "little")
    numbers_hold = form[8:16] == right_form[8:16]
    right = believed and data[:4] == b"RIFF" and start + claimed <= riff + 8 and numbers_hold
    return Wav(codec, channels, rate, align, bits, start, stop, right_form, right)


def _format(codec: int, channels: int, rate: int, align: int, bits: int) -> bytes:
    numbers = ((codec, 2), (channels, 2), (rate, 4), (rate * align, 4), (align, 2), (bits, 2))
    return b"".join(value.to_bytes(length, "little") for value, length in numbers)
