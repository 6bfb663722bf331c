"""Hands tasks to workers: a lease each, back-off after failures, and a final failure for what keeps failing.

A leased task's `next_at` is its lease's end: whoever enqueues the same work meanwhile moves it earlier, and then
`complete` leaves the task open, so that nothing that was asked for while it ran is lost.
"""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.utils import timezone

from recordings_site.tasks.models import Task

LEASE = timedelta(seconds=20)
"""How long a worker may be silent about a task before another takes it; a heartbeat comes every third of it."""
DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (1, 5, 30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60, 24 * 60 * 60)
)
"""What is waited after the first, second, … failure, unless the kind of task says otherwise; one failure more and the
task is dead."""
JITTER = 0.2
MAX_ERROR = 2000


def claim(limit: int = 1, *, kinds: tuple[str, ...] = ()) -> list[Task]:
    """Lease at most `limit` due tasks (of `kinds`, unless empty) to the caller, the longest due first.

    Two workers never get the same task: PostgreSQL skips rows that another is claiming, SQLite lets one worker write
    at a time.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Task.objects.filter(
            Q(lease_until=None) | Q(lease_until__lte=now), next_at__lte=now, done_at=None, dead_at=None
        )
        if kinds:
            due = due.filter(kind__in=kinds)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        tasks = list(due.order_by("next_at")[:limit])
        for task in tasks:
            task.lease_until = task.next_at = now + LEASE
            task.lease_token = uuid.uuid4()
            task.attempts += 1
        Task.objects.bulk_update(tasks, ["lease_until", "next_at", "lease_token", "attempts"])
    return tasks


def extend(task: Task) -> bool:
    """Extend the lease (a heartbeat). False when it was lost: then stop the work."""
    until = timezone.now() + LEASE
    changed = _held(task).update(
        next_at=Case(
            When(next_at=F("lease_until"), then=Value(until, output_field=DateTimeField())), default=F("next_at")
        ),
        lease_until=until,
    )
    return bool(changed)


def complete(task: Task) -> bool:
    """Close a leased task, unless it was asked for again while it ran: then it waits for its next turn.

    False when the lease was lost, and the task is another worker's now.
    """
    with transaction.atomic():
        if _held(task).filter(next_at__gte=F("lease_until")).update(done_at=timezone.now(), **_RELEASED):
            return True
        return bool(_held(task).update(attempts=0, **_RELEASED))


def postpone(task: Task, at: datetime) -> bool:
    """Release a leased task until `at`; it didn't fail, it just isn't due yet."""
    return bool(_held(task).update(next_at=_earlier(at), attempts=0, **_RELEASED))


def retry(task: Task, error: str, *, delays: Sequence[timedelta] = DELAYS) -> bool:
    """Release a failed task to be retried after its delay, or mark it dead after the last one."""
    error = error[:MAX_ERROR]
    if task.attempts > len(delays):
        return bool(_held(task).update(dead_at=timezone.now(), **_RELEASED | {"error": error}))
    due = timezone.now() + _delay(delays[task.attempts - 1])
    return bool(_held(task).update(next_at=_earlier(due), **_RELEASED | {"error": error}))


def _delay(delay: timedelta) -> timedelta:
    """A delay with up to a fifth more or less, so that retries are spread out."""
    return delay * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


_RELEASED: dict[str, object] = {"lease_until": None, "lease_token": None, "error": ""}


def _held(task: Task) -> QuerySet[Task]:
    """The row, if it is still leased to us."""
    return Task.objects.filter(pk=task.pk, lease_token=task.lease_token, done_at=None, dead_at=None)


def _earlier(at: datetime) -> Case:
    """`at`, or the time requested while the task ran."""
    return Case(When(next_at__lt=F("lease_until"), then=F("next_at")), default=Value(at, output_field=DateTimeField()))
