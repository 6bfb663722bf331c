"""How often a callback asks the database, BEGIN and COMMIT included: each statement costs a call its wait."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recordings_site.callbacks import ice as ices
from recordings_site.callbacks import verification
from recordings_site.callbacks.ice import DecidedIce
from recordings_site.calls.models import CallbackDelivery
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.sinch import events, svaml
from recordings_site.sinch.events import Ice
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy records every call, in a process that has answered before."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    post(made.application, ice(made.digits, call_id="first"))
    return made


def statements(do: Callable[[], object]) -> list[str]:
    """What is asked of the database meanwhile."""
    with CaptureQueriesContext(connection) as captured:
        do()
    return [query["sql"] for query in captured.captured_queries]


def decided(number: PhoneNumber, call_id: str) -> DecidedIce:
    """An ICE that was verified and decided upon."""
    known = snapshot.current()
    body = json.dumps(ice(number.digits, call_id=call_id)).encode()
    event = events.parse(body)
    assert isinstance(event, Ice)
    told: dict[str, Any] = {"x_timestamp": "", "content_type": "", "signature_digest": call_id.encode(), "fresh": True}
    application = known.applications[number.application.key]
    callback = verification.VerifiedCallback(application, event, body, timezone.now(), **told)
    return ices.decide(callback, event, known, started=time.perf_counter())


def test_new_calls_are_kept_by_as_many_statements_as_one(number: PhoneNumber) -> None:
    few = [decided(number, "one")]
    # As many as SQLite takes in one statement.
    many = [decided(number, f"call-{place}") for place in range(15)]
    assert len(statements(lambda: ices.store(few))) == len(statements(lambda: ices.store(many))) == 7
    assert RecordingJob.objects.count() == CallbackDelivery.objects.count() == 17


def test_each_event_of_a_calls_life_takes_few_statements(number: PhoneNumber) -> None:
    app = number.application
    asked = json.loads(post(app, ice(number.digits)).content)
    place = svaml.recording_requests(asked)[0].options.destination_url
    life = {
        "ace": ace(),
        "dice": dice(),
        "finished": notify("recording_finished"),
        "available": notify("recording_available", place),
        "transcribed": notify("transcription_available", place.replace(".mp3", "-transcript.json")),
    }
    took = {name: statements(lambda event=event: post(app, event)) for name, event in life.items()}  # type: ignore[misc]
    counts = {name: len(found) for name, found in took.items()}
    most = {"ace": 10, "dice": 10, "finished": 7, "available": 12, "transcribed": 10}
    assert {name: count for name, count in counts.items() if count > most[name]} == {}, took
    job = RecordingJob.objects.get(call__call_id=ice(number.digits)["callid"])
    assert job.state == State.AVAILABLE
    assert {task.kind for task in Task.objects.filter(subject=str(job.pk))} == {
        "recording.look",
        "recording.inspect",
        "transcript.load",
    }
