"""What a list shows of a transcript: shares of the talk, and the line at which the call comes to its matter."""

import pytest

from recordings_site.recordings.ingest import actions
from recordings_site.recordings.models import CallSummary, Side, SpeakerName
from recordings_site.recordings.transcripts.summaries import summarize
from tests import factories

pytestmark = pytest.mark.django_db


def excerpt(*lines: tuple[str, str]) -> str:
    recording = factories.recording(duration=60.0)
    said = [(float(place), speaker, text) for place, (speaker, text) in enumerate(lines)]
    return summarize(factories.transcript(recording, said)).excerpt


def test_the_matter_is_the_first_line_of_substance_of_whoever_answers() -> None:
    greeting = ("Speaker 1", "Northwind support, you are speaking to Dana.")
    assert excerpt(greeting, ("Speaker 2", "Hi."), ("Speaker 2", "My card was charged twice.")) == (
        "My card was charged twice."
    )
    assert excerpt(greeting, ("Speaker 2", "Hi.")) == greeting[1]
    assert excerpt(("Speaker 1", "Hello?")) == "Hello?"
    assert excerpt() == ""


def test_the_matter_is_the_customers_who_may_have_spoken_first() -> None:
    number, author = factories.number(), factories.user()
    SpeakerName.objects.create(number=number, speaker_label="Speaker 2", side=Side.AGENT, author=author)
    said = [(0.0, "Speaker 1", "Hi, my card was charged twice."), (4.0, "Speaker 2", "Sorry, let me look into that.")]
    transcript = factories.transcript(factories.recording(number=number, duration=60.0), said)
    assert summarize(transcript).excerpt == "Hi, my card was charged twice."


def test_a_very_long_line_is_cut() -> None:
    assert excerpt(("", "word " * 100)).endswith("…")


def test_the_worker_keeps_the_summary_with_the_index() -> None:
    transcript = factories.transcript(
        factories.recording(duration=10.0), [(0.0, "Speaker 1", "one two three four five")]
    )
    actions.index_transcript(transcript)
    kept = CallSummary.objects.get(recording=transcript.recording)
    assert (kept.talk, kept.silence, kept.excerpt) == ([["Speaker 1", 100]], 0, "one two three four five")
