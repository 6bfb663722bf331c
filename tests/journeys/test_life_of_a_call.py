"""A call from its ICE to a recording that can be heard, read and searched: Sinch's part is the simulator's."""

import pytest

from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.audio.waveform import unpack
from recordings_site.recordings.models import RecordingJob, State, Transcript
from recordings_site.tasks.models import Task
from tests import factories, simulated


@pytest.fixture
def recorded_number(db: None) -> PhoneNumber:
    """A number whose every call is recorded and transcribed."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    number = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return number


def test_a_simulated_call_ends_as_a_recording_with_its_audio_waveform_and_transcript(recorded_number):
    planned = simulated.groups(1, numbers=[recorded_number.digits], seed=3)
    totals = simulated.simulate(recorded_number.application, planned)
    assert (totals.broken, totals.failed_uploads, totals.refused) == ({}, [], 0)

    recording = RecordingJob.objects.get()
    assert recording.state == State.AVAILABLE
    assert (recording.call.call_id, recording.number) == (planned[0][0].call_id, recorded_number)
    assert recording.content_type == "audio/mpeg"
    assert 40 < recording.duration < 70
    [lane] = unpack(recording.audio_index.peaks)
    assert len(lane) > 500
    assert max(lane) > 60
    transcript = Transcript.objects.get()
    assert transcript.line_count == transcript.lines.count() > 10
    assert not Task.objects.filter(dead_at__isnull=False).exists()


def test_a_few_days_of_calls_lose_nothing(recorded_number):
    planned = simulated.groups(25, numbers=[recorded_number.digits])
    totals = simulated.simulate(recorded_number.application, planned)
    assert Call.objects.count() == 25
    assert RecordingJob.objects.filter(state=State.AVAILABLE).count() == totals.recordings > 15
    assert RecordingJob.objects.filter(state=State.NOT_RECORDED).count() == 25 - totals.recordings
    assert Transcript.objects.count() == totals.transcripts
    assert CallbackDelivery.objects.filter(applied_at=None).count() == 0
    assert not RecordingJob.objects.filter(is_short=True).exists()
    assert RecordingJob.objects.filter(recorded_seconds__gt=40).count() > 15
