"""Transcripts: the published sample, lenient reading, and bounds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch import transcript
from recordings_site.sinch.errors import TranscriptError
from recordings_site.sinch.transcript import Line, Problem


def parse(**members):
    return transcript.parse(json.dumps(members).encode())


def test_a_transcript_as_sinch_writes_it():
    read = parse(
        text="Lorem ipsum. Duis aute.",
        lines=[
            {"timestamp": 4.97, "speakerLabel": "Speaker 1", "text": "Lorem ipsum."},
            {"timestamp": 5.6, "speakerLabel": "Speaker 2", "text": "Duis aute."},
        ],
    )
    assert read.text == "Lorem ipsum. Duis aute."
    assert read.lines == (Line(4.97, "Speaker 1", "Lorem ipsum."), Line(5.6, "Speaker 2", "Duis aute."))
    assert read.problems == ()


def test_numbers_as_text_missing_labels_and_empty_lines_are_taken():
    read = parse(
        text="",
        lines=[{"timestamp": "4,5", "text": " Hej "}, {"timestamp": 5, "text": "  "}, {"timestamp": "6", "text": 7}],
    )
    assert read.lines == (Line(4.5, "", "Hej"), Line(6.0, "", "7"))
    assert read.text == "Hej 7"
    assert read.problems == ()


def test_lines_are_sorted_stably_and_a_lost_time_is_that_of_the_line_before():
    read = parse(
        lines=[
            {"timestamp": 9, "text": "c"},
            {"timestamp": None, "text": "d"},
            {"timestamp": 1, "text": "a"},
            {"timestamp": -3, "text": "b"},
            {"timestamp": 1e12, "text": "b2"},
        ]
    )
    assert [line.text for line in read.lines] == ["a", "b", "b2", "c", "d"]
    assert [line.timestamp for line in read.lines] == [1, 1, 1, 9, 9]
    assert read.problems == (Problem.TIMELESS_LINES,)


def test_text_without_lines_stands_as_one_line():
    assert parse(text="only text").lines == (Line(0.0, "", "only text"),)
    assert parse(text="only text").problems == (Problem.NO_LINES, Problem.TEXT_ALONE)


def test_an_empty_transcript_is_a_transcript():
    read = parse(text="", lines=[])
    assert (read.text, read.lines, read.problems) == ("", (), ())


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b"{", b'{"a":' * 100_000])
def test_a_file_that_is_no_object_is_refused(data):
    with pytest.raises(TranscriptError):
        transcript.parse(data)


def test_sizes_are_bounded(monkeypatch):
    monkeypatch.setattr(transcript, "MAX_LINES", 2)
    monkeypatch.setattr(transcript, "MAX_LINE", 3)
    read = parse(lines=[{"timestamp": index, "text": "x" * 9, "speakerLabel": "s" * 999} for index in range(5)])
    assert [line.text for line in read.lines] == ["xxx", "xxx"]
    assert len(read.lines[0].speaker_label) == transcript.MAX_LABEL
    assert read.problems == (Problem.TOO_MANY_LINES,)
    with pytest.raises(TranscriptError, match="larger"):
        transcript.parse(b" " * (transcript.MAX_BYTES + 1))


def test_control_characters_are_not_spoken():
    assert parse(lines=[{"timestamp": 0, "text": "a\u0000b\u0007c\ud800", "speakerLabel": "A\nB"}]).lines == (
        Line(0.0, "A B", "a\ufffdb c\ufffd"),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["timestamp", "text", "speakerLabel"]), inner)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["text", "lines", "other"]), JSON))
def test_any_object_is_read_with_times_that_never_go_back(members):
    read = transcript.parse(json.dumps(members).encode())
    times = [line.timestamp for line in read.lines]
    assert times == sorted(times)
    assert all(time >= 0 and line.text for time, line in zip(times, read.lines, strict=True))
    (read.text + "".join(line.text + line.speaker_label for line in read.lines)).encode()
