"""A sequence's recordings through the real endpoint: each start a row and a file of its own."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch import svaml
from tests import factories
from tests.sinch_posts import dice, ice, notify, post

pytestmark = pytest.mark.django_db
STEPS = [{"do": "start"}, {"do": "say", "text": "One"}, {"do": "stop"}, {"do": "say", "text": "Not"}, {"do": "start"}]
MENU = {
    "action": "runMenu",
    "prompt": "Press 1",
    "options": [
        {"dtmf": "1", "route": factories.CONNECT, "recording": "stop"},
        {"dtmf": "2", "route": factories.CONNECT, "recording": "start"},
    ],
    "default": {"action": "hangup"},
}


def number(route: dict[str, Any], steps: list[dict[str, Any]]) -> PhoneNumber:
    """A number whose policy records so."""
    how = {"destination": factories.destination().pk, "steps": steps}
    made = factories.number(policy=factories.policy({"otherwise_record": True, "route": route, "how": how}))
    snapshot.forget()
    return made


def places(answer: HttpResponse) -> list[str]:
    """Where the recordings that an answer starts go."""
    assert answer.status_code == 200, answer.content
    return [one.options.destination_url for one in svaml.recording_requests(json.loads(answer.content))]


def pie(value: str) -> dict[str, Any]:
    """The caller's choice."""
    result = {"menuId": "main", "type": "return", "value": value, "inputMethod": "dtmf"}
    return {"event": "pie", "callid": ice("")["callid"], "version": 1, "menuResult": result}


def test_two_starts_are_two_recordings_that_become_available_each_by_its_own_name() -> None:
    ours = number(factories.CONNECT, STEPS)
    first, second = places(post(ours.application, ice(ours.digits)))
    assert places(post(ours.application, ice(ours.digits))) == [first, second]
    post(ours.application, dice())
    for place in (second, first):
        post(ours.application, notify("recording_finished"))
        post(ours.application, notify("recording_available", place))
    jobs = list(RecordingJob.objects.order_by("ordinal"))
    assert [job.state for job in jobs] == [State.AVAILABLE, State.AVAILABLE]
    assert [first.endswith(jobs[0].key), second.endswith(jobs[1].key)] == [True, True]


def test_a_choice_that_starts_a_recording_makes_one_and_another_makes_none() -> None:
    ours = number(MENU, [{"do": "say", "text": "Welcome"}])
    assert places(post(ours.application, ice(ours.digits))) == []
    assert not RecordingJob.objects.exists()
    stopped = post(ours.application, pie("1"))
    assert [item["name"] for item in json.loads(stopped.content)["instructions"]] == ["stopRecording"]
    assert not RecordingJob.objects.exists()
    [place] = places(post(ours.application, pie("2")))
    assert places(post(ours.application, pie("2"))) == [place]
    job = RecordingJob.objects.get()
    assert (job.state, place.endswith(job.key)) == (State.RECORDING, True)
