"""Fuzzes files of audio: only NotAudio leaves, and what a player gets lies inside the file."""

import json
import tempfile
from math import isfinite
from pathlib import Path

import pytest

from recordings_site.recordings.audio import probe, wav
from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.audio.layout import landing, unpack_parts
from recordings_site.recordings.audio.sniff import sniff
from tests.recordings.audio.sounds import sound, tag
from tests.scale import scaled

LONGEST = 8 * 1024
_FILES = ("vbr.mp3", "pcm.wav", "mp3.wav", "vorbis.ogg", "flac.flac", "aac.aac", "aac.m4a")
_MORE_FILES = (
    "cbr.mp3", "vbr-bare.mp3", "a-law.wav", "24-bit.wav", "rf64.wav", "gsm.wav", "opus.ogg", "layer-2.mp2",
)  # fmt: skip
SEEDS = [sound(name)[:LONGEST] for name in scaled(_FILES, _FILES + _MORE_FILES)] + [
    # A frame of the MPEG family in WAV, without the chunk that holds it.
    sound("mp3.wav")[:58],
    tag(200) + sound("cbr-bare.mp3")[:2048],
    sound("vbr-8k.mp3")[:2048] + bytes(300) + sound("stereo-44k.mp3")[:3000],
    b"#!AMR\n" + bytes(40),
]
_FOLDER = tempfile.TemporaryDirectory(prefix="fuzzed-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


def check(data: bytes) -> None:
    """Sniff and examine a file; its parts are inside it, and their facts survive being stored."""
    assert sniff(data) in (None, *FORMATS)
    path = Path(_FOLDER.name, "file")
    path.write_bytes(data)
    try:
        found = probe.examine(path)
    except probe.NotAudio as problem:
        assert problem.code in ("", *FORMATS)
        return
    assert FORMATS[found.code].plays
    assert found.duration is None or (isfinite(found.duration) and found.duration > 0)
    assert isfinite(found.kbits)
    stored = json.loads(json.dumps(found.facts, allow_nan=False))
    kept = unpack_parts(stored["parts"], found.points)
    assert len(found.lanes) <= 2
    assert sum(map(len, found.lanes)) <= 2 * 200_000
    for part in kept:
        assert all(0 <= start <= stop <= len(data) for start, stop in part.layout.pieces)
        assert list(part.points) == sorted(part.points)
        assert isfinite(part.duration)
    if kept:
        for second in (0.0, 0.5, 7.0, 1e6):
            assert landing(kept, second).length <= len(data) + 2048


def plant(patch: pytest.MonkeyPatch) -> None:
    """A WAV file's own word for the end of its samples is believed."""

    def believing(data: bytes, form: bytes, fields: tuple[int, ...], start: int, claimed: int, size: int) -> wav.Wav:
        return wav.Wav(*fields, start, start + claimed, form, True)

    patch.setattr(wav, "_wav", believing)
