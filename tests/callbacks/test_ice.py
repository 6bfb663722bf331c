"""ICEs that are kept together: each has its rows and its answer, whoever else is among them."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from pytest_django.fixtures import Settings

from recordings_site.callbacks import ice as ices
from recordings_site.callbacks import views
from recordings_site.callbacks.ice import DecidedIce
from recordings_site.callbacks.transactions import deadline
from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, CallbackDelivery, ConferenceSession, Decision
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import MergedRecording, RecordingJob
from recordings_site.sinch import svaml
from tests import factories
from tests.sinch_posts import ice, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def number(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> PhoneNumber:
    """A number whose policy records every call, in a process that works as in production, on a machine however busy."""
    settings.CALLBACK_THREADS = 1 if connection.vendor == "sqlite" else 4
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 60)
    monkeypatch.setattr(deadline, "ANSWER_WITHIN", 60)
    how = {"destination": factories.destination().pk}
    made = factories.number(policy=factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how}))
    snapshot.forget()
    snapshot.current()
    return made


def all_at_once(number: PhoneNumber, call_ids: list[str]) -> list[HttpResponse]:
    """The answers to ICEs of these calls, which all come in the same moment."""

    def call(call_id: str) -> HttpResponse:
        try:
            return post(number.application, ice(number.digits, call_id=call_id))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(call_ids)) as callers:
        return list(callers.map(call, call_ids))


def recorded(answer: HttpResponse) -> bool:
    """Whether the answer records the call."""
    assert answer.status_code == 200, answer.content
    return bool(svaml.recording_requests(json.loads(answer.content)))


def test_each_of_many_has_its_own_rows_and_answer(number: PhoneNumber) -> None:
    sizes: list[int] = []

    def counted(told: list[DecidedIce]) -> object:
        sizes.append(len(told))
        until = time.monotonic() + 60
        while sum(sizes) + len(views.store_ice._waiting) < 24 and time.monotonic() < until:
            time.sleep(0.01)
        return ices.store(told)

    with patch.object(views.store_ice, "_store", counted):
        answers = all_at_once(number, [f"call-{n}" for n in range(24)])
    assert sum(sizes) == 24
    assert len(sizes) <= 2, "who came while the first were kept shared a transaction"
    for n, answer in enumerate(answers):
        [asked] = svaml.recording_requests(json.loads(answer.content))
        job = RecordingJob.objects.select_related("call", "decision").get(call__call_id=f"call-{n}")
        assert asked.options.destination_url.endswith(job.key)
        assert job.decision is not None
        assert job.decision.call_id == job.call_id
        delivery = CallbackDelivery.objects.get(call=job.call)
        assert json.loads(bytes(delivery.body))["callid"] == f"call-{n}"
        assert delivery.answer_ms > 0


def test_the_same_call_told_twice_at_once_is_one_call_with_one_answer(number: PhoneNumber) -> None:
    answers = all_at_once(number, [f"call-{n % 4}" for n in range(16)])
    assert all(map(recorded, answers))
    assert len({answer.content for answer in answers}) == 4
    assert Call.objects.count() == Decision.objects.count() == RecordingJob.objects.count() == 4
    assert Counter(CallbackDelivery.objects.values_list("call__call_id", flat=True)) == dict.fromkeys(
        (f"call-{n}" for n in range(4)), 4
    )


def test_one_that_cannot_be_kept_costs_the_others_nothing(number: PhoneNumber) -> None:
    ice_columns = calls.ice_columns

    def poisoned(**how: Any) -> dict[str, Any]:
        if how["ice"].call_id == "poison":
            raise ValueError("cannot be kept")
        return ice_columns(**how)

    with patch.object(calls, "ice_columns", poisoned):
        answers = all_at_once(number, ["a", "b", "poison", "c", "d"])
    assert [recorded(answer) for answer in answers] == [True, True, False, True, True]
    assert set(Call.objects.values_list("call_id", flat=True)) == {*"abcd"}
    assert RecordingJob.objects.count() == 4


def test_a_call_of_which_something_is_known_is_kept_among_new_ones(number: PhoneNumber) -> None:
    """A notification overtook the ICE: the recording that was adopted then merges into the requested one."""
    early = {"event": "notify", "callid": "early", "type": "recording_available", "destination": "early.mp3"}
    post(number.application, early)
    adopted = RecordingJob.objects.get()
    answers = all_at_once(number, ["new", "early", "newer"])
    assert all(map(recorded, answers))
    call = Call.objects.get(call_id="early")
    assert call.ice_received_at is not None
    job = RecordingJob.objects.get(call=call)
    assert (MergedRecording.current_id(adopted.pk), job.decision.call) == (job.pk, call)  # type: ignore[union-attr]
    assert RecordingJob.objects.count() == Decision.objects.count() == 3


def test_all_who_enter_a_conference_at_once_share_its_one_recording(number: PhoneNumber) -> None:
    route = {"action": "connectConf", "conference_id": "room"}
    how = {"destination": factories.destination().pk}
    number.policy = factories.policy({"otherwise_record": True, "route": route, "how": how})
    number.save()
    snapshot.forget()
    snapshot.current()
    answers = all_at_once(number, [f"call-{n}" for n in range(8)])
    assert all(map(recorded, answers))
    urls = {svaml.recording_requests(json.loads(answer.content))[0].options.destination_url for answer in answers}
    assert len(urls) == ConferenceSession.objects.count() == RecordingJob.objects.count() == 1
    assert Call.objects.filter(conference_session=ConferenceSession.objects.get()).count() == 8


def test_a_process_that_knows_no_more_than_the_sealed_file_looks_again(
    number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the file tells is not enough to record by: each call asks the database anew, until it is back."""
    of_the_file = replace(snapshot.current(), destinations={})
    snapshot.forget()
    monkeypatch.setattr(snapshot._holder, "read_file", lambda: of_the_file)
    with patch(
        "recordings_site.policies.revision.snapshot_loader.FromDatabase.load", side_effect=OperationalError("away")
    ):
        [answer] = all_at_once(number, ["away"])
        assert not recorded(answer)
    assert not Call.objects.exists()
    [answer] = all_at_once(number, ["back"])
    assert recorded(answer)


def test_what_was_kept_too_late_is_withdrawn(number: PhoneNumber, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller was connected without recording: nobody shall wait for one."""
    # Long enough for it to begin on any machine.
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 3)
    monkeypatch.setattr(deadline, "COMMIT_TIMEOUT", 0.2)
    may_go_on, withdrawn = threading.Event(), threading.Event()
    correct_late_answer = views.ice.correct_late_answer

    def slow(told: list[DecidedIce]) -> object:
        kept = ices.store(told)
        assert may_go_on.wait(60)
        return kept

    def noticed(*how: object) -> None:
        correct_late_answer(*how)  # type: ignore[arg-type]
        withdrawn.set()

    monkeypatch.setattr(views.store_ice, "_store", slow)
    monkeypatch.setattr(views.ice, "correct_late_answer", noticed)
    [answer] = all_at_once(number, ["slow"])
    assert not recorded(answer)
    may_go_on.set()
    assert withdrawn.wait(60)
    assert Decision.objects.get().reason == "database_down"
    assert RecordingJob.objects.get().expected_at is None
