"""Whatever the order of a call's events, and however often each comes, the end is the same."""

import itertools
import json
import random
from typing import Any

import pytest

from recordings_site.calls.models import Call
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch import svaml
from tests import factories
from tests.scale import scaled
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy records every call."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return made


def _life(number: PhoneNumber, call_id: str, order: tuple[int, ...]) -> list[dict[str, Any]]:
    """Post the seven events of one call in this order, and return what is known of its recordings in the end."""
    first = json.loads(post(number.application, ice(number.digits, call_id=f"probe-{call_id}")).content)
    asked = svaml.recording_requests(first)[0].options.destination_url
    place = _place_of(asked, f"probe-{call_id}", call_id, number)
    events = [
        ice(number.digits, call_id=call_id),
        ace(call_id=call_id),
        dice(call_id=call_id),
        notify("recording_finished", call_id=call_id),
        notify("recording_available", place, call_id=call_id),
        notify("transcription_available", place.replace(".mp3", "-transcript.json"), call_id=call_id),
        notify("recording_finished", call_id=call_id),
    ]
    for position in order:
        assert post(number.application, events[position]).status_code == 200
    call = Call.objects.get(call_id=call_id)
    assert (call.number, call.duration, call.is_over) == (number, 60, True)
    return [
        {
            "ordinal": job.ordinal,
            "state": job.state,
            "key": job.key,
            "facts": [f for f in FACTS if getattr(job, f) is not None],
            "number": job.number_id,
            "origin": job.origin,
            "happened_at": job.happened_at,
        }
        for job in RecordingJob.objects.filter(call=call).order_by("ordinal")
    ]


FACTS = ("expected_at", "started_at", "finished_at", "available_at", "transcript_available_at", "not_recorded_at")


def _place_of(asked: str, probe_id: str, call_id: str, number: PhoneNumber) -> str:
    """Where the call's recording will be asked to be: known before its ICE comes, as ids follow from the call id."""
    from recordings_site.callbacks.answers import recording_id

    key = number.application.key
    return asked.replace(str(recording_id(key, probe_id)), str(recording_id(key, call_id))).replace(probe_id, call_id)


def test_all_orders_of_a_calls_life_end_the_same(number: PhoneNumber) -> None:
    orders = list(itertools.permutations(range(7)))
    expected = _life(number, "in-order", orders[0])
    assert expected[0]["state"] == "available"
    for serial, order in enumerate([orders[-1], *random.Random(7).sample(orders, scaled(120, 5039))]):
        found = _life(number, f"shuffled-{serial}", order)
        for one, other in zip(expected, found, strict=True):
            one_key = _place_of(str(one["key"]), "in-order", f"shuffled-{serial}", number)
            assert {**one, "key": one_key} == other, order


def test_each_event_twice_ends_the_same(number: PhoneNumber) -> None:
    once = _life(number, "once", tuple(range(7)))
    twice = _life(number, "twice", tuple(p for p in range(7) for _ in range(2)))
    assert [{**job, "key": ""} for job in once] == [{**job, "key": ""} for job in twice]
