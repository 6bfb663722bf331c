"""The three steps in which agents read a call."""

from datetime import timedelta

import pytest

from recordings_site.calls.models import Call
from recordings_site.recordings.explain import timeline
from recordings_site.recordings.explain.plain_steps import plain_steps
from recordings_site.recordings.models import RecordingJob
from tests import factories

pytestmark = pytest.mark.django_db


def said(call: Call) -> list[tuple[str, str]]:
    return [(step.text, step.tone) for step in plain_steps(timeline.of_call(call, factories.admin()))]


def called(**fields: object) -> Call:
    call = factories.call(**fields)
    factories.decision(call)
    return call


def test_a_call_that_is_recorded_and_there() -> None:
    call = called()
    at = factories.LONG_AGO + timedelta(minutes=3)
    factories.recording(call=call, transcript_available_at=at, transcription=True)
    assert said(call) == [("Answered, 1:00.", "ok"), ("Recorded, 0:55.", "ok"), ("Available, with transcript.", "ok")]


def test_a_call_that_was_not_answered_has_no_file() -> None:
    call = called(answered_at=None, ace_received_at=None, dice_result="NO_ANSWER")
    factories.recording(
        call=call, state="not_recorded", available_at=None, started_at=None, finished_at=None, duration=None
    )
    assert said(call) == [("Not answered.", "idle"), ("Not recorded.", "idle"), ("No file.", "idle")]


def test_a_late_file_and_a_call_that_goes_on() -> None:
    late = called()
    factories.overdue(call=late, duration=None)
    assert said(late)[1:] == [("Recording late.", "wait"), ("Late.", "warn")]
    running = called(ended_at=None, dice_received_at=None, duration=None)
    factories.recording(call=running, available_at=None, finished_at=None, duration=None)
    assert said(running) == [("In progress.", "wait"), ("Being recorded.", "wait"), ("Recording.", "wait")]


def test_parts_are_counted_and_what_is_missing_comes_first() -> None:
    call = called()
    destination = factories.destination()
    factories.recording(call=call, destination=destination, duration=20)
    factories.overdue(call=call, destination=destination, duration=None, ordinal=2)
    assert said(call)[1:] == [("Recorded in 2 parts, 0:20.", "ok"), ("1 of 2 parts available.", "warn")]


def test_a_recording_whose_call_was_never_received() -> None:
    recording = RecordingJob.objects.get(pk=factories.recording(call=None).pk)
    steps = plain_steps(timeline.of_recording(recording, factories.admin()))
    assert steps[0].text == "We didn’t receive this call, only its recording."
