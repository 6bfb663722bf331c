"""Declares the kinds of task and enqueues them. The function of a kind lies in the `tasks` module of its room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least
from django.utils import timezone

from recordings_site.tasks.models import Task
from recordings_site.tasks.queue import DELAYS

__all__ = ["Handler", "Task", "TaskKind", "enqueue", "load", "task"]

Handler = Callable[[Task], datetime | None]
"""Handles a task. Returns None when done, or the time at which to run it again (it isn't due yet). An exception
is a failure: the task is retried after a delay, and fails for good after the last one. A handler may run twice if a
worker dies, so it must be idempotent.
"""


@dataclass(frozen=True)
class TaskKind:
    """A name such as "recording.inspect", its handler, and the delays after the first, second, … failure."""

    name: str
    handler: Handler
    delays: tuple[timedelta, ...] = DELAYS


_OURS = "recordings_site."
_kinds: dict[str, TaskKind] = {}


def task(name: str, *, delays: tuple[timedelta, ...] = DELAYS) -> Callable[[Handler], Handler]:
    """Decorate the handler of this kind of task. It must be in a module called `tasks`."""

    def register(handler: Handler) -> Handler:
        if name in _kinds:
            raise ValueError(f"Two functions do the task {name!r}.")
        _kinds[name] = TaskKind(name, handler, delays)
        return handler

    return register


def load() -> Mapping[str, TaskKind]:
    """Import the module `tasks` of every room of our apps, and return all kinds of task by name."""
    for config in apps.get_app_configs():
        if config.name.startswith(_OURS):
            for path in sorted(Path(config.path).rglob("tasks.py")):
                import_module(".".join((config.name, *path.relative_to(config.path).with_suffix("").parts)))
    return _kinds


def enqueue(kind: str, *subjects: object, at: datetime | None = None) -> None:
    """Queue one task of `kind` per subject, due at `at` (default: now), within the caller's transaction.

    An open task of the same kind and subject is reused and moved to the earlier of the two times. No worker can claim
    it before the transaction commits.
    """
    due, names = at or timezone.now(), {str(subject) for subject in subjects}
    open_tasks = Task.objects.filter(kind=kind, subject__in=names, done_at=None, dead_at=None)
    with transaction.atomic(savepoint=False):
        moved = -1
        while moved < len(names):
            Task.objects.bulk_create(
                [Task(kind=kind, subject=subject, next_at=due) for subject in sorted(names)], ignore_conflicts=True
            )
            # The update locks the rows. If a worker closed one meanwhile, the loop creates it again.
            moved = open_tasks.update(next_at=Least("next_at", Value(due)))
