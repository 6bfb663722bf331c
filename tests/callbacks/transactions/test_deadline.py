"""The race between a callback's database work and the call that waits for it."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from recordings_site.accounts.models import Team
from recordings_site.callbacks.transactions import deadline
from recordings_site.callbacks.transactions.deadline import AdmissionQueue, DatabaseDown, with_timeout, within_deadline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def threads(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads, and little patience."""
    settings.CALLBACK_THREADS = 2
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 0.2)
    monkeypatch.setattr(deadline, "COMMIT_TIMEOUT", 0.2)


def test_work_in_time_is_committed_and_its_result_returned() -> None:
    def do(about_to_commit: Callable[[], None]) -> str:
        Team.objects.create(name="In time")
        about_to_commit()
        return "done"

    assert within_deadline(do) == "done"
    assert Team.objects.filter(name="In time").exists()


def test_work_that_was_given_up_is_rolled_back() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def do(about_to_commit: Callable[[], None]) -> None:
        try:
            assert go_on.wait(5)
            Team.objects.create(name="Too late")
            about_to_commit()
        finally:
            ended.set()

    with pytest.raises(DatabaseDown):
        within_deadline(do)
    go_on.set()
    assert ended.wait(5)
    # The pool is the same one: what comes next in it finds the work undone.
    assert not within_deadline(lambda commit: Team.objects.filter(name="Too late").exists())


def test_work_whose_commit_hangs_is_put_right_afterwards() -> None:
    go_on, put_right = threading.Event(), threading.Event()
    late: list[str] = []

    def do(about_to_commit: Callable[[], None]) -> str:
        about_to_commit()
        assert go_on.wait(5)
        return "stored, and not answered"

    def on_late(result: str) -> None:
        late.append(result)
        put_right.set()

    with pytest.raises(DatabaseDown):
        within_deadline(do, on_late=on_late)
    go_on.set()
    assert put_right.wait(5)
    assert late == ["stored, and not answered"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no pool of connections")
def test_who_puts_right_gives_the_connection_back() -> None:
    go_on, put_right = threading.Event(), threading.Event()

    def do(about_to_commit: Callable[[], None]) -> None:
        about_to_commit()
        assert go_on.wait(5)

    def on_late(result: None) -> None:
        Team.objects.count()
        put_right.set()

    before = _lent()
    with pytest.raises(DatabaseDown):
        within_deadline(do, on_late=on_late)
    go_on.set()
    assert put_right.wait(5)
    until = time.monotonic() + 5
    while _lent() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert _lent() == before


def _lent() -> int:
    """How many of the pool's connections are with somebody else."""
    connection.close()
    counts = cast(Any, connection).pool.get_stats()
    return int(counts.get("pool_size", 0) - counts.get("pool_available", 0))


def test_a_burst_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    # The wait for a turn is what is looked at, however busy the machine is.
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 30)

    def do(about_to_commit: Callable[[], None]) -> int:
        time.sleep(0.005)
        about_to_commit()
        return 1

    done: list[int] = []
    burst = [threading.Thread(target=lambda: done.append(within_deadline(do))) for _ in range(20)]
    for thread in burst:
        thread.start()
    for thread in burst:
        thread.join(60)
    assert len(done) == 20


def test_work_that_was_given_up_before_its_turn_is_not_begun() -> None:
    go_on, begun = threading.Event(), []
    busy = [threading.Thread(target=lambda: _ignore(go_on)) for _ in range(2)]
    for thread in busy:
        thread.start()
    for thread in busy:
        thread.join(5)
    with pytest.raises(DatabaseDown):
        within_deadline(lambda commit: begun.append("begun"))
    go_on.set()
    # The pool takes what waits in turn: when this is done, so would the other have been.
    assert deadline.submit(lambda: begun).result(60) == []


def test_while_all_of_the_pool_hangs_nobody_waits_for_it() -> None:
    go_on = threading.Event()
    busy = [threading.Thread(target=lambda: _ignore(go_on)) for _ in range(2)]
    for thread in busy:
        thread.start()
    for thread in busy:
        thread.join(5)
    time.sleep(0.1)
    with pytest.raises(DatabaseDown, match="Too many"):
        with_timeout(lambda: None)
    go_on.set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The time, which stands still until it is set, and a call's full patience."""
    now = [1000.0]
    monkeypatch.setattr(deadline.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 1.0)
    yield now
    monkeypatch.undo()


def test_as_many_may_wait_as_can_expect_a_turn_in_time(clock: list[float]) -> None:
    queue = AdmissionQueue(concurrency=1, batch_size=2)
    queue.admit()
    with queue.slot():
        clock[0] += 0.5
    queue.admit()
    with queue.slot():
        for _ in range(8):
            queue.admit()
        with pytest.raises(DatabaseDown, match="Too many"):
            queue.admit()
    with queue.slot(2):
        queue.admit()


def test_nobody_joins_a_line_in_which_nothing_moves(clock: list[float]) -> None:
    queue = AdmissionQueue(concurrency=1, batch_size=10)
    queue.admit()
    with queue.slot():
        queue.admit()
        clock[0] += 1.1
        with pytest.raises(DatabaseDown, match="Too many"):
            queue.admit()
    with queue.slot():
        queue.admit()
    with queue.slot():
        pass
    clock[0] += 3600
    queue.admit()


def _ignore(go_on: threading.Event) -> None:
    with pytest.raises(DatabaseDown):
        with_timeout(lambda: go_on.wait(5))


def test_a_short_stall_refuses_nobody_who_waits_behind_it(clock: list[float]) -> None:
    queue = AdmissionQueue(concurrency=1, batch_size=1)
    queue.admit()
    with queue.slot():
        clock[0] += 0.01
    for _ in range(30):
        queue.admit()
    with queue.slot():
        clock[0] += 0.06
        queue.admit()
        clock[0] += deadline.DATABASE_TIMEOUT
        with pytest.raises(DatabaseDown):
            queue.admit()
