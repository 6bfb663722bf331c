"""Does a callback's database work within a deadline: a call is waiting, and a database can hang.

A thread cannot be interrupted, so the work runs in a small pool, and the request stops waiting for it. Either the
commit or the timeout comes first, and that decides: an answer that records is given only for what is stored. Work that
can share a transaction goes through `callbacks.transactions.writer`, by the same rules.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

from recordings_site.base.deadline import Deadline
from recordings_site.web.connections import Purpose, connections_for

T = TypeVar("T")

# Seconds within which every callback is answered, whatever it waits for: less than nginx waits (3 s) before it asks
# another node, which would be given a callback that this one is about to answer. Sinch waits 5 s.
ANSWER_WITHIN = 2.7
# Of these, an upstream leaves so many for storing what it said.
STORING = 0.4
# Seconds that a callback waits for its database work, and then for a commit that has already begun.
DATABASE_TIMEOUT = 1.0
COMMIT_TIMEOUT = 0.4
# For loading the policy snapshot while an older one is at hand; in addition to the other two.
SNAPSHOT_TIMEOUT = 0.25
# When nothing is being done, turns are not expected to take longer than this: they took longer while the database hung,
# and only the next one finds out whether it still does.
LONGEST_BELIEVED = 0.25


_answer_by: ContextVar[Deadline | None] = ContextVar("answer_by", default=None)


@contextmanager
def answering() -> Iterator[None]:
    """Answer a callback in the block: what waits in it does so until ANSWER_WITHIN from now at most."""
    token = _answer_by.set(Deadline(ANSWER_WITHIN))
    try:
        yield
    finally:
        _answer_by.reset(token)


def at_most(seconds: float, *, leaving: float = 0.0) -> float:
    """So many seconds, or those that the answer can still wait, `leaving` some of them for other work."""
    answer_by = _answer_by.get()
    return seconds if answer_by is None else min(seconds, max(0.0, answer_by.left() - leaving))


class DatabaseDown(Exception):
    """The database did not answer in time, or too much work waits for it already."""


class Abandoned(Exception):
    """The request was answered without this work: roll it back."""


class Race:
    """Decides which comes first: the start of the work's commit, or the timeout of the request that waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_committing = False
        self.is_abandoned = False

    def start_commit(self) -> bool:
        """Called by the work before its commit. Returns False when the request no longer waits."""
        with self._lock:
            self._is_committing = not self.is_abandoned
            return self._is_committing

    def reset(self) -> None:
        """Called by work that was rolled back and may run again."""
        with self._lock:
            self._is_committing = False

    def abandon(self) -> bool:
        """Called by the request at its timeout. Returns False when the commit has begun: then wait a little longer."""
        with self._lock:
            self.is_abandoned = not self._is_committing
            return self.is_abandoned


class AdmissionQueue:
    """Admits work that can expect to start in time, by how long recent turns took.

    `concurrency` turns run at a time, and each takes up to `batch_size` of what waits.
    """

    def __init__(self, *, concurrency: int, batch_size: int) -> None:
        self._concurrency, self._batch_size = concurrency, batch_size
        self._lock = threading.Lock()
        self._waiting = self._active = 0
        # The moving average of a turn, in seconds, and the time.monotonic() of the last change.
        self.average_seconds = self._changed_at = 0.0

    def admit(self) -> None:
        """Join the queue. Raises DatabaseDown when the turn would come after the timeout."""
        with self._lock:
            if self._expected() > at_most(DATABASE_TIMEOUT):
                raise DatabaseDown("Too many callbacks are waiting for the database.")
            if not (self._waiting or self._active):
                self._changed_at = time.monotonic()
                self.average_seconds = min(self.average_seconds, LONGEST_BELIEVED)
            self._waiting += 1

    @contextmanager
    def slot(self, count: int = 1) -> Iterator[None]:
        """A turn for `count` of the waiting."""
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
        """Seconds until a turn for work that arrives now. While the database hangs, it grows."""
        if not self._waiting and self._active < self._concurrency:
            return 0.0
        stalled = max(0.0, time.monotonic() - self._changed_at - self.average_seconds)
        return (1 + self._waiting // self._batch_size) * self.average_seconds + stalled


def within_deadline(do: Callable[[Callable[[], None]], T], *, on_late: Callable[[T], None] | None = None) -> T:
    """Run `do(about_to_commit)` in a transaction and return what it returns; DatabaseDown when that takes too long.

    `do` calls its argument last. When the commit had begun and still took too long, `on_late` is called with the result
    afterwards, to correct what was stored of an answer that was not given. With CALLBACK_THREADS = 0 there is neither
    pool nor deadline: the work runs in the caller's thread and transaction.
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
    """Run `do` in the pool, without a transaction, and return what it returns.

    Raises DatabaseDown after `timeout` seconds (DATABASE_TIMEOUT); the work itself goes on, and its effects count.
    """
    if settings.CALLBACK_THREADS == 0:
        return do()
    seconds = at_most(DATABASE_TIMEOUT if timeout is None else timeout)
    try:
        return _submit_admitted(do).result(seconds)
    except FutureTimeout:
        raise DatabaseDown(f"The database did not answer within {seconds:g} s.") from None


def wait_for(future: Future[T], race: Race, *, on_late: Callable[[T], None] | None = None) -> T:
    """The result of work, waited for as `within_deadline` says."""
    for timeout in (DATABASE_TIMEOUT, COMMIT_TIMEOUT):
        try:
            return future.result(at_most(timeout))
        except FutureTimeout:
            if race.abandon():
                raise DatabaseDown("The database did not answer in time.") from None
    if on_late is not None:
        # In the pool as well: the thread in which the work ended has given its connection back by then.
        future.add_done_callback(lambda done: submit(lambda: _correct(done, on_late)))
    raise DatabaseDown("The database did not commit in time.")


def _correct(done: Future[T], on_late: Callable[[T], None]) -> None:
    if done.exception() is None:
        on_late(done.result())


def _submit_admitted(work: Callable[[], T]) -> Future[T]:
    """Queue the work for the pool. Raises DatabaseDown when it would start too late."""
    queue = _queue(settings.CALLBACK_THREADS)
    queue.admit()

    def when_admitted() -> T:
        with queue.slot():
            return work()

    return submit(when_admitted)


def submit(work: Callable[[], T]) -> Future[T]:
    """Run the work in one of the pool's threads."""
    return _pool(settings.CALLBACK_THREADS).submit(_run_and_release, work)


def _run_and_release(work: Callable[[], T]) -> T:
    try:
        with connections_for(Purpose.CALLBACKS):
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
