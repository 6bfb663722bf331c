"""The worker's loop: claims due tasks, runs several at a time, extends their leases, and stops without loss."""

import logging
import queue as fifo
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import DatabaseError, connections
from django.utils import timezone

from recordings_site.base.deadline import Deadline
from recordings_site.base.trace import traced
from recordings_site.ops.worker.periodic import PeriodicTask
from recordings_site.tasks import queue
from recordings_site.tasks.models import Task
from recordings_site.tasks.registry import TaskKind
from recordings_site.web.logs.redaction import redactor

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
# Well before the lease ends, even if one heartbeat is late.
HEARTBEAT_SECONDS = queue.LEASE.total_seconds() / 3
# A stop waits this long for running tasks; the rest is claimed by another worker after its lease.
STOP_SECONDS = 7.0


def perform(task: Task, kinds: Mapping[str, TaskKind]) -> None:
    """Perform a leased task in this thread and report its result to the queue."""
    with traced(task=task.pk, kind=task.kind, subject=task.subject):
        _perform(task, kinds)


def _perform(task: Task, kinds: Mapping[str, TaskKind]) -> None:
    began = time.monotonic()
    kind = kinds.get(task.kind)
    if kind is None:
        queue.retry(task, f"This worker doesn’t know tasks of the kind {task.kind!r}. A newer version may.")
        return
    try:
        again_at = kind.handler(task)
    # An error in one task must not stop the others.
    except Exception as error:
        log.warning("Task %s failed (attempt %d).", task, task.attempts, exc_info=True)
        queue.retry(task, redactor.redact(f"{type(error).__name__}: {error}"), delays=kind.delays)
        return
    if again_at is not None:
        queue.postpone(task, again_at)
    else:
        queue.complete(task)
    log.info("Task %s took %.2f s.", task, time.monotonic() - began)


def drain(kinds: Mapping[str, TaskKind]) -> int:
    """Perform due tasks one after the other in this thread until none is due; return how many."""
    done = 0
    while tasks := queue.claim():
        for task in tasks:
            perform(task, kinds)
            done += 1
    return done


class Worker:
    """Performs tasks of these kinds, at most `slots` at a time, and the `periodic` ones, until `stop()`.

    The loop touches `heartbeat_file` on each turn, also while the database is away: a supervisor that finds it old
    restarts a worker that hangs.
    """

    def __init__(
        self,
        kinds: Mapping[str, TaskKind],
        *,
        slots: int,
        periodic: Sequence[PeriodicTask] = (),
        heartbeat_file: Path | None = None,
    ) -> None:
        self._kinds = kinds
        self._slots = slots
        self._periodic = [(task, Deadline(0)) for task in periodic]
        self._stopping = threading.Event()
        self._finished: fifo.SimpleQueue[Task | None] = fifo.SimpleQueue()
        self._running: dict[int, Task] = {}
        self._heartbeat = Deadline(0)
        self._heartbeat_file = heartbeat_file

    def stop(self) -> None:
        """End the loop soon; safe in a signal handler."""
        self._stopping.set()
        self._finished.put(None)

    def run(self) -> None:
        """Work until stopped."""
        while not self._stopping.is_set():
            if self._heartbeat_file is not None:
                self._heartbeat_file.touch()
            claimed = self._claim()
            for task in claimed:
                self._start(task)
            # Claim again at once while there is work, else in a second.
            busy = claimed and len(self._running) < self._slots
            self._collect(0 if busy else POLL_SECONDS)
            self._keep_leases()
            self._do_periodic()
        self._wind_up()

    def _claim(self) -> list[Task]:
        free = self._slots - len(self._running)
        if free <= 0:
            return []
        try:
            return queue.claim(free)
        except DatabaseError:
            # PostgreSQL may be restarting: nothing is lost by waiting.
            log.exception("The queue cannot be read; trying again.")
            connections.close_all()
            return []

    def _start(self, task: Task) -> None:
        self._running[task.pk] = task
        threading.Thread(target=self._do, args=(task,), name=f"task-{task.pk}", daemon=True).start()

    def _do(self, task: Task) -> None:
        try:
            perform(task, self._kinds)
        except DatabaseError:
            log.exception("Task %s cannot be closed. It will be retried when its lease expires.", task)
        finally:
            connections.close_all()
            self._finished.put(task)

    def _collect(self, seconds: float) -> None:
        """Remove finished tasks, waiting up to `seconds` for the first of them."""
        try:
            while True:
                done = self._finished.get(timeout=seconds) if seconds else self._finished.get_nowait()
                if done is not None:
                    self._running.pop(done.pk, None)
                seconds = 0
        except fifo.Empty:
            return

    def _keep_leases(self) -> None:
        if not self._heartbeat.expired:
            return
        self._heartbeat = Deadline(HEARTBEAT_SECONDS)
        try:
            for task in list(self._running.values()):
                # A task that has just finished has no lease, either.
                if not queue.extend(task) and not self._is_finished(task):
                    log.warning("Task %s lost its lease and belongs to another worker now.", task)
        except DatabaseError:
            log.exception("Leases cannot be extended; trying again.")
            connections.close_all()

    def _is_finished(self, task: Task) -> bool:
        self._collect(0)
        return task.pk not in self._running

    def _do_periodic(self) -> None:
        for place, (task, due) in enumerate(self._periodic):
            if not due.expired:
                continue
            self._periodic[place] = (task, Deadline(task.seconds))
            # A failed one runs again in its turn.
            try:
                task.do()
            except Exception:
                log.exception("%s failed; trying again in %g s.", task.name, task.seconds)

    def _wind_up(self) -> None:
        deadline = Deadline(STOP_SECONDS)
        while self._running and not deadline.expired:
            self._collect(0.1)
        for task in self._running.values():
            log.warning(
                "Task %s was not finished. Another worker takes it over at %s.", task, timezone.now() + queue.LEASE
            )
