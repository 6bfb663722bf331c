"""The lines as people read them."""

import pytest

from recordings_site.accounts.models import Role
from recordings_site.base.formatting import timecode
from recordings_site.recordings.annotations.corrections import line_at
from recordings_site.recordings.annotations.forms import SelectedSpan
from recordings_site.recordings.models import LineCorrection, SpeakerName, Transcript
from recordings_site.recordings.transcripts import lines
from recordings_site.recordings.transcripts.speakers import speakers_of
from tests import factories

pytestmark = pytest.mark.django_db

TALK = (
    (0.5, "Speaker 1", "Good morning, you are through to support."),
    (4.2, "Speaker 2", "Hi, I would like a refund for my order."),
    (9.0, "Speaker 1", "Of course. What is the order number?"),
    (13.5, "Speaker 2", "It is 4711."),
)


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(line.speaker, line.text) for line in lines.shown_lines(transcript)]


def made(talk: tuple[tuple[float, str, str], ...] = TALK) -> Transcript:
    return factories.transcript(factories.recording(duration=18.0), talk)


def test_a_line_ends_at_the_next_later_start_and_lasts_a_second() -> None:
    assert lines.cue_ends([2, 5, 5, 9.5], 20) == [5, 9.5, 9.5, 20]
    assert lines.cue_ends([1, 1.2], 1.3) == [2, 2.2]
    assert lines.cue_ends([], None) == []


@pytest.mark.parametrize("start", [9.5, 9999.99, 10_000.14, 25_200.07, 100_000.04])
def test_the_address_of_a_line_leads_to_that_line_also_in_a_long_call(start: float) -> None:
    transcript = made(((start - 0.1, "Speaker 1", "before"), (start, "Speaker 2", "here")))
    [_, shown] = lines.shown_lines(transcript)
    line = line_at(transcript, SelectedSpan.of({"t": timecode(shown.start)}))
    assert line is not None
    assert line.original == "here"


def test_lines_come_in_the_order_of_time_with_the_offset() -> None:
    transcript = made(((9.0, "B", "late"), (1.0, "A", "early")))
    transcript.offset = -1.5
    assert [(line.start, line.text) for line in lines.shown_lines(transcript)] == [(0.0, "early"), (7.5, "late")]


def test_a_correction_and_a_name_are_shown_and_that_of_the_recording_comes_first() -> None:
    transcript, author = made(), factories.user(Role.SUPERVISOR)
    LineCorrection.objects.create(transcript=transcript, position=3, text="It's 4712.", author=author)
    number, recording = transcript.recording.number, transcript.recording
    SpeakerName.objects.create(number=number, speaker_label="Speaker 1", name="Agent", author=author)
    assert [who for who, _ in said(transcript)] == ["Agent", "Speaker 2", "Agent", "Speaker 2"]
    SpeakerName.objects.create(recording=recording, speaker_label="Speaker 1", name="Anna", author=author)
    assert [who for who, _ in said(transcript)] == ["Anna", "Speaker 2", "Anna", "Speaker 2"]
    corrected = lines.shown_lines(transcript)[3]
    assert (corrected.text, corrected.original) == ("It's 4712.", "It is 4711.")


def test_a_reverted_correction_shows_the_original_text() -> None:
    transcript, author = made(), factories.user(Role.SUPERVISOR)
    for text, reverts in (("one", False), ("two", False), ("", True)):
        LineCorrection.objects.create(transcript=transcript, position=0, text=text, reverts=reverts, author=author)
    assert lines.shown_lines(transcript)[0].text == TALK[0][2]


def test_an_empty_name_returns_to_the_name_of_the_number() -> None:
    recording, author = made().recording, factories.user(Role.SUPERVISOR)
    SpeakerName.objects.create(number=recording.number, speaker_label="Speaker 1", name="Agent", author=author)
    for name in ("Anna", ""):
        SpeakerName.objects.create(recording=recording, speaker_label="Speaker 1", name=name, author=author)
    assert speakers_of(recording, ["Speaker 1"])["Speaker 1"].name == "Agent"
