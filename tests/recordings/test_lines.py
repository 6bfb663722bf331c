"""The lines as people read them."""

import re
from typing import Any

import pytest

from recordings_site.accounts.models import Role
from recordings_site.recordings import lines
from recordings_site.recordings.forms import Moment
from recordings_site.recordings.models import LineCorrection, SpeakerName, Transcript
from recordings_site.recordings.moment import line_at
from recordings_site.recordings.waveform import pack
from tests import factories

pytestmark = pytest.mark.django_db

TALK = (
    (0.5, "Speaker 1", "Good morning, you are through to support."),
    (4.2, "Speaker 2", "Hi, I would like a refund for my order."),
    (9.0, "Speaker 1", "Of course. What is the order number?"),
    (13.5, "Speaker 2", "It is 4711."),
)


def made(talk: tuple[tuple[float, str, str], ...] = TALK) -> Transcript:
    return factories.transcript(factories.recording(duration=18.0), talk)


def test_a_line_ends_at_the_next_later_start_and_lasts_a_second() -> None:
    assert lines.cue_ends([2, 5, 5, 9.5], 20) == [5, 9.5, 9.5, 20]
    assert lines.cue_ends([1, 1.2], 1.3) == [2, 2.2]
    assert lines.cue_ends([], None) == []


@pytest.mark.parametrize("start", [9.5, 9999.99, 10_000.14, 25_200.07, 100_000.04])
def test_the_address_of_a_line_leads_to_that_line_also_in_a_long_call(start: float) -> None:
    transcript = made(((start - 0.1, "Speaker 1", "before"), (start, "Speaker 2", "here")))
    html, _ = lines.read(transcript)
    [_, address] = re.findall(r'name="t" value="([^"]+)"', html)
    line = line_at(transcript, Moment.of({"t": address}))
    assert line is not None
    assert line.original == "here"


def test_lines_come_in_the_order_of_time_with_the_nudge() -> None:
    transcript = made(((9.0, "B", "late"), (1.0, "A", "early")))
    transcript.offset = -1.5
    assert [(line.start, line.text) for line in lines.shown_lines(transcript)] == [(0.0, "early"), (7.5, "late")]


def test_what_was_said_is_escaped_once() -> None:
    html, speakers = lines.read(made(((1.0, '"><b>', "<script>alert('x')</script> & more"),)))
    assert "<script>" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; more" in html
    assert speakers[0].name == '"><b>'


def test_the_html_is_kept_and_made_anew_when_what_it_shows_has_changed(django_assert_num_queries: Any) -> None:
    transcript, author = made(), factories.user(Role.SUPERVISOR)
    number = transcript.recording.number
    lines.read(transcript)
    with django_assert_num_queries(2):
        lines.read(transcript)
    LineCorrection.objects.create(transcript=transcript, position=3, text="It's 4712.", author=author)
    html, _ = lines.read(transcript)
    assert "It&#x27;s 4712." in html
    assert "<i>corrected</i>" in html
    SpeakerName.objects.create(number=number, speaker_label="Speaker 1", name="Agent", author=author)
    assert "Agent" in lines.read(transcript)[0]
    SpeakerName.objects.create(recording=transcript.recording, speaker_label="Speaker 1", name="Anna", author=author)
    html, _ = lines.read(transcript)
    assert "Anna" in html
    assert "Agent" not in html


def test_a_reverted_correction_shows_what_sinch_heard() -> None:
    transcript, author = made(), factories.user(Role.SUPERVISOR)
    for text, reverts in (("one", False), ("two", False), ("", True)):
        LineCorrection.objects.create(transcript=transcript, position=0, text=text, reverts=reverts, author=author)
    assert lines.shown_lines(transcript)[0].text == TALK[0][2]


def test_an_empty_name_returns_to_the_name_of_the_number() -> None:
    recording, author = made().recording, factories.user(Role.SUPERVISOR)
    SpeakerName.objects.create(number=recording.number, speaker_label="Speaker 1", name="Agent", author=author)
    for name in ("Anna", ""):
        SpeakerName.objects.create(recording=recording, speaker_label="Speaker 1", name=name, author=author)
    assert lines.names_of(recording) == {"Speaker 1": "Agent"}


def test_shares_of_talk_add_up_and_turns_are_counted() -> None:
    _, speakers = lines.read(made())
    assert [(speaker.label, speaker.turns, speaker.lines) for speaker in speakers] == [
        ("Speaker 1", 2, 2),
        ("Speaker 2", 2, 2),
    ]
    assert sum(speaker.share for speaker in speakers) == 100
    assert speakers[0].seconds == 8.2


def test_silence_is_nobodys_talk() -> None:
    transcript = made()
    # 18 points of a second each: after 12 s nothing is heard.
    transcript.recording.peaks = pack([bytes([200] * 12 + [0] * 6)])
    _, speakers = lines.read(transcript)
    assert [round(speaker.seconds) for speaker in speakers] == [7, 5]
    assert lines.read(transcript)[1] == speakers


def test_the_speakers_are_counted_anew_when_the_waveform_comes() -> None:
    transcript = made()
    before = lines.read(transcript)[1]
    transcript.recording.peaks = pack([bytes([200] * 6 + [0] * 12)])
    assert lines.read(transcript)[1] != before
