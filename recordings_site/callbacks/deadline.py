"""Does a callback's database work within a deadline: a call is waiting, and a database can hang.

A thread cannot be interrupted, so the work is done in a small pool and given up by the one who waits. Whoever comes
first, the work's commit or the waiter's patience, decides: an answer that records is only given for what is stored.
Work that can share a transaction with others' goes through `callbacks.together`, by the same rules.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waited
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

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


class Race:
    """Who comes first: work, at the point from which it counts, or the patience of who waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = False
        self.is_given_up = False

    def reach(self) -> bool:
        """Said by the work at the point from which it counts; False when nobody waits for it any more."""
        with self._lock:
            self._counts = not self.is_given_up
            return self._counts

    def fall_back(self) -> None:
        """Said by work that was rolled back and may be done again."""
        with self._lock:
            self._counts = False

    def give_up(self) -> bool:
        """Said by who waits; False when the work counts, so that waiting a little longer is right."""
        with self._lock:
            self.is_given_up = not self._counts
            return self.is_given_up


def within_deadline(
    do: Callable[[Callable[[], None]], T], *, too_late: Callable[[T], None] | None = None, spent: float = 0.0
) -> T:
    """Run `do(about_to_commit)` in a transaction and return what it returns; DatabaseDown when that takes too long.

    `do` calls what it is given as its last act. When its commit had begun and still took too long, `too_late` is
    called with its result afterwards, to put right what was stored of an answer that was not given. `spent` are seconds
    for which the caller waited before. With CALLBACK_THREADS = 0 there is neither pool nor deadline: the work runs in
    the caller's thread and transaction.
    """
    race = Race()

    def about_to_commit() -> None:
        if not race.reach():
            raise GivenUp

    def work() -> T:
        if race.is_given_up:
            raise GivenUp
        with transaction.atomic():
            return do(about_to_commit)

    if settings.CALLBACK_THREADS == 0:
        return work()
    place = take_place()
    future = in_pool(work)
    future.add_done_callback(lambda done: place.release())
    return wait_for(future, race, too_late=too_late, spent=spent)


def in_time(do: Callable[[], T], *, patience: float | None = None) -> T:
    """Run `do` in the pool, in no transaction of ours, and return what it returns; DatabaseDown when it takes longer
    than `patience` seconds (PATIENCE).

    For work that is its own master: it goes on after it was given up, and its effects are welcome whenever they come.
    """
    if settings.CALLBACK_THREADS == 0:
        return do()
    place = take_place()
    future = in_pool(do)
    future.add_done_callback(lambda done: place.release())
    seconds = PATIENCE if patience is None else patience
    try:
        return future.result(seconds)
    except Waited:
        raise DatabaseDown(f"The database did not answer within {seconds:g} s.") from None


def wait_for(future: Future[T], race: Race, *, too_late: Callable[[T], None] | None = None, spent: float = 0.0) -> T:
    """The result of work, waited for as `within_deadline` says."""
    for patience in (max(0.0, PATIENCE - spent), COMMIT_PATIENCE):
        try:
            return future.result(patience)
        except Waited:
            if race.give_up():
                raise DatabaseDown(f"The database did not answer within {PATIENCE:g} s.") from None
    if too_late is not None:
        # In the pool as well: the thread in which the work ended has given its connection back by then.
        future.add_done_callback(lambda done: in_pool(lambda: _put_right(done, too_late)))
    raise DatabaseDown("The database did not commit in time.")


def _put_right(done: Future[T], too_late: Callable[[T], None]) -> None:
    if done.exception() is None:
        too_late(done.result())


def take_place() -> threading.BoundedSemaphore:
    """One of the places, which the caller releases; DatabaseDown when none is free."""
    places = _places(PLACES)
    if not places.acquire(blocking=False):
        raise DatabaseDown("Too many callbacks wait for the database.")
    return places


def in_pool(work: Callable[[], T]) -> Future[T]:
    """Have the work done in one of the pool's threads."""
    return _pool(settings.CALLBACK_THREADS).submit(_tidily, work)


def _tidily(work: Callable[[], T]) -> T:
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
def _places(count: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(count)
