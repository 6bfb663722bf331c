"""Whatever a callback waits for, it is answered before a proxy gives it to another node."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from pytest_django.fixtures import Settings

from recordings_site.callbacks import look_again
from recordings_site.callbacks.relaying import relay
from recordings_site.callbacks.transactions import deadline
from recordings_site.calls.models import CallbackDelivery
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application, CallbackMode, PhoneNumber
from tests import factories, upstream
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 3
OF_ALL_KINDS = {
    "ice": ice("46700000001"),
    "ice of a number that nobody knows": ice("46709999999"),
    "ace": ace(),
    "pie": {
        "event": "pie",
        "callid": "a call",
        "version": 1,
        "menuResult": {"menuId": "main", "value": "1", "type": "return"},
    },
    "dice": dice(),
    "notify": notify("recording_available", "s3://bucket/key.mp3"),
    "an event that nobody knows": {"event": "new", "callid": "a call"},
}


@pytest.fixture
def number(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> PhoneNumber:
    """A number of a process that has answered before. Only the deadline of the answer, half a second, ends a wait."""
    settings.CALLBACK_THREADS = THREADS
    monkeypatch.setattr(deadline, "ANSWER_WITHIN", 0.5)
    for module in (deadline, look_again):
        monkeypatch.setattr(module, "DATABASE_TIMEOUT", 600.0)
        monkeypatch.setattr(module, "SNAPSHOT_TIMEOUT", 600.0)
    policy = factories.policy({"otherwise_record": False, "route": factories.CONNECT})
    made = factories.number(digits="46700000001", policy=policy)
    snapshot.forget()
    snapshot.current()
    return made


@contextmanager
def hanging_database() -> Iterator[None]:
    """Work in the database begins, and goes on only after the block."""
    goes_on, work = threading.Event(), deadline._run_and_release

    def waiting(do: Callable[[], Any]) -> Any:
        goes_on.wait(60)
        return work(do)

    try:
        with patch.object(deadline, "_run_and_release", waiting):
            yield
    finally:
        goes_on.set()
        deadline._pool(THREADS).shutdown()
        deadline._pool.cache_clear()
        deadline._queue.cache_clear()


@pytest.mark.parametrize("kind", OF_ALL_KINDS)
def test_while_the_database_hangs_every_kind_is_answered_in_time(number: PhoneNumber, kind: str) -> None:
    with hanging_database():
        answer = post(number.application, OF_ALL_KINDS[kind])
    assert not CallbackDelivery.objects.exists(), "nothing is kept of what was answered without it"
    assert answer.status_code == (200 if kind.startswith(("ice", "ace", "pie")) else 503)


def test_a_slow_upstream_and_a_hanging_database_together_take_no_longer(
    number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for an upstream to be reached on a slow machine, which would look at the policies once more, too.
    monkeypatch.setattr(deadline, "ANSWER_WITHIN", 2.0)
    monkeypatch.setattr(snapshot, "is_due", lambda max_age=0.0: False)
    with upstream.serving(answers={"ice": b"{}"}, wait=3) as their:
        Application.objects.update(
            callback_mode=CallbackMode.RELAY, upstream_url=their.url, upstream_timeout_ms=600_000
        )
        snapshot.forget()
        snapshot.current()
        with hanging_database():
            assert post(number.application, ice(number.digits)).status_code == 200
        assert len(their.seen) == 1
    relay.forget()
