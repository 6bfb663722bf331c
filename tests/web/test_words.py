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

from recordings_site.recordings.search.highlight import Fragment
from recordings_site.web.html import json_html
from recordings_site.web.templatetags import site

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def rendered(text: str, **context: Any) -> str:
    return Template(text).render(Context(context))


@time_machine.travel(NOW, tick=False)
def test_a_time_of_a_list_is_relative_to_now() -> None:
    assert ">14 min ago</time>" in site.when(NOW - timedelta(minutes=14))
    assert site.when(None) == "–"


def test_dates_in_templates_are_in_the_viewers_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert rendered("{{ at|day_and_time }}, {{ at|day }}", at=NOW) == "24 November 2026, 00:00, 24 November 2026"


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


def test_the_query_of_a_page_changes_without_losing_the_rest_and_paging_starts_anew() -> None:
    request = RequestFactory().get("/?q=a&state=late&before=7")
    assert rendered('{% query state=None q="b" %}', request=request) == "?q=b"


SVAML = {
    "instructions": [{"name": "startRecording", "options": {"credentials": "AKIA:canary:eu", "format": "mp3"}}],
    "action": {"name": "connectPstn", "number": "</span><script>", "record": True, "maxDuration": 60, "cli": None},
}


def test_json_is_escaped_and_its_secrets_never_shown() -> None:
    shown = json_html.highlighted(SVAML)
    assert "canary" not in shown
    assert json_html.MASK in shown
    assert "<script>" not in shown


def test_what_makes_a_recording_is_marked() -> None:
    shown = json_html.highlighted(SVAML)
    assert shown.count('class="j-rec"') == 3


def test_a_secret_that_was_masked_before_is_shown_with_its_tail() -> None:
    assert "••••7f2a" in json_html.highlighted({"credentials": "••••7f2a"})


def test_highlighted_json_without_its_marks_is_the_same_json() -> None:
    import html
    import json
    import re

    document = {"a": [1, 2.5, True, None, 'ä\n\t"\\'], "b": {}, "c": []}
    plain = html.unescape(re.sub(r"<[^>]*>", "", json_html.highlighted(document)))
    assert json.loads(plain) == document


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Reset Your Password", "Reset your password"),
        ("Two-Factor Authentication", "Two-step verification"),
        ("\n    Add Security Key\n", "Add a security key"),
        ("Your TOTP Code", "Your TOTP code"),
        ("", ""),
    ],
)
def test_headings_of_other_libraries_are_told_in_sentence_case(heading: str, words: str) -> None:
    assert site.sentence_case(heading) == words


def test_what_was_found_is_marked_and_all_of_it_escaped() -> None:
    fragments = [Fragment("a <b> ", False), Fragment("<i>", True), Fragment(" & more", False)]
    assert site.marked(fragments) == "a &lt;b&gt; <mark>&lt;i&gt;</mark> &amp; more"


def test_ticks_are_path_data() -> None:
    assert site.ticks([0.0, 7.5, 3600.25]) == "M0 0v4M7.5 0v4M3600.25 0v4"
    assert site.ticks([]) == ""


def test_a_phone_number_stays_on_one_line_and_a_name_may_wrap() -> None:
    shown = Template("{{ number|phone|unbroken }} {{ name|unbroken }}").render(
        Context({"number": "12025550142", "name": "sip:<anna>@example.com"})
    )
    assert shown == '<span class="nowrap">+1 202-555-0142</span> sip:&lt;anna&gt;@example.com'


@time_machine.travel(NOW, tick=False)
def test_a_running_clock_says_how_long_it_has_run() -> None:
    shown = Template("{{ at|running }}").render(Context({"at": NOW - timedelta(seconds=75)}))
    assert shown == '<span class="num" role="timer" data-elapsed="75">1:15</span>'
