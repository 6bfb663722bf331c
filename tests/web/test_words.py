"""The words and signs of every page: numbers, times, lengths, ids and highlighted JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.safestring import SafeString

from recordings_site.web import jsonlines
from recordings_site.web.templatetags import site

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def rendered(text: str, **context: Any) -> str:
    return Template(text).render(Context(context))


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
    assert site.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1.9, "1 second"), (724, "12 minutes 4 seconds"), (7260, "2 hours 1 minute"), (None, "unknown")],
)
def test_a_length_is_said_in_words(seconds: Any, words: str) -> None:
    assert site.spoken_duration(seconds) == words


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
    assert site.phone(number) == words


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(minutes=14), "14 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(hours=14), "01:00"),
        (timedelta(hours=24), "yesterday 15:00"),
        (timedelta(days=3), "Fri 15:00"),
        (timedelta(days=30), "24 Oct 15:00"),
        (timedelta(days=400), "19 Oct 2025"),
    ],
)
def test_a_time_is_told_as_a_person_would(ago: timedelta, words: str) -> None:
    assert f">{words}</time>" in site.when(NOW - ago)


@time_machine.travel(NOW, tick=False)
def test_the_exact_time_in_the_viewers_zone_is_shown_on_hover() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        shown = site.when(NOW - timedelta(hours=1))
    assert 'title="Mon 23 Nov 2026, 23:00:00 JST"' in shown
    assert 'datetime="2026-11-23T14:00:00+00:00"' in shown


def test_an_id_is_shortened_in_its_middle_and_copied_whole() -> None:
    shown = site.short_id("84bea9f4-58ff-4539-a1ce-bda79e0d8ea5")
    assert ">84bea9…0d8ea5<" in shown
    assert 'data-copy="84bea9f4-58ff-4539-a1ce-bda79e0d8ea5"' in shown


def test_a_state_is_a_word_an_icon_and_a_colour_and_an_unknown_one_is_still_a_word() -> None:
    assert all(part in rendered('{% state "missing" %}') for part in ("state-bad", "#bad", "Missing"))
    assert "Something new" in rendered('{% state "something_new" %}')


def test_a_state_is_escaped_though_the_same_text_was_shown_as_safe_before() -> None:
    for text in (SafeString("<b>"), "<b>"):
        assert "<b>" not in site.state(text)
    assert "<i>" in site.state("late", SafeString("<i>"))
    assert "<i>" not in site.state("late", "<i>")


def test_a_states_reason_is_escaped() -> None:
    assert "<b>" not in rendered('{% state "late" reason=reason %}', reason="<b>")


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (105_120, "105 kB"), (1_250_000, "1.2 MB"), (None, "–")]
)
def test_a_size_is_told_in_the_unit_that_keeps_it_short(count: int | None, words: str) -> None:
    assert site.filesize(count) == words


def test_the_query_of_a_page_changes_without_losing_the_rest_and_paging_starts_anew() -> None:
    request = RequestFactory().get("/?q=a&state=late&before=7")
    assert rendered('{% query state=None q="b" %}', request=request) == "?q=b"


SVAML = {
    "instructions": [{"name": "startRecording", "options": {"credentials": "AKIA:canary:eu", "format": "mp3"}}],
    "action": {"name": "connectPstn", "number": "</span><script>", "record": True, "maxDuration": 60, "cli": None},
}


def test_json_is_escaped_and_its_secrets_never_shown() -> None:
    shown = jsonlines.highlighted(SVAML)
    assert "canary" not in shown
    assert jsonlines.MASK in shown
    assert "<script>" not in shown


def test_what_makes_a_recording_is_marked() -> None:
    shown = jsonlines.highlighted(SVAML)
    assert shown.count('class="j-rec"') == 3


def test_a_secret_that_was_masked_before_is_shown_with_its_tail() -> None:
    assert "••••7f2a" in jsonlines.highlighted({"credentials": "••••7f2a"})


def test_highlighted_json_without_its_marks_is_the_same_json() -> None:
    import html
    import json
    import re

    document = {"a": [1, 2.5, True, None, 'ä\n\t"\\'], "b": {}, "c": []}
    plain = html.unescape(re.sub(r"<[^>]*>", "", jsonlines.highlighted(document)))
    assert json.loads(plain) == document


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Two-Factor Authentication", "Two-factor authentication"),
        ("\n    Add Security Key\n", "\n    Add security key\n"),
        ("Your TOTP Code", "Your TOTP code"),
        ("", ""),
    ],
)
def test_headings_of_other_libraries_are_told_in_sentence_case(heading: str, words: str) -> None:
    assert site.sentence_case(heading) == words
