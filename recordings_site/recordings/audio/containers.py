"""The length of audio in the containers that browsers know beside mp3 and WAV: Ogg, FLAC, AAC, MPEG-4.

Only adopted recordings are of these kinds: Sinch writes mp3 and WAV. Each reads a bounded piece of the file.
"""

from dataclasses import dataclass
from mmap import mmap

from recordings_site.recordings.audio.mpeg import Bytes

# A page of Ogg has at most 65,307 bytes: the last one begins within this.
_TAIL = 128 * 1024
_HEAD = 64 * 1024
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AAC_SAMPLES = 1024
_OPUS_RATE = 48000


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known of a file: seconds (None where it does not say), samples a second, channels; 0 for unknown."""

    duration: float | None = None
    sample_rate: int = 0
    channels: int = 0


def read(code: str, data: mmap) -> Sound:
    """Read a file of this format (audio.formats), as far as it is known."""
    reader = {"ogg": _ogg, "flac": _flac, "aac": _aac, "mp4": _mp4}.get(code)
    return reader(data) if reader else Sound()


def mp4_codec(data: mmap) -> str:
    """The code of the format in an MPEG-4 file: its own, or that of a codec in it that no browser plays."""
    at = data.find(b"stsd")
    return {b"samr": "amr_mp4", b"sawb": "amr_mp4", b"alac": "alac"}.get(data[at + 16 : at + 20], "mp4")


def _ogg(data: mmap) -> Sound:
    head = data[:_HEAD]
    last = data.rfind(b"OggS", max(0, len(data) - _TAIL))
    samples = _number(data, last + 6, 8)
    if samples >> 63:  # a page on which no packet ends
        return Sound()
    if (at := head.find(b"OpusHead")) >= 0:
        skipped = _number(head, at + 10, 2)
        return _sound(samples - skipped, _OPUS_RATE, head[at + 9] if at + 9 < len(head) else 0)
    if (at := head.find(b"\x01vorbis")) >= 0:
        return _sound(samples, _number(head, at + 12, 4), head[at + 11] if at + 11 < len(head) else 0)
    return Sound()


def _flac(data: mmap) -> Sound:
    facts = int.from_bytes(data[18:26], "big")  # in STREAMINFO, which comes first
    return _sound(facts & (1 << 36) - 1, facts >> 44, (facts >> 41 & 7) + 1)


def _aac(data: mmap) -> Sound:
    at = frames = 0
    size = len(data)
    rate = _AAC_RATES[index] if (index := data[2] >> 2 & 15) < len(_AAC_RATES) else 0
    channels = (data[2] & 1) << 2 | data[3] >> 6
    while at + 7 <= size and data[at] == 0xFF and data[at + 1] & 0xF6 == 0xF0:
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if length < 7:
            break
        frames += (data[at + 6] & 3) + 1
        at += length
    return _sound(frames * _AAC_SAMPLES, rate, channels)


def _mp4(data: mmap) -> Sound:
    at = data.find(b"mvhd")
    if at < 0:
        return Sound()
    wide = data[at + 4 : at + 5] == b"\x01"
    scale, length = (at + 24, 8) if wide else (at + 16, 4)
    units, duration = _number(data, scale, 4), _number(data, scale + 4, length)
    return Sound(duration / units) if units and duration else Sound()


def _number(data: Bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little" if data[:4] == b"OggS" else "big")


def _sound(samples: int, rate: int, channels: int) -> Sound:
    return Sound(samples / rate if samples > 0 and rate > 0 else None, rate, channels)
