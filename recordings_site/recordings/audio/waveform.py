"""The waveform as it is stored and sent: one byte per point and lane, at most 4,000 points.

Stored: the number of lanes as the first byte, then the points of each lane (AudioIndex.peaks). Sent: base64 of each
lane, with the duration of all points.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

MOST_POINTS = 4000
POINTS_A_SECOND = 20
# About -40 dB of full scale, as static/js/player/silence.js has it: on a telephone line, nothing.
QUIET = 2


def pack(lanes: Sequence[bytes]) -> bytes:
    """Return the lanes as one value: points 0-255, all lanes of one length, else ValueError."""
    if not 1 <= len(lanes) <= 2 or len({len(lane) for lane in lanes}) != 1 or len(lanes[0]) > MOST_POINTS:
        raise ValueError("A waveform has one or two lanes of one length, of at most 4,000 points")
    return bytes([len(lanes)]) + b"".join(lanes)


def unpack(packed: bytes | memoryview | None) -> list[bytes]:
    """Return the lanes of a stored waveform; none without a waveform."""
    kept = bytes(packed or b"")
    if len(kept) < 2 or not kept[0]:
        return []
    length = (len(kept) - 1) // kept[0]
    return [kept[1 + lane * length : 1 + (lane + 1) * length] for lane in range(kept[0])]


def waveform(packed: bytes | memoryview | None, *, duration: float | None) -> dict[str, Any]:
    """Return the response of /recordings/<uuid>/peaks; `duration` in seconds."""
    return {"duration": duration, "lanes": [b64encode(lane).decode() for lane in unpack(packed)]}
