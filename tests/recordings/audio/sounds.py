"""Small files of audio by real encoders (ffmpeg), made once, and the ways in which files are broken."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

SECONDS = 20
# Loud and silent seconds take turns: variable bit rates vary, and a waveform shows where it is.
_TONE = f"sine=300:d={SECONDS}:r=16000,volume='if(between(mod(t,2),0,1),7,0)':eval=frame"
MADE = {
    "cbr.mp3": ("-b:a", "32k"),
    "cbr-bare.mp3": ("-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0"),
    "vbr.mp3": ("-q:a", "5"),
    "vbr-bare.mp3": ("-q:a", "5", "-write_xing", "0"),
    "vbr-8k.mp3": ("-q:a", "5", "-ar", "8000"),
    "stereo-44k.mp3": ("-q:a", "4", "-ar", "44100", "-ac", "2"),
    "pcm.wav": (),
    "a-law.wav": ("-ar", "8000", "-c:a", "pcm_alaw"),
    "mu-law.wav": ("-ar", "8000", "-c:a", "pcm_mulaw"),
    "float.wav": ("-c:a", "pcm_f32le"),
    "24-bit.wav": ("-c:a", "pcm_s24le"),
    "rf64.wav": ("-rf64", "always"),
    "mp3.wav": ("-c:a", "libmp3lame"),
    "float-64.wav": ("-c:a", "pcm_f64le"),
    "gsm.wav": ("-ar", "8000", "-c:a", "libgsm_ms"),
    "ima-adpcm.wav": ("-c:a", "adpcm_ima_wav"),
    "ms-adpcm.wav": ("-c:a", "adpcm_ms"),
    "g726.wav": ("-ar", "8000", "-c:a", "g726"),
    "g722.wav": ("-c:a", "g722"),
    "opus.ogg": ("-ar", "48000", "-c:a", "libopus"),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "speex.ogg": ("-c:a", "libspeex"),
    "flac.flac": (),
    "aac.aac": ("-c:a", "aac"),
    "aac.m4a": ("-c:a", "aac"),
    "alac.m4a": ("-c:a", "alac"),
    "opus.webm": ("-ar", "48000", "-c:a", "libopus"),
    "layer-2.mp2": ("-c:a", "mp2"),
    "wma.wma": ("-c:a", "wmav2"),
    "au.au": (),
    "aiff.aiff": (),
}


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="sounds-"))


@cache
def sound(name: str) -> bytes:
    """The file of MADE with this name: 20 seconds."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg makes the files of this test")
    path = _folder() / name
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", _TONE, "-ac", "1", *MADE[name], str(path)]
    subprocess.run(command, check=True)
    made = path.read_bytes()
    path.unlink()
    return made


def tag(size: int) -> bytes:
    """An ID3v2 tag with a cover of so many bytes, among which are false starts of frames."""
    cover = (b"\xff\xfb\x90\x64\xff\xd8cover" * (size // 11 + 1))[:size]
    return b"ID3\x03\0\0" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)) + cover


def with_data_size(wav: bytes, size: int) -> bytes:
    """A WAV file whose header claims another size of data."""
    at = wav.index(b"data") + 4
    return wav[:at] + size.to_bytes(4, "little") + wav[at + 4 :]


def with_hole(data: bytes, size: int = 65536) -> bytes:
    """A file in the middle of which lie zeros."""
    middle = len(data) // 2
    return data[:middle] + bytes(size) + data[middle:]
