"""Transcripts: the published sample, lenient reading, and bounds."""

import contextlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.recordings.models import line_ids
from recordings_site.sinch import transcript
from recordings_site.sinch.errors import TranscriptError
from recordings_site.sinch.line_times import seconds_of
from recordings_site.sinch.transcript import Line, Problem, Unreadable


def parse(*, duration=None, **members):
    return transcript.parse(json.dumps(members).encode(), duration=duration)


def test_a_transcript_as_sinch_writes_it():
    read = parse(
        text="Lorem ipsum. Duis aute.",
        lines=[
            {"timestamp": 4.97, "speakerLabel": "Speaker 1", "text": "Lorem ipsum."},
            {"timestamp": 5.6, "speakerLabel": "Speaker 2", "text": "Duis aute."},
        ],
    )
    assert read.lines == (Line(4.97, "Speaker 1", "Lorem ipsum."), Line(5.6, "Speaker 2", "Duis aute."))
    assert read.problems == {}


def test_numbers_as_text_missing_labels_and_empty_lines_are_taken():
    read = parse(
        text="",
        lines=[{"timestamp": "4,5", "text": " Hej "}, {"timestamp": 5, "text": "  "}, {"timestamp": "6", "text": 7}],
    )
    assert read.lines == (Line(4.5, "", "Hej"), Line(6.0, "", "7"))
    assert read.problems == {}


def test_members_are_found_whatever_their_case_and_order():
    read = parse(other=[{"text": "no"}], Lines=[{"TEXT": "Hej", "text": None, "Timestamp": 2, "x": {"text": "no"}}])
    assert read.lines == (Line(2.0, "", "Hej"),)


@pytest.mark.parametrize(
    "written",
    ["00:01:05,600", "1:05.6", "01:05.600", "[00:01:05.6]", "PT65.6S", "PT1M5.6S", "P0DT0H1M5.6S", "65.6s", "65600ms",
     "1m 5.6s", "1 min 5,6 sec", " 65,6 ", 65.6],
)  # fmt: skip
def test_a_clock_time_is_read_as_what_it_is(written):
    assert parse(lines=[{"timestamp": written, "text": "x"}]).lines[0].timestamp == pytest.approx(65.6)


@pytest.mark.parametrize(
    "written", ["", "soon", "PT", "1:2:3:4", "2026-11-30T08:00:00Z", "1:-5", None, True, [], "9" * 80]
)
def test_what_is_no_time_is_none(written):
    assert seconds_of(written) is None


@pytest.mark.parametrize(
    ("times", "duration", "first"),
    [
        ([5600, 65_600], 70.0, 5.6),  # milliseconds, as the recording's length shows
        ([1_000, 90_000_000], None, 1.0),  # or because no call lasts for years
        ([5600, 65_600], None, 5600.0),
        ([5600, 65_600], 70_000.0, 5600.0),
        ([2, 250], 100.0, 2.0),  # later than the end, but no milliseconds
        ([5600.5, 65_600], 70.0, 5600.5),  # nobody writes parts of milliseconds
    ],
)
def test_milliseconds_are_told_from_seconds(times, duration, first):
    read = parse(duration=duration, lines=[{"timestamp": time, "text": "x"} for time in times])
    assert read.lines[0].timestamp == pytest.approx(first)
    assert (Problem.MILLISECONDS in read.problems) is (first < times[0])


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
    assert read.problems == {Problem.TIMELESS_LINES: {"lines": 3}}


def test_text_without_lines_stands_as_lines_without_times():
    assert parse(text="only text").lines == (Line(0.0, "", "only text"),)
    assert parse(text="only text").problems == {Problem.TEXT_ALONE: {}}
    assert parse(text="", lines="?").problems == {Problem.NO_LINES: {}}


@pytest.mark.parametrize("sentence", ["A sentence of it. ", "word ", "一句话。", "x"])
def test_a_whole_call_as_one_text_is_kept_to_its_last_word(sentence):
    said = sentence * (20_001 // len(sentence) + 1) + "The end"
    for read in (parse(text=said), parse(lines=[{"timestamp": 3, "text": said, "speakerLabel": "S"}])):
        assert "".join(line.text for line in read.lines).replace(" ", "") == said.replace(" ", "")
        assert max(len(line.text) for line in read.lines) <= transcript.MAX_LINE
        assert len({(line.timestamp, line.speaker_label) for line in read.lines}) == 1
        assert Problem.TOO_LONG not in read.problems
        assert all(line.text[-1] in ".。dx" for line in read.lines[:-1])


def test_an_empty_transcript_is_a_transcript():
    read = parse(text="", lines=[])
    assert (read.lines, read.problems) == ((), {})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Unreadable.NOT_JSON),
        (b"[]", Unreadable.NOT_AN_OBJECT),
        (b"null", Unreadable.NOT_AN_OBJECT),
        (b'{"text": "\xff"}', Unreadable.NOT_UTF8),
        (b"{", Unreadable.NOT_JSON),
        (b'{"a":' * 100_000, Unreadable.NOT_JSON),
    ],
)
def test_a_file_that_is_no_object_is_refused(data, reason):
    with pytest.raises(TranscriptError) as refused:
        transcript.parse(data)
    assert refused.value.reason == reason


def test_of_a_damaged_file_the_lines_before_the_damage_are_kept_and_it_says_so():
    whole = json.dumps({"lines": [{"timestamp": 1, "text": "Hello"}, {"timestamp": 2, "text": "there"}]}).encode()
    read = transcript.parse(whole[:-8])
    assert read.lines == (Line(1.0, "", "Hello"),)
    assert read.problems == {Problem.DAMAGED: {}}


def test_what_is_beyond_a_bound_is_counted(monkeypatch):
    monkeypatch.setattr(transcript, "MAX_LINES", 2)
    read = parse(lines=[{"timestamp": index, "text": "x", "speakerLabel": "s" * 999} for index in range(5)])
    assert len(read.lines) == 2
    assert len(read.lines[0].speaker_label) == transcript.MAX_LABEL
    assert read.problems == {Problem.TOO_LONG: {"lines": 5, "kept": 2}, Problem.LONG_LABELS: {"lines": 5}}
    monkeypatch.setattr(transcript, "MAX_TEXT", 3)
    read = parse(lines=[{"timestamp": index, "text": "ab"} for index in range(5)])
    assert read.problems == {Problem.TOO_LONG: {"lines": 5, "kept": 1}}


def test_search_can_tell_apart_as_many_lines_as_are_kept():
    assert transcript.MAX_LINES == line_ids.MOST


# Each 4 MB: dictionaries and strings made of all of them would take 200 MB and more.
HOSTILE = {
    "empty objects": "b'{\"lines\":[' + b'{},' * 1_400_000 + b'{}]}'",
    "lists in a line": "b'{\"lines\":[{\"text\":[' + b'[],' * 1_400_000 + b'0]}]}'",
    "short lines": "b'{\"lines\":[' + b'{\"text\":\"a\"},' * 300_000 + b'{}]}'",
    "a text with a wide letter": "b'{\"text\":\"' + b'abcd efg. ' * 400_000 + '\U0001f600'.encode() + b'\"}'",
    "numbers without a value": "b'{\"lines\":[' + b'NaN,' * 1_000_000 + b'0]}'",
}


def test_no_file_costs_more_memory_than_its_bound():
    program = "import resource\nfrom recordings_site.sinch import transcript\n"
    program += "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nbefore = peak()\n"
    program += "".join(f"transcript.parse({data})\n" for data in HOSTILE.values())
    program += "print((peak() - before) * 1024)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) < transcript.MAX_MEMORY


@pytest.mark.parametrize("sign", [b"", b"-"])
def test_a_number_of_very_many_digits_ends_no_process(sign):
    digits = sign + b"9" * 5000
    for data in (digits, b'{"lines": [{"text": "a", "timestamp": ' + digits, b'{"text": 1e' + digits, digits + b".5e9"):
        with contextlib.suppress(TranscriptError):
            transcript.parse(data)
    read = transcript.parse(b'{"lines": [{"text": "%s", "timestamp": %s}, {"text": "b"}]}' % (digits, digits))
    assert [line.text[-4:] for line in read.lines][-2:] == ["9999", "b"]
    assert read.problems[Problem.TIMELESS_LINES] == {"lines": 2}


def test_an_exponent_beyond_all_bounds_is_damage():
    assert transcript.parse(b'{"lines": [{"text": "a"}], "more": 1e99999999999999999999}').lines


def test_many_numbers_that_are_just_short_enough_take_no_longer():
    number = b"9" * 399 + b" "
    with pytest.raises(TranscriptError):
        transcript.parse(b"9" * 400 + b" " + number * 30_000)


def test_control_characters_are_not_spoken():
    assert parse(
        lines=[{"timestamp": 0, "text": "a\u0000b\u0007c\ud800 \U0001f600", "speakerLabel": "A\nB"}]
    ).lines == (Line(0.0, "A B", "a\ufffdb c\ufffd \U0001f600"),)


def test_numbers_without_a_value_are_no_times_and_words_stay_words():
    read = transcript.parse(
        b'{"lines": [{"timestamp": NaN, "text": "NaN \\" -Infinity"}, {"timestamp": -Infinity, "text": "b"}]}'
    )
    assert [line.text for line in read.lines] == ['NaN " -Infinity', "b"]
    assert read.problems == {Problem.TIMELESS_LINES: {"lines": 2}}


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
    ("".join(line.text + line.speaker_label for line in read.lines)).encode()
