"""Whatever the order of a call's events, and however often each comes, the end is the same."""

import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from recordings_site.callbacks.answers import recording_id
from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import MergedRecording, RecordingJob
from recordings_site.sinch import svaml
from recordings_site.sinch.uploads.destination_url import generated_name
from recordings_site.tasks.models import Task
from tests import factories
from tests.scale import scaled
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db

EVENTS = 7
ORDERS = scaled(24, 5040)
# Parts that are run beside each other; each takes every n-th order.
SHARDS = scaled(1, 8)
FACTS = ("expected_at", "started_at", "finished_at", "reported_at", "available_at", "transcript_available_at",
         "not_recorded_at", "elsewhere_at")  # fmt: skip
STEPS = [{"do": "start"}, {"do": "say", "text": "One"}, {"do": "stop"}, {"do": "say", "text": "Two"}, {"do": "start"}]
EventsOf = Callable[[PhoneNumber, str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Life:
    """A number whose calls are recorded in some way, and the seven events of each of its calls."""

    number: PhoneNumber
    events: EventsOf
    parts: int


def one_part() -> Life:
    """A call recorded at a place of its own, which Sinch reports in two spellings."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    number = factories.number(policy=factories.policy(document))
    snapshot.forget()
    first = json.loads(post(number.application, ice(number.digits, call_id="probe")).content)
    asked = svaml.recording_requests(first)[0].options.destination_url
    key = number.application.key

    def events(number: PhoneNumber, call_id: str) -> Sequence[Mapping[str, Any]]:
        # Ids follow from the call id, so the place is known before the ICE comes.
        place = asked.replace(str(recording_id(key, "probe")), str(recording_id(key, call_id)))
        place = place.replace("probe", call_id)
        return (
            ice(number.digits, call_id=call_id),
            ace(call_id=call_id),
            dice(call_id=call_id),
            notify("recording_finished", call_id=call_id),
            notify("recording_available", place, call_id=call_id),
            notify("transcription_available", place.replace(".mp3", "-transcript.json"), call_id=call_id),
            notify("recording_available", place.replace("-", "%2D"), call_id=call_id),
        )

    return Life(number, events, parts=1)


def two_parts() -> Life:
    """A call recorded twice, in a folder in which Sinch makes the names."""
    how = {"destination": factories.destination(key_template="").pk, "transcription": True, "locale": "en-US",
           "steps": STEPS}  # fmt: skip
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    number = factories.number(policy=factories.policy(document))
    snapshot.forget()
    folder = f"local://{Destination.objects.latest('pk').bucket}/"

    def events(number: PhoneNumber, call_id: str) -> Sequence[Mapping[str, Any]]:
        dates = [datetime(2026, 1, 14, 9, 30, second, tzinfo=UTC) for second in (1, 31)]
        one, two = (folder + generated_name(date, number.application.key, call_id, "mp3") for date in dates)
        return (
            ice(number.digits, call_id=call_id),
            ace(call_id=call_id),
            dice(call_id=call_id),
            notify("recording_available", one, call_id=call_id),
            notify("recording_available", two, call_id=call_id),
            notify("transcription_available", one.replace(".mp3", "-transcript.json"), call_id=call_id),
            notify("transcription_available", two.replace(".mp3", "-transcript.json"), call_id=call_id),
        )

    return Life(number, events, parts=2)


def orders(shard: int) -> Iterator[tuple[int, ...]]:
    """Orders in which each of the seven events comes twice: all orders of the first ones, the second ones anywhere
    behind them.
    """
    firsts = list(itertools.permutations(range(EVENTS)))
    draw = random.Random(7)
    chosen = firsts if len(firsts) <= ORDERS else [firsts[-1], *draw.sample(firsts, ORDERS - 1)]
    for order in chosen[shard::SHARDS]:
        mixed = list(order)
        for event in order:
            mixed.insert(draw.randint(mixed.index(event) + 1, len(mixed)), event)
        yield tuple(mixed)


def lived(life: Life, call_id: str, order: Sequence[int]) -> list[dict[str, Any]]:
    """Post a call's events in this order, and return what is known of its recordings in the end."""
    events = life.events(life.number, call_id)
    for position in order:
        assert post(life.number.application, dict(events[position])).status_code == 200
    call = Call.objects.get(call_id=call_id)
    assert (call.number, call.duration, call.is_over) == (life.number, 60, True)
    jobs = RecordingJob.objects.filter(call=call).order_by("ordinal")
    ids = {job.pk for job in jobs}
    deliveries = CallbackDelivery.objects.filter(call=call, event="notify").exclude(notify_type="recording_finished")
    assert {each.recording_id for each in deliveries} == ids
    assert set(MergedRecording.objects.filter(recording__in=ids).values_list("recording", flat=True)) <= ids
    for kind in ("recording.inspect", "transcript.load"):
        due = Task.objects.filter(kind=kind, done_at=None, subject__in=[str(pk) for pk in ids])
        assert due.count() == len(ids), kind
    return [
        {
            "ordinal": job.ordinal,
            "state": job.state,
            "place": (job.destination_id, job.key.replace(str(job.pk), "").replace(call_id, "")),
            "requested": (job.asked_destination_id, job.asked_key.replace(str(job.pk), "").replace(call_id, "")),
            "transcript": job.reported_transcript_destination.replace(str(job.pk), "").replace(call_id, ""),
            "facts": [fact for fact in FACTS if getattr(job, fact) is not None],
            "number": job.number_id,
            "origin": job.origin,
            "happened_at": job.happened_at,
            "is_decided": job.decision_id is not None,
        }
        for job in jobs
    ]


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("make", [one_part, two_parts])
def test_all_orders_of_a_calls_life_with_each_event_twice_end_the_same(make: Callable[[], Life], shard: int) -> None:
    life = make()
    expected = lived(life, "in-order", range(EVENTS))
    assert [job["state"] for job in expected] == ["available"] * life.parts
    for serial, order in enumerate(orders(shard)):
        assert lived(life, f"shuffled-{serial}", order) == expected, order
