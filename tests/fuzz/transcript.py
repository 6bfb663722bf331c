"""Fuzzes the transcript file beside a recording: only TranscriptError leaves, lines are in order, bounded and clean."""

import json
import re

import pytest

from recordings_site.sinch import transcript
from recordings_site.sinch.errors import TranscriptError

_LINES = [
    {"timestamp": 0.28, "speakerLabel": "Speaker 1", "text": "Hello, how can I help you?"},
    {"timestamp": "4,5", "speakerLabel": "Speaker  2", "text": " My card\r\nwas charged twice. "},
    {"timestamp": 4.5, "speakerLabel": None, "text": "=HYPERLINK(1)"},
    {"timestamp": -1, "SpeakerLabel": "<b>", "text": "\u202eevil\0 \ud800"},
    {"text": 17},
]
SEEDS = [
    json.dumps(each).encode()
    for each in (
        {"text": "Hello, how can I help you?", "lines": _LINES},
        {"text": "", "lines": _LINES[::-1]},
        {"Text": "alone", "lines": []},
        {"text": 5, "lines": None, "more": {"a": [1e999]}},
        {"lines": [None, [], {}, "x", {"timestamp": 1e12, "text": "late"}]},
    )
] + [b'\xef\xbb\xbf{"lines": [{"timestamp": NaN, "text": "a"}]}']
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def check(data: bytes) -> None:
    """Parse a file; what comes of it, written as Sinch writes it, is read as the same."""
    try:
        read = transcript.parse(data)
    except TranscriptError as problem:
        assert len(str(problem)) < 200
        return
    times = [line.timestamp for line in read.lines]
    assert times == sorted(times)
    assert all(0 <= time <= transcript.MAX_SECONDS for time in times)
    for line in read.lines:
        assert 0 < len(line.text) <= transcript.MAX_LINE
        assert len(line.speaker_label) <= transcript.MAX_LABEL
        assert not _UNSEEN.search(line.text + line.speaker_label)
    assert len(read.lines) <= transcript.MAX_LINES
    again = transcript.parse(json.dumps(_written(read)).encode())
    assert again.lines == read.lines
    assert set(again.problems) <= {transcript.Problem.TEXT_ALONE}


def _written(read: transcript.Transcript) -> dict[str, object]:
    lines = [
        {"timestamp": line.timestamp, "speakerLabel": line.speaker_label, "text": line.text} for line in read.lines
    ]
    return {"text": "", "lines": lines}


def plant(patch: pytest.MonkeyPatch) -> None:
    """Control characters stay."""
    patch.setattr(transcript, "_CONTROL", re.compile(r"\x00"))
