"""Which kinds of task there are: each stands beside the feature that it belongs to, as a function under `@task`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.apps import apps

from recordings_site.tasks.models import Task
from recordings_site.tasks.queue import DELAYS

Handler = Callable[[Task], datetime | None]
"""Does a task. Returns None when it is done, or the time at which to do it again (its time has not come). An exception
is a failure: the task is retried after a delay, and fails for good after the last one. A handler may run twice when a
worker dies: the effects must be those of running once.
"""


@dataclass(frozen=True)
class TaskKind:
    """A name such as "recording.inspect", what does it, and the delays after its first, second, … failure."""

    name: str
    handler: Handler
    delays: tuple[timedelta, ...] = DELAYS


_kinds: dict[str, TaskKind] = {}


def task(name: str, *, delays: tuple[timedelta, ...] = DELAYS) -> Callable[[Handler], Handler]:
    """Decorate the function that does tasks of this kind. The app's `task_modules` must name its module."""

    def register(handler: Handler) -> Handler:
        if name in _kinds:
            raise ValueError(f"Two functions do the task {name!r}.")
        _kinds[name] = TaskKind(name, handler, delays)
        return handler

    return register


def load() -> Mapping[str, TaskKind]:
    """Import every module that an app names in `task_modules`, and return all kinds of task by name."""
    for config in apps.get_app_configs():
        for module in getattr(config, "task_modules", ()):
            import_module(module)
    return _kinds
