"""Numbers, times, durations, sizes and phone numbers, written and read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.base import formatting

AT = datetime(2026, 3, 5, 14, 5, 33, tzinfo=ZoneInfo("Europe/Stockholm"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0:00"),
        (59.9, "0:59"),
        (61, "1:01"),
        (3600, "1:00:00"),
        (timedelta(hours=2, seconds=5), "2:00:05"),
        (None, "–"),
    ],
)
def test_a_length_is_cut_off_to_the_second(seconds: Any, words: str) -> None:
    assert formatting.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1.9, "1 second"), (724, "12 minutes 4 seconds"), (7260, "2 hours 1 minute"), (None, "unknown")],
)
def test_a_length_is_said_in_words(seconds: Any, words: str) -> None:
    assert formatting.spoken_duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("46701234567", "+46 70 123 45 67"),
        ("+12025550118", "+1 202-555-0118"),
        ("anonymous", "anonymous"),
        ("<script>", "<script>"),
        ("123", "123"),
        ("٠١٢٣٤٥٦٧٨", "٠١٢٣٤٥٦٧٨"),
        (None, ""),
    ],
)
def test_a_number_is_written_for_reading_and_anything_else_left_alone(number: object, words: str) -> None:
    assert formatting.phone(number) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (105_120, "105 kB"), (1_250_000, "1.2 MB"), (None, "–")]
)
def test_a_size_is_told_in_the_unit_that_keeps_it_short(count: int | None, words: str) -> None:
    assert formatting.filesize(count) == words


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("754.2", 754.2), ("12:34", 754), ("1:02:03.5", 3723.5), (" 5 ", 5)],
)
def test_seconds_and_clocks_are_read(text: str, seconds: float) -> None:
    assert formatting.parse_timecode(text) == seconds


@pytest.mark.parametrize("text", ["", None, "abc", "-4", "1e9", "12:", "nan", "٣"])
def test_nonsense_is_no_timecode(text: str | None) -> None:
    assert formatting.parse_timecode(text) is None


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+3197121281500", "3197121281500"),
        ("3197121281500", "3197121281500"),
        (" +46 (70) 000-00.00 ", "46700000000"),
        ("sip:46700000000@example.org", ""),
        ("anonymous", ""),
        ("", ""),
        ("+", ""),
        ("12", ""),
        ("9" * 19, ""),
        ("٤٦٧٠٠٠٠٠٠٠٠", ""),
    ],
)
def test_numbers_match_by_their_digits(number: str, digits: str) -> None:
    assert formatting.digits(number) == digits


@pytest.mark.parametrize(
    ("text", "written"), [("46701234567", "+46701234567"), ("+46 70-123 45 67", "+46701234567"), ("alice", "alice")]
)
def test_a_number_has_its_plus_sign_and_a_name_none(text: str, written: str) -> None:
    assert formatting.e164(text) == written


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("5m", 300), ("5 minutes", 300), ("1h30m", 5400), ("2:05", 125), ("1:00:01", 3601)],
)
def test_a_typed_length_is_read(text: str, seconds: float) -> None:
    assert formatting.parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5x", "-4", "٣", "1:2:3:4"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert formatting.parse_duration(text) is None


@given(st.floats(0, 300_000))
def test_a_timecode_is_read_back_to_the_hundredth(seconds: float) -> None:
    assert formatting.parse_timecode(formatting.timecode(seconds)) == round(seconds, 2)


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "00:00:00,000"), (724.5, "00:12:04,500"), (3599.9996, "01:00:00,000")]
)
def test_a_cue_has_milliseconds(seconds: float, written: str) -> None:
    assert formatting.cue_time(seconds, ",") == written


def test_so_many_of_something_agree_with_their_noun() -> None:
    assert [formatting.counted(number, "line") for number in (0, 1, 1200)] == ["0 lines", "1 line", "1,200 lines"]
    assert formatting.counted(2, "number is", "numbers are") == "2 numbers are"


def test_a_time_is_written_in_its_own_zone() -> None:
    assert formatting.day_and_time(AT) == "5 March 2026, 14:05"
    assert formatting.instant(AT) == "5 March 2026, 14:05 CET"
    assert formatting.exact(AT) == "5 Mar 2026, 14:05:33"
    assert formatting.full(AT) == "Thu 5 Mar 2026, 14:05:33 CET"
    assert formatting.sortable(AT) == "2026-03-05 14:05"
    assert formatting.weekday(AT) == "Thursday, 5 March 2026"
    assert formatting.short_day(AT) == "5 Mar"
    assert formatting.month(AT) == "March 2026"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(minutes=14), "14 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(hours=13, minutes=5), "01:00"),
        (timedelta(hours=24), "yesterday 14:05"),
        (timedelta(days=3), "Mon 14:05"),
        (timedelta(days=30), "3 Feb 14:05"),
        (timedelta(days=400), "29 Jan 2025"),
    ],
)
def test_how_far_a_time_is_from_now_is_short(ago: timedelta, words: str) -> None:
    assert formatting.relative(AT - ago, AT) == words


def test_which_day_it_is_counts_in_the_zone_of_the_time() -> None:
    at = datetime(2026, 3, 5, 0, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
    assert formatting.relative(at, datetime(2026, 3, 5, 22, 30, tzinfo=UTC)) == "00:30"
    assert formatting.relative(at, datetime(2026, 3, 5, 23, 30, tzinfo=UTC)) == "yesterday 00:30"


def test_a_choice_ends_with_or() -> None:
    assert formatting.either(["s3", "azure", "gs"]) == "s3, azure or gs"
    assert formatting.either(["s3"]) == "s3"
