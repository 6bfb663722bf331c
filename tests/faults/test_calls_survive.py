"""Whatever breaks while an ICE is answered, the call is connected, in time, by valid SVAML."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection
from django.http import HttpResponse
from pytest_django import Settings

from recordings_site.callbacks.transactions import deadline
from recordings_site.calls.models import CallbackDelivery
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber, PolicyVersion
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch import svaml
from tests import factories
from tests.no_database import EXECUTE, no_connection_left
from tests.scale import scaled
from tests.sinch_posts import ice, post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1200)]

TIMES = scaled(3, 1500)
# A fault that makes us wait costs its second each time: a tenth of the others.
SLOW_TIMES = scaled(2, 150)
# The promise is 2; a busy machine that runs all tests at once may take much longer.
LONGEST_SECONDS = scaled(30, 2)
DATABASE_TIMEOUT = deadline.DATABASE_TIMEOUT
COMMIT = "django.db.backends.base.base.BaseDatabaseWrapper.commit"

_calls = count(1)


@pytest.fixture
def number(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> PhoneNumber:
    """A number whose policy records every call, in a process that has answered before and works as in production.

    Only that calls are recorded when nothing is wrong may take longer, on a machine that runs all tests at once.
    """
    settings.CALLBACK_THREADS = 4
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", scaled(60, deadline.DATABASE_TIMEOUT))
    monkeypatch.setattr(deadline, "ANSWER_WITHIN", scaled(60, deadline.ANSWER_WITHIN))
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    snapshot.current()
    assert recorded(call(made))
    return made


def call(number: PhoneNumber, **options: Any) -> HttpResponse:
    """One new call to the number."""
    return post(number.application, ice(number.digits, call_id=f"fault-{next(_calls)}"), **options)


def recorded(answer: HttpResponse) -> bool:
    """Whether a valid answer that connects the call records it, too."""
    assert answer.status_code == 200, answer.content
    found = json.loads(answer.content)
    assert svaml.problems(found, "ice") == []
    assert found["action"]["name"] == "connectPstn"
    assert found["action"]["number"] == factories.CONNECT["number"]
    return bool(svaml.recording_requests(found))


def look_again() -> None:
    """Let the next call look at what is in force, as it would a second later."""
    snapshot._holder.checked_at = float("-inf")


def failing(target: str, error: BaseException) -> AbstractContextManager[object]:
    """Whatever calls the target gets such an error: a new one each time, for a traceback grows with each raise."""

    def fail(*args: object, **kwargs: object) -> None:
        raise type(error)(*error.args)

    return patch(target, side_effect=fail)


def hanging(target: str) -> AbstractContextManager[object]:
    """Whatever calls the target waits longer than any call may."""
    return patch(target, side_effect=lambda *args, **kwargs: time.sleep(1.8))


@contextmanager
def committing(does: str, otherwise: AbstractContextManager[object]) -> Iterator[None]:
    """Whatever commits a delivery does this first, in PostgreSQL itself, where a statement may commit by itself."""
    if connection.vendor != "postgresql":
        with otherwise:
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION does() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {does}; RETURN NULL; END$$")
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER does AFTER INSERT ON calls_callbackdelivery DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION does()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION does() CASCADE")


@contextmanager
def broken_credentials() -> Iterator[None]:
    """Write credentials that the key ring does not open."""
    Destination.objects.update(write_credentials="gone.AAAA")
    snapshot.forget()
    yield


@contextmanager
def missing_destination() -> Iterator[None]:
    """The destination was put away after the policy was published."""
    Destination.objects.update(archived_at=factories.LONG_AGO)
    snapshot.forget()
    yield


@contextmanager
def unreadable_policy() -> Iterator[None]:
    """A published document that no version of ours wrote."""
    PolicyVersion.objects.update(document={"rules": "none"})
    snapshot.forget()
    yield


@contextmanager
def logging_that_fails() -> Iterator[None]:
    """A log that cannot be written while something else fails, too."""
    with ExitStack() as stack:
        stack.enter_context(failing("recordings_site.policies.engine.answer.decide", ValueError("a bug")))
        stack.enter_context(patch.object(logging, "raiseExceptions", False))
        full = logging.StreamHandler(Mock(write=Mock(side_effect=OSError("no space left on device"))))
        logging.getLogger().addHandler(full)
        stack.callback(logging.getLogger().removeHandler, full)
        yield


DATABASE_FAULTS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "the database refuses connections": lambda: failing(EXECUTE, OperationalError("connection refused")),
    "the connection breaks": lambda: failing(EXECUTE, InterfaceError("connection already closed")),
    "the disk is full": lambda: failing(EXECUTE, DatabaseError("could not extend file: no space left on device")),
    "a constraint is violated again and again": lambda: failing(EXECUTE, IntegrityError("duplicate key")),
    "the commit fails": lambda: committing(
        "RAISE EXCEPTION 'no space left'",
        failing(COMMIT, OperationalError("server closed the connection unexpectedly")),
    ),
    "the database runs out of memory": lambda: failing(EXECUTE, MemoryError()),
    "the audit row cannot be written": lambda: failing(
        "recordings_site.calls.actions.decision_columns", DatabaseError("read-only transaction")
    ),
}
SLOW_FAULTS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "the database hangs": lambda: hanging(EXECUTE),
    "no connection is left": no_connection_left,
    "the commit hangs": lambda: committing("PERFORM pg_sleep(1.8)", hanging(COMMIT)),
    "the look at what is in force hangs": lambda: hanging(
        "recordings_site.policies.revision.snapshot_loader.FromDatabase.revision"
    ),
}
OTHER_FAULTS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "the credentials cannot be decrypted": broken_credentials,
    "the destination was put away": missing_destination,
    "the policy cannot be read": unreadable_policy,
    "deciding has a bug": lambda: failing("recordings_site.policies.engine.answer.decide", ZeroDivisionError()),
    "rendering the object’s key has a bug": lambda: failing(
        "recordings_site.destinations.key_template.render", KeyError("number")
    ),
    "the rendered answer is invalid": lambda: failing(
        "recordings_site.sinch.svaml.start_recording", TypeError("no such option")
    ),
    "masking has a bug": lambda: failing("recordings_site.sinch.svaml.masked", RecursionError()),
    "what is in force cannot be loaded": lambda: failing(
        "recordings_site.policies.revision.snapshot_loader.FromDatabase.revision", ValueError("corrupt")
    ),
    "the log cannot be written": logging_that_fails,
}


@pytest.mark.parametrize("fault", DATABASE_FAULTS)
def test_a_database_that_fails_costs_the_recording_and_not_the_call(number: PhoneNumber, fault: str) -> None:
    stored = CallbackDelivery.objects.count()
    with DATABASE_FAULTS[fault]():
        for _ in range(TIMES):
            began = time.monotonic()
            assert not recorded(call(number))
            assert time.monotonic() - began < LONGEST_SECONDS
    assert CallbackDelivery.objects.count() == stored
    assert recorded(call(number)), "when the fault is over, calls are recorded again"


@pytest.mark.parametrize("fault", SLOW_FAULTS)
def test_a_database_that_hangs_is_not_waited_for(
    number: PhoneNumber, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", DATABASE_TIMEOUT)
    for _ in range(SLOW_TIMES):
        with SLOW_FAULTS[fault]():
            look_again()
            began = time.monotonic()
            recorded(call(number))
            assert time.monotonic() - began < LONGEST_SECONDS
        time.sleep(2)


@pytest.mark.parametrize("fault", OTHER_FAULTS)
def test_a_fault_of_ours_costs_at_most_the_recording(number: PhoneNumber, fault: str) -> None:
    with OTHER_FAULTS[fault]():
        for _ in range(TIMES):
            look_again()
            began = time.monotonic()
            recorded(call(number))
            assert time.monotonic() - began < LONGEST_SECONDS


def test_an_answer_that_records_is_given_only_for_what_is_stored(number: PhoneNumber) -> None:
    """Under each fault in turn: as many recordings as were asked for, and not one more or less."""
    asked = RecordingJob.objects.count()
    for fault in (*DATABASE_FAULTS.values(), None):
        with fault() if fault else ExitStack():
            asked += recorded(call(number))
    assert RecordingJob.objects.filter(not_recorded_at=None).count() == asked


def test_a_wrong_clock_and_a_replay_connect_without_credentials(number: PhoneNumber) -> None:
    answer = call(number, at=datetime.now(UTC) - timedelta(hours=2))
    assert not recorded(answer)
    assert factories.WRITE_CREDENTIALS.encode() not in answer.content
