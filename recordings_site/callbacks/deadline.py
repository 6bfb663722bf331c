"""Does a callback's database work within a deadline: a call is waiting, and a database can hang.

A thread cannot be interrupted, so the work is done in a small pool and given up by the one who waits. Whoever comes
first, the work's commit or the waiter's patience, decides: an answer that records is only given for what is stored.
Work that can share a transaction with others' goes through `callbacks.writer`, by the same rules.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

T = TypeVar("T")

# Seconds that a callback waits for its database work, and then for a commit that has already begun.
DATABASE_TIMEOUT = 1.0
COMMIT_TIMEOUT = 0.4
# For a look at what is in force, when what was known before would do: it comes on top of the other two.
SNAPSHOT_TIMEOUT = 0.25


class DatabaseDown(Exception):
    """The database did not answer in time, or too much work waits for it already."""


class Abandoned(Exception):
    """The waiter has answered without this work: roll it back."""


class Race:
    """Who comes first: work, at the point from which it counts, or the patience of who waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_committing = False
        self.is_abandoned = False

    def start_commit(self) -> bool:
        """Said by the work at the point from which it counts; False when nobody waits for it any more."""
        with self._lock:
            self._is_committing = not self.is_abandoned
            return self._is_committing

    def reset(self) -> None:
        """Said by work that was rolled back and may be done again."""
        with self._lock:
            self._is_committing = False

    def abandon(self) -> bool:
        """Said by who waits; False when the work counts, so that waiting a little longer is right."""
        with self._lock:
            self.is_abandoned = not self._is_committing
            return self.is_abandoned


class AdmissionQueue:
    """A queue that lets in whoever can expect a turn in time, by how long recent turns took.

    `at_once` turns are under way at a time; while one lasts, `width` of those who wait come to their turn.
    """

    def __init__(self, *, concurrency: int, batch_size: int) -> None:
        self._concurrency, self._batch_size = concurrency, batch_size
        self._lock = threading.Lock()
        self._waiting = self._active = 0
        # What a turn takes, in seconds, and when anything moved last.
        self.average_seconds = self._changed_at = 0.0

    def admit(self) -> None:
        """Join those who wait; DatabaseDown when a turn would come later than anybody waits for it."""
        with self._lock:
            if self._expected() > DATABASE_TIMEOUT:
                raise DatabaseDown("Too many callbacks wait for the database.")
            if not (self._waiting or self._active):
                self._changed_at = time.monotonic()
            self._waiting += 1

    @contextmanager
    def slot(self, count: int = 1) -> Iterator[None]:
        """The turn of so many of those who wait."""
        began = time.monotonic()
        with self._lock:
            self._waiting -= count
            self._active += 1
            self._changed_at = began
        try:
            yield
        finally:
            ended = time.monotonic()
            with self._lock:
                self._active -= 1
                self._changed_at = ended
                self.average_seconds = (self.average_seconds + ended - began) / 2

    def _expected(self) -> float:
        """Seconds until a turn, for who comes now; while the database hangs, at least as long as nothing has moved."""
        if not self._waiting and self._active < self._concurrency:
            return 0.0
        stalled = max(0.0, time.monotonic() - self._changed_at - self.average_seconds)
        return (1 + self._waiting // self._batch_size) * self.average_seconds + stalled


def within_deadline(do: Callable[[Callable[[], None]], T], *, on_late: Callable[[T], None] | None = None) -> T:
    """Run `do(about_to_commit)` in a transaction and return what it returns; DatabaseDown when that takes too long.

    `do` calls what it is given as its last act. When its commit had begun and still took too long, `too_late` is
    called with its result afterwards, to put right what was stored of an answer that was not given. With
    CALLBACK_THREADS = 0 there is neither pool nor deadline: the work runs in the caller's thread and transaction.
    """
    race = Race()

    def about_to_commit() -> None:
        if not race.start_commit():
            raise Abandoned

    def work() -> T:
        if race.is_abandoned:
            raise Abandoned
        with transaction.atomic():
            return do(about_to_commit)

    if settings.CALLBACK_THREADS == 0:
        return work()
    return wait_for(_submit_admitted(work), race, on_late=on_late)


def with_timeout(do: Callable[[], T], *, timeout: float | None = None) -> T:
    """Run `do` in the pool, in no transaction of ours, and return what it returns; DatabaseDown when it takes longer
    than `patience` seconds (PATIENCE).

    For work that is its own master: it goes on after it was given up, and its effects are welcome whenever they come.
    """
    if settings.CALLBACK_THREADS == 0:
        return do()
    seconds = DATABASE_TIMEOUT if timeout is None else timeout
    try:
        return _submit_admitted(do).result(seconds)
    except FutureTimeout:
        raise DatabaseDown(f"The database did not answer within {seconds:g} s.") from None


def wait_for(future: Future[T], race: Race, *, on_late: Callable[[T], None] | None = None) -> T:
    """The result of work, waited for as `within_deadline` says."""
    for timeout in (DATABASE_TIMEOUT, COMMIT_TIMEOUT):
        try:
            return future.result(timeout)
        except FutureTimeout:
            if race.abandon():
                raise DatabaseDown(f"The database did not answer within {DATABASE_TIMEOUT:g} s.") from None
    if on_late is not None:
        # In the pool as well: the thread in which the work ended has given its connection back by then.
        future.add_done_callback(lambda done: submit(lambda: _correct(done, on_late)))
    raise DatabaseDown("The database did not commit in time.")


def _correct(done: Future[T], on_late: Callable[[T], None]) -> None:
    if done.exception() is None:
        on_late(done.result())


def _submit_admitted(work: Callable[[], T]) -> Future[T]:
    """Have the work done in its turn; DatabaseDown when that would come too late."""
    queue = _queue(settings.CALLBACK_THREADS)
    queue.admit()

    def when_admitted() -> T:
        with queue.slot():
            return work()

    return submit(when_admitted)


def submit(work: Callable[[], T]) -> Future[T]:
    """Have the work done in one of the pool's threads."""
    return _pool(settings.CALLBACK_THREADS).submit(_run_and_release, work)


def _run_and_release(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        # The thread outlives the work. A pooled connection goes back to its pool; SQLite's costs too much to reopen.
        if "pool" in connection.settings_dict["OPTIONS"] or not connection.is_usable():
            connection.close()


@cache
def _pool(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, thread_name_prefix="callback")


@cache
def _queue(size: int) -> AdmissionQueue:
    return AdmissionQueue(concurrency=size, batch_size=size)
