"""Audio is known by its first bytes, whatever its name or its store say."""

import pytest

from recordings_site.recordings.audio.sniff import audio_type


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\xff\xe3\x18", "audio/mpeg"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00AVI ", None),
        (b"<!DOCTYPE html>", None),
        (b"\xff\xd8\xff\xe0", None),
        (b"", None),
    ],
)
def test_audio_is_known_by_its_first_bytes(head: bytes, kind: str | None) -> None:
    assert audio_type(head) == kind
