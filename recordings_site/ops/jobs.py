"""Which function does which kind of task: the one place where the queue and the work meet."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from recordings_site.destinations import actions as destination_actions
from recordings_site.destinations.models import Destination
from recordings_site.tasks.models import Task

Handler = Callable[[Task], datetime | None]
"""Does a task. Returns None when it is done, or the time at which it has to be done again (its time has not come).
An exception is a failure: the task is tried again after a delay, and buried after the last one. It may be done twice,
when a worker dies in between: its effects must be the same as of once.
"""


def check_destination(task: Task) -> datetime | None:
    """Check a destination, now and then every night."""
    destination = Destination.objects.in_use().filter(pk=task.subject).first()
    if destination is None:
        return None
    destination_actions.check_destination(destination=destination)
    return timezone.now() + timedelta(days=1)


JOBS: Mapping[str, Handler] = {
    destination_actions.CHECK: check_destination,
}
