"""Writes what several callbacks leave behind in one transaction: they share its round trips and its commit.

Whoever comes while a transaction is under way goes into the next one, with all others who came meanwhile; who comes
alone does not wait for company. When a transaction fails, each part is tried again alone: nobody pays for another.

One transaction for each ICE kept 0.09 x the calls a second of an empty view where this keeps 0.2 x; of 500 calls at
once it recorded half, this records all (python -m tests.bench policies, PostgreSQL with fsync).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.conf import settings

from recordings_site.base.deadline import Deadline
from recordings_site.callbacks import deadline
from recordings_site.callbacks.deadline import DatabaseDown, GivenUp, Line, Race

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")

# So many share a transaction at most, so that it is short beside what a call can wait.
BATCH = 32


class _Part(Generic[T, R]):
    """One callback's part of a transaction; it counts from when that transaction begins."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.race = Race()
        self.until = Deadline(deadline.PATIENCE + deadline.COMMIT_PATIENCE)
        self.future: Future[R] = Future()


class Writer(Generic[T, R]):
    """Runs `keep(items)`, a transaction that does all or nothing and gives a result for each item, again and again."""

    def __init__(self, keep: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._keep = keep
        self._line = Line(at_once=1, width=BATCH)
        self._lock = threading.Lock()
        self._waiting: list[_Part[T, R]] = []
        self._is_running = False

    def __call__(self, item: T, *, too_late: Callable[[R], None] | None = None) -> R:
        """Have the item kept and return its result; DatabaseDown when that takes too long.

        It is waited for as `deadline.within_deadline` says, and `too_late` is called as there; but once a transaction
        with it has begun, it counts. With CALLBACK_THREADS = 0 it is kept in the caller's thread and transaction.
        """
        if settings.CALLBACK_THREADS == 0:
            return self._keep([item])[0]
        self._line.enter()
        part = _Part[T, R](item)
        with self._lock:
            self._waiting.append(part)
            is_first, self._is_running = not self._is_running, True
        if is_first:
            deadline.in_pool(self._run)
        return deadline.wait_for(part.future, part.race, too_late=too_late)

    def _run(self) -> None:
        """Keep what waits now; what comes meanwhile gets its turn after other work that waits for a thread."""
        with self._lock:
            parts, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        try:
            with self._line.turn(len(parts)):
                self._keep_together(self._in_time(parts))
        finally:
            with self._lock:
                self._is_running = goes_on = bool(self._waiting)
            if goes_on:
                deadline.in_pool(self._run)

    def _keep_together(self, parts: Sequence[_Part[T, R]]) -> None:
        if not parts:
            return
        try:
            results = self._keep([part.item for part in parts])
        except Exception as problem:  # noqa: BLE001 - raised where the part is waited for
            if len(parts) == 1:
                parts[0].future.set_exception(problem)
                return
            log.warning("%s callbacks cannot be stored together, each is tried alone: %s", len(parts), problem)
            for part in parts:
                part.race.fall_back()
            for part in parts:
                self._keep_together(self._in_time([part]))
            return
        for part, result in zip(parts, results, strict=True):
            part.future.set_result(result)

    def _in_time(self, parts: Sequence[_Part[T, R]]) -> list[_Part[T, R]]:
        """Those that are waited for until a transaction ends; the others come to their end."""
        wanted = []
        for part in parts:
            if part.until.left() < self._line.seconds:
                part.future.set_exception(DatabaseDown("Too many callbacks wait for the database."))
            elif part.race.reach():
                wanted.append(part)
            else:
                part.future.set_exception(GivenUp())
        return wanted
