"""Which function does which kind of task: the one place where the queue and the work meet."""

from collections.abc import Callable, Mapping
from datetime import datetime

from recordings_site.tasks.models import Task

Handler = Callable[[Task], datetime | None]
"""Does a task. Returns None when it is done, or the time at which it has to be done again (its time has not come).
An exception is a failure: the task is tried again after a delay, and buried after the last one. It may be done twice,
when a worker dies in between: its effects must be the same as of once.
"""

JOBS: Mapping[str, Handler] = {}
