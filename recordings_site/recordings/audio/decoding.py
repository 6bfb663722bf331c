"""Decodes audio piece by piece for a waveform: the memory used does not grow with the length of a call."""

import math
from mmap import mmap

import miniaudio

from recordings_site.recordings.audio.layout import Layout

# Samples read for a waveform; of longer files each n-th, which still meets every word.
_MOST_SAMPLES = 3_000_000
_LOUDEST = 32767
DECODERS = {
    "mp3": miniaudio.FileFormat.MP3,
    "wav": miniaudio.FileFormat.WAV,
    "flac": miniaudio.FileFormat.FLAC,
}
"""Those that are used, by format. That of Ogg Vorbis is not: malformed files make it write outside its memory."""


class Undecodable(Exception):
    """The decoder makes nothing of it."""


class _Sent(miniaudio.StreamableSource):  # type: ignore[misc]
    """The bytes of a layout as a file that the decoder reads: it never meets what lies between the pieces."""

    def __init__(self, data: mmap, layout: Layout) -> None:
        self._data, self._layout, self._at = data, layout, 0

    def read(self, num_bytes: int) -> bytes:
        front, pieces = self._layout.stretch(self._at, min(self._at + num_bytes, self._layout.length))
        found = front + b"".join(self._data[start:stop] for start, stop in pieces)
        self._at += len(found)
        return found

    def seek(self, offset: int, origin: miniaudio.SeekOrigin) -> bool:
        at = offset + (self._at if origin == miniaudio.SeekOrigin.CURRENT else 0)
        if not 0 <= at <= self._layout.length:
            return False
        self._at = at
        return True


def peaks(
    data: mmap, layout: Layout, decoder: str, *, samples: int, sample_rate: int, channels: int, each: int
) -> list[bytes]:
    """The loudest moment (0-255) of each run of `each` samples, a lane for each side when it is stereo.

    `samples` counts those of one channel: what is missing of them at the end is silence. Raises Undecodable.
    """
    count, wanted = min(2, channels), math.ceil(samples / each)
    step = count * max(1, samples * count // _MOST_SAMPLES)
    lanes = [bytearray() for _ in range(count)]
    try:
        pieces = miniaudio.stream_any(
            _Sent(data, layout), DECODERS[decoder], nchannels=count, sample_rate=sample_rate, frames_to_read=each
        )
        for piece in pieces:
            if len(lanes[0]) == wanted:
                break
            for side, lane in enumerate(lanes):
                chosen = piece[side::step]
                lane.append(min(255, max(max(chosen), -min(chosen)) * 255 // _LOUDEST) if chosen else 0)
    except miniaudio.DecodeError as error:
        raise Undecodable from error
    if not lanes[0]:
        raise Undecodable
    return [bytes(lane.ljust(wanted, b"\0")) for lane in lanes]
