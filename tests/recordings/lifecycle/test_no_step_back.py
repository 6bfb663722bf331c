"""Whatever the order of a call's events, and of what the worker finds meanwhile, a recording only gets further."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recordings_site.calls.models import CallbackDelivery
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.lifecycle import objects
from recordings_site.recordings.lifecycle.derive_state import RANK
from recordings_site.recordings.models import (
    DeletedCode,
    MergedRecording,
    OverdueCode,
    OverdueKind,
    RecordingJob,
    State,
    shown_state,
)
from recordings_site.storage import ObjectStat
from tests import factories
from tests.scale import scaled
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db

# As people see it. What was late or missing is settled by the file, or by the news that there was never to be one.
SHOWN = {**RANK, OverdueKind.LATE: 3.3, OverdueKind.MISSING: 3.6}
SETTLED = (State.NOT_RECORDED, State.AVAILABLE, State.DELETED)
_serial = count()


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy records every call from the answer on."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US", "start": "answer"}
    made = factories.number(policy=factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how}))
    snapshot.forget()
    return made


def posted(number: PhoneNumber, call_id: str, event: str) -> None:
    """One callback of a call."""
    place, words = (f"local://elsewhere/{call_id}{ending}" for ending in (".mp3", "-transcript.json"))
    body = {
        "ice": lambda: ice(number.digits, call_id=call_id),
        "ace": lambda: ace(call_id=call_id),
        "dice": lambda: dice(call_id=call_id),
        "unanswered": lambda: {**dice(call_id=call_id, result="NOANSWER", reason="TIMEOUT"), "duration": 0},
        "finished": lambda: notify("recording_finished", call_id=call_id),
        "available": lambda: notify("recording_available", place, call_id=call_id),
        "transcript": lambda: notify("transcription_available", words, call_id=call_id),
    }[event]()
    assert post(number.application, body).status_code == 200


def found(job: RecordingJob, what: str) -> None:
    """One thing that the worker finds out about a recording."""
    now = timezone.now()
    gone = {"at": (now - timedelta(hours=1)).isoformat()}
    late: dict[str, Callable[[], object]] = {
        kind: lambda kind=kind: objects.mark_overdue(
            job.pk, kind=OverdueKind(kind), code=OverdueCode.NOT_WRITTEN, values={"minutes": 10}, at=now
        )
        for kind in OverdueKind.values
    }
    {
        **late,
        "object": lambda: objects.mark_available(job.pk, stat=ObjectStat("calls/it.mp3", 5, '"1"', now), at=now),
        "deleted": lambda: objects.mark_deleted(job.pk, by=None, code=DeletedCode.GONE, values=gone, at=now),
    }[what]()


EVENTS = ("ice", "ace", "dice", "unanswered", "finished", "available", "transcript")
FOUND = ("late", "missing", "object", "deleted")


@settings(max_examples=scaled(60, 3000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.sampled_from(EVENTS + FOUND), min_size=3, max_size=14))
def test_no_state_steps_back(number: PhoneNumber, order: list[str]) -> None:
    call_id = f"call-{next(_serial)}"
    before: dict[object, RecordingJob] = {}
    for event in order:
        if event in EVENTS:
            posted(number, call_id, event)
        for job in before.values() if event in FOUND else ():
            found(job, event)
        after = {job.pk: job for job in RecordingJob.objects.filter(call__call_id=call_id)}
        for old, job in before.items():
            pk = MergedRecording.current_id(old)
            was, now = shown_state(job), shown_state(after[pk])
            assert RANK[State(after[pk].state)] >= RANK[State(job.state)], event
            assert SHOWN[now] >= SHOWN[was] or (was in OverdueKind and now in SETTLED), event
        before = after
    assert not CallbackDelivery.objects.filter(applied_at=None).exists()
