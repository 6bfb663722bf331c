"""Each statement of a write fails once, the first to the last, the commit too: nothing is left half done."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.policies.editor import publishing
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.ingest.actions import save_transcript
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch import svaml
from tests import factories
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = ("accounts", "calls", "policies", "recordings", "tasks")
MODELS = [model for label in KEPT for model in apps.get_app_config(label).get_models()]
Rows = dict[str, Counter[str]]


class Fault:
    """Raises in the n-th statement from now on; `met` tells whether there were so many."""

    def __init__(self, n: int) -> None:
        self.left, self.met = n, False

    def count(self) -> None:
        """One more statement."""
        self.left -= 1
        if not self.left:
            self.met = True
            raise OperationalError("server closed the connection unexpectedly")


@contextmanager
def failing(n: int) -> Iterator[Fault]:
    """The n-th statement fails, commits counted."""
    fault = Fault(n)
    commit = BaseDatabaseWrapper.commit

    def wrapped(execute: Callable[..., Any], *args: Any) -> Any:
        fault.count()
        return execute(*args)

    def counted(self: BaseDatabaseWrapper) -> None:
        fault.count()
        commit(self)

    with connection.execute_wrapper(wrapped), patch.object(BaseDatabaseWrapper, "commit", counted):
        yield fault


def rows() -> Rows:
    """All that is kept, as it is."""
    return {model._meta.label: Counter(map(repr, model._base_manager.order_by("pk").values())) for model in MODELS}


def changed(before: Rows, after: Rows) -> set[str]:
    """The tables that are not as they were."""
    return {label for label, found in after.items() if found != before[label]}


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy records every call, in a process that has answered before."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    post(made.application, ice(made.digits, call_id="first"))
    return made


def life(number: PhoneNumber, call_id: str) -> dict[str, dict[str, Any]]:
    """The events of a call in their order."""
    return {
        "ice": ice(number.digits, call_id=call_id),
        "ace": ace(call_id=call_id),
        "dice": dice(call_id=call_id),
        "notify": notify("recording_finished", call_id=call_id),
    }


def outcome(call_id: str) -> dict[str, object]:
    """What is known of a call in the end, without times and ids."""
    call = Call.objects.get(call_id=call_id)
    jobs = RecordingJob.objects.filter(call=call)
    return {
        "call": (call.answered_at is not None, call.ended_at is not None, call.dice_result, call.duration),
        "jobs": sorted((job.state, job.not_recorded_at is not None, job.finished_at is not None) for job in jobs),
        "deliveries": sorted(set(CallbackDelivery.objects.filter(call=call).values_list("event", flat=True))),
    }


@pytest.mark.parametrize("event", ["ice", "ace", "dice", "notify"])
def test_a_callback_is_answered_and_kept_whole_or_not_at_all(number: PhoneNumber, event: str) -> None:
    application = number.application
    for name, sent in life(number, "flawless").items():
        post(application, sent)
        if name == event:
            break
    expected, n, met = outcome("flawless"), 0, True
    while met:
        n += 1
        sent = life(number, f"call-{n}")
        for name in sent:
            if name == event:
                break
            post(application, sent[name])
        before = rows()
        with failing(n) as fault:
            answer = post(application, sent[event])
        after = rows()
        if event in ("ice", "ace"):
            assert answer.status_code == 200
            told = json.loads(answer.content)
            assert svaml.problems(told, event) == []
            if event == "ice":
                recorded = RecordingJob.objects.filter(call__call_id=f"call-{n}", not_recorded_at=None).count()
                assert recorded == len(svaml.recording_requests(told))
        elif answer.status_code == 503:
            assert changed(before, after) == set()
        else:
            assert answer.status_code == 200
            assert CallbackDelivery.objects.filter(reported_call_id=f"call-{n}").count() == list(sent).index(event) + 1
        if met := fault.met:
            # Nothing, or all, or the delivery alone, which a worker applies.
            assert changed(before, after) in (set(), {"calls.CallbackDelivery"}) or outcome(f"call-{n}") == expected
        post(application, sent[event])
        assert outcome(f"call-{n}") == expected, n
    assert n > 4


def whole_or_nothing(write: Callable[[], object], *, by_now: Callable[[], object]) -> None:
    """Let each statement of a write fail in turn, then none: before that nothing has changed."""
    n, met = 0, True
    while met:
        n += 1
        before = rows()
        with failing(n) as fault:
            try:
                write()
            except OperationalError:
                assert fault.met
            else:
                assert not fault.met, "a statement failed, and nobody was told"
        met = fault.met
        if met:
            assert changed(before, rows()) == set(), n
    assert n > 4
    assert by_now()


@pytest.mark.parametrize("approval", [False, True])
def test_a_policy_is_published_whole_or_not_at_all(settings: Any, approval: bool) -> None:
    settings.POLICY_APPROVAL = approval
    admin, policy = factories.admin(), factories.policy()
    document = parse({"otherwise_record": False, "route": factories.CONNECT})
    publishing.save_draft(by=admin, policy=policy, document=document)

    def publish() -> None:
        policy.refresh_from_db()
        publishing.publish(by=admin, policy=policy, reason="quieter")

    whole_or_nothing(publish, by_now=lambda: policy.versions.filter(reason="quieter").count() == 1)


def test_a_transcript_is_saved_whole_or_not_at_all() -> None:
    recording = factories.recording()
    said = [{"timestamp": second, "speakerLabel": "Speaker 1", "text": "Good morning"} for second in range(3)]
    raw = json.dumps({"text": "", "lines": said}).encode()
    write = partial(save_transcript, recording.pk, raw=raw)
    whole_or_nothing(write, by_now=lambda: recording.transcript.lines.count() == 3)
    other = json.dumps({"text": "", "lines": said[:2]}).encode()
    whole_or_nothing(
        partial(save_transcript, recording.pk, raw=other), by_now=lambda: recording.transcript.lines.count() == 2
    )
