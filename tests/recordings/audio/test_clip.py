"""A clip holds the span, begins and ends at frames, and costs the bytes around its cuts."""

from pathlib import Path

import pytest

from recordings_site.recordings.audio import clip, mp3, probe
from recordings_site.recordings.audio.clip import CannotCut, Clip
from recordings_site.recordings.audio.layout import unpack_parts
from tests.recordings.audio.sounds import SECONDS, sound, with_hole

NAMES = ("cbr.mp3", "cbr-bare.mp3", "vbr.mp3", "vbr-bare.mp3", "vbr-8k.mp3", "stereo-44k.mp3", "pcm.wav", "a-law.wav",
         "24-bit.wav", "rf64.wav", "mp3.wav")  # fmt: skip


def cut(data: bytes, folder: Path, start: float, end: float) -> tuple[Clip, bytes, int]:
    """The clip, its bytes, and how many bytes were read to cut it."""
    path = folder / "whole"
    path.write_bytes(data)
    audio = probe.examine(path)
    part = clip.part_at(unpack_parts(audio.facts["parts"], audio.points), start, end)
    taken = 0

    def read(first: int, stop: int) -> bytes:
        nonlocal taken
        front, pieces = part.layout.stretch(first, stop)
        found = front + b"".join(data[begin:last] for begin, last in pieces)
        taken += len(found)
        return found

    made = clip.cut(audio.facts, part, read, start, end)
    return made, made.layout.head + b"".join(data[begin:last] for begin, last in made.layout.pieces), taken


@pytest.mark.parametrize("span", [(0.0, 3.0), (5.31, 9.74), (7.0, 7.05), (18.9, 99.0), (0.0, 20.0)])
@pytest.mark.parametrize("name", NAMES)
def test_a_clip_is_a_file_of_the_span_cut_at_frames(tmp_path: Path, name: str, span: tuple[float, float]) -> None:
    made, data, taken = cut(sound(name), tmp_path, *span)
    start, end = span[0], min(span[1], SECONDS)
    # Frames of 8 kHz last 72 ms; an mp3 begins with those that its first frame draws upon.
    assert start - 0.5 < made.start <= start
    assert end - 0.1 < made.end < end + 0.2
    (tmp_path / "clip").write_bytes(data)
    audio = probe.examine(tmp_path / "clip")
    assert audio.duration == pytest.approx(made.end - made.start, abs=0.001)
    assert (audio.code, audio.skipped, len(audio.parts)) == ("mp3" if "mp3" in name else "wav", 0, 1)
    assert taken < 150_000
    if audio.code == "mp3":
        (stretch,) = mp3.read(data).stretches
        assert len(stretch.pieces) == 1
        assert data[stretch.pieces[0][0] : stretch.pieces[0][1]] in sound(name)


@pytest.mark.parametrize("name", ["cbr-bare.mp3", "vbr.mp3", "stereo-44k.mp3", "pcm.wav"])
def test_what_sounds_in_the_span_sounds_in_the_clip(tmp_path: Path, name: str) -> None:
    made, data, _ = cut(sound(name), tmp_path, 6.0, 10.0)
    (tmp_path / "clip").write_bytes(data)
    lane = probe.examine(tmp_path / "clip").lanes[0]
    a_second = len(lane) / (made.end - made.start)
    for second in range(4):
        middle = lane[round((6.5 + second - made.start) * a_second)]
        assert (middle > 128) is (second % 2 == 0)


def test_a_clip_across_a_hole_leaves_it_out_as_the_player_does(tmp_path: Path) -> None:
    long = sound("cbr-bare.mp3") * 4
    made, data, _ = cut(with_hole(long), tmp_path, 10.0, 60.0)
    (tmp_path / "clip").write_bytes(data)
    assert probe.examine(tmp_path / "clip").duration == pytest.approx(made.end - made.start, abs=0.3)


@pytest.mark.parametrize(
    ("name", "span", "code"),
    [
        ("cbr.mp3", (20.5, 30), clip.EMPTY),
        ("pcm.wav", (3, 3), clip.EMPTY),
        ("opus.ogg", (1, 2), clip.FORMAT),
    ],
)
def test_what_cannot_be_cut_says_why(tmp_path: Path, name: str, span: tuple[float, float], code: str) -> None:
    with pytest.raises(CannotCut) as refused:
        cut(sound(name), tmp_path, *span)
    assert refused.value.code == code


def test_a_span_across_a_change_of_format_is_refused_and_each_side_is_cut(tmp_path: Path) -> None:
    joined = sound("cbr-bare.mp3") + sound("stereo-44k.mp3")
    with pytest.raises(CannotCut, match=clip.ACROSS):
        cut(joined, tmp_path, 15, 25)
    made, _, _ = cut(joined, tmp_path, 25, 30)
    assert 24.5 < made.start <= 25
