"""Puts work into the queue."""

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least
from django.utils import timezone

from recordings_site.tasks.models import Task


def enqueue(kind: str, *subjects: object, at: datetime | None = None) -> None:
    """Have a worker do `kind` for each of the subjects at `at` (now, unless given), in the caller's transaction.

    While an open task of the same kind and subject waits, that one is kept, moved to the earlier of the two times. No
    worker takes it before the transaction ends: it would not see what it is asked to work on.
    """
    due, wanted = at or timezone.now(), {str(subject) for subject in subjects}
    open_tasks = Task.objects.filter(kind=kind, subject__in=wanted, done_at=None, dead_at=None)
    with transaction.atomic(savepoint=False):
        moved = -1
        while moved < len(wanted):
            Task.objects.bulk_create(
                [Task(kind=kind, subject=subject, next_at=due) for subject in sorted(wanted)], ignore_conflicts=True
            )
            # This locks them, also those that are due earlier: one that a worker closed meanwhile is made again.
            moved = open_tasks.update(next_at=Least("next_at", Value(due)))
