"""Facts of audio follow what is in the file: true durations, waveforms, places to seek to, and files that are none."""

import random
import struct
import time
import tracemalloc
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from recordings_site.recordings.audio import mp3, mp3_parts, mp3_table, mpeg, probe, wav
from recordings_site.recordings.audio.layout import landing, pack_points, unpack_parts
from recordings_site.recordings.audio.waveform import MOST_POINTS, POINTS_A_SECOND, pack
from recordings_site.recordings.models import Problem
from tests.recordings.audio.sounds import SECONDS, sound, tag, with_data_size, with_hole


@pytest.fixture
def examine(tmp_path: Path):
    """What a worker finds in these bytes."""

    def examined(data: bytes) -> probe.Audio:
        path = tmp_path / "it"
        path.write_bytes(data)
        return probe.examine(path)

    return examined


def sent(data: bytes, part: int = 0) -> bytes:
    """What a player gets of a part of an mp3."""
    layout = mp3_parts.read(data).parts[part].layout
    return layout.head + b"".join(data[start:stop] for start, stop in layout.pieces)


class Broken(NamedTuple):
    """A file that is not as its headers say; `seconds` are what it holds."""

    data: bytes
    seconds: float


def broken(name: str) -> Broken:
    cbr, bare, vbr, pcm = sound("cbr.mp3"), sound("cbr-bare.mp3"), sound("vbr.mp3"), sound("pcm.wav")
    at = pcm.index(b"data")
    info = vbr.index(b"Xing") if b"Xing" in vbr else vbr.index(b"Info")
    return {
        "joined, constant": lambda: Broken(cbr + cbr, 2 * SECONDS),
        "joined, variable": lambda: Broken(vbr + vbr, 2 * SECONDS),
        "joined, the tag between them large": lambda: Broken(bare + tag(300_000) + bare, 2 * SECONDS),
        "joined, of three kinds": lambda: Broken(bare + sound("stereo-44k.mp3") + sound("vbr-8k.mp3"), 3 * SECONDS),
        "a hole, constant": lambda: Broken(with_hole(bare), SECONDS),
        "a hole, variable": lambda: Broken(with_hole(vbr), SECONDS),
        "cut off": lambda: Broken(vbr[: len(vbr) // 2], SECONDS / 2),
        "Xing claims ten times the frames": lambda: Broken(
            vbr[: info + 8] + (8000).to_bytes(4, "big") + vbr[info + 12 :], SECONDS
        ),
        "a table that points to the end": lambda: Broken(
            vbr[: info + 16] + b"\0" + b"\xff" * 99 + vbr[info + 116 :], SECONDS
        ),
        "a NUL before": lambda: Broken(b"\0" + cbr, SECONDS),
        "a line before": lambda: Broken(b"Content-Type: audio/mpeg\r\n\r\n" + vbr, SECONDS),
        "100 KB of NULs before": lambda: Broken(bytes(100_000) + bare, SECONDS),
        "two tags, the second large": lambda: Broken(tag(500) + tag(2_000_000) + bare, SECONDS),
        "tags with NULs between": lambda: Broken(tag(500) + bytes(2048) + tag(100) + vbr, SECONDS),
        "a tag that claims the whole file": lambda: Broken(b"ID3\x03\0\0\x00\x7f\x7f\x7f" + bare, SECONDS),
        "APE and ID3v1 after": lambda: Broken(cbr + b"APETAGEX" + bytes(900) + b"TAG" + bytes(125), SECONDS),
        "WAV, size 0": lambda: Broken(with_data_size(pcm, 0), SECONDS),
        "WAV, size FFFFFFFF": lambda: Broken(with_data_size(pcm, 0xFFFFFFFF), SECONDS),
        "WAV, twice the size": lambda: Broken(with_data_size(pcm, 2 * len(pcm)), SECONDS),
        "WAV, cut off": lambda: Broken(pcm[: at + 8 + (len(pcm) - at - 8) // 2], SECONDS / 2),
        "WAV, block align 0": lambda: Broken(pcm[:32] + b"\0\0" + pcm[34:], SECONDS),
        "WAV, RIFF size 0": lambda: Broken(pcm[:4] + bytes(4) + pcm[8:], SECONDS),
        "WAV, an odd chunk without its pad": lambda: Broken(pcm[:12] + b"junk\x03\0\0\0abc" + pcm[12:], SECONDS),
        "RF64": lambda: Broken(sound("rf64.wav"), SECONDS),
        "mp3 in WAV": lambda: Broken(sound("mp3.wav"), SECONDS),
    }[name]()


BROKEN = (
    "joined, constant", "joined, variable", "joined, the tag between them large", "joined, of three kinds",
    "a hole, constant", "a hole, variable", "cut off", "Xing claims ten times the frames",
    "a table that points to the end", "a NUL before", "a line before", "100 KB of NULs before",
    "two tags, the second large", "tags with NULs between", "a tag that claims the whole file", "APE and ID3v1 after",
    "WAV, size 0", "WAV, size FFFFFFFF", "WAV, twice the size", "WAV, cut off", "WAV, block align 0",
    "WAV, RIFF size 0", "WAV, an odd chunk without its pad", "RF64", "mp3 in WAV",
)  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_there_counts_not_what_is_claimed(examine, name):
    data, seconds = broken(name)
    audio = examine(data)
    assert audio.duration == pytest.approx(seconds, abs=0.4)
    for lane in audio.lanes:  # each second is in its place: loud and silent ones take turns
        a_second = len(lane) / audio.duration
        for second in range(int(audio.duration) - 1):
            middle = lane[round((second + 0.4) * a_second) : round((second + 0.6) * a_second)]
            loud = (second % SECONDS) % 2 == 0
            assert (min(middle) > 30) if loud else (max(middle) < 10), (name, second)
    for part in audio.parts:  # what a player gets needs none of this
        layout = part.layout
        again = examine(layout.head + b"".join(data[start:stop] for start, stop in layout.pieces))
        assert again.duration == pytest.approx(part.duration, abs=0.01)
        assert again.parts[0].layout.is_whole(layout.length), name
        assert not again.skipped


@pytest.mark.parametrize(
    ("name", "vbr", "table"),
    [
        ("cbr-bare.mp3", False, False),
        ("cbr.mp3", False, True),
        ("vbr.mp3", True, True),
        ("stereo-44k.mp3", True, True),
        ("vbr-bare.mp3", True, False),
        ("vbr-8k.mp3", True, True),
    ],
)
def test_a_file_that_is_right_is_sent_as_it_is(examine, name, vbr, table):
    data = sound(name)
    audio = examine(data)
    assert audio.duration == pytest.approx(SECONDS, abs=0.3)
    assert (audio.vbr, audio.table) == (vbr, table)
    (part,) = audio.parts
    assert part.layout.is_whole(len(data)) == (table or not vbr)


@pytest.mark.parametrize("name", ["pcm.wav", "a-law.wav", "mu-law.wav", "float.wav", "24-bit.wav"])
def test_a_wav_that_is_right_is_sent_as_it_is(examine, name):
    data = sound(name)
    audio = examine(data)
    assert audio.duration == pytest.approx(SECONDS, abs=0.01)
    assert audio.parts[0].layout.is_whole(len(data))
    assert len(audio.lanes[0]) == SECONDS * POINTS_A_SECOND


@pytest.mark.parametrize(
    ("name", "lanes"),
    [("opus.ogg", 0), ("vorbis.ogg", 0), ("flac.flac", 1), ("aac.aac", 0), ("aac.m4a", 0), ("opus.webm", 0)],
)
def test_what_browsers_play_beside_mp3_and_wav_is_played(examine, name, lanes):
    audio = examine(sound(name))
    if name != "opus.webm":
        assert audio.duration == pytest.approx(SECONDS, abs=0.1)
    assert len(audio.lanes) == lanes
    assert not audio.parts


def test_a_table_of_ours_points_at_the_right_seconds():
    data = sound("vbr-bare.mp3")
    (stretch,) = mp3.read(data).stretches
    made = mp3_table.head(stretch)
    whole = mp3.read(made + data[stretch.pieces[0][0] :])
    assert whole.info is not None
    claims = mp3_table.claims(made, whole.info)
    assert (claims.frames, claims.size) == (stretch.frames, len(made) + stretch.size)
    assert mp3_table.error_of_head(stretch, made) < SECONDS / 256 + 0.2


@pytest.mark.parametrize("second", [0, 0.4, 7, 12.5, 19.9])
@pytest.mark.parametrize("name", ["vbr-bare.mp3", "a hole, variable", "joined, of three kinds"])
def test_a_player_may_begin_at_any_second(name, second):
    data = broken(name).data if name in BROKEN else sound(name)
    found = mp3_parts.read(data)
    parts = unpack_parts([part.kept for part in found.parts], pack_points(found.parts))
    last = parts[-1]
    layout = landing(parts, last.at + second)
    rest = mp3.read(layout.head + b"".join(data[start:stop] for start, stop in layout.pieces))
    assert rest.duration == pytest.approx(last.duration - int(second), abs=0.08)
    assert not layout.head or int(second) == 0


def test_of_a_long_file_every_place_is_known_exactly():
    """Five hours of variable bit rate: the hundred places of a table are three minutes apart."""
    (stretch,) = mp3.read(sound("vbr-8k.mp3")).stretches
    start, stop = stretch.pieces[0]
    frames = sound("vbr-8k.mp3")[start:stop]
    data = frames * 450 + frames[: stretch.points[3]] * 3000
    begun = time.process_time()
    found = mp3_parts.read(data)
    assert time.process_time() - begun < 10
    assert found.astray > 1, "a table alone leads astray"
    (part,) = found.parts
    assert part.duration == pytest.approx(5 * 3600, rel=0.05)
    for second in (1, 4000, 9000, 16000):
        layout = landing([part], second)
        rest = mp3.read(data[layout.pieces[0][0] : layout.pieces[-1][1]])
        assert part.duration - rest.duration == pytest.approx(second, abs=0.08)
    assert len(pack_points(found.parts)) < 40_000, "what is kept of it is small"


def test_a_long_recording_has_four_thousand_points(examine):
    audio = examine(sound("cbr-bare.mp3") * 13)
    assert audio.duration > 250
    assert 3900 <= len(audio.lanes[0]) <= MOST_POINTS
    assert pack(audio.lanes)


def test_mono_written_twice_has_one_lane_and_two_voices_have_two(examine):
    left = [round(20000 * (n // 8000 % 2)) for n in range(40_000)]
    for right, lanes in ((left, 1), ([each // 2 for each in left], 2)):
        samples = b"".join(struct.pack("<hh", *pair) for pair in zip(left, right, strict=True))
        audio = examine(wav.header(struct.pack("<HHIIHH", 1, 2, 8000, 32000, 4, 16), len(samples)) + samples)
        assert len(audio.lanes) == lanes
        assert audio.duration == 5


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.EMPTY),
        (b"<html><script>alert(1)</script></html>", Problem.NOT_AUDIO),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(500), Problem.MP3_WITHOUT_SOUND),
        (b"\xff\xfb\x90\x00", Problem.MP3_WITHOUT_SOUND),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", Problem.WAV_UNREADABLE),
        (b"RIFF" + bytes(4) + b"WAVE" + bytes(600), Problem.WAV_UNREADABLE),
        (wav.header(struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16), 0), Problem.WAV_WITHOUT_SOUND),
    ],
)
def test_what_is_no_audio_is_known_by_what_is_wrong_with_it(examine, content, problem):
    with pytest.raises(probe.NotAudio) as raised:
        examine(content)
    assert raised.value.problem == problem


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("gsm.wav", "wav_gsm"),
        ("ms-adpcm.wav", "wav_adpcm"),
        ("float-64.wav", "wav_float_64"),
        ("alac.m4a", "alac"),
        ("wma.wma", "wma"),
        ("layer-2.mp2", "mpeg_layer_1_2"),
    ],
)
def test_what_no_browser_plays_is_named(examine, name, code):
    with pytest.raises(probe.NotAudio) as raised:
        examine(sound(name))
    assert (raised.value.problem, raised.value.code) == (Problem.UNPLAYABLE, code)


def test_frames_without_a_bit_rate_are_named(examine):
    frame = b"\xff\xfb\x00\xc4" + bytes(range(1, 200)) * 2
    with pytest.raises(probe.NotAudio) as raised:
        examine(frame * 40)
    assert raised.value.code == "mp3_free"


NAMES = ("cbr.mp3", "vbr-8k.mp3", "stereo-44k.mp3", "pcm.wav", "rf64.wav", "mp3.wav", "opus.ogg", "aac.m4a")


@pytest.mark.parametrize("name", NAMES)
def test_no_damage_brings_anything_but_facts_or_not_audio(examine, name):
    """Bytes changed, cut out, put in, doubled: no other exception, no endless loop, places that can be sent."""
    clean, draw = sound(name)[:60_000], random.Random(name)
    for _ in range(40):
        data = bytearray(clean[: draw.randrange(1, len(clean))])
        for _ in range(draw.randrange(1, 30)):
            at = draw.randrange(len(data))
            match draw.randrange(4):
                case 0:
                    data[at] = draw.randrange(256)
                case 1:
                    del data[at : at + draw.randrange(400)]
                case 2:
                    data[at:at] = draw.choice([bytes(draw.randrange(900)), b"\xff\xfb\x90" * 50, tag(300), clean[:700]])
                case 3:
                    data[at : at + 4] = draw.choice([b"\xff" * 4, bytes(4), b"data", b"fmt "])
            data = data or bytearray(b"\0")
        try:
            audio = examine(bytes(data))
        except probe.NotAudio:
            continue
        assert audio.duration is None or audio.duration > 0
        for part in audio.parts:
            assert all(0 <= start < stop <= len(data) for start, stop in part.layout.pieces)
            assert all(before[1] <= after[0] for before, after in pairwise(part.layout.pieces))


@pytest.mark.parametrize(
    "pattern",
    [
        b"\xff",
        b"\0",
        b"\xff\xfb\x90",
        b"\xff\xfb\x10\xc4" + bytes(40),
        b"ID3\x03\0\0\0\0\0\1\xff",
        b"RIFF",
        b"data\0\0\0\0",
    ],
)
def test_a_hostile_file_costs_a_bounded_time_and_memory(tmp_path, pattern):
    path = tmp_path / "it"
    for head in (b"", b"RIFF\xff\xff\xff\xffWAVE", b"\xff\xfb\x90\x64"):
        path.write_bytes((head + pattern * (4_000_000 // len(pattern)))[:4_000_000])
        tracemalloc.start()
        begun = time.process_time()
        with suppress(probe.NotAudio):
            probe.examine(path)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert time.process_time() - begun < 20
        assert used < 8_000_000


def test_a_search_for_frames_gives_up_after_a_bound_of_false_starts(monkeypatch):
    monkeypatch.setattr(mpeg, "_TRIES", 100)
    assert mpeg.Search(b"\xff\xfb\x90" * 99 + sound("cbr-bare.mp3"), 200_000).next(0) > 0
    assert mpeg.Search(b"\xff\xfb\x90" * 101 + sound("cbr-bare.mp3"), 200_000).next(0) == -1
