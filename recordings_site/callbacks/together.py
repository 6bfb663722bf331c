"""Does the database work of several callbacks in one transaction: they share its round trips and its commit.

Whoever comes while a transaction is under way goes into the next one, with all others who came meanwhile; who comes
alone does not wait for company. Nobody pays for another: when a transaction fails, each part is tried again alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connection

from recordings_site.callbacks import deadline
from recordings_site.callbacks.deadline import DatabaseDown, GivenUp, Race
from recordings_site.web.failing import DATABASE_AWAY

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


class _Part(Generic[T, R]):
    """One callback's part of a transaction; it counts from when that transaction begins."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.race = Race()
        self.future: Future[R] = Future()


class Together(Generic[T, R]):
    """Runs `do(items)`, a transaction that does all or nothing and gives a result for each item, again and again."""

    def __init__(self, do: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._waiting: list[_Part[T, R]] = []
        self._is_running = False

    def __call__(self, item: T, *, too_late: Callable[[R], None] | None = None) -> R:
        """Have the item done and return its result; DatabaseDown when that takes too long.

        It is waited for as `deadline.within_deadline` says, and `too_late` is called as there; but once a transaction
        with it has begun, it counts. With CALLBACK_THREADS = 0 it is done in the caller's thread and transaction.
        """
        if settings.CALLBACK_THREADS == 0:
            return self._do([item])[0]
        place = deadline.take_place()
        part = _Part[T, R](item)
        part.future.add_done_callback(lambda done: place.release())
        with self._lock:
            self._waiting.append(part)
            is_first, self._is_running = not self._is_running, True
        if is_first:
            deadline.in_pool(self._run)
        return deadline.wait_for(part.future, part.race, too_late=too_late)

    def _run(self) -> None:
        """Do what waits now; what comes meanwhile gets its turn after other work that waits for a thread."""
        with self._lock:
            parts, self._waiting = self._waiting, []
        try:
            if _is_to_be_had(parts):
                self._do_together(_still_wanted(parts))
        finally:
            with self._lock:
                self._is_running = bool(self._waiting)
                goes_on = self._is_running
            if goes_on:
                deadline.in_pool(self._run)

    def _do_together(self, parts: Sequence[_Part[T, R]]) -> None:
        if not parts:
            return
        try:
            results = self._do([part.item for part in parts])
        except Exception as problem:  # noqa: BLE001 - it is told to whom it concerns
            if len(parts) == 1:
                parts[0].future.set_exception(problem)
            else:
                log.warning("%s callbacks cannot be stored together, each is tried alone: %s", len(parts), problem)
                self._do_alone(parts)
            return
        for part, result in zip(parts, results, strict=True):
            part.future.set_result(result)

    def _do_alone(self, parts: Sequence[_Part[T, R]]) -> None:
        for part in parts:
            part.race.fall_back()
        for part in parts:
            self._do_together(_still_wanted([part]))


def _is_to_be_had(parts: Sequence[_Part[T, R]]) -> bool:
    """Whether there is a connection; else all are told so, before any of them counts: alone none would have one either.

    One that broke since it was last used is found out by the transaction.
    """
    try:
        connection.ensure_connection()
    except DATABASE_AWAY as problem:
        for part in parts:
            part.future.set_exception(DatabaseDown(str(problem)))
        return False
    return True


def _still_wanted(parts: Sequence[_Part[T, R]]) -> list[_Part[T, R]]:
    """Those that are waited for; the others come to their end."""
    wanted = []
    for part in parts:
        if part.race.reach():
            wanted.append(part)
        else:
            part.future.set_exception(GivenUp())
    return wanted
