"""Does a callback's database work within a deadline: a call is waiting, and a database can hang.

A thread cannot be interrupted, so the work is done in a small pool and given up by the one who waits. Whoever comes
first, the work's commit or the waiter's patience, decides: an answer that records is only given for what is stored.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waited
from functools import cache
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connection, transaction

log = logging.getLogger(__name__)
T = TypeVar("T")

# Seconds that a callback waits for its database work, and then for a commit that has already begun.
PATIENCE = 1.0
COMMIT_PATIENCE = 0.4
# For a look at what is in force, when what was known before would do: it comes on top of the other two.
LOOK_PATIENCE = 0.25
# How many callbacks of a process may be in the pool or wait for it. A burst waits milliseconds for its turn; while the
# database hangs, whoever comes beyond these is answered at once.
PLACES = 64


class DatabaseDown(Exception):
    """The database did not answer in time, or too much work waits for it already."""


class GivenUp(Exception):
    """The waiter has answered without this work: roll it back."""


class Work(Generic[T]):
    """One piece of work and the race between its commit and its waiter."""

    def __init__(self, do: Callable[[Callable[[], None]], T]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._committing = False
        self._given_up = False

    def __call__(self) -> T:
        """Do the work in this thread, in one transaction of its own."""
        if self._given_up:
            raise GivenUp
        with transaction.atomic():
            return self._do(self._about_to_commit)

    def give_up(self) -> bool:
        """Stop waiting; False when it is about to commit, so that waiting a little longer is right."""
        with self._lock:
            self._given_up = not self._committing
            return self._given_up

    def _about_to_commit(self) -> None:
        with self._lock:
            if self._given_up:
                raise GivenUp
            self._committing = True


@cache
def _pool(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, thread_name_prefix="callback")


@cache
def _places(count: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(count)


def within_deadline(do: Callable[[Callable[[], None]], T], *, too_late: Callable[[T], None] | None = None) -> T:
    """Run `do(about_to_commit)` in a transaction and return what it returns; DatabaseDown when that takes too long.

    `do` calls what it is given as its last act. When its commit had begun and still took too long, `too_late` is
    called with its result afterwards, to put right what was stored of an answer that was not given. With
    CALLBACK_THREADS = 0 there is neither pool nor deadline: the work runs in the caller's thread and transaction.
    """
    work = Work(do)
    size = settings.CALLBACK_THREADS
    if size == 0:
        return work()
    places = _places(PLACES)
    if not places.acquire(blocking=False):
        raise DatabaseDown("Too many callbacks wait for the database.")
    future: Future[T] = _pool(size).submit(_in_pool, work, places)
    try:
        return future.result(PATIENCE)
    except Waited:
        if not work.give_up():
            return _last_wait(future, too_late)
        raise DatabaseDown(f"The database did not answer within {PATIENCE:g} s.") from None


def in_time(do: Callable[[], T], *, patience: float | None = None) -> T:
    """Run `do` in the pool, in no transaction of ours, and return what it returns; DatabaseDown when it takes longer
    than `patience` seconds (PATIENCE).

    For work that is its own master: it goes on after it was given up, and its effects are welcome whenever they come.
    """
    size = settings.CALLBACK_THREADS
    if size == 0:
        return do()
    places = _places(PLACES)
    if not places.acquire(blocking=False):
        raise DatabaseDown("Too many callbacks wait for the database.")
    seconds = PATIENCE if patience is None else patience
    try:
        return _pool(size).submit(_in_pool, do, places).result(seconds)
    except Waited:
        raise DatabaseDown(f"The database did not answer within {seconds:g} s.") from None


def _last_wait(future: Future[T], too_late: Callable[[T], None] | None) -> T:
    try:
        return future.result(COMMIT_PATIENCE)
    except Waited:
        if too_late is not None:
            future.add_done_callback(lambda done: _put_right(done, too_late))
        raise DatabaseDown("The database did not commit in time.") from None


def _put_right(done: Future[T], too_late: Callable[[T], None]) -> None:
    if done.exception() is None:
        too_late(done.result())


def _in_pool(work: Callable[[], T], places: threading.BoundedSemaphore) -> T:
    try:
        return work()
    finally:
        # The thread outlives the work. A pooled connection goes back to its pool; SQLite's costs too much to reopen.
        if "pool" in connection.settings_dict["OPTIONS"] or not connection.is_usable():
            connection.close()
        places.release()
