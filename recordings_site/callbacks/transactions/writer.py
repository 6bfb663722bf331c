"""Stores several callbacks in one transaction: they share its round trips and its commit.

What arrives during a transaction goes into the next one, together; a single callback does not wait for others. When a
transaction fails, each of its callbacks is stored again alone.

With a transaction for each, ICEs came to 0.09 x the calls a second of an empty view, now to 0.2 x; of 500 calls at once
half were recorded, now all (python -m tests.bench policies, PostgreSQL with fsync). DiCEs came to 170 to 184 a second,
now to 233 (python -m tests.bench callbacks).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.conf import settings

from recordings_site.base.deadline import Deadline
from recordings_site.callbacks.transactions import deadline
from recordings_site.callbacks.transactions.deadline import Abandoned, AdmissionQueue, DatabaseDown, Race

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")

# At most this many share a transaction, which must be short beside the time that a call can wait.
BATCH = 32


class _Pending(Generic[T, R]):
    """One callback that waits for its transaction; once that has begun, the request waits for the commit."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.race = Race()
        self.until = Deadline(deadline.at_most(deadline.DATABASE_TIMEOUT + deadline.COMMIT_TIMEOUT))
        self.future: Future[R] = Future()


class Writer(Generic[T, R]):
    """Runs `store(items)` on batches: one transaction, all or nothing, with a result for each item."""

    def __init__(self, store: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._store = store
        self._queue = AdmissionQueue(concurrency=1, batch_size=BATCH)
        self._lock = threading.Lock()
        self._waiting: list[_Pending[T, R]] = []
        self._is_running = False

    def __call__(self, item: T, *, on_late: Callable[[R], None] | None = None) -> R:
        """Store the item and return its result. Raises DatabaseDown when that takes too long.

        Timeouts and `on_late` are those of `deadline.within_deadline`. With CALLBACK_THREADS = 0 the item is stored in
        the caller's thread and transaction.
        """
        if settings.CALLBACK_THREADS == 0:
            return self._store([item])[0]
        self._queue.admit()
        pending = _Pending[T, R](item)
        with self._lock:
            self._waiting.append(pending)
            is_first, self._is_running = not self._is_running, True
        if is_first:
            deadline.submit(self._run)
        return deadline.wait_for(pending.future, pending.race, on_late=on_late)

    def _run(self) -> None:
        """Store one batch; the next one queues behind other work that waits for a thread."""
        with self._lock:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        try:
            with self._queue.slot(len(batch)):
                self._store_batch(self._still_awaited(batch))
        finally:
            with self._lock:
                self._is_running = has_more = bool(self._waiting)
            if has_more:
                deadline.submit(self._run)

    def _store_batch(self, batch: Sequence[_Pending[T, R]]) -> None:
        if not batch:
            return
        try:
            results = self._store([pending.item for pending in batch])
        except Exception as problem:  # noqa: BLE001 - raised where the result is awaited
            if len(batch) == 1:
                batch[0].future.set_exception(problem)
                return
            log.warning("%s callbacks cannot be stored together, so each is tried alone: %s", len(batch), problem)
            for pending in batch:
                pending.race.reset()
            for pending in batch:
                self._store_batch(self._still_awaited([pending]))
            return
        for pending, result in zip(batch, results, strict=True):
            pending.future.set_result(result)

    def _still_awaited(self, batch: Sequence[_Pending[T, R]]) -> list[_Pending[T, R]]:
        """Return those whose requests will wait for the transaction, and fail the others."""
        awaited = []
        for pending in batch:
            if pending.until.left() < self._queue.average_seconds:
                pending.future.set_exception(DatabaseDown("Too many callbacks are waiting for the database."))
            elif pending.race.start_commit():
                awaited.append(pending)
            else:
                pending.future.set_exception(Abandoned())
        return awaited
