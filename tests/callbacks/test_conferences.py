"""What notifications of a conference change: which session they are about, and when that is left open."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from recordings_site.callbacks.answers import recording_id
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch import svaml
from tests import factories
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose calls all enter one conference, which is recorded."""
    document = {
        "otherwise_record": True,
        "route": {"action": "connectConf", "conference_id": "room"},
        "how": {"destination": factories.destination().pk},
    }
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return made


def enter(number: PhoneNumber, call_id: str) -> str:
    """Post the ICE of a call, and return the place at which its conference is to be recorded."""
    answer = json.loads(post(number.application, ice(number.digits, call_id=call_id)).content)
    return str(svaml.recording_requests(answer)[0].options.destination_url)


def finished(number: PhoneNumber, **fields: Any) -> None:
    event = notify("recording_finished", conferenceId="room", call_id="", **fields)
    assert post(number.application, event).status_code == 200


def test_both_ids_in_one_notification_mean_the_conference(number: PhoneNumber) -> None:
    place = enter(number, "one")
    event = notify("recording_available", place, call_id="one", conferenceId="room")
    assert post(number.application, event).status_code == 200
    job = RecordingJob.objects.get()
    assert (job.call, job.conference_session, job.state) == (None, ConferenceSession.objects.get(), State.AVAILABLE)


def test_a_call_id_beside_tells_the_session_of_a_conference_that_met_twice(number: PhoneNumber) -> None:
    enter(number, "one")
    post(number.application, dice(call_id="one"))
    enter(number, "two")
    event = notify("recording_available", "s3://unknown/x.mp3", call_id="one", conferenceId="room")
    post(number.application, event)
    first = Call.objects.get(call_id="one").conference_session
    assert [job.conference_session for job in RecordingJob.objects.filter(reported_at__isnull=False)] == [first]


def test_the_only_running_recording_of_a_conference_is_finished(number: PhoneNumber) -> None:
    enter(number, "one")
    enter(number, "two")
    for _ in range(2):
        finished(number)
    job = RecordingJob.objects.get()
    assert (job.state, job.conference_session and job.conference_session.closed_at) == (State.FINISHED, None)


def test_an_end_that_could_be_of_two_sessions_changes_neither_and_the_page_says_so(number: PhoneNumber) -> None:
    enter(number, "one")
    post(number.application, dice(call_id="one"))
    ConferenceSession.objects.update(closed_at=timezone.now())
    enter(number, "two")
    finished(number)
    running = RecordingJob.objects.get(conference_session__closed_at=None)
    assert running.state == State.RECORDING
    client = Client()
    client.force_login(factories.admin())
    page = client.get(f"/recordings/{running.pk}/").content.decode()
    assert "there is more than one, so none was changed" in page


def test_a_notification_before_the_first_call_is_about_the_session_that_it_opens(number: PhoneNumber) -> None:
    probe = enter(number, "probe")
    post(number.application, dice(call_id="probe"))
    key = number.application.key
    place = probe.replace(str(recording_id(key, "probe")), str(recording_id(key, "one"))).replace("probe", "one")
    ConferenceSession.objects.update(conference_id="another")
    post(number.application, notify("recording_available", place, call_id="", conferenceId="room"))
    assert enter(number, "one") == place
    session = ConferenceSession.objects.get(conference_id="room")
    job = RecordingJob.objects.get(conference_session=session)
    assert (job.state, job.number, place.endswith(job.key)) == (State.AVAILABLE, number, True)
    assert job.decision is not None
    assert (session.closed_at, Call.objects.get(call_id="one").conference_session) == (None, session)


def entering_when_answered(method: str) -> PhoneNumber:
    """A number whose calls enter a conference when they are answered."""
    document = {
        "otherwise_record": True,
        "route": factories.CONNECT,
        "on_answer": "conference",
        "answer_conference": "room",
        "how": {"destination": factories.destination().pk, "start": "answer", "method": method},
    }
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return made


def answered(number: PhoneNumber, call_id: str) -> dict[str, Any]:
    """Post ICE and ACE of a call, the ACE twice; the answer to that."""
    post(number.application, ice(number.digits, call_id=call_id))
    first, again = (json.loads(post(number.application, ace(call_id=call_id)).content) for _ in range(2))
    assert first == again
    found: dict[str, Any] = first
    return found


def test_by_the_flag_calls_that_enter_when_answered_share_the_recording_of_their_conference() -> None:
    number = entering_when_answered("flag")
    answers = [answered(number, call_id) for call_id in ("one", "two")]
    for answer in answers:
        assert (answer["action"]["name"], answer["action"]["record"]) == ("connectConf", True)
    assert answers[0]["action"]["recordingOptions"] == answers[1]["action"]["recordingOptions"]
    session = ConferenceSession.objects.get()
    job = RecordingJob.objects.get()
    assert (job.conference_session, job.call, job.state, job.number) == (session, None, State.RECORDING, number)
    assert set(Call.objects.values_list("conference_session", flat=True)) == {session.pk}
    place = answers[0]["action"]["recordingOptions"]["destinationUrl"]
    post(number.application, notify("recording_available", place, call_id="", conferenceId="room"))
    for call_id in ("one", "two"):
        post(number.application, dice(call_id=call_id))
    session.refresh_from_db()
    assert session.closed_at is not None
    assert RecordingJob.objects.get().state == State.AVAILABLE


def test_else_the_call_itself_is_recorded_and_the_session_is_known_all_the_same() -> None:
    number = entering_when_answered("automatic")
    answer = answered(number, "one")
    assert answer["action"] == {"name": "connectConf", "conferenceId": "room"}
    assert [item["name"] for item in answer["instructions"]] == ["startRecording"]
    call = Call.objects.get()
    assert call.conference_session == ConferenceSession.objects.get(conference_id="room", closed_at=None)
    assert [job.call for job in RecordingJob.objects.all()] == [call]
    post(number.application, dice(call_id="one"))
    assert ConferenceSession.objects.filter(closed_at=None).count() == 0
    answered(number, "one")
    assert ConferenceSession.objects.count() == 1
