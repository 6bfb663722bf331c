"""Calls whose events come late, out of order and twice end as they do in order."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from recordings_site.calls.models import Call, CallbackDelivery, ConferenceSession
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application
from recordings_site.recordings.models import RecordingJob, State, Transcript
from recordings_site.simulator.engine import Totals
from recordings_site.simulator.outbox import Faults
from recordings_site.simulator.plan import CallGroup
from recordings_site.tasks import registry
from tests import factories, simulated
from tests.scale import scaled

pytestmark = pytest.mark.django_db

FACTS = (
    "expected_at", "started_at", "not_recorded_at", "finished_at", "available_at", "transcript_available_at",
    "deleted_at", "overdue_since",
)  # fmt: skip
CALLS = scaled(100, 500)
# What callbacks bring, and the look at the requested place when Sinch names one that is nobody's; reading the rest of
# what lies in the store is the same whatever their order.
OF_CALLBACKS = {
    kind: job for kind, job in registry.load().items() if kind.startswith("delivery.") or kind == "recording.look"
}


@dataclass(frozen=True)
class World:
    """An application with numbers of each kind: flag, instruction, from the answer on, menu, conference, unrecorded."""

    application: Application
    numbers: list[str]
    conference: list[str]


@pytest.fixture
def world() -> World:
    destination = factories.destination()
    team, application = factories.team(), factories.application()

    def number(digits: str, route: dict[str, Any], *, record: bool = True, **how: Any) -> str:
        document = {
            "otherwise_record": record, "route": route,
            "how": {"destination": destination.pk, "transcription": True, "locale": "en-US"} | how,
        }  # fmt: skip
        policy = factories.policy(document)
        factories.number(digits=digits, application=application, team=team, policy=policy)
        return digits

    menu = {
        "action": "runMenu", "prompt": "Press one or two.", "locale": "en-US", "default": factories.CONNECT,
        "options": [{"dtmf": "1", "route": factories.CONNECT}, {"dtmf": "2", "route": factories.CONNECT}],
    }  # fmt: skip
    numbers = [
        number("46700000011", factories.CONNECT),
        number("46700000012", factories.CONNECT, method="instruction"),
        number("46700000013", factories.CONNECT, start="answer"),
        number("46700000014", menu),
        number("46700000015", factories.CONNECT, record=False),
        number("46700000016", factories.CONNECT, transcription=False),
    ]
    room = number("46700000017", {"action": "connectConf", "conference_id": "room-{call_id}"})
    rooms = number("46700000018", {"action": "connectConf", "conference_id": "room-{number}"})
    snapshot.forget()
    return World(application, [*numbers, room], [rooms])


def end_state() -> dict[str, Any]:
    """Everything that must not depend on the order of events, by call id and ordinal."""
    # Dictionaries keep one of two rows of one name: the counts tell when there are more.
    jobs = RecordingJob.objects.select_related("call", "conference_session", "number")
    recordings = {
        (
            job.call.call_id if job.call else "",
            (job.conference_session.conference_id, job.conference_session.opened_at) if job.conference_session else "",
            job.ordinal,
        ): (
            job.pk, job.state, job.key, job.origin, job.number_id, job.direction, job.caller, job.happened_at,
            tuple(fact for fact in FACTS if getattr(job, fact) is not None),
        )
        for job in jobs
    }  # fmt: skip
    calls = {
        call.call_id: (call.direction, call.number_id, call.started_at, call.ended_at, call.dice_result, call.duration)
        for call in Call.objects.all()
    }
    sessions = sorted(
        (session.conference_id, session.opened_at, session.closed_at is not None)
        for session in ConferenceSession.objects.all()
    )
    return {"recordings": recordings, "calls": calls, "sessions": sessions, "count": jobs.count()}


def run(
    world: World, planned: list[CallGroup], jobs: Any = OF_CALLBACKS, **options: Any
) -> tuple[Totals, dict[str, Any]]:
    """What these calls end in, on an empty site: all of it is undone afterwards."""
    with transaction.atomic():
        totals = simulated.engine(world.application, report_formats=("url", "sinch", "path"), **options).run(planned)
        drain(jobs)
        assert CallbackDelivery.objects.filter(applied_at=None).count() == 0
        state = end_state() | {"transcripts": Transcript.objects.count()}
        transaction.set_rollback(True)
    snapshot.forget()
    return totals, state


@pytest.mark.timeout(900)
def test_with_a_fifth_of_the_events_late_and_doubled_calls_end_as_in_order(world: World):
    planned = simulated.groups(CALLS, numbers=world.numbers, conference=world.conference, seed=5, outbound=0.1)
    in_order, expected = run(world, planned)
    shuffled, found = run(world, planned, faults=Faults(shuffle=20, duplicate=20), seed=6)

    assert in_order.doubled == 0
    assert shuffled.doubled > CALLS // 2
    assert in_order.broken == shuffled.broken == {}
    assert in_order.recordings == shuffled.recordings > CALLS // 2
    states = [state for _, state, *_ in expected["recordings"].values()]
    assert states.count(State.AVAILABLE) == in_order.recordings
    for kept, what in expected.items():
        assert found[kept] == what, kept


def test_what_a_worker_reads_is_the_same_too(world: World):
    planned = simulated.groups(20, numbers=world.numbers, conference=world.conference, seed=8)
    in_order, expected = run(world, planned, registry.load())
    shuffled, found = run(world, planned, registry.load(), faults=Faults(shuffle=60, duplicate=60), seed=9)
    assert expected["transcripts"] == in_order.transcripts == shuffled.transcripts > 5
    assert found == expected
