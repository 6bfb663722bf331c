"""Puts work into the queue."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from recordings_site.tasks.models import Task


def enqueue(kind: str, subject: object, *, at: datetime | None = None, payload: dict[str, Any] | None = None) -> Task:
    """Have a worker do `kind` for `subject` at `at` (now, unless given), in the caller's transaction.

    While an open task of the same kind and subject waits, that one is kept, moved to the earlier of the two times. No
    worker takes it before the transaction ends: it would not see what it is asked to work on.
    """
    due = at or timezone.now()
    with transaction.atomic():
        task, created = Task.objects.select_for_update().get_or_create(
            kind=kind,
            subject=str(subject),
            done_at=None,
            dead_at=None,
            defaults={"next_at": due, "payload": payload or {}},
        )
        if not created and due < task.next_at:
            Task.objects.filter(pk=task.pk, done_at=None, dead_at=None, next_at__gt=due).update(next_at=due)
    return task
