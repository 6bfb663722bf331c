"""A file is known by its own bytes, whatever its name or its store say."""

import pytest

from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.audio.sniff import HEAD, sniff
from tests.recordings.audio.sounds import sound, tag


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90", "mp3"),
        (b"\xff\xe3\x18", "mp3"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
        (b"RIFX\x00\x00\x00\x00WAVEfmt ", "wav_big_endian"),
        (b"RIFF\x00\x00\x00\x00AVI ", "avi"),
        (b"#!AMR\n\x3c\x91", "amr"),
        (b"#!AMR-WB\n", "amr_wb"),
        (b"\x02#!SILK_V3", "silk"),
        (b"caff\x00\x01", "caf"),
        (b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x88matroska", "matroska"),
        (b"RIFF\x00\x00\x00\x00WEBP", None),
        (b"<!DOCTYPE html>", None),
        (b"\xff\xfe<\0h\0t\0m\0l\0", None),
        (b"\xff\xd8\xff\xe0", None),
        (b"PK\x03\x04", None),
        (b"%PDF-1.7", None),
        (b'{"text": "hello"}', None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, code: str | None) -> None:
    assert sniff(head) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cbr.mp3", "mp3"),
        ("vbr-8k.mp3", "mp3"),
        ("mp3.wav", "mp3"),
        ("pcm.wav", "wav"),
        ("a-law.wav", "wav"),
        ("mu-law.wav", "wav"),
        ("float.wav", "wav"),
        ("24-bit.wav", "wav"),
        ("rf64.wav", "wav"),
        ("opus.ogg", "ogg"),
        ("vorbis.ogg", "ogg"),
        ("flac.flac", "flac"),
        ("aac.aac", "aac"),
        ("aac.m4a", "mp4"),
        ("opus.webm", "webm"),
        ("gsm.wav", "wav_gsm"),
        ("ima-adpcm.wav", "wav_adpcm"),
        ("ms-adpcm.wav", "wav_adpcm"),
        ("g726.wav", "wav_g726"),
        ("g722.wav", "wav_g722"),
        ("float-64.wav", "wav_float_64"),
        ("speex.ogg", "ogg_speex"),
        ("layer-2.mp2", "mpeg_layer_1_2"),
        ("wma.wma", "wma"),
        ("au.au", "au"),
        ("aiff.aiff", "aiff"),
    ],
)
def test_what_encoders_write_is_known_and_whether_it_plays(name: str, code: str) -> None:
    assert sniff(sound(name)[:HEAD]) == code
    assert FORMATS[code].plays == (code in {"mp3", "wav", "ogg", "flac", "aac", "mp4", "webm"})


@pytest.mark.parametrize("before", [b"\0", bytes(500), b"HTTP/1.1 200 OK\r\n\r\n", tag(90), b"\xef\xbb\xbf", b"\xff"])
@pytest.mark.parametrize("name", ["cbr-bare.mp3", "vbr-8k.mp3"])
def test_rubbish_before_the_first_frame_hides_no_mp3(before: bytes, name: str) -> None:
    assert sniff(before + sound(name)) == "mp3"
