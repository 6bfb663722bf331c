"""Facts of audio: true durations, variable bit rates, seek tables, waveforms, and files that are none."""

import math
import shutil
import struct
import subprocess
import wave
from bisect import bisect_right
from pathlib import Path

import pytest

from recordings_site.recordings.audio import mp3, probe
from recordings_site.recordings.audio.waveform import MOST_POINTS, pack
from recordings_site.recordings.models import Problem

SECONDS = 40


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds in which loud and silent stretches of a second take turns, in two different channels."""
    path = tmp_path_factory.mktemp("sound") / "sound.wav"
    rate = 16000
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(rate)
        frames = bytearray()
        for at in range(SECONDS * rate):
            loud = at // rate % 2
            left = round(20000 * loud * math.sin(at * 0.3)) + round(2000 * loud * math.sin(at * at * 0.0001))
            frames += struct.pack("<hh", left, left // 2)
        out.writeframes(frames)
    return path


def encoded(sound: Path, name: str, *options: str) -> Path:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg makes the files of this test")
    path = sound.with_name(name)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(sound), *options, str(path)], check=True)
    return path


@pytest.mark.parametrize(
    ("name", "options", "vbr", "table"),
    [
        ("cbr.mp3", ("-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0"), False, False),
        ("cbr-info.mp3", ("-b:a", "32k"), False, True),
        ("vbr.mp3", ("-q:a", "6"), True, True),
        ("vbr-bare.mp3", ("-q:a", "6", "-write_xing", "0"), True, False),
        ("vbr-8k.mp3", ("-q:a", "6", "-ar", "8000", "-ac", "1", "-write_xing", "0"), True, False),
        ("vbr-44k.mp3", ("-q:a", "4", "-ar", "44100", "-write_xing", "0", "-id3v2_version", "0"), True, False),
    ],
)
def test_an_mp3_tells_its_true_duration_and_whether_a_player_can_seek_in_it(sound, name, options, vbr, table):
    audio = probe.examine(encoded(sound, name, *options))
    assert audio.content_type == "audio/mpeg"
    assert audio.duration == pytest.approx(SECONDS, abs=0.3)
    assert (audio.vbr, audio.table) == (vbr, table)
    assert bool(audio.head) == (vbr and not table)


def test_a_virtual_frame_is_a_frame_and_its_table_points_at_the_right_seconds(sound):
    path = encoded(sound, "bare.mp3", "-q:a", "6", "-write_xing", "0")
    audio = probe.examine(path)
    whole = audio.head + path.read_bytes()[audio.skip :]
    frames = mp3.read(whole)
    assert frames.table
    assert not frames.needs_table
    assert frames.starts[0] == len(audio.head)
    assert frames.duration == pytest.approx(audio.duration, abs=0.001)
    table = audio.head[audio.head.index(b"Xing") + 16 :][:100]
    size = len(whole)
    for percent in range(0, 100, 5):
        place = max(0, bisect_right(frames.starts, table[percent] * size // 256) - 1)
        second = place * frames.samples_per_frame / frames.sample_rate
        assert second == pytest.approx(percent / 100 * SECONDS, abs=SECONDS / 256 + 0.2)


def test_rubbish_before_within_and_after_the_frames_is_stepped_over(sound):
    clean = encoded(sound, "clean.mp3", "-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0").read_bytes()
    frames = mp3.read(clean)
    middle = frames.starts[len(frames.starts) // 2]
    dirty = b"\x00" * 50 + clean[:middle] + b"\xff\x00rubbish\xff\xfb" + clean[middle:] + b"TAG" + bytes(125)
    found = mp3.read(dirty)
    assert abs(len(found.starts) - len(frames.starts)) <= 2


def test_the_waveform_shows_loud_and_silent_seconds_in_both_lanes(sound):
    audio = probe.examine(sound)
    assert audio.content_type == "audio/wav"
    assert (audio.duration, audio.sample_rate, audio.channels) == (SECONDS, 16000, 2)
    left, right = audio.lanes
    assert len(left) == len(right) == SECONDS * probe.POINTS_A_SECOND
    for second in range(SECONDS):
        middle = left[second * 20 + 5 : second * 20 + 15]
        assert (min(middle) > 100) if second % 2 else (max(middle) == 0)
    assert max(left) == pytest.approx(2 * max(right), abs=3)
    assert pack(audio.lanes)


def test_a_long_recording_has_four_thousand_points_and_mono_written_twice_one_lane(sound):
    path = encoded(sound, "long.mp3", "-af", "pan=mono|c0=c0,aloop=12:size=640000", "-ac", "2", "-b:a", "16k")
    audio = probe.examine(path)
    assert audio.duration > 450
    assert 3900 <= len(audio.lanes[0]) <= MOST_POINTS
    assert len(audio.lanes) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.NOT_AUDIO),
        (b"<html><script>alert(1)</script></html>", Problem.NOT_AUDIO),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(500), Problem.MP3_WITHOUT_SOUND),
        (b"\xff\xfb\x90\x00", Problem.MP3_WITHOUT_SOUND),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", Problem.WAV_WITHOUT_SOUND),
        (b"RIFF" + bytes(4) + b"WAVE" + bytes(600), Problem.WAV_WITHOUT_SOUND),
    ],
)
def test_what_is_no_audio_is_known_by_what_is_wrong_with_it(tmp_path, content, problem):
    path = tmp_path / "it.mp3"
    path.write_bytes(content)
    with pytest.raises(probe.NotAudio) as raised:
        probe.examine(path)
    assert raised.value.problem == problem


def test_no_bytes_whatever_bring_anything_but_facts_or_not_audio(tmp_path, sound):
    import random

    clean = encoded(sound, "fuzz.mp3", "-t", "3", "-b:a", "16k").read_bytes()
    draw = random.Random(7)
    path = tmp_path / "fuzz.mp3"
    for _ in range(150):
        broken = bytearray(clean[: draw.randrange(1, len(clean))])
        for _ in range(draw.randrange(1, 60)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        path.write_bytes(broken)
        try:
            audio = probe.examine(path)
        except probe.NotAudio:
            continue
        assert audio.duration > 0
