"""The waveform as it is kept and as it is sent: one byte per point and lane, at most 4,000 points.

Kept: the number of lanes as the first byte, then each lane's points, one lane after another (RecordingJob.peaks).
Sent: base64 of each lane, with the duration that the points are spread over.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from recordings_site.recordings.models import RecordingJob

MOST_POINTS = 4000
# About -40 dB of full scale, as static/js/player/silence.js has it: on a telephone line, nothing.
QUIET = 2


def pack(lanes: Sequence[bytes]) -> bytes:
    """The lanes as one value to keep: each point 0-255, all lanes of one length. ValueError when they are not."""
    if not 1 <= len(lanes) <= 2 or len({len(lane) for lane in lanes}) != 1 or len(lanes[0]) > MOST_POINTS:
        raise ValueError("A waveform has one or two lanes of one length, of at most 4,000 points")
    return bytes([len(lanes)]) + b"".join(lanes)


def unpack(packed: bytes | memoryview | None) -> list[bytes]:
    """The lanes of a kept waveform; none while there is no waveform."""
    kept = bytes(packed or b"")
    if len(kept) < 2 or not kept[0]:
        return []
    length = (len(kept) - 1) // kept[0]
    return [kept[1 + lane * length : 1 + (lane + 1) * length] for lane in range(kept[0])]


def silence_of(packed: bytes | memoryview | None) -> int | None:
    """The share of points at which every lane is quiet, in percent; None without a waveform."""
    lanes = unpack(packed)
    if not lanes:
        return None
    quiet = sum(1 for point in zip(*lanes, strict=True) if max(point) <= QUIET)
    return round(100 * quiet / len(lanes[0]))


def waveform(recording: RecordingJob) -> dict[str, Any]:
    """What /recordings/<uuid>/peaks answers."""
    return {
        "duration": recording.duration,
        "lanes": [b64encode(lane).decode() for lane in unpack(recording.peaks)],
    }
